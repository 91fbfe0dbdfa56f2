"""Breaking changes that a commit tells of below its header, while it changes nothing that was there before.

The text of a squash often lists what was changed elsewhere: a generator copies the log of another repository. What only
adds files breaks nothing for those who have the last release, so such lines are no reason for a major version. What
the header says counts always, and so does what a person wrote between the marks of an override.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from tagboat.config.planning import Rules
from tagboat.core.change import Change
from tagboat.core.commit import Commit
from tagboat.core.conventional import overridden, read
from tagboat.planner.messages import Counted
from tagboat.ports.history import History

_FOLDERS: Final = frozenset({"doc", "docs", "examples", "samples", "test", "testing", "tests"})
_FILES: Final = frozenset({"conftest.py", "mypy.ini", "noxfile.py", "pytest.ini", "tox.ini"})
"""What reaches nobody who uses the package, as far as a name can tell; whatever starts with a dot is added to it."""
_PULL: Final = re.compile(r" \(#[0-9]+\)$")


def less_what_is_new(
    history: History, rules: Rules, commits: Sequence[Commit], counted: Counted
) -> tuple[tuple[Change, ...], tuple[str, ...]]:
    """Return the changes that decide the version, and a warning for each commit whose text is not taken at its word.

    Args:
        history: where the files of a commit are read.
        rules: the component's.
        commits: the commits of the range.
        counted: what they changed.
    """
    doubtful = {change.commit for change in counted.changes if change.breaking}
    texts = {commit.id: commit for commit in commits if commit.id in doubtful and _has_body(commit)}
    found: dict[str, list[Change]] = {}
    for change in counted.changes:
        commit = texts.get(change.commit)
        if not commit or not change.breaking or change in counted.levels:
            continue
        if not _said_by_header(change, commit):
            found.setdefault(commit.id, []).append(change)
    found = {id_: told for id_, told in found.items() if _only_adds(history, rules, texts[id_])}
    if not found:
        return counted.changes, ()
    new = frozenset(change for told in found.values() for change in told)
    changes = tuple(change._replace(breaking=()) if change in new else change for change in counted.changes)
    return changes, tuple(_warning(id_, told) for id_, told in found.items())


def _has_body(commit: Commit) -> bool:
    return "\n" in commit.message.strip() and overridden(commit.message) == commit.message


def _said_by_header(change: Change, commit: Commit) -> bool:
    """Tell whether the header tells of a change; where it cannot be read, the text speaks for it."""
    header = read(commit.id, commit.title).changes
    subject = _PULL.sub("", change.subject)
    return not header or any(_PULL.sub("", told.subject) == subject for told in header)


def _only_adds(history: History, rules: Rules, commit: Commit) -> bool:
    """Tell whether a commit leaves all as it was that the component's users have."""
    if len(commit.parents) != 1:
        return False
    prefix = "" if rules.path == "." else f"{rules.path}/"
    outside = tuple(f"{folder}/" for folder in rules.exclude)
    for diff in history.diff(commit.parents[0], commit.id):
        own = diff.path.startswith(prefix) and not (outside and diff.path.startswith(outside))
        if own and diff.status != "A" and not _reaches_nobody(diff.path.removeprefix(prefix)):
            return False
    return True


def _reaches_nobody(path: str) -> bool:
    first, slash, _ = path.partition("/")
    return first.startswith(".") or first in (_FOLDERS if slash else _FILES)


def _warning(commit: str, told: Sequence[Change]) -> str:
    more = f" and {len(told) - 1} more" if len(told) > 1 else ""
    return (
        f"{commit[:7]} tells below its header of what breaks ({told[0].header[:80]}{more}), but it changes nothing that was"
        " there before, so it is not counted as breaking; a Release-As footer says otherwise"
    )
