"""A sandbox for each test process; a repository and a distribution for each test."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from harbour import Harbour, Project
from projects import flit

from tagboat.adapters.addresses import PUBLIC
from tagboat.sandbox import control, process


@pytest.fixture(scope="session")
def harbour(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Harbour]:
    root = tmp_path_factory.mktemp("harbour")
    directory = root / "sandbox"
    addresses = process.up(
        directory,
        own_relay=True,
        relay_cache=root / "relay",
        default_index=PUBLIC.indexes["pypi"].simple,
    )
    try:
        yield Harbour(directory, addresses, root)
    finally:
        process.down(directory)


@pytest.fixture
def launch(harbour: Harbour, tmp_path: Path, request: pytest.FixtureRequest) -> Callable[..., Project]:
    """Make a project: a clone with one pushed commit, named after the test."""

    def made(files: Mapping[str, str | bytes | None] | None = None, *, suffix: str = "") -> Project:
        mark = hashlib.sha256(f"{request.node.nodeid}{suffix}".encode()).hexdigest()[:10]
        name = f"tiny-{mark}{suffix}"
        repository = f"ada/{name}"
        control.create_repository(harbour.addresses, repository)
        work = tmp_path / f"work{suffix}"
        work.mkdir()
        project = Project(harbour, name, repository, work, tmp_path / f"state{suffix}")
        project.git("init", "--quiet", "--initial-branch=main")
        project.git("remote", "add", "origin", project.url)
        project.commit(flit(name) if files is None else files, "Begin")
        project.push()
        return project

    return made


@pytest.fixture
def project(launch: Callable[..., Project]) -> Project:
    """A tiny flit package at version 1.0, configured for both indexes."""
    return launch()


@pytest.fixture(autouse=True)
def _no_faults_left(harbour: Harbour) -> Iterator[None]:
    yield
    harbour.faults.clear()
