"""The end of a pre-release train: on a branch without a train, 1.1.0rc3 is followed by 1.1.0, also without a new change.

The final version's notes hold everything since the last final one, as python-semantic-release has it: who goes from 1.0.0
to 1.1.0 has read no notes of a pre-release.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from tagboat.config.planning import Rules, Versioning
from tagboat.core.change import Level
from tagboat.core.commit import Commit
from tagboat.core.proposal import Reason
from tagboat.planner.last_releases import Ended, LastRelease
from tagboat.planner.ranges import range_of
from tagboat.planner.releases import Past, newest_first, sorted_by_component
from tagboat.planner.versions.decide import Decision
from tagboat.planner.versions.schemes import Number, Reader, reader
from tagboat.planner.versions.taken import Taken
from tagboat.ports.history import History


def with_pre_releases(
    history: History,
    rules: Rules,
    last: LastRelease,
    commits: Sequence[Commit],
    head: str,
    beside: Sequence[Rules],
) -> tuple[LastRelease, Sequence[Commit]]:
    """Return the same with the commits that the train's pre-releases hold, when the train ends here.

    Args:
        history: where they are read.
        rules: the component's, with the train of the branch.
        last: its last release.
        commits: the commits since.
        head: the commit to plan from.
        beside: the other components.
    """
    read = reader(rules.versioning, date.min)
    riding = _pre_release(last.version, read) if ends_trains(rules) else None
    if riding is None:
        return last, commits
    merged = history.merged_tags(head)
    tags = [tag for tag in history.tags() if tag.name in merged]
    final: Past | None = None
    for number, past in newest_first(sorted_by_component(tags, [rules])[rules.component], read):
        if number.key < riding.key and not number.is_prerelease:
            final = past
            break
    every = range_of(history, head, rules, final.commit if final else rules.since, beside)
    new = {commit.id for commit in commits}
    held = frozenset(commit.id for commit in every if commit.id not in new)
    return last._replace(ended=Ended(final.tag if final else "", held)), every


def ended(last: str, made: Decision, rules: Versioning, taken: Collection[str]) -> Decision:
    """Return the decision for the final version where the new changes ask for no other; it is due without any.

    Args:
        last: the version of the last pre-release.
        made: what the changes since ask for.
        rules: how versions follow.
        taken: versions that exist already.
    """
    final = reader(rules, date.min)(last).final().text
    if made.version not in {"", final} or final in Taken(taken):
        return made
    level = max(made.level, Level.PATCH)
    why = Reason(level, f"{last} ends in {final}")
    return Decision(final, level, (why, *made.reasons), made.warnings)


def ends_trains(rules: Rules) -> bool:
    """Tell whether a train of pre-releases ends where nothing says that it goes on.

    Without a train and without levels it is as in release-please, where only new entries make a release.
    """
    versioning = rules.versioning
    if versioning.train or not versioning.graduates or not (rules.trains or versioning.releases == "level"):
        return False
    return versioning.strategy == "default" or versioning.strategy.startswith("always-")


def _pre_release(version: str, read: Reader) -> Number | None:
    try:
        number = read(version)
    except ValueError:
        return None
    return number if number.is_prerelease else None
