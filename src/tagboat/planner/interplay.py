"""Commits of a range that have an effect on each other: reverts, and changes that stand there twice."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from tagboat.config.planning import ReadingRules
from tagboat.core.change import Change, Level, Reading, Unread
from tagboat.core.commit import Commit
from tagboat.planner.messages import Counted, LeftOut
from tagboat.planner.repeats import Repeats
from tagboat.planner.reverts import Entry, cancelled, revert_of


def less_what_is_undone(
    commits: Iterable[Commit],
    reading: Callable[[Commit], Reading | None],
    rules: ReadingRules,
    levels: Mapping[Change, Level],
) -> Counted:
    """Return what these commits changed, less what was reverted or stands there twice.

    Args:
        commits: the commits of the range, newest first.
        reading: reads one commit.
        rules: whether reverts cancel, and whether repeats count once.
        levels: the changes that a rule gave a level.
    """
    entries: list[Entry] = []
    repeats = Repeats()
    for commit in commits:
        said = reading(commit)
        if said is None:
            continue
        title = commit.title
        entry = Entry(commit.id, title, said.changes, said.unread)
        if rules.reverts:
            entry.revert = revert_of(title, commit.message, said.changes)
        if rules.once:
            repeats.note(commit, len(entries), title)
        entries.append(entry)
    twins = repeats.found(entries)
    taken_back, spent = cancelled(entries, twins) if rules.reverts else ({}, frozenset())
    changes: list[Change] = []
    unread: list[Unread] = []
    for place, entry in enumerate(entries):
        if place in twins or place in taken_back or place in spent:
            continue
        changes.extend(entry.changes)
        if not entry.changes and entry.unread:
            unread.append(Unread(entry.commit, entry.title, entry.unread))
    return Counted(
        tuple(changes),
        tuple(unread),
        _left_out(entries, taken_back),
        _left_out(entries, twins),
        levels,
    )


def _left_out(entries: list[Entry], because: Mapping[int, int]) -> tuple[LeftOut, ...]:
    return tuple(
        LeftOut(entries[place].commit, entries[place].title, entries[other].commit)
        for place, other in sorted(because.items())
    )
