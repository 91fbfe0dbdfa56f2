"""One sandbox for the matrix. With ``--record-faults FILE`` the whole of it is tried, and what all came to is written down."""

from __future__ import annotations

import json
import platform
from collections.abc import Iterator
from pathlib import Path

import pytest
from fault_figures import Figures
from fault_world import World

from tagboat.sandbox.server import running_sandbox

FIGURES = pytest.StashKey[Figures]()


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("faults")
    with running_sandbox(folder / "sandbox") as running:
        yield World(running, folder)


class Recorder:
    """Gathers what the tests report, from whichever process they ran in."""

    def __init__(self) -> None:
        self.figures = Figures()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        for name, value in report.user_properties if report.when == "call" else ():
            if name == "faults":
                self.figures.add(value)


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--record-faults") is not None and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Recorder(), "faults")


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    recorder = session.config.pluginmanager.get_plugin("faults")
    if recorder is not None and exitstatus == pytest.ExitCode.OK:
        path: Path = session.config.getoption("--record-faults")
        machine = f"{platform.system()}, Python {platform.python_version()}"
        path.write_text(json.dumps({"machine": machine, **recorder.figures.as_json()}, indent=1) + "\n")
