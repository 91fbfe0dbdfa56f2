"""Reverts that take a commit out of a release: what each one names, and what is left when all have worked.

Understood are git's message (``Revert "feat: a"``, ``This reverts commit SHA.``, ``Reapply "feat: a"`` since git 2.43),
GitHub's (the same title with the pull request's number behind it, ``Reverts owner/name#1``) and the header ``revert: feat: a`` of
https://www.conventionalcommits.org/en/v1.0.0/#how-does-conventional-commits-handle-revert-commits with its ``Refs:``.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Iterator, Sequence
from typing import Final

from tagboat.core.change import Change
from tagboat.core.record import Record

_TITLE_LIMIT: Final = 2000
_QUOTED = re.compile(r'(Revert|Reapply) "(.*)"(?: \(#[0-9]+\))?$')
_SHA = re.compile(r"\b[Tt]his reverts commit\s([0-9a-f]{7,64})\b")
_HEX = re.compile(r"[0-9a-f]{7,64}")
_PULL = re.compile(r" \(#[0-9]+\)$")


class Revert(Record):
    """What a message says that it takes back.

    Attributes:
        title: the title of the commit, or "".
        commits: ids, or the beginnings of some; when there are any, they alone count.
    """

    title: str
    commits: tuple[str, ...] = ()


class Entry:
    """One commit of the range, as far as it was read.

    Attributes:
        commit: its id.
        title: its first line.
        changes: what it says that it changed.
        unread: why its header could not be read, or "".
        revert: what it takes back, when it is a revert.
    """

    __slots__ = ("changes", "commit", "revert", "title", "unread")

    def __init__(
        self, commit: str, title: str, changes: tuple[Change, ...], unread: str, revert: Revert | None = None
    ) -> None:
        self.commit = commit
        self.title = title
        self.changes = changes
        self.unread = unread
        self.revert = revert


def revert_of(title: str, message: str, changes: Sequence[Change]) -> Revert | None:
    """Return what a message takes back, or None for one that is no revert."""
    if title[:2] not in {"Re", "re"}:
        return None
    quoted = _QUOTED.match(title[:_TITLE_LIMIT])
    if quoted is not None:
        named = quoted[2] if quoted[1] == "Revert" else f'Revert "{quoted[2]}"'
        return Revert(named, tuple(_SHA.findall(message)))
    for change in changes:
        if change.type.lower() == "revert":
            named = change.subject.strip("\"'`")
            return Revert(named, tuple(_SHA.findall(message)) or tuple(_referred(message)))
    return None


def cancelled(
    entries: Sequence[Entry], without: Collection[int] = ()
) -> tuple[dict[int, int], frozenset[int]]:
    """Return which commits are taken back and by which, and the reverts that took back all that they name.

    Commits are told by their places in ``entries``. A revert that is itself taken back has no effect. One that names
    something outside of the range stays as it is.

    Args:
        entries: the commits, newest first.
        without: places that do not count.
    """
    reverts = [place for place, entry in enumerate(entries) if entry.revert and place not in without]
    taken: dict[int, int] = {}
    spent: set[int] = set()
    if not reverts:
        return taken, frozenset()
    index = _Index(entries, without, [one for place in reverts if (one := entries[place].revert)])
    for place in reverts:
        revert = entries[place].revert
        if revert is None or place in taken:
            continue
        if revert.commits:
            targets = [index.by_id(commit) for commit in revert.commits]
        else:
            targets = [index.by_title(revert.title, place, taken)]
        for target in targets:
            if target is not None and target != place and target not in taken:
                taken[target] = place
        if None not in targets:
            spent.add(place)
    return taken, frozenset(spent)


class _Index:
    """Finds commits of the range; all searches by title together take time linear in the range."""

    def __init__(self, entries: Sequence[Entry], without: Collection[int], reverts: Sequence[Revert]) -> None:
        self._entries = entries
        self._without = without
        self._ids: list[tuple[str, int]] = []
        self._titles: dict[str, list[int]] = {}
        for revert in reverts:
            if not revert.commits:
                self._titles[revert.title] = []
                self._titles[_bare(revert.title)] = []
        if self._titles:
            self._note_titles()

    def _note_titles(self) -> None:
        for place in range(len(self._entries) - 1, -1, -1):
            title = self._entries[place].title
            for text in {title, _bare(title)}:
                if text in self._titles and place not in self._without:
                    self._titles[text].append(place)

    def by_id(self, beginning: str) -> int | None:
        """Return the place of the one commit whose id begins so."""
        if not self._ids:
            rows = enumerate(self._entries)
            self._ids = sorted((entry.commit, place) for place, entry in rows if place not in self._without)
        first = bisect_left(self._ids, (beginning,))
        found = [place for commit, place in self._ids[first : first + 2] if commit.startswith(beginning)]
        return found[0] if len(found) == 1 else None

    def by_title(self, title: str, behind: int, taken: Collection[int]) -> int | None:
        """Return the place of the newest commit of this title that is older than ``behind`` and not taken yet."""
        for text in (title, _bare(title)):
            places = self._titles.get(text, [])
            while places and (places[-1] <= behind or places[-1] in taken):
                places.pop()
            if places:
                return places[-1]
        return None


def _bare(title: str) -> str:
    """Return a title without the number of its pull request."""
    return _PULL.sub("", title) if title.endswith(")") else title


def _referred(message: str) -> Iterator[str]:
    """Yield the ids of a ``Refs: 676104e, a215868`` footer; one that names anything else yields nothing."""
    for line in message.splitlines():
        key, colon, value = line.partition(":")
        if colon and key.strip().lower() in {"ref", "refs"}:
            words = value.replace(",", " ").split()
            if words and all(_HEX.fullmatch(word) for word in words):
                yield from words
