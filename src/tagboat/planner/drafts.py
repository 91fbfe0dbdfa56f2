"""The drafts of a project whose monthly job puts release candidates on branches of their own, made once more."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from tagboat.errors import ConfigError, RefusedError
from tagboat.planner.notes.candidate import candidate, last_version
from tagboat.ports.history import History

CHANGES: Final = "CHANGES.rst"
_BRANCH: Final = re.compile(r"auto-release-candidate-([0-9]{4}-[0-9]{2}-[0-9]{2})")


@dataclass(frozen=True, slots=True)
class Draft:
    """One draft.

    Attributes:
        branch: the branch that holds the project's own draft.
        date: the day that its name says.
        content: the whole drafted file.
    """

    branch: str
    date: date
    content: str


def drafts(history: History, *, compatible: bool) -> Iterator[Draft]:
    """Yield a draft for each branch ``auto-release-candidate-DATE``, from the parent of its tip.

    A branch whose name says no day of the calendar is none of these.

    Args:
        history: where branches, commits and files are read.
        compatible: as the job of pypiserver writes them, to the byte.

    Raises:
        RefusedError: a branch has no parent, or its file or the last release's tag is missing.
        ConfigError: a changelog names no release.
    """
    for branch, tip in sorted(history.branches().items()):
        day = _day_of(branch)
        if day is not None:
            yield Draft(branch, day, _drafted(history, branch, tip, day, compatible=compatible))


def _day_of(branch: str) -> date | None:
    match = _BRANCH.fullmatch(branch)
    try:
        return date.fromisoformat(match[1]) if match else None
    except ValueError:
        return None


def _drafted(history: History, branch: str, tip: str, day: date, *, compatible: bool) -> str:
    parent = history.resolve(f"{tip}~1")
    changes = history.read(parent, CHANGES) if parent else None
    if parent is None or changes is None:
        raise RefusedError(f"{branch}: the commit before its tip has no {CHANGES}")
    try:
        tag = f"v{last_version(changes, compatible=compatible)}"
    except ConfigError as error:
        raise ConfigError(f"{branch}: {error.cause}", remedy=error.remedy) from None
    released = history.resolve(f"refs/tags/{tag}")
    if released is None:
        raise RefusedError(
            f"{branch}: the tag {tag} of the last release is missing", remedy="git fetch --tags"
        )
    commits = list(history.commits(parent, without=(released,)))
    ids = [commit.id for commit in commits]
    short = dict(zip(ids, history.abbreviated(ids), strict=True))
    made = candidate(changes, commits, date=day, compatible=compatible, abbreviate=lambda id_: short[id_])
    return made.decode("utf-8", "replace")
