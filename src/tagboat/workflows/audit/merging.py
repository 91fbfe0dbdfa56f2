"""What another auditor found, beside what our rules found: each thing is told once, with everybody who saw it."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Final

from tagboat.core.verdict import Verdict
from tagboat.workflows.audit.flaw import Flaw

BLOCKING: Final = frozenset(
    {
        "artipacked",
        "cache-poisoning",
        "dangerous-triggers",
        "excessive-permissions",
        "github-env",
        "impostor-commit",
        "known-vulnerable-actions",
        "overprovisioned-secrets",
        "secrets-inherit",
        "template-injection",
        "unpinned-uses",
        "use-trusted-publishing",
    }
)
"""The audits of zizmor whose findings block where something is published."""

SAME: Final = {
    "concurrency-limits": ("release-twice", "release-cancelled"),
    "dangerous-triggers": ("cross-run-trigger",),
    "secrets-inherit": ("secrets-inherit",),
    "template-injection": ("script-injection",),
    "unpinned-uses": ("unpinned-action",),
    "use-trusted-publishing": ("workflow-lasting-secret",),
}
"""Its audits that look for what a rule of ours looks for, too."""


@dataclass(frozen=True, slots=True)
class Other:
    """A finding of another auditor.

    Attributes:
        tool: its name.
        audit: its name for the kind of thing.
        spans: first and last line of each place that it shows.
    """

    tool: str
    audit: str
    file: str
    line: int
    spans: tuple[tuple[int, int], ...]
    said: str


def merged(ours: Sequence[Flaw], others: Sequence[Other], releasing: Collection[str]) -> list[Flaw]:
    """Return all flaws, those that both saw once.

    Args:
        ours: what our rules found.
        others: what the other auditor found.
        releasing: the files that are part of a release.
    """
    found = list(ours)
    places = _places(ours)
    for other in others:
        verdict = Verdict.FAIL if other.audit in BLOCKING and other.file in releasing else Verdict.WARN
        place = _same(places, other)
        if place is None:
            remedy = f"see {other.tool}'s documentation of {other.audit}"
            code = f"{other.tool}:{other.audit}"
            found.append(Flaw(code, verdict, other.file, other.line, other.said, remedy, (other.tool,)))
            continue
        both = found[place]
        worse = Verdict.FAIL if Verdict.FAIL in (both.verdict, verdict) else Verdict.WARN
        found[place] = replace(both, verdict=worse, tools=tuple(dict.fromkeys([*both.tools, other.tool])))
    return found


_Places = dict[tuple[str, str], list[tuple[int, int]]]
"""File and code to lines and places in the list, in order of the lines."""


def _places(ours: Sequence[Flaw]) -> _Places:
    found: _Places = defaultdict(list)
    for place, flaw in enumerate(ours):
        found[flaw.file, flaw.code].append((flaw.line, place))
    for rows in found.values():
        rows.sort()
    return found


def _same(places: _Places, other: Other) -> int | None:
    """Return the place of our flaw that is the same thing: of the same kind, and nearest in what the other shows."""
    fitting: list[tuple[int, int]] = []
    for code in SAME.get(other.audit, ()):
        rows = places.get((other.file, code), [])
        for first, last in other.spans:
            nearest = min(max(other.line, first), last)
            after = bisect_left(rows, (nearest, -1))
            before = bisect_left(rows, (rows[after - 1][0], -1)) if after else 0
            near = [rows[at] for at in {before, after} if at < len(rows)]
            fitting += [(abs(line - other.line), place) for line, place in near if first <= line <= last]
    return min(fitting)[1] if fitting else None
