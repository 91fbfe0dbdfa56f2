"""A component's releases with the commits of each, newest first, while the history streams by.

A commit belongs to the oldest release whose tag reaches it. Going from children to parents, each commit takes the
oldest release of its children along; a release is complete once no commit is left on the way that could be its own. Only
the commits of releases that are open at the same time are held in memory.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import Final

from tagboat.config.planning import Rules
from tagboat.core.commit import Commit
from tagboat.core.record import Record
from tagboat.planner.ranges import Owners
from tagboat.planner.releases import Past
from tagboat.ports.history import History

_UNMET: Final = -2


class Contents(Record):
    """What one release holds.

    Attributes:
        release: the release, or None for what is not released yet.
        previous: the release before it, or None for the first.
        time: when its commit was made, in seconds since 1970; 0 for what is not released yet.
        commits: newest first.
    """

    release: Past | None
    previous: Past | None
    time: int
    commits: Sequence[Commit]


class UnorderedError(Exception):
    """A commit came before one of its children, which a wrong clock can bring about."""


def contents(
    history: History,
    head: str,
    rules: Rules,
    releases: Sequence[Past],
    *,
    ordered: bool,
    beside: Sequence[Rules] = (),
) -> Iterator[Contents]:
    """Yield what each release holds, beginning with what is not released yet.

    Args:
        history: where the commits are read.
        head: the commit to start from.
        rules: the component's rules.
        releases: its releases by their tags, the highest version first; those that the head cannot reach are left out.
        beside: the repository's other components, whose folders are theirs.
        ordered: have git sort the whole history first; without it commits come at once, and mostly in order.

    Raises:
        UnorderedError: a commit came before its child, which cannot happen with ``ordered``.
    """
    owners = Owners((rules, *beside))
    without = (rules.stop,) if rules.stop else ()
    open_ = _Open(head, releases)
    everything = not owners.need_paths
    for commit in history.commits(head, without=without, paths=owners.need_paths, ordered=ordered):
        if open_.took(commit, counts=everything or rules.component in owners.of(commit)):
            yield from open_.complete()
    yield from open_.rest()


class _Open:
    """The releases that are not complete yet; -1 stands for what is not released."""

    def __init__(self, head: str, releases: Sequence[Past]) -> None:
        self._releases = releases
        self._of_tag: dict[str, int] = {past.commit: place for place, past in enumerate(releases)}
        self._label: dict[str, int] = {head: -1}
        self._left = Counter({-1: 1})
        self._commits: dict[int, list[Commit]] = defaultdict(list)
        self._times: dict[int, int] = {-1: 0}
        self._done: set[str] = set()

    def took(self, commit: Commit, *, counts: bool) -> bool:
        """Take one commit; tell whether releases are complete with it."""
        label = first = self._label.pop(commit.id, _UNMET)
        if label == _UNMET:
            raise UnorderedError(commit.id)
        place = self._of_tag.get(commit.id)
        if place is not None:
            self._times[place] = commit.time
            label = max(label, place)
        self._done.add(commit.id)
        if counts:
            self._commits[label].append(commit)
        if label == first and len(commit.parents) == 1:
            parent = commit.parents[0]
            if parent not in self._label and parent not in self._done:
                self._label[parent] = label  # one commit less and one more that is on the way
                return False
        for parent in commit.parents:
            known = self._label.get(parent)
            if parent in self._done:
                raise UnorderedError(parent)
            if known is None:
                self._label[parent] = label
                self._left[label] += 1
            elif known < label:
                self._label[parent] = label
                self._left[label] += 1
                self._fewer(known)
        self._fewer(first)
        return first not in self._left

    def rest(self) -> Iterator[Contents]:
        """Yield what is left when the history has ended."""
        self._left.clear()
        yield from self.complete()

    def _fewer(self, label: int) -> None:
        self._left[label] -= 1
        if not self._left[label]:
            del self._left[label]

    def complete(self) -> Iterator[Contents]:
        """Yield the releases that no commit is on the way for, and forget them."""
        lowest = min(self._left, default=len(self._releases))
        for label in sorted(label for label in self._times if label < lowest):
            older = [place for place in self._times if place > label]
            yield Contents(
                self._releases[label] if label >= 0 else None,
                self._releases[min(older)] if older else None,
                self._times.pop(label),
                self._commits.pop(label, []),
            )
