"""The first step of a plan: git begins to answer while the planner is still being imported."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from os import PathLike

from tagboat.adapters.git.history import LocalHistory


@contextmanager
def opened(path: str | PathLike[str]) -> Iterator[LocalHistory]:
    """Yield the history of a repository, which has begun to find what every plan asks for.

    Args:
        path: the repository, or a folder in it.

    Raises:
        RefusedError: ``path`` is in no git repository.
    """
    history = LocalHistory(path)
    try:
        history.prepare()
        yield history
    finally:
        history.close()
