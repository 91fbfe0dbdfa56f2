"""What would be released of each component, and why: from a history and rules to proposals.

Nothing here asks a forge or an index: what they know (versions that are taken) comes in as data.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from tagboat.config.origins import version_places
from tagboat.config.planning import Planning, Rules
from tagboat.core.change import Change, Level
from tagboat.core.commit import Commit
from tagboat.core.proposal import Next, Reason
from tagboat.core.record import Record
from tagboat.planner.file_evidence import files_changed, versions_in_files
from tagboat.planner.last_releases import LastRelease
from tagboat.planner.messages import Counted, changes_of
from tagboat.planner.notes.formats import has_entries, section
from tagboat.planner.notes.heading import Heading
from tagboat.planner.releases import tag_of
from tagboat.planner.unreleased import commits_since
from tagboat.planner.versions.decide import Decision, decide
from tagboat.planner.wanted import Wanted, on_branch
from tagboat.ports.history import History

if TYPE_CHECKING:
    from tagboat.planner.versions.paths import PathChange


class Decided(Record):
    """A component's next version, before its notes are written.

    Attributes:
        rules: the component's rules.
        last: its last release.
        counted: the changes since.
        decision: the next version.
    """

    rules: Rules
    last: LastRelease
    counted: Counted
    decision: Decision


def propose(history: History, planning: Planning, wanted: Wanted) -> tuple[Next, ...]:
    """Return the proposal for each component, in the order of the rules.

    Raises:
        ConfigError: the rules cannot be used.
        InvalidError: the last release's version cannot be read.
        UsageError: a version that a person asks for cannot be.
        StepFailedError: the history is damaged.
    """
    asked, planning, wanted = planning.components, *with_linked(planning, wanted)
    wanted = wanted._replace(
        reviewed={**versions_in_files(history, planning, wanted.head), **wanted.reviewed}
    )
    decided = {
        rules.component: decided_of(
            history,
            rules,
            last,
            commits,
            wanted,
            files_changed(history, rules, last.commit, wanted.head),
            version_places(planning, rules.component),
        )
        for rules, last, commits in commits_since(history, planning.components, wanted)
    }
    due = {name: _when_due(one, wanted) for name, one in decided.items()}
    if planning.linked:
        from tagboat.planner.versions.linked import linked  # noqa: PLC0415 - few projects link versions

        due = linked(
            due,
            planning.linked,
            last={name: one.last.version for name, one in decided.items()},
            taken={name: (*one.last.taken, *wanted.taken.get(name, ())) for name, one in decided.items()},
            chosen=[name for name, version in wanted.chosen.items() if version],
            place=planning.origins.get("linked", ""),
        )
    return tuple(
        _warned(
            noted(decided[rules.component]._replace(decision=due[rules.component]), wanted),
            _unnamed(planning, rules, wanted.branch),
        )
        for rules in asked
    )


def _warned(next_: Next, warning: str) -> Next:
    return next_._replace(warnings=(*next_.warnings, warning)) if warning else next_


def _unnamed(planning: Planning, rules: Rules, branch: str) -> str:
    """Return a warning for a branch that python-semantic-release's configuration does not name, or ""."""
    if planning.dialect != "python-semantic-release" or not branch or not rules.trains:
        return ""
    if any(re.match(pattern, branch[:250]) for pattern in rules.trains):
        return ""
    return f"no group of branches names {branch}: {planning.dialect} itself releases nothing from it"


def with_linked(planning: Planning, wanted: Wanted) -> tuple[Planning, Wanted]:
    """Return the same with the components that were not asked for and have one version with one that was."""
    names = {rules.component for rules in planning.components}
    peers = {name for group in planning.linked if names.intersection(group) for name in group}
    more = tuple(rules for rules in wanted.beside if rules.component in peers)
    if not more:
        return planning, wanted
    beside = tuple(rules for rules in wanted.beside if rules.component not in peers)
    return planning._replace(components=(*planning.components, *more)), wanted._replace(beside=beside)


def decided_of(
    history: History,
    rules: Rules,
    last: LastRelease,
    commits: Sequence[Commit],
    wanted: Wanted,
    paths: Sequence[PathChange] = (),
    places: Mapping[str, str] | None = None,
) -> Decided:
    """Return the next version of one component.

    Args:
        history: where the files of a commit are read.
        rules: its rules.
        last: its last release.
        commits: the commits since, newest first.
        wanted: what is asked.
        paths: the files that changed since, for the strategy ``paths``.
        places: attribute of the rules for versions → where it was configured.
    """
    counted = changes_of(commits, rules.reading)
    rules = on_branch(rules, wanted.branch)
    taken = (*last.taken, *wanted.taken.get(rules.component, ()))
    asked = wanted.chosen.get(rules.component, "")
    if asked:
        from tagboat.planner.versions.overrides import chosen  # noqa: PLC0415 - seldom

        made = chosen(last.version, asked, wanted.reason, rules.versioning, today=wanted.today, taken=taken)
        return Decided(rules, last, counted, made)
    changes = counted.changes
    doubts: tuple[str, ...] = ()
    if any(change.breaking for change in changes):
        from tagboat.planner.additions import less_what_is_new  # noqa: PLC0415 - few releases break anything

        changes, doubts = less_what_is_new(history, rules, commits, counted)
    if last.ended:
        changes = tuple(change for change in changes if change.commit not in last.ended.held)
    if wanted.due and not changes:
        changes = (Change(wanted.head, "", "", "a release without any change that counts"),)
    decision = decide(
        last.version,
        changes,
        rules.versioning,
        today=wanted.today,
        taken=taken,
        reviewed=wanted.reviewed.get(rules.component, ""),
        levels=counted.levels,
        paths=paths,
        places=places,
    )
    if last.ended:
        from tagboat.planner.graduation import ended  # noqa: PLC0415 - only behind pre-releases

        decision = ended(last.version, decision, rules.versioning, taken)
    decision = decision._replace(warnings=(*decision.warnings, *doubts))
    return Decided(rules, last, counted, decision)


def noted(decided: Decided, wanted: Wanted) -> Next:
    """Return the proposal with the notes that belong to the version."""
    rules, last, decision = decided.rules, decided.last, decided.decision
    version, text = decision.version, ""
    warnings = (*last.warnings, *decision.warnings)
    if not wanted.branch and (rules.lines or any(rules.trains.values())):
        warnings = (*warnings, "no branch is known, so no train or release line counts: --branch says it")
    if version:
        heading = _heading(rules, last, version, wanted)
        changes = decided.counted.changes or (
            Change(wanted.head, "chore", "", f"synchronize versions at {version}", release_as=version),
        )
        text = section(changes, rules.notes, heading, given=wanted.given(rules, heading))
        if wanted.branch and rules.lines:
            from tagboat.planner.versions.lines import leaving  # noqa: PLC0415 - few projects have lines

            warnings = (*warnings, *filter(None, [leaving(version, wanted.branch, rules.lines)]))
    return Next(
        component=rules.component,
        last=last.version,
        last_tag=last.tag,
        version=version,
        tag=tag_of(rules.tag, version) if version else "",
        level=decision.level,
        reasons=decision.reasons,
        changes=decided.counted.changes,
        unread=decided.counted.unread,
        section=text,
        warnings=warnings,
    )


def _when_due(decided: Decided, wanted: Wanted) -> Decision:
    """Return the decision, or none when the notes would have no entry: then there is nothing to release."""
    decision, rules = decided.decision, decided.rules
    by_hand = rules.versioning.strategy == "manual"
    asked = bool(wanted.chosen.get(rules.component) or decided.last.ended) or wanted.due or by_hand
    if not decision.version or asked or rules.versioning.releases != "notes":
        return decision
    if has_entries("", rules.notes, decided.counted.changes):
        return decision
    why = Reason(Level.NONE, "no change has an entry in the notes, so there is nothing to release")
    return Decision("", Level.NONE, (why, *decision.reasons), decision.warnings)


def _heading(rules: Rules, last: LastRelease, version: str, wanted: Wanted) -> Heading:
    return Heading(
        version=version,
        tag=tag_of(rules.tag, version),
        previous_tag=last.ended.tag if last.ended else last.tag,
        date=wanted.today,
        repository=wanted.repository,
        host=rules.notes.host or wanted.host,
        component=rules.component,
    )
