"""Versions that exist already: as tags, or on an index."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from tagboat.planner.versions.pep440 import read
from tagboat.planner.versions.schemes import Number

_Same = frozenset[object]


class Taken:
    """A set of versions in which 1.2 and 1.2.0 are the same.

    Texts that PEP 440 does not read are compared as they are.
    """

    def __init__(self, texts: Collection[str]) -> None:
        self._texts = texts
        self._same: _Same | None = None

    def __contains__(self, text: str) -> bool:
        if not self._texts:
            return False
        if self._same is None:
            self._same = _same(self._texts)
        return not self._same.isdisjoint(_same((text,)))

    def free(self, number: Number) -> tuple[Number, int]:
        """Return the first free version from ``number`` upwards, and how many were taken before it."""
        skipped = 0
        while number.text in self:
            number = number.skipped()
            skipped += 1
        return number, skipped


def _same(texts: Iterable[str]) -> _Same:
    found: set[object] = set()
    for text in texts:
        try:
            found.add(read(text).key)
        except ValueError:
            found.add(text)
    return frozenset(found)
