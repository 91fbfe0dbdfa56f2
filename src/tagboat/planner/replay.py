"""What Tagboat would have done for each release that a project made: its planner, proven on the project's own past."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from tagboat.config.dialects import planning_of
from tagboat.config.planning import Notes, Planning, Rules, Versioning
from tagboat.config.project import Tree
from tagboat.core.change import Level, Unread
from tagboat.core.commit import Commit, day_of
from tagboat.core.proposal import Reason
from tagboat.planner.file_evidence import files_changed, versions_in_files
from tagboat.planner.graduation import with_pre_releases
from tagboat.planner.last_releases import LastRelease
from tagboat.planner.notes.formats import of_the_past, section
from tagboat.planner.notes.heading import Heading
from tagboat.planner.propose import decided_of
from tagboat.planner.ranges import ranges
from tagboat.planner.releases import version_in
from tagboat.planner.versions.schemes import reader
from tagboat.planner.wanted import Wanted
from tagboat.ports.history import History


@dataclass(frozen=True, slots=True)
class Release:
    """A release of the past.

    Attributes:
        previous_tag: the tag of the release before it.
        tag: its own tag.
        base: the commit whose history was released.
        repository: ``owner/name`` for links.
        host: the forge's address for links; "" for the one that all get.
    """

    previous_tag: str
    tag: str
    base: str
    repository: str = ""
    host: str = ""


@dataclass(frozen=True, slots=True)
class Replayed:
    """What Tagboat would have done then.

    Attributes:
        tag: the release's tag.
        version: the version that would have been next.
        level: how far it moves.
        section: the notes, headed with the version that was released, so that a difference is one of content.
        reasons: why this version.
        unread: the commits that would not have counted.
        dialect: whose configuration was in force at the base.
        warnings: what would have been said.
    """

    tag: str
    version: str
    level: Level
    section: str
    reasons: tuple[Reason, ...]
    unread: tuple[Unread, ...]
    dialect: str
    warnings: tuple[str, ...]


def replay(history: History, releases: Sequence[Release], host: str) -> Iterator[Replayed]:
    """Yield what would have been done for each release.

    Args:
        history: where everything is read.
        releases: the releases.
        host: the forge's address for links.

    Raises:
        ConfigError: the configuration at a base cannot be used.
        StepFailedError: a commit or tag is not in the history.
    """
    for release in releases:
        yield _replayed(history, release, history.tree(release.base), release.host or host)


def _replayed(history: History, release: Release, tree: Tree, host: str) -> Replayed:
    planning = planning_of(tree)
    rules = _component(planning, release)
    notes = of_the_past(rules.notes)
    previous = version_in(rules.tag, release.previous_tag) or bare_version(release.previous_tag)
    base = LastRelease(previous, release.previous_tag, history.resolve(release.previous_tag) or "")
    walked = ranges(
        history, release.base, planning.components, {rules.component: base.commit}, oldest=base.commit
    )
    today = day_of(history.time(release.base))
    wanted = Wanted(release.base, today, release.repository, host, due=True)
    version = version_in(rules.tag, release.tag) or bare_version(release.tag)
    rules = _on_train(rules, version)
    wanted = wanted._replace(reviewed=_by_hand(history, planning, rules, release))
    paths = files_changed(history, rules, base.commit, wanted.head)
    commits: Sequence[Commit] = walked.commits[rules.component]
    if any(map(str.isalpha, previous)) and not _is_pre_release(version, rules.versioning):
        others = [other for other in planning.components if other.component != rules.component]
        base, commits = with_pre_releases(history, rules, base, commits, release.base, others)
    decided = decided_of(history, rules, base, commits, wanted, paths)
    before = base.ended.tag if base.ended else release.previous_tag
    heading = Heading(version, release.tag, before, today, release.repository, host)
    return Replayed(
        release.tag,
        decided.decision.version,
        decided.decision.level,
        section(decided.counted.changes, notes, heading, given=_template(tree, notes)),
        decided.decision.reasons,
        decided.counted.unread,
        planning.dialect,
        decided.decision.warnings,
    )


def _component(planning: Planning, release: Release) -> Rules:
    """Return the component that a tag is of; with no grammar that fits, the first one."""
    fitting = [rules for rules in planning.components if version_in(rules.tag, release.tag)]
    return max(fitting or planning.components[:1], key=lambda rules: len(rules.tag))


def _on_train(rules: Rules, version: str) -> Rules:
    """Return the rules with the train that a version rides: its branch is not known any more."""
    for train in rules.trains.values():
        versioning = rules.versioning._replace(train=train)
        if train and _rides(version, versioning):
            return rules._replace(versioning=versioning)
    return rules


def _rides(version: str, versioning: Versioning) -> bool:
    try:
        number = reader(versioning, date.min)(version)
    except ValueError:
        return False
    return number.rides(versioning.train)


def _is_pre_release(version: str, versioning: Versioning) -> bool:
    try:
        return reader(versioning, date.min)(version).is_prerelease
    except ValueError:
        return False


def _by_hand(history: History, planning: Planning, rules: Rules, release: Release) -> Mapping[str, str]:
    """Return the version that a person wrote: often in the commit that was tagged, which is behind the base."""
    tagged = history.resolve(release.tag) or release.base
    return versions_in_files(history, planning._replace(components=(rules,)), tagged)


def _template(tree: Tree, notes: Notes) -> str:
    content = tree.get(notes.template) if notes.format == "template" else None
    return content.decode("utf-8", "replace") if content else ""


def bare_version(tag: str) -> str:
    """Return what stands in a tag behind its last letter ``v`` or separator before a digit: tags change their form."""
    for place, character in enumerate(tag):
        if character.isdigit() and (place == 0 or not tag[place - 1].isalnum() or tag[place - 1] == "v"):
            return tag[place:]
    return ""


def as_release(row: Mapping[str, object]) -> Release:
    """Return the release that one line of a file describes; unknown keys are passed over.

    Raises:
        ValueError: ``previous_tag``, ``tag`` or ``base`` is missing or no text.
    """
    for key in ("previous_tag", "tag", "base"):
        if not isinstance(row.get(key), str):
            raise ValueError(f"{key} is missing")
    return Release(
        str(row["previous_tag"]), str(row["tag"]), str(row["base"]), str(row.get("repository") or "")
    )
