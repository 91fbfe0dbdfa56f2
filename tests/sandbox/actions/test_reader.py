from __future__ import annotations

from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagboat.errors import InvalidError
from tagboat.sandbox.actions.document import MOST_NODES, read_document
from tagboat.sandbox.actions.workflow import Workflow, read_with_callees, read_workflow

PATH = ".github/workflows/ci.yml"


def read(text: str) -> Workflow:
    return read_workflow(dedent(text).encode(), PATH)


def refused(text: str) -> list[str]:
    with pytest.raises(InvalidError) as problem:
        read(text)
    return problem.value.cause.splitlines()


def with_step(step: str) -> str:
    return f"on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - {step}\n"


WHOLE = """
name: Release
run-name: Release ${{ inputs.tag }}
on:
  push: {branches: [main, 'release/**'], paths-ignore: [docs/**], tags: 'v*'}
  pull_request:
  schedule: [{cron: '0 0 * * *'}]
  workflow_dispatch:
    inputs:
      tag: {type: string, required: true}
      dry-run: {type: boolean, default: true}
      component: {type: choice, options: [a, b]}
permissions: {}
env: {A: 1, B: true}
defaults: {run: {shell: bash}}
concurrency: {group: 'release-${{ inputs.tag }}', cancel-in-progress: false}
jobs:
  check:
    runs-on: ubuntu-latest
    permissions: {contents: read, id-token: write}
    outputs: {adopted: '${{ steps.s.outputs.adopted }}'}
    steps:
      - {uses: actions/checkout@v4, with: {fetch-depth: 0}}
      - {id: s, run: 'echo adopted=true >> "$GITHUB_OUTPUT"', if: "hashFiles('x') == ''"}
  build:
    needs: check
    if: ${{ !cancelled() && needs.check.outputs.adopted != 'true' }}
    strategy: {matrix: {os: [ubuntu-latest], python: [3.10, '3.10']}, max-parallel: 2, fail-fast: false}
    runs-on: ${{ matrix.os }}
    timeout-minutes: 5
    environment: {name: pypi, url: 'https://example.org/${{ steps.x.outputs.y }}'}
    steps: [{run: 'true'}]
"""


def test_a_whole_workflow_is_read() -> None:
    found = read(WHOLE)
    triggers = found.triggers
    assert triggers.push is not None
    assert triggers.push.branches == ("main", "release/**")
    assert triggers.push.tags == ("v*",)
    assert triggers.pull_request is not None
    assert triggers.unplayed == ("schedule",)
    assert triggers.dispatch is not None
    assert [(each.kind, each.required, each.default) for each in triggers.dispatch.values()] == [
        ("string", True, None),
        ("boolean", False, True),
        ("choice", False, None),
    ]
    assert found.permissions == {}
    assert found.env == {"A": "1", "B": "true"}
    check, build = found.jobs.values()
    assert check.permissions == {"contents": "read", "id-token": "write"}
    assert check.steps[0].given == {"fetch-depth": "0"}
    assert build.needs == ("check",)
    assert build.strategy is not None
    assert build.strategy.matrix == {"os": ["ubuntu-latest"], "python": [3.1, "3.10"]}
    assert build.environment is not None
    assert build.environment.name == "pypi"


@pytest.mark.parametrize(
    "trigger", ["on: push", "on: [push]", "on: {push: }", "'on': push", '"on":\n  push:']
)
def test_on_is_a_word_and_no_truth(trigger: str) -> None:
    text = f"{trigger}\njobs: {{a: {{runs-on: x, steps: [{{run: 'true'}}]}}}}"
    assert read(text).triggers.push is not None


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ("{uses: docker://alpine}", "uses docker action docker://alpine: not in this sandbox"),
        ("{uses: acme/deploy@v1}", "uses action acme/deploy@v1, which has no stand-in: not in this sandbox"),
        ("{uses: actions/checkout@v4, with: {lfs: true}}", "input 'lfs' of actions/checkout: not in this"),
        ("{run: x, shell: pwsh}", "shell 'pwsh': not in this sandbox"),
        ("{run: x, uses: actions/checkout@v4}", "exactly one of `run` and `uses`"),
        ("{uses: actions/checkout}", "Expected format {org}/{repo}"),
        ("{run: x, colour: red}", "Unexpected value 'colour'"),
        ("{run: 'echo ${{ nothing.x }}'}", "Unrecognized named-value: 'nothing'"),
        ("{run: x, if: secrets.A}", "Unrecognized named-value: 'secrets'"),
        ("{run: 'echo ${{ github.ref }'}", "not closed"),
        ("{run: x, timeout-minutes: soon}", "A number was expected"),
        ("{run: x, id: 1x}", "identifier '1x' is invalid"),
        ("{run: [x]}", "A scalar was expected"),
    ],
)
def test_a_step_that_cannot_run_here_is_refused_by_name_with_its_line(step: str, said: str) -> None:
    (line,) = refused(with_step(step))
    assert line.startswith(f"{PATH}:6: ")
    assert said in line


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("jobs: {}\non: push", "at least one job"),
        ("on: push", "Required property is missing: jobs"),
        ("on: pushh\njobs: {a: {runs-on: x, steps: []}}", "Unexpected value 'pushh'"),
        ("on: push\njobs: {a: {runs-on: x, steps: [], container: x}}", "'container': not in this sandbox"),
        ("on: push\njobs: {a: {runs-on: {group: g}, steps: []}}", "group of runners: not in this sandbox"),
        ("on: push\njobs: {a: {runs-on: x, steps: [], needs: b}}", "depends on unknown job 'b'"),
        (
            "on: push\njobs: {a: {runs-on: x, steps: [], needs: b}, b: {runs-on: x, steps: [], needs: a}}",
            "in a circle",
        ),
        ("on: push\npermissions: {content: read}\njobs: {a: {runs-on: x, steps: []}}", "'content'"),
        (
            "on: push\npermissions: {id-token: read}\njobs: {a: {runs-on: x, steps: []}}",
            "'read' for id-token",
        ),
        ("on: push\njobs: {a: {uses: o/r/.github/workflows/x.yml@v1}}", "another repository: not in this"),
        (
            "on: {push: {branches: [a], branches-ignore: [b]}}\njobs: {a: {runs-on: x, steps: []}}",
            "only define",
        ),
        ("on: push\non: push\njobs: {}", "'on' is already defined"),
        ("a: &x {b: 1}\nc: {<<: *x}", "merge keys"),
        ("a: !!python/object:os.system x", "tags"),
        ("a: [", "no YAML"),
        ("on: push\n---\non: push", "second document"),
        ("a: " + "[" * 100 + "]" * 100, "nested deeper"),
    ],
)
def test_a_file_that_is_no_workflow_is_refused(text: str, said: str) -> None:
    assert any(said in line for line in refused(text)), refused(text)


def test_everything_that_is_wrong_is_said_at_once() -> None:
    said = refused(
        """
        on: push
        jobs:
          a: {runs-on: x, steps: [{uses: acme/x@v1}, {uses: acme/y@v1}], colour: red}
          b: {runs-on: x, steps: [{run: x, shell: cmd}], services: {db: {image: x}}}
        """
    )
    assert len(said) == 5


def test_aliases_are_followed_and_bounded() -> None:
    found = read("on: push\nenv: &e {A: x}\njobs: {a: {runs-on: x, env: *e, steps: [{run: x}]}}")
    assert found.jobs["a"].env == {"A": "x"}
    bomb = "a: &a [x, x, x, x, x, x, x, x, x, x]\n"
    for number in range(9):
        before, name = chr(97 + number), chr(98 + number)
        bomb += f"{name}: &{name} [{', '.join([f'*{before}'] * 10)}]\n"
    assert str(MOST_NODES) in refused(bomb)[0]


BUILD = """
on: {workflow_call: {inputs: {shard: {type: string, required: true}}, secrets: {key: {required: true}},
     outputs: {n: {value: '${{ jobs.b.outputs.n }}'}}}}
jobs: {b: {runs-on: x, permissions: {contents: %s}, steps: [{run: x}]}}
"""


def called(job: str, level: str = "read") -> list[str]:
    text = f"on: push\npermissions: {{contents: read}}\njobs: {{a: {{uses: ./.github/workflows/build.yml, {job}}}}}"
    files = {".github/workflows/build.yml": (BUILD % level).encode()}
    try:
        found = read_with_callees(text.encode(), PATH, files.get)
    except InvalidError as problem:
        return problem.cause.splitlines()
    assert set(found) == {PATH, ".github/workflows/build.yml"}
    return []


def test_a_called_workflow_is_held_against_its_callers() -> None:
    good = "with: {shard: a}, secrets: inherit"
    assert called(good) == []
    assert "requesting 'contents: write', but is only allowed 'contents: read'" in called(good, "write")[0]
    assert "Input shard is required" in called("secrets: inherit")[0]
    assert "Invalid input, shart is not defined" in called("with: {shard: a, shart: b}, secrets: inherit")[0]
    assert "Secret key is required" in called("with: {shard: a}")[0]
    text = b"on: push\njobs: {a: {uses: ./.github/workflows/none.yml}}"
    with pytest.raises(InvalidError, match="workflow was not found"):
        read_with_callees(text, PATH, lambda path: None)


@given(st.text(alphabet="abc:-[]{}&*!|>'\"#\n ,?$", max_size=60))
def test_any_text_is_a_document_or_refused(text: str) -> None:
    refusals: list[str] = []
    try:
        read_document(text.encode(), PATH)
    except InvalidError as problem:
        refusals.append(problem.cause)
    assert all(cause.startswith(PATH) for cause in refusals)
