"""The order that JavaScript's ``localeCompare`` gives to texts: release-please sorts the entries of a section by it.

It is the root collation of CLDR (Unicode Technical Standard 10 and 35): first the letters alone, whatever their case and
accents, with blanks, punctuation, symbols, digits and letters in that order; then accents; then small before capital.
Exact for ASCII and for Latin letters with accents; other characters follow by their code points.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import Final

_ASCII: Final = "\t\n\v\f\r _-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$0123456789abcdefghijklmnopqrstuvwxyz"
_RANKS: Final = {character: rank for rank, character in enumerate(_ASCII, 1)}
_BEYOND: Final = len(_ASCII) + 1

Key = tuple[tuple[int, ...], tuple[int, ...], tuple[bool, ...]]


@cache
def _rank(character: str) -> int:
    """Return the primary weight: 0 for what has none (controls and combining marks)."""
    known = _RANKS.get(character.lower())
    if known is not None:
        return known
    kind = unicodedata.category(character)
    if kind in {"Cc", "Cf", "Mn", "Me"}:
        return 0
    # Symbols and punctuation beyond ASCII stand before the digits, letters behind them.
    beyond = kind[0] in {"L", "N"}
    return _BEYOND + ord(character) if beyond else _RANKS["$"]


def collation_key(text: str) -> Key:
    """Return what sorts ``text`` as the root collation does."""
    if text.isascii():
        letters = [character for character in text if _rank(character)]
        return tuple(map(_rank, letters)), (), tuple(map(str.isupper, letters))
    apart = unicodedata.normalize("NFD", text)
    letters = [character for character in apart if _rank(character)]
    accents = tuple(ord(character) for character in apart if unicodedata.combining(character))
    return tuple(map(_rank, letters)), accents, tuple(map(str.isupper, letters))
