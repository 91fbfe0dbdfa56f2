"""How far each change moves a version, and by which rule."""

from __future__ import annotations

from collections.abc import Sequence

from tagboat.config.planning import Versioning
from tagboat.core.change import Change, Level
from tagboat.core.proposal import Reason


def evidence(changes: Sequence[Change], rules: Versioning, *, below_one: bool) -> tuple[Reason, ...]:
    """Return one reason for each change, in their order.

    Args:
        changes: the changes.
        rules: what each type counts for; a type counts only when it is spelled exactly so (``Feat`` is not ``feat``:
            observed behaviour of release-please 17.1.3).
        below_one: whether the last release's major version is 0.
    """
    known: dict[tuple[str, bool], tuple[Level, str]] = {}
    found: list[Reason] = []
    for change in changes:
        kind = (change.type, bool(change.breaking))
        if kind not in known:
            known[kind] = _level(*kind, rules, below_one=below_one)
        level, rule = known[kind]
        found.append(Reason(level, rule, change.commit, change.header))
    return tuple(found)


def highest(reasons: Sequence[Reason]) -> Level:
    """Return the highest level of all; none when there are no reasons."""
    return max((reason.level for reason in reasons), default=Level.NONE)


def decisive_first(reasons: Sequence[Reason]) -> tuple[Reason, ...]:
    """Return the reasons of the highest level before the others, each group in its order."""
    level = highest(reasons)
    first = [reason for reason in reasons if reason.level == level]
    return (*first, *(reason for reason in reasons if reason.level != level))


def _level(kind: str, breaking: bool, rules: Versioning, *, below_one: bool) -> tuple[Level, str]:
    word = kind or "a change without a type"
    if breaking:
        level, rule = rules.breaking, "breaking"
        if below_one:
            level = rules.breaking_below_one
    else:
        level = rules.levels.get(kind, rules.other)
        rule = word if kind in rules.levels else f"{word}, as every other type,"
        if below_one and level == Level.MINOR:
            level = rules.minor_below_one
    if below_one and rules.zero_holds:
        level = min(level, Level.MINOR)
    changed = below_one and level != (rules.breaking if breaking else rules.levels.get(kind, rules.other))
    return level, f"{rule} is {level.word}{' while the major version is 0' if changed else ''}"
