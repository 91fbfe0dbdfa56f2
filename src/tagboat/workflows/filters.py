"""The forge's patterns of branches, tags and paths in a trigger's filters.

Rules (GitHub, "Filter pattern cheat sheet"): ``*`` is anything but ``/``; ``**`` is anything, and ``**/`` any folders or none;
``?`` and ``+`` repeat the character or brackets before them, none or once and once or more; ``[abc]`` and ``[a-z]`` are one
character; ``!`` at the beginning takes out what an earlier pattern took. A backslash makes the next character plain.

All places of a pattern that a name may have reached are followed at once. A regular expression would go back and try each way
alone, and a pattern of a few hundred signs can have more ways than anybody can wait for.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

_LONGEST: Final = 1000
"""More letters than the name of any branch or tag can have."""
_ANY: Final = (("\0", "\U0010ffff"),)
_NO_SLASH: Final = (("\0", "."), ("0", "\U0010ffff"))


@dataclass(frozen=True, slots=True)
class _Piece:
    """One step of a pattern.

    Attributes:
        letters: first and last of each range of letters that it takes; none for a piece that takes no letter.
        again: whether it may take several.
        skips: how many pieces further a name may be without a letter taken here.
    """

    letters: tuple[tuple[str, str], ...]
    again: bool = False
    skips: tuple[int, ...] = ()

    def takes(self, letter: str) -> bool:
        return any(first <= letter <= last for first, last in self.letters)


def taken(patterns: Sequence[str], name: str) -> bool:
    """Whether a list of patterns takes a name; the last pattern that says something about it decides."""
    found = False
    for pattern in patterns:
        if pattern.startswith("!"):
            found = found and not matches(pattern[1:], name)
        else:
            found = found or matches(pattern, name)
    return found


@lru_cache(maxsize=1000)
def matches(pattern: str, name: str) -> bool:
    """Whether one pattern takes the whole name; a pattern that cannot be read takes nothing but itself."""
    pieces = _pieces(pattern) if len(pattern) <= _LONGEST else None
    if pieces is None:
        return pattern == name
    places = _reached(pieces, {0})
    for letter in name:
        fitting = [place for place in places if place < len(pieces) and pieces[place].takes(letter)]
        if not fitting:
            return False
        stays = [place for place in fitting if pieces[place].again]
        places = _reached(pieces, {*stays, *(place + 1 for place in fitting)})
    return len(pieces) in places


def plain_beginning(pattern: str) -> str:
    """Return the text that every name begins with that the pattern takes."""
    for place, character in enumerate(pattern):
        if character in "*?+[\\!":
            # What may be absent is no certain beginning.
            return pattern[: max(place - 1, 0)] if character == "?" else pattern[:place]
    return pattern


def _reached(pieces: Sequence[_Piece], places: Iterable[int]) -> set[int]:
    """Return the places, and all that come after them without another letter."""
    found, left = set(places), list(places)
    while left:
        place = left.pop()
        for skip in pieces[place].skips if place < len(pieces) else ():
            if place + skip not in found:
                found.add(place + skip)
                left.append(place + skip)
    return found


def _pieces(pattern: str) -> list[_Piece] | None:
    """Return a pattern's pieces; None when it cannot be read."""
    pieces: list[_Piece] = []
    place = 0
    while place < len(pattern):
        character = pattern[place]
        place += 1
        if character == "*":
            folders = pattern.startswith("*/", place) and (place == 1 or pattern[place - 2] == "/")
            if folders:
                pieces.append(_Piece((), skips=(1, 3)))
            deep = pattern.startswith("*", place)
            while pattern.startswith("*", place):
                place += 1
            pieces.append(_Piece(_ANY if deep else _NO_SLASH, again=True, skips=(1,)))
        elif character in "?+" and pieces and not (pieces[-1].again or pieces[-1].skips):
            pieces[-1] = replace(pieces[-1], again=character == "+", skips=(1,) if character == "?" else ())
        elif character == "[" and (end := pattern.find("]", place)) > place:
            ranges = _ranges(pattern[place:end])
            if ranges is None:
                return None
            pieces.append(_Piece(ranges))
            place = end + 1
        elif character == "\\" and place < len(pattern):
            pieces.append(_Piece(((pattern[place], pattern[place]),)))
            place += 1
        else:
            pieces.append(_Piece(((character, character),)))
    return pieces


def _ranges(inner: str) -> tuple[tuple[str, str], ...] | None:
    """Return the ranges that stand between brackets; None when one ends before it begins."""
    found: list[tuple[str, str]] = []
    place = 0
    while place < len(inner):
        last = inner[place + 2] if inner[place + 1 : place + 2] == "-" and place + 2 < len(inner) else ""
        found.append((inner[place], last or inner[place]))
        place += 3 if last else 1
    return None if any(first > last for first, last in found) else tuple(found)
