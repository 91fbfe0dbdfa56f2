"""How far each change moves a version, and by which rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tagboat.config.planning import Versioning
from tagboat.core.change import Change, Level
from tagboat.core.proposal import Reason


def evidence(
    changes: Sequence[Change], rules: Versioning, ruled: Mapping[Change, Level], *, below_one: bool
) -> tuple[Reason, ...]:
    """Return one reason for each change, in their order.

    Args:
        changes: the changes.
        rules: what each type counts for; a type counts only when it is spelled exactly so (``Feat`` is not ``feat``:
            observed behaviour of release-please 17.1.3).
        ruled: the changes that a rule for messages gave a level.
        below_one: whether the last release's major version is 0.
    """
    known: dict[tuple[str, bool], tuple[Level, str]] = {}
    found: list[Reason] = []
    for change in changes:
        kind = (change.type, bool(change.breaking))
        if ruled and change in ruled:
            asked = _Asked(ruled[change], "a rule for its message says that it")
            level, rule = asked.below_one(rules) if below_one else asked.plain()
        else:
            if kind not in known:
                asked = _asked(*kind, rules)
                known[kind] = asked.below_one(rules) if below_one else asked.plain()
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


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a change asks for, and the rule that says so."""

    level: Level
    rule: str
    breaks: bool = False

    def plain(self) -> tuple[Level, str]:
        return self.level, f"{self.rule} is {self.level.word}"

    def below_one(self, rules: Versioning) -> tuple[Level, str]:
        level = self.level
        if self.breaks or level == Level.MAJOR:
            level = min(level, rules.breaking_below_one)
        elif level == Level.MINOR:
            level = rules.minor_below_one
        if rules.zero_holds:
            level = min(level, Level.MINOR)
        if level == self.level:
            return self.plain()
        return level, f"{self.rule} is {level.word} while the major version is 0"


def _asked(kind: str, breaks: bool, rules: Versioning) -> _Asked:
    if breaks:
        return _Asked(rules.breaking, "breaking", breaks=True)
    if kind in rules.levels:
        return _Asked(rules.levels[kind], kind or "a change without a type")
    return _Asked(rules.other, f"{kind}, as every other type," if kind else "a change without a type")
