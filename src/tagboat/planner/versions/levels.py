"""How far each change moves a version, and by which rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tagboat.config.planning import Versioning
from tagboat.core.change import Change, Level
from tagboat.core.proposal import Reason
from tagboat.core.record import Record


def evidence(
    changes: Sequence[Change],
    rules: Versioning,
    ruled: Mapping[Change, Level],
    places: Mapping[str, str],
    *,
    below_one: bool,
) -> tuple[Reason, ...]:
    """Return one reason for each change, in their order.

    Args:
        changes: the changes.
        rules: what each type counts for; a type counts only when it is spelled exactly so (``Feat`` is not ``feat``:
            observed behaviour of release-please 17.1.3).
        ruled: the changes that a rule for messages gave a level.
        places: attribute of ``rules`` → where it was configured.
        below_one: whether the last release's major version is 0.
    """
    known: dict[tuple[str, bool], _Said] = {}
    found: list[Reason] = []
    for change in changes:
        kind = (change.type, bool(change.breaking))
        if ruled and change in ruled:
            said = _Said(ruled[change], "a rule for its message says that it", "rules")
            said = said.below_one(rules) if below_one else said
        else:
            if kind not in known:
                plain = _said(*kind, rules)
                known[kind] = plain.below_one(rules) if below_one else plain
            said = known[kind]
        found.append(
            Reason(said.level, said.text, change.commit, change.header, places.get(said.attribute, ""))
        )
    return tuple(found)


def highest(reasons: Sequence[Reason]) -> Level:
    """Return the highest level of all; none when there are no reasons."""
    return max((reason.level for reason in reasons), default=Level.NONE)


def decisive_first(reasons: Sequence[Reason]) -> tuple[Reason, ...]:
    """Return the reasons of the highest level before the others, each group in its order."""
    level = highest(reasons)
    first = [reason for reason in reasons if reason.level == level]
    return (*first, *(reason for reason in reasons if reason.level != level))


class _Said(Record):
    """A level, the rule that says so, and the attribute of the rules that it stands in."""

    level: Level
    rule: str
    attribute: str
    lowered: bool = False

    @property
    def text(self) -> str:
        return f"{self.rule} is {self.level.word}{' while the major version is 0' if self.lowered else ''}"

    def below_one(self, rules: Versioning) -> _Said:
        """Return what is said while the major version is 0."""
        level, attribute = self.level, self.attribute
        if self.attribute == "breaking" or level == Level.MAJOR:
            level, attribute = min(level, rules.breaking_below_one), "breaking_below_one"
        elif level == Level.MINOR:
            level, attribute = rules.minor_below_one, "minor_below_one"
        if rules.zero_holds and level == Level.MAJOR:
            level, attribute = Level.MINOR, "zero_holds"
        return self if level == self.level else _Said(level, self.rule, attribute, lowered=True)


def _said(kind: str, breaks: bool, rules: Versioning) -> _Said:
    if breaks:
        return _Said(rules.breaking, "breaking", "breaking")
    if kind in rules.levels:
        return _Said(rules.levels[kind], kind or "a change without a type", "levels")
    return _Said(rules.other, f"{kind}, as every other type," if kind else "a change without a type", "other")
