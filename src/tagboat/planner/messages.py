"""The changes of a range of commits: messages read by the rules, less what was reverted or stands there twice.

One pass over the commits, newest first as ``git log`` gives them; what is kept of each is its id, its title and its
changes. Every step takes time linear in the messages, whatever they hold; the project's own patterns
(:class:`~tagboat.config.planning.MessageRule`) are as fast as the project wrote them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from tagboat.config.planning import ReadingRules
from tagboat.core.change import Change, Level, Reading, Unread
from tagboat.core.commit import Commit
from tagboat.core.conventional import read
from tagboat.core.record import Record


class LeftOut(Record):
    """A commit that was read and counts for nothing because of another one.

    Attributes:
        commit: its id.
        title: its first line.
        because: the id of the commit that reverts it, or that it repeats.
    """

    commit: str
    title: str
    because: str


class Counted(Record):
    """What a range of commits changed.

    Attributes:
        changes: what counts, newest first.
        unread: the commits that count for nothing because no header could be read, newest first.
        reverted: what a later commit of the range takes back; a revert that took back all that it names counts for
            nothing either, and is not listed.
        repeated: merges and cherry-picks whose changes another commit of the range has.
        levels: the changes that a rule gave a level.
    """

    changes: tuple[Change, ...]
    unread: tuple[Unread, ...] = ()
    reverted: tuple[LeftOut, ...] = ()
    repeated: tuple[LeftOut, ...] = ()
    levels: Mapping[Change, Level] = MappingProxyType({})


def changes_of(commits: Iterable[Commit], rules: ReadingRules) -> Counted:
    """Return what these commits changed, as the rules read them.

    Args:
        commits: the commits of the range, newest first.
        rules: how messages are read.

    Raises:
        ConfigError: a rule's pattern is no regular expression; all of them are told.
    """
    levels: dict[Change, Level] = {}
    reading = _reader(rules, levels)
    if not rules.reverts and not rules.once:
        return _each(commits, reading, levels)
    from tagboat.planner.interplay import less_what_is_undone  # noqa: PLC0415 - not for every dialect

    return less_what_is_undone(commits, reading, rules, levels)


def _each(
    commits: Iterable[Commit], reading: Callable[[Commit], Reading | None], levels: Mapping[Change, Level]
) -> Counted:
    """Return what these commits changed, where none has an effect on another."""
    changes: list[Change] = []
    unread: list[Unread] = []
    for commit in commits:
        said = reading(commit)
        if said is not None:
            changes += said.changes
            if said.unread and not said.changes:
                unread.append(Unread(commit.id, commit.title, said.unread))
    return Counted(tuple(changes), tuple(unread), levels=levels)


def _reader(rules: ReadingRules, levels: dict[Change, Level]) -> Callable[[Commit], Reading | None]:
    """Return what reads one commit; None is its answer for one that a rule leaves out."""
    first: Callable[[Commit], Reading | None] = _plain
    if rules.rules:
        from tagboat.planner.message_rules import ruled  # noqa: PLC0415 - few projects have rules

        first = ruled(rules, levels)
    if rules == ReadingRules(rules.rules, rules.each_line, rules.reverts, once=rules.once):
        return first

    def reading(commit: Commit) -> Reading | None:
        if not rules.merges and len(commit.parents) > 1:
            return Reading((), "messages of merges are not read")
        said = first(commit)
        if said is None:
            return None
        changes = said.changes if rules.bodies else _own(commit, said.changes)
        if rules.bullets:
            from tagboat.planner.squashes import bullets_of  # noqa: PLC0415 - few read them

            changes = (*changes, *bullets_of(commit, changes))
        return _known(commit, changes, said.unread, rules)

    return reading


def _plain(commit: Commit) -> Reading:
    return read(commit.id, commit.message)


def _own(commit: Commit, changes: tuple[Change, ...]) -> tuple[Change, ...]:
    """Return the change that the header tells of, without those of the text below it."""
    if len(changes) < 2:
        return changes
    header = read(commit.id, commit.title).changes
    # A rule may have renamed its type, so that the subject alone tells it from the others.
    wanted = {change.subject for change in header}
    found = [change for change in changes if change.subject in wanted]
    return tuple(found[-1:])


def _known(commit: Commit, changes: tuple[Change, ...], unread: str, rules: ReadingRules) -> Reading:
    """Return the changes of a type that counts, or what becomes of a commit that has none."""
    if rules.types:
        known = tuple(change for change in changes if change.type in rules.types)
        if changes and not known:
            unread = f"the type {changes[-1].type!a} is none that counts"
        changes = known
    if rules.unknown == "keep" and unread and not changes:
        return Reading((Change(commit.id, "", "", commit.title),))
    return Reading(changes, unread)
