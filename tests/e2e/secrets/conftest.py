"""A scene for each module, and the run's figures."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import pytest
from canaries import Flock
from gateway import running_gateway
from harbour import Harbour, Project
from scene import Figures, Scene

from tagboat.sandbox import control

FIGURES = pytest.StashKey[Figures]()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    figures = config.stash.get(FIGURES, None)
    if figures is not None and figures.paths:
        terminalreporter.write_line(figures.told())


@pytest.fixture(scope="module")
def scene(
    harbour: Harbour, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Scene]:
    root = tmp_path_factory.mktemp("canaries")
    name = f"nosy-{hashlib.sha256(request.node.nodeid.encode()).hexdigest()[:8]}"
    repository = f"ada/{name}"
    control.create_repository(harbour.addresses, repository)
    project = Project(harbour, name, repository, root / "work", root / "kept" / "own")
    project.work.mkdir()
    project.git("init", "--quiet", "--initial-branch=main")
    project.git("remote", "add", "origin", project.url)
    figures = request.config.stash.setdefault(FIGURES, Figures())
    flock = Flock(seed=20)
    with running_gateway(harbour.addresses, flock) as gateway:
        made = Scene(project, flock, gateway, root / "kept", root / "planted", figures)
        made.plant()
        project.commit(made.files("1.0"), "Begin")
        project.push()
        project.green()
        project.tag("v1.0")
        yield made


@pytest.fixture(autouse=True)
def _no_order_left(scene: Scene) -> Iterator[None]:
    yield
    scene.gateway.clear()
