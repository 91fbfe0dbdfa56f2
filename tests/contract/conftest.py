"""One running sandbox for all contracts of a process; each test has names of its own in it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest

from tagboat.sandbox.server import Sandbox, running_sandbox

NUMBERS = itertools.count(1)


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with running_sandbox(tmp_path_factory.mktemp("contract") / "sandbox") as running:
        yield running


@pytest.fixture
def number() -> int:
    """A number that no other test of this process has."""
    return next(NUMBERS)
