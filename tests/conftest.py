"""What a test needs of the machine, and what it proves of a client.

``@pytest.mark.needs("gcc")``, ``needs("isolation")`` or ``needs("names")`` (a private network into which names can be led): a
program that is missing skips the test with its reason, except where ``TAGBOAT_CI`` is 1: there it fails, because CI
installs what the tests want. A machine that allows no namespaces can install nothing against that, so it always skips.

``@pytest.mark.proves(client, service, what)`` says what a test shows of an unmodified client. With ``--record-clients FILE``
(``make clients``) the outcomes are written down, from which docs/reference/clients.md is made.

``@pytest.mark.long`` is for what takes minutes: it runs with ``--long`` (``make test-long``, and targets of its own), and a
smaller part of the same in every run.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest
from hypothesis import settings

from tagboat.adapters import secrets
from tagboat.adapters.isolation import network_off, private_network

# How long an example takes depends on what else the machine does; speed is measured by make bench.
settings.register_profile("tagboat", deadline=None)
settings.register_profile("brief", deadline=None, max_examples=15)
settings.load_profile("tagboat")

OUTCOMES = pytest.StashKey[dict[str, dict[str, object]]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--record-clients", type=Path, help="write down which client works against which service"
    )
    parser.addoption("--record-refusals", type=Path, help="write down what is said about each refusal")
    parser.addoption(
        "--record-faults", type=Path, help="with --long: write down how each call ends at each fault"
    )
    parser.addoption("--long", action="store_true", help="run what is too long for every change, too")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is ``long``: a part of it that is not runs with every change."""
    if config.getoption("--long"):
        return
    left_out = [item for item in items if item.get_closest_marker("long")]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if not item.get_closest_marker("long")]


def pytest_configure(config: pytest.Config) -> None:
    config.stash[OUTCOMES] = {}


@pytest.fixture(autouse=True)
def _no_secret_is_known() -> None:
    """A process of ours serves one release; this one serves many tests."""
    secrets.forget()


def pytest_runtest_setup(item: pytest.Item) -> None:
    for mark in item.iter_markers("needs"):
        for thing in mark.args:
            if thing in ("isolation", "names"):
                refusal = lacking(thing)
                if refusal:
                    pytest.skip(refusal)
            elif shutil.which(thing) is None:
                reason = f"{thing} is not installed"
                pytest.fail(reason) if os.environ.get("TAGBOAT_CI") == "1" else pytest.skip(reason)


def lacking(thing: str) -> str:
    """Why there is no isolation here, or none with names; "" when there is."""
    if thing == "names":
        found = private_network(("index.example",))
        return "" if found.names else f"names cannot be led: {found.explanation}"
    return next((i.explanation for i in (network_off(), private_network()) if i.network == "open"), "")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    report = yield
    mark = item.get_closest_marker("proves")
    if mark is not None:
        client, service, what = mark.args
        params = (
            item.callspec.params if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}
        )
        rows = item.config.stash[OUTCOMES]
        test = item.nodeid.partition("[")[0]
        name = f"{client}|{service}|{what}"
        row = rows.setdefault(
            name,
            {
                "client": client,
                "service": service,
                "what": what,
                "test": test.split("::")[1],
                "ways": {},
            },
        )
        ways = row["ways"]
        assert isinstance(ways, dict)
        way = str(params.get("shared", "as it is"))
        ways[way] = ways.get(way, True) and not report.failed and not report.skipped
    return report


def pytest_sessionfinish(session: pytest.Session) -> None:
    path = session.config.getoption("--record-clients")
    rows = session.config.stash[OUTCOMES]
    if path is None or not rows:
        return
    ordered = sorted(
        rows.values(), key=lambda row: [str(row[name]) for name in ("service", "client", "what")]
    )
    system = f"{platform.system()}, Python {platform.python_version()}"
    record = {"machine": system, "versions": versions(), "rows": ordered}
    path.write_text(json.dumps(record, indent=1) + "\n")


def versions() -> dict[str, str]:
    """The versions of the clients that the tests try; empty for one that is missing."""
    found = {name: metadata.version(name) for name in ("devpi-server", "pip", "PyGithub", "twine", "uv")}
    for name in ("gh", "git"):
        if shutil.which(name):
            told = subprocess.run([name, "--version"], capture_output=True, text=True, timeout=30, check=True)
            found[name] = told.stdout.split()[2]
    return dict(sorted(found.items(), key=lambda pair: pair[0].lower()))
