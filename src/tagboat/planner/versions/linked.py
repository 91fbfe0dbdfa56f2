"""Linked versions: components of a group always get one version."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tagboat.core.proposal import Reason
from tagboat.planner.versions.decide import Decision
from tagboat.planner.versions.pep440 import read as read_pep440
from tagboat.planner.versions.schemes import Number
from tagboat.planner.versions.semver import SemVer
from tagboat.planner.versions.semver import read as read_semver


def linked(
    decisions: Mapping[str, Decision],
    groups: Sequence[Sequence[str]],
    *,
    last: Mapping[str, str] | None = None,
) -> dict[str, Decision]:
    """Return the decisions with one version for each group, the highest of its members.

    A member without changes is released too when another one is, and its reasons say why. When a member's last
    release is as high already, the group goes above that one.

    Args:
        decisions: component → decision.
        groups: the names of the components that belong together; names without a decision are passed over.
        last: component → version of its last release.
    """
    found = dict(decisions)
    for group in groups:
        members = [name for name in group if name in decisions]
        released = [name for name in members if decisions[name].version]
        if not released:
            continue
        past = [text for name in members if (text := (last or {}).get(name, ""))]
        leader, version = _highest({name: decisions[name].version for name in released}, past, decisions)
        for name in members:
            found[name] = _joined(decisions[name], version, leader, decisions[leader])
    return found


def _highest(
    versions: Mapping[str, str], past: Sequence[str], decisions: Mapping[str, Decision]
) -> tuple[str, str]:
    numbers = _numbers([*versions.values(), *past])
    leader = max(versions, key=lambda name: numbers[versions[name]].key)
    number = numbers[versions[leader]]
    level = max(decisions[name].level for name in versions)
    barrier = max((numbers[text] for text in past), key=lambda one: one.key, default=None)
    if barrier is not None and number.key <= barrier.key:
        return leader, barrier.moved(level).text
    return leader, versions[leader]


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


def _joined(decision: Decision, version: str, leader: str, highest: Decision) -> Decision:
    if decision.version == version:
        return decision
    rule = f"its version is linked with {leader}'s, which is {version}"
    return decision._replace(
        version=version,
        level=max(decision.level, highest.level),
        reasons=(Reason(highest.level, rule), *decision.reasons),
    )
