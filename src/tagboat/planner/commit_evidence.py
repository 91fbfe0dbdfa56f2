"""What one commit counts for in the next release of each component, by which rule, or why it does not count."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from tagboat.config.origins import place_of
from tagboat.config.planning import MessageRule, Planning, ReadingRules, Rules
from tagboat.core.change import Change
from tagboat.core.commit import Commit
from tagboat.core.proposal import Next, Reason
from tagboat.planner.last_releases import LastRelease
from tagboat.planner.messages import Counted, LeftOut, changes_of
from tagboat.planner.notes.formats import has_entries
from tagboat.planner.propose import propose
from tagboat.planner.ranges import Owners
from tagboat.planner.unreleased import commits_since
from tagboat.planner.wanted import Wanted
from tagboat.ports.history import History

Verdict = Literal[
    "counts",
    "unread",
    "reverted",
    "repeated",
    "left-out",
    "excluded",
    "elsewhere",
    "released",
    "unreachable",
    "before",
]


@dataclass(frozen=True, slots=True)
class CommitEvidence:
    """What a commit is for one component.

    Attributes:
        component: the component's name.
        verdict: whether it counts, or in one word why not.
        why: the same for people.
        place: where the rule that says so was configured, or "" for a default.
        changes: what it tells of, when it counts.
        reasons: how far each change moves the version.
        version: the version that it will be released in, or "".
        noted: whether the notes will have an entry of it.
    """

    component: str
    verdict: Verdict
    why: str
    place: str = ""
    changes: tuple[Change, ...] = ()
    reasons: tuple[Reason, ...] = ()
    version: str = ""
    noted: bool = False


def commit_evidence(
    history: History, planning: Planning, wanted: Wanted, commit: Commit
) -> tuple[CommitEvidence, ...]:
    """Return what a commit is for each component, in the order of the rules.

    Args:
        history: the repository.
        planning: the rules.
        wanted: what is asked of the proposal that the commit is held against.
        commit: the commit, with its paths.

    Raises:
        ConfigError, InvalidError, UsageError, StepFailedError: as :func:`tagboat.planner.propose.propose`.
    """
    proposals = {next_.component: next_ for next_ in propose(history, planning, wanted)}
    owners = frozenset(Owners([*planning.components, *wanted.beside]).of(commit))
    found: dict[str, CommitEvidence] = {}
    for rules, last, commits in commits_since(history, planning.components, wanted):
        inside = _Inside(planning, rules, commit, proposals[rules.component])
        if any(one.id == commit.id for one in commits):
            found[rules.component] = _by_files(planning, rules, inside.evidence(commits))
        elif rules.component not in owners:
            found[rules.component] = _elsewhere(planning, rules, commit)
        else:
            found[rules.component] = _outside(history, planning, rules, last, wanted, commit)
    return tuple(found[rules.component] for rules in planning.components)


def _by_files(planning: Planning, rules: Rules, evidence: CommitEvidence) -> CommitEvidence:
    """Say that files decide the version, where they do: what a message says is for the notes then."""
    if rules.versioning.strategy != "paths":
        return evidence
    why = f"{evidence.why}; how far the version moves, its files decide, whatever its message says"
    place = evidence.place or place_of(planning, rules.component, "versioning.strategy")
    return replace(evidence, why=why, place=place)


@dataclass(frozen=True, slots=True)
class _Inside:
    """A commit between the last release and the head."""

    planning: Planning
    rules: Rules
    commit: Commit
    next: Next

    def evidence(self, commits: Sequence[Commit]) -> CommitEvidence:
        name, id_ = self.rules.component, self.commit.id
        counted = changes_of(commits, self.rules.reading)
        changes = tuple(change for change in counted.changes if change.commit == id_)
        if not changes:
            return self._silent(counted, {one.id: one.title for one in commits})
        number, pattern = _rule_of(self.rules.reading, self.commit.message)
        why = f"it is read as {', '.join(change.header for change in changes)}"
        if pattern:
            why += f", by the rule {number} for messages ({pattern})"
        place = place_of(self.planning, name, "reading.rules") if pattern else ""
        reasons = tuple(reason for reason in self.next.reasons if reason.commit == id_)
        noted = has_entries("", self.rules.notes, changes)
        return CommitEvidence(name, "counts", why, place, changes, reasons, self.next.version, noted)

    def _silent(self, counted: Counted, titles: Mapping[str, str]) -> CommitEvidence:
        name, id_ = self.rules.component, self.commit.id
        for row in counted.reverted:
            if row.commit == id_:
                place = place_of(self.planning, name, "reading.reverts")
                return CommitEvidence(name, "reverted", f"{_named(row, titles)} takes it back", place)
        for row in counted.repeated:
            if row.commit == id_:
                place = place_of(self.planning, name, "reading.once")
                return CommitEvidence(name, "repeated", f"{_named(row, titles)} tells of the same", place)
        for unread in counted.unread:
            if unread.commit == id_:
                asked = "types" if self.rules.reading.types else "unknown"
                place = place_of(self.planning, name, f"reading.{asked}")
                return CommitEvidence(name, "unread", unread.reason, place)
        number, pattern = _rule_of(self.rules.reading, self.commit.message)
        if pattern:
            place = place_of(self.planning, name, "reading.rules")
            return CommitEvidence(
                name, "left-out", f"the rule {number} for messages leaves it out ({pattern})", place
            )
        why = "it takes back a commit of the same release, and neither counts"
        return CommitEvidence(name, "left-out", why, place_of(self.planning, name, "reading.reverts"))


def _named(row: LeftOut, titles: Mapping[str, str]) -> str:
    return f"{row.because[:12]} {titles.get(row.because, '')}".strip()


def _elsewhere(planning: Planning, rules: Rules, commit: Commit) -> CommitEvidence:
    prefix = "" if rules.path == "." else f"{rules.path}/"
    own = [path for path in commit.paths or () if path.startswith(prefix)]
    outside = tuple(f"{folder}/" for folder in rules.exclude)
    name = rules.component
    if own and outside and all(path.startswith(outside) for path in own):
        why = f"all its files lie in folders that do not count: {', '.join(rules.exclude)}"
        return CommitEvidence(name, "excluded", why, place_of(planning, name, "exclude"))
    if own:
        return CommitEvidence(name, "elsewhere", f"its files in {rules.path} belong to a component below it")
    why = f"it changes no file in {rules.path}"
    return CommitEvidence(name, "elsewhere", why, place_of(planning, name, "path"))


def _outside(
    history: History, planning: Planning, rules: Rules, last: LastRelease, wanted: Wanted, commit: Commit
) -> CommitEvidence:
    """Say why a commit of the component's files is not in the range of its next release."""
    name = rules.component
    if not _reaches(history, wanted.head, commit.id):
        return CommitEvidence(
            name, "unreachable", f"the commit that is planned ({wanted.head[:12]}) does not hold it"
        )
    if last.commit and _reaches(history, last.commit, commit.id):
        release = last.tag or last.version or last.commit[:12]
        return CommitEvidence(name, "released", f"it is in the last release, {release}, or in an earlier one")
    place = place_of(planning, name, "stop") or place_of(planning, name, "since")
    return CommitEvidence(name, "before", "it lies before the commits that count", place)


def _reaches(history: History, head: str, commit: str) -> bool:
    return next(iter(history.commits(commit, without=(head,))), None) is None


def _rule_of(reading: ReadingRules, message: str) -> tuple[int, str]:
    """Return the number and the pattern of the first rule that matches a message; 0 and "" when none does."""
    texts = message.splitlines() if reading.each_line else [message]
    for number, rule in enumerate(reading.rules, 1):
        if any(_matches(rule, text) for text in texts):
            return number, rule.pattern
    return 0, ""


def _matches(rule: MessageRule, text: str) -> bool:
    found = re.search(rule.pattern, text)
    if found is None or not rule.word:
        return found is not None
    word = (found[1] or "") if found.re.groups else found[0]
    return re.match(rule.word, word) is not None
