"""One running sandbox for all tests of a process; each test has a repository of its own in it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest
from forge_world import Client, World
from github_description import GitHubDescription, github_description

from tagboat.sandbox import control
from tagboat.sandbox.frame import Moment
from tagboat.sandbox.server import Sandbox, running_sandbox

__all__ = ["github_description"]

numbers = itertools.count(1)


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Sandbox, list[Moment]]]:
    """One sandbox for all tests of this process that do not restart theirs."""
    moments: list[Moment] = []
    with running_sandbox(tmp_path_factory.mktemp("forge") / "sandbox", on_moment=moments.append) as sandbox:
        yield sandbox, moments


@pytest.fixture
def bare(
    running: tuple[Sandbox, list[Moment]], tmp_path: Path, github_description: GitHubDescription
) -> World:
    """An empty repository, and an empty work tree for it."""
    sandbox, moments = running
    moments.clear()
    repository = f"acme/demo-{next(numbers)}"
    control.create_repository(sandbox.addresses, repository)
    work = tmp_path / "work"
    work.mkdir()
    client = Client(sandbox.addresses, github_description, sandbox.addresses.token)
    world = World(sandbox, repository, client, work, moments)
    world.git("init", "--quiet", "--initial-branch=main")
    return world


@pytest.fixture
def world(bare: World) -> World:
    """A repository with one commit on main."""
    bare.commit("first", {"README.md": "# Demo\n", "src/demo.py": "x = 1\n"})
    bare.push()
    return bare
