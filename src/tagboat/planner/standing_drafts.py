"""Sections that stand in a changelog already, for the version that is planned: drafts that people may have edited since."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tagboat.config.planning import Planning, Rules
from tagboat.core.commit import day_of
from tagboat.core.proposal import Next
from tagboat.planner.past import section_of, undated
from tagboat.planner.propose import Wanted, propose
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
        standing = _section(history, wanted.head, path, next_.version) if next_.section and path else ""
        written = _written(history, path, wanted.head, next_.version) if standing else ""
        if written:
            drafted = _drafted(history, planning, rules, wanted, next_.version, written)
            found[rules.component] = StandingDraft(standing, _dated_alike(drafted, standing))
    return found


def changelog_path(rules: Rules) -> str:
    """Return where a component's changelog is, relative to the root; "" for none."""
    path = rules.notes.path
    if not path or path.startswith("/"):
        return path.removeprefix("/")
    return path if rules.path == "." else f"{rules.path}/{path}"


def _section(history: History, commit: str, path: str, version: str) -> str:
    content = history.read(commit, path)
    return section_of(content.decode("utf-8", "replace"), version) if content else ""


def _written(history: History, path: str, head: str, version: str) -> str:
    """Return the commit that brought the section, or "" when it came with the first one of all."""
    at = history.last_change(head, path)
    for _ in range(_BACK):
        parent = history.resolve(f"{at}~1") if at else None
        if at is None or parent is None:
            return ""
        if not _section(history, parent, path, version):
            return at
        at = history.last_change(parent, path)
    return ""


def _drafted(
    history: History, planning: Planning, rules: Rules, wanted: Wanted, version: str, written: str
) -> str:
    before = wanted._replace(
        head=history.resolve(f"{written}~1") or wanted.head,
        today=day_of(history.time(written)),
        due=True,
    )
    alone = planning._replace(components=(rules,), linked=())
    (made,) = propose(history, alone, before)
    return made.section.replace(made.version, version) if made.version else ""


def _dated_alike(drafted: str, standing: str) -> str:
    """Return a draft with the standing heading when the two differ by their dates alone."""
    first, _, rest = drafted.partition("\n")
    heading = standing.partition("\n")[0]
    return f"{heading}\n{rest}" if undated(first) == undated(heading) else drafted
