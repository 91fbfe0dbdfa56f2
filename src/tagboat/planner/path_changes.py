"""What happened to a component's files since its last release, for the strategy that goes by paths."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, Literal

from tagboat.config.planning import Rules
from tagboat.planner.versions.paths import PathChange, matches
from tagboat.ports.history import History

_LONGEST: Final = 1 << 20
"""The most bytes of a file whose lines are compared."""

_WORDS: Final[dict[str, Literal["added", "removed", "modified"]]] = {"A": "added", "D": "removed"}


def path_changes(history: History, rules: Rules, before: str, head: str) -> Sequence[PathChange]:
    """Return the files of a component that differ between two commits, by their paths in its folder.

    Args:
        history: where they are read.
        rules: the component's; files below its excluded folders do not count.
        before: the commit of the last release; "" and nothing has changed.
        head: the commit to plan from.
    """
    return list(_changes(history, rules, before, head)) if before else []


def _changes(history: History, rules: Rules, before: str, head: str) -> Iterator[PathChange]:
    prefix = "" if rules.path == "." else f"{rules.path}/"
    outside = tuple(f"{folder}/" for folder in rules.exclude)
    contents = [
        pattern for rule in rules.versioning.paths if rule.only == "content" for pattern in rule.patterns
    ]
    for diff in history.diff(before, head):
        if not diff.path.startswith(prefix) or (outside and diff.path.startswith(outside)):
            continue
        path = diff.path.removeprefix(prefix)
        wanted = any(matches(pattern, path) for pattern in contents)
        lines = _lines(history, diff.path, before, head) if wanted else ()
        yield PathChange(path, _WORDS.get(diff.status, "modified"), lines)


def _lines(history: History, path: str, before: str, head: str) -> tuple[str, ...]:
    from difflib import ndiff  # noqa: PLC0415 - few rules look at content

    old, new = (
        (history.read(commit, path) or b"")[:_LONGEST].decode("utf-8", "replace").splitlines()
        for commit in (before, head)
    )
    if not old or not new:
        return tuple(old or new)
    if len(old) * len(new) > 4_000_000:  # a comparison line by line would take too long
        return tuple(set(old) ^ set(new))
    return tuple(line[2:] for line in ndiff(old, new) if line[:2] in {"+ ", "- "})
