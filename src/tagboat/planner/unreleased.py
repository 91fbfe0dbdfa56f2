"""What is not released yet: each component's last release, and the commits since."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tagboat.config.planning import Rules
from tagboat.core.commit import Commit
from tagboat.planner.last_releases import LastRelease, last_releases
from tagboat.planner.ranges import range_of, ranges
from tagboat.planner.wanted import Wanted, on_branch
from tagboat.ports.history import History


def commits_since(
    history: History, components: Sequence[Rules], wanted: Wanted
) -> Iterator[tuple[Rules, LastRelease, Sequence[Commit]]]:
    """Yield each component with its last release and the commits since.

    A tag that the head cannot reach counts only when no other can be found: with a clock that ran back, behind the
    commit where history stops, or because a person or a tool's file names it.
    """
    found = _releases(history, components, wanted)
    commits: dict[str, Sequence[Commit]] = {}
    left = list(components)
    for again in (False, True) if components else ():
        if again:
            nearer = _releases(history, left, wanted, reachable=True)
            # Where a manifest knows the version and nothing else says its commit, the tag beside the history must do.
            found |= {name: last for name, last in nearer.items() if last.commit or not last.version}
        ends = {rules.component: found[rules.component].commit for rules in left}
        ends = {name: commit for name, commit in ends.items() if commit}
        oldest = _oldest(history, list(ends.values())) if len(ends) == len(left) else ""
        beside = [*wanted.beside, *(rules for rules in components if rules not in left)]
        walked = ranges(history, wanted.head, left, ends, oldest=oldest, beside=beside)
        commits |= walked.commits
        left = [rules for rules in left if rules.component in walked.astray]
        if not left or wanted.since:
            break
    for rules in left:
        others = [*wanted.beside, *(other for other in components if other is not rules)]
        commits[rules.component] = range_of(
            history, wanted.head, rules, found[rules.component].commit, others
        )
    for rules in components:
        last, own = found[rules.component], commits[rules.component]
        if not wanted.since and any(map(str.isalpha, last.version)):
            from tagboat.planner.graduation import with_pre_releases  # noqa: PLC0415 - only behind pre-releases

            others = [*wanted.beside, *(other for other in components if other is not rules)]
            trained = on_branch(rules, wanted.branch)
            last, own = with_pre_releases(history, trained, last, own, wanted.head, others)
        yield rules, last, own


def _releases(
    history: History, components: Sequence[Rules], wanted: Wanted, *, reachable: bool = False
) -> dict[str, LastRelease]:
    """Return the last releases that tags tell of, or files where there is no tag and nobody names a version."""
    found = last_releases(
        history, components, wanted.head, branch=wanted.branch, since=wanted.since, reachable=reachable
    )
    for rules in components:
        asked = wanted.chosen.get(rules.component, "") or rules.versioning.release_as or rules.manifest
        by_hand = rules.versioning.strategy == "manual" or asked not in {"", "patch", "minor", "major"}
        if not found[rules.component].version and not by_hand and not wanted.since:
            from tagboat.planner.untagged import release_in_files  # noqa: PLC0415 - few projects have no tag

            found[rules.component] = release_in_files(
                history, rules, found[rules.component], wanted.head, wanted.today
            )
    return found


def _oldest(history: History, commits: Sequence[str]) -> str:
    distinct = list(dict.fromkeys(commits))
    return min(distinct, key=history.time) if len(distinct) > 1 else distinct[0] if distinct else ""
