"""One running sandbox for all tests of a process; each test has a repository of its own with workflows in it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest
from ci_world import Ci, made
from github_description import GitHubDescription, github_description

from tagboat.sandbox.server import Sandbox, running_sandbox

__all__ = ["github_description"]

numbers = itertools.count(1)


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with running_sandbox(tmp_path_factory.mktemp("actions") / "sandbox") as sandbox:
        yield sandbox


@pytest.fixture
def ci(running: Sandbox, tmp_path: Path, github_description: GitHubDescription) -> Ci:
    repository = f"acme/ci-{next(numbers)}"
    return made(running, repository, tmp_path, github_description)
