"""Filter patterns of ``branches``, ``tags`` and ``paths``.

``*`` stops at a slash and ``**`` does not; ``?`` and ``+`` repeat the letter before them; ``!`` in front takes away what
an earlier pattern gave. Source: GitHub's workflow syntax, "Filter pattern cheat sheet".

A name is held against a pattern in one pass, with all places where it may be at once: the time is that of the pattern
times the name, whatever the two are. Patterns come from whoever pushes, and a sandbox has one loop for everything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class _Piece:
    """Letters that ``fits`` takes: one, or none as well (``maybe``), or more as well (``many``)."""

    fits: Callable[[str], bool]
    maybe: bool = False
    many: bool = False
    folders: bool = False
    """All letters up to some slash, or none: ``**/``."""

    def after(self, name: str, places: set[int]) -> set[int]:
        """Where in the name one may be behind this piece, after having been at one of these places."""
        if self.folders:
            return places | {at + 1 for at in range(min(places), len(name)) if name[at] == "/"}
        found = set(places) if self.maybe else set()
        going = False
        for at, letter in enumerate(name):
            going = (at in places or (going and self.many)) and self.fits(letter)
            if going:
                found.add(at + 1)
        return found


_ANYTHING = _Piece(lambda _: True, maybe=True, many=True)
_NO_SLASH = _Piece(lambda letter: letter != "/", maybe=True, many=True)
_FOLDERS = _Piece(lambda _: True, folders=True)


@lru_cache(maxsize=1000)
def _pieces(pattern: str) -> tuple[_Piece, ...]:
    made: list[_Piece] = []
    at = 0
    while at < len(pattern):
        letter = pattern[at]
        end = pattern.find("]", at + 1) if letter == "[" else -1
        if pattern.startswith("**", at):
            folders = pattern.startswith("**/", at)
            made.append(_FOLDERS if folders else _ANYTHING)
            at += 3 if folders else 2
        elif letter == "*":
            made.append(_NO_SLASH)
            at += 1
        elif end > at + 1:
            made.append(_Piece(_listed(pattern[at + 1 : end]).__contains__))
            at = end + 1
        elif letter in "?+" and made:
            last = made[-1]
            if not last.folders:
                made[-1] = replace(last, maybe=last.maybe or letter == "?", many=last.many or letter == "+")
            at += 1
        else:
            at += letter == "\\" and at + 1 < len(pattern)
            made.append(_Piece(pattern[at].__eq__))
            at += 1
    return tuple(made)


def _listed(inside: str) -> frozenset[str]:
    """The letters of a bracket, ranges such as ``0-9`` among them."""
    found: set[str] = set()
    at = 0
    while at < len(inside):
        if inside[at + 1 : at + 2] == "-" and at + 2 < len(inside):
            found |= {chr(number) for number in range(ord(inside[at]), ord(inside[at + 2]) + 1)}
            at += 3
        else:
            found.add(inside[at])
            at += 1
    return frozenset(found)


def matches(pattern: str, name: str) -> bool:
    """Whether one pattern, without ``!``, takes the whole name."""
    places = {0}
    for piece in _pieces(pattern):
        places = piece.after(name, places)
        if not places:
            return False
    return len(name) in places


def chosen(name: str, patterns: Sequence[str]) -> bool:
    """Whether the patterns, read from first to last, end with this name taken."""
    taken = False
    for pattern in patterns:
        if matches(pattern.removeprefix("!"), name):
            taken = not pattern.startswith("!")
    return taken


def any_chosen(names: Iterable[str], patterns: Sequence[str]) -> bool:
    """Whether at least one of the names is taken."""
    return any(chosen(name, patterns) for name in names)
