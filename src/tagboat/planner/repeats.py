"""Changes that a range of commits holds twice: cherry-picks of its own commits, and merges that repeat what they merge."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence

from tagboat.core.change import Change
from tagboat.core.commit import Commit
from tagboat.planner.reverts import Entry

_PICKED = "(cherry picked from commit "
_ORIGIN = re.compile(r"\(cherry picked from commit ([0-9a-f]{7,64})\)")
_PULL = re.compile(r" \(#[0-9]+\)$")
_Key = tuple[str, str, str]


class Repeats:
    """What may stand twice in a range, noted while the commits pass by."""

    def __init__(self) -> None:
        self._stamps: dict[tuple[str, str], int] = {}
        self._twins: dict[int, int] = {}
        self._picks: list[tuple[int, list[str]]] = []
        self._merges: list[int] = []

    def note(self, commit: Commit, place: int, title: str) -> None:
        """Take note of one commit and its place in the range."""
        if len(commit.parents) > 1:
            self._merges.append(place)
        elif _PICKED in commit.message:
            self._picks.append((place, _ORIGIN.findall(commit.message)))
        if commit.author:
            first = self._stamps.setdefault((commit.author, title), place)
            if first != place:
                self._twins[place] = first

    def found(self, entries: Sequence[Entry]) -> dict[int, int]:
        """Return the places of the commits that repeat another one, and the place of that one.

        A cherry-pick yields to its original; of two commits with one author, one time and one title the older yields.
        """
        twins = dict(self._twins)
        if self._picks:
            ids = sorted((entry.commit, place) for place, entry in enumerate(entries))
            for place, origins in self._picks:
                first = _original(ids, origins)
                if first is None or not _alike(entries[first], entries[place]):
                    continue
                if twins.get(first) == place:
                    del twins[first]
                if _root(twins, first) != place:
                    twins[place] = first
        for place, other in self._merged(entries, twins).items():
            twins.setdefault(place, other)
        return twins

    def _merged(self, entries: Sequence[Entry], twins: dict[int, int]) -> dict[int, int]:
        merges = [place for place in self._merges if entries[place].changes]
        if not merges:
            return {}
        among = set(merges)
        inner: dict[_Key, int] = {}
        for place, entry in enumerate(entries):
            if place not in among and place not in twins:
                for change in entry.changes:
                    inner.setdefault(_key(change), place)
        found = {}
        for place in merges:
            others = [inner.get(_key(change)) for change in entries[place].changes]
            if others[0] is not None and None not in others:
                found[place] = others[0]
        return found


def _original(ids: Sequence[tuple[str, int]], origins: Sequence[str]) -> int | None:
    """Return the place of the first of the originals that is in the range."""
    for origin in origins:
        first = bisect_left(ids, (origin,))
        if first < len(ids) and ids[first][0].startswith(origin):
            return ids[first][1]
    return None


def _alike(one: Entry, other: Entry) -> bool:
    """Return whether two commits have one title: what only says that it is a pick hides nothing."""
    return _PULL.sub("", one.title) == _PULL.sub("", other.title)


def _root(twins: dict[int, int], place: int) -> int:
    """Return the commit at the end of a chain of repeats; the chain is shortened on the way."""
    passed = []
    while place in twins:
        passed.append(place)
        place = twins[place]
    for stop in passed:
        twins[stop] = place
    return place


def _key(change: Change) -> _Key:
    return change.type.lower(), change.scope, _PULL.sub("", change.subject)
