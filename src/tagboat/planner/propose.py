"""What would be released of each component, and why: from a history and rules to proposals.

Nothing here asks a forge or an index: what they know (versions that are taken) comes in as data.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from tagboat.config.planning import Planning, Rules
from tagboat.core.change import Change, Level
from tagboat.core.commit import Commit
from tagboat.core.proposal import Next, Reason
from tagboat.planner.bases import Base, bases
from tagboat.planner.messages import changes_of
from tagboat.planner.notes.formats import has_entries, section
from tagboat.planner.notes.heading import Heading
from tagboat.planner.ranges import ranges
from tagboat.planner.releases import tag_of
from tagboat.planner.versions.decide import Decision, decide
from tagboat.planner.versions.paths import PathChange
from tagboat.ports.history import History


def _nothing_given(_rules: Rules, _heading: Heading) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked of a proposal.

    Attributes:
        head: the commit to plan from.
        today: the day of the release.
        repository: ``owner/name`` for links, or "".
        host: the forge's address for links, or "".
        branch: the branch that it is released from, for release lines, or "".
        since: the commit or tag that counts as the last release, whatever the tags say; or "".
        taken: component → versions that an index knows.
        chosen: component → the version that a person asks for.
        paths: component → the files that changed since its last release, for the strategy ``paths``.
        given: returns what a format needs besides the changes: a template's text, or what towncrier rendered.
        due: a release is made even when its notes have no entry.
    """

    head: str
    today: date
    repository: str = ""
    host: str = ""
    branch: str = ""
    since: str = ""
    taken: Mapping[str, Collection[str]] = field(default_factory=dict)
    chosen: Mapping[str, str] = field(default_factory=dict)
    paths: Mapping[str, Sequence[PathChange]] = field(default_factory=dict)
    given: Callable[[Rules, Heading], str] = _nothing_given
    due: bool = False


def propose(history: History, planning: Planning, wanted: Wanted) -> tuple[Next, ...]:
    """Return the proposal for each component, in the order of the rules.

    Raises:
        ConfigError: the rules cannot be used.
        InvalidError: the last release's version cannot be read.
        StepFailedError: the history is damaged.
    """
    components = planning.components
    found = bases(history, components, wanted.head, branch=wanted.branch, since=wanted.since)
    commits: dict[str, Sequence[Commit]] = {}
    left = list(components)
    while left:
        ends = {rules.component: found[rules.component].commit for rules in left}
        ends = {name: commit for name, commit in ends.items() if commit}
        oldest = _oldest(history, list(ends.values())) if len(ends) == len(left) else ""
        walked = ranges(history, wanted.head, left, ends, oldest=oldest)
        commits |= walked.commits
        left = [rules for rules in left if rules.component in walked.astray]
        found |= bases(history, left, wanted.head, branch=wanted.branch, since=wanted.since, reachable=True)
    planned = tuple(
        planned_of(rules, found[rules.component], commits[rules.component], wanted) for rules in components
    )
    return _linked(planned, planning, found, wanted)


def planned_of(rules: Rules, base: Base, commits: Sequence[Commit], wanted: Wanted) -> Next:
    """Return the proposal for one component.

    Args:
        rules: its rules.
        base: its last release.
        commits: the commits since, newest first.
        wanted: what is asked.
    """
    counted = changes_of(commits, rules.reading)
    taken = (*base.taken, *wanted.taken.get(rules.component, ()))
    chosen = wanted.chosen.get(rules.component, "")
    versioning = replace(rules.versioning, release_as=chosen) if chosen else rules.versioning
    changes = counted.changes
    if wanted.due and not changes:
        changes = (Change(wanted.head, "", "", "a release without any change that counts"),)
    decision = decide(
        base.version,
        changes,
        versioning,
        today=wanted.today,
        taken=taken,
        levels=counted.levels,
        paths=wanted.paths.get(rules.component, ()),
    )
    version, text = decision.version, ""
    if version:
        heading = _heading(rules, base, version, wanted)
        text = section(counted.changes, rules.notes, heading, given=wanted.given(rules, heading))
        asked = bool(chosen) or wanted.due
        if rules.versioning.releases == "notes" and not asked and not has_entries(text, rules.notes):
            decision = _nothing(decision)
            version = text = ""
    return Next(
        component=rules.component,
        last=base.version,
        last_tag=base.tag,
        version=version,
        tag=tag_of(rules.tag, version) if version else "",
        level=decision.level,
        reasons=decision.reasons,
        changes=counted.changes,
        unread=counted.unread,
        section=text,
        warnings=(*base.warnings, *decision.warnings),
    )


def _heading(rules: Rules, base: Base, version: str, wanted: Wanted) -> Heading:
    return Heading(
        version=version,
        tag=tag_of(rules.tag, version),
        previous_tag=base.tag,
        date=wanted.today,
        repository=wanted.repository,
        host=rules.notes.host or wanted.host,
        component=rules.component,
    )


def _nothing(decision: Decision) -> Decision:
    why = Reason(Level.NONE, "no change has an entry in the notes, so there is nothing to release")
    return Decision("", Level.NONE, (why, *decision.reasons), decision.warnings)


def _linked(
    planned: tuple[Next, ...], planning: Planning, found: Mapping[str, Base], wanted: Wanted
) -> tuple[Next, ...]:
    """Give all members of a linked group the group's highest version, when one of them is released."""
    for group in planning.linked:
        members = [next_ for next_ in planned if next_.component in group and next_.version]
        if not members:
            continue
        from packaging.version import Version  # noqa: PLC0415 - few projects link versions

        first = max(members, key=lambda next_: Version(next_.version))
        reason = Reason(first.level, f"linked with {first.component}, which moves to {first.version}")
        planned = tuple(
            _moved(next_, planning, found, first.version, reason, wanted)
            if next_.component in group and next_.version != first.version
            else next_
            for next_ in planned
        )
    return planned


def _moved(
    next_: Next,
    planning: Planning,
    found: Mapping[str, Base],
    version: str,
    reason: Reason,
    wanted: Wanted,
) -> Next:
    rules = next(rules for rules in planning.components if rules.component == next_.component)
    heading = _heading(rules, found[next_.component], version, wanted)
    synchronized = Change("", "chore", "", f"synchronize versions at {version}", release_as=version)
    changes = next_.changes or (synchronized,)
    return replace(
        next_,
        version=version,
        tag=heading.tag,
        level=reason.level,
        reasons=(reason, *next_.reasons),
        section=section(changes, rules.notes, heading, given=wanted.given(rules, heading)),
    )


def _oldest(history: History, commits: Sequence[str]) -> str:
    distinct = list(dict.fromkeys(commits))
    return min(distinct, key=history.time) if len(distinct) > 1 else distinct[0] if distinct else ""
