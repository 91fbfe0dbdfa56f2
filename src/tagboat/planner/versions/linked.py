"""Linked versions: components of a group always get one version."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from tagboat.core.proposal import Reason
from tagboat.errors import UsageError
from tagboat.planner.versions.decide import Decision
from tagboat.planner.versions.pep440 import read as read_pep440
from tagboat.planner.versions.schemes import Number
from tagboat.planner.versions.semver import SemVer
from tagboat.planner.versions.semver import read as read_semver
from tagboat.planner.versions.taken import Taken


def linked(
    decisions: Mapping[str, Decision],
    groups: Sequence[Sequence[str]],
    *,
    last: Mapping[str, str] | None = None,
    taken: Mapping[str, Collection[str]] | None = None,
    chosen: Collection[str] = (),
    place: str = "",
) -> dict[str, Decision]:
    """Return the decisions with one version for each group, the highest of its members.

    A member without changes is released too when another one is, and its reasons say why. When a member's last
    release is as high already, the group goes above that one; a version that a member has already is passed over.

    Args:
        decisions: component → decision.
        groups: the names of the components that belong together; names without a decision are passed over.
        last: component → version of its last release.
        taken: component → versions that exist already.
        chosen: the components whose versions a person asked for.
        place: where the groups were configured.

    Raises:
        UsageError: a person asked for a version that is not the group's.
    """
    found = dict(decisions)
    for group in groups:
        members = [name for name in group if name in decisions]
        released = [name for name in members if decisions[name].version]
        if not released:
            continue
        past = [text for name in members if (text := (last or {}).get(name, ""))]
        held = [text for name in members for text in (taken or {}).get(name, ())]
        leader, version, why = _highest({name: decisions[name] for name in released}, past, held)
        for name in members:
            rule = why if name == leader else f"its version is linked with {leader}'s, which is {version}"
            if name in chosen and decisions[name].version != version:
                raise UsageError(
                    f"{decisions[name].version} was asked for {name}, but {rule}",
                    remedy="ask for one version that all linked components can have",
                )
            reason = Reason(decisions[leader].level, rule, place=place)
            found[name] = _joined(decisions[name], version, reason)
    return found


def _highest(
    decisions: Mapping[str, Decision], past: Sequence[str], held: Collection[str]
) -> tuple[str, str, str]:
    """Return the component that leads, the group's version, and why that is not the leader's own, or ""."""
    numbers = _numbers([*(decision.version for decision in decisions.values()), *past])
    leader = max(decisions, key=lambda name: numbers[decisions[name].version].key)
    own = number = numbers[decisions[leader].version]
    barrier = max((numbers[text] for text in past), key=lambda one: one.key, default=None)
    why = ""
    if barrier is not None and number.key <= barrier.key:
        number = barrier.moved(max(decision.level for decision in decisions.values()))
        why = f"a component that it is linked with has {barrier.text} already, so {number.text} is next"
    free, skipped = Taken(held).free(number)
    if skipped:
        why = f"{number.text} exists already, so {free.text} is the first version that is free"
    return leader, decisions[leader].version if free is own else free.text, why


def _numbers(texts: Sequence[str]) -> dict[str, Number]:
    """Read versions that must be compared: all by PEP 440, or else all by SemVer."""
    try:
        return {text: read_pep440(text) for text in texts}
    except ValueError:
        return {text: _by_semver(text) for text in texts}


def _by_semver(text: str) -> Number:
    try:
        return read_semver(text)
    except ValueError:
        return SemVer((0, 0, 0))


def _joined(decision: Decision, version: str, why: Reason) -> Decision:
    if decision.version == version:
        return decision
    return decision._replace(
        version=version, level=max(decision.level, why.level), reasons=(why, *decision.reasons)
    )
