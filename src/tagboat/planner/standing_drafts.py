"""Sections that stand in a changelog above the last release: drafts of ours that people may have edited since.

The version of a draft may have moved on since it was written: 1.0.1 becomes 1.1.0 with the next feature. The commit that
wrote a draft last is the newest one that brought a line which the plan of its parent has; what the plan said then is what
people's changes are told apart from.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tagboat.config.planning import Planning, Rules
from tagboat.core.commit import day_of
from tagboat.core.proposal import Next
from tagboat.planner.past import newest_version, section_of
from tagboat.planner.propose import propose
from tagboat.planner.wanted import Wanted
from tagboat.ports.history import History

_BACK = 50
"""How many changes of a changelog are looked at."""


@dataclass(frozen=True, slots=True)
class StandingDraft:
    """A section of the version that is planned.

    Attributes:
        standing: as it stands in the changelog.
        drafted: what the plan said when it was written.
    """

    standing: str
    drafted: str


def standing_drafts(
    history: History, planning: Planning, wanted: Wanted, proposals: Sequence[Next]
) -> Mapping[str, StandingDraft]:
    """Return the drafts that stand in the components' changelogs, by component.

    Args:
        history: where the changelogs and their commits are read.
        planning: the rules.
        wanted: what the proposals were asked for.
        proposals: what would be released now.
    """
    found: dict[str, StandingDraft] = {}
    for rules, next_ in zip(planning.components, proposals, strict=True):
        path = changelog_path(rules)
        standing = _draft(history, wanted.head, path, next_.last) if next_.section and path else ""
        if standing:
            alone = planning._replace(components=(rules,), linked=())
            drafted = _drafted_last(history, alone, wanted, path, next_.last)
            found[rules.component] = StandingDraft(standing, _headed_alike(drafted, standing))
    return found


def changelog_path(rules: Rules) -> str:
    """Return where a component's changelog is, relative to the root; "" for none."""
    path = rules.notes.path
    if not path or path.startswith("/"):
        return path.removeprefix("/")
    return path if rules.path == "." else f"{rules.path}/{path}"


def _draft(history: History, commit: str, path: str, last: str) -> str:
    """Return the section above that of the last release, or "" when there is none."""
    text = (history.read(commit, path) or b"").decode("utf-8", "replace")
    version = newest_version(text)
    return section_of(text, version) if version and _above(version, last) else ""


def _above(version: str, last: str) -> bool:
    from packaging.version import InvalidVersion, Version  # noqa: PLC0415 - only where a draft stands

    try:
        return not last or Version(version) > Version(last)
    except InvalidVersion:
        return version != last


def _drafted_last(history: History, planning: Planning, wanted: Wanted, path: str, last: str) -> str:
    """Return what was planned when the draft was written last, or "" when nothing of it was ever planned."""
    at = history.last_change(wanted.head, path)
    for _ in range(_BACK):
        parent = history.resolve(f"{at}~1") if at else None
        now = _draft(history, at, path, last) if at else ""
        if at is None or parent is None or not now:
            return ""
        before = wanted._replace(head=parent, today=day_of(history.time(at)), due=True)
        (made,) = propose(history, planning, before)
        brought = _entries(now) - _entries(_draft(history, parent, path, last))
        if brought & _entries(made.section):
            return made.section
        at = history.last_change(parent, path)
    return ""


def _entries(section: str) -> set[str]:
    """Return the lines below a section's heading."""
    return {line.strip() for line in section.split("\n")[1:] if line.strip()}


def _headed_alike(drafted: str, standing: str) -> str:
    """Return a draft with the heading that stands: versions and dates move on, and that is no person's doing."""
    return "\n".join((standing.partition("\n")[0], *drafted.split("\n")[1:]))
