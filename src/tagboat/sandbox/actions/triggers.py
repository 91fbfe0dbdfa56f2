"""Whether an event starts a workflow: branch, tag and path filters, and the words that skip CI."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final

from tagboat.sandbox.actions.patterns import any_chosen, chosen
from tagboat.sandbox.actions.workflow.model import Filters

MOST_TAGS: Final = 3
"""When more tags than this are pushed at once, GitHub makes no events for them."""
_SKIP: Final = re.compile(r"\[(skip ci|ci skip|no ci|skip actions|actions skip)\]", re.IGNORECASE)
_TRAILER: Final = re.compile(r"^skip-checks:\s*true\s*$", re.IGNORECASE | re.MULTILINE)
_PULL_REQUEST_TYPES: Final = ("opened", "synchronize", "reopened")

Paths = Callable[[], Sequence[str]]
"""The paths that changed; asked for only when a filter wants them."""


def skipped_by_message(message: str) -> bool:
    """Whether the head commit's message asks for no CI."""
    return bool(_SKIP.search(message) or _TRAILER.search(message))


def push_starts(filters: Filters | None, ref: str, paths: Paths) -> bool:
    """Whether a push of this full reference does."""
    if filters is None:
        return False
    branches = filters.branches is not None or filters.branches_ignore is not None
    tags = filters.tags is not None or filters.tags_ignore is not None
    short = ref.split("/", 2)[-1]
    if ref.startswith("refs/tags/"):
        return (tags or not branches) and _named(short, filters.tags, filters.tags_ignore)
    if not ref.startswith("refs/heads/") or (tags and not branches):
        return False
    return _named(short, filters.branches, filters.branches_ignore) and _touched(filters, paths)


def pull_request_starts(filters: Filters | None, action: str, target: str, paths: Paths) -> bool:
    """Whether a pull request into the branch ``target`` does."""
    if filters is None or action not in (filters.types or _PULL_REQUEST_TYPES):
        return False
    return _named(target, filters.branches, filters.branches_ignore) and _touched(filters, paths)


def _named(name: str, wanted: Sequence[str] | None, ignored: Sequence[str] | None) -> bool:
    if wanted is not None:
        return chosen(name, wanted)
    return ignored is None or not chosen(name, ignored)


def _touched(filters: Filters, paths: Paths) -> bool:
    if filters.paths is not None:
        return any_chosen(paths(), filters.paths)
    if filters.paths_ignore is not None:
        return any(not chosen(path, filters.paths_ignore) for path in paths())
    return True
