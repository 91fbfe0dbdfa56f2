"""The order that JavaScript's ``localeCompare`` gives to texts: release-please sorts the entries of a section by it.

It is the root collation of CLDR (Unicode Technical Standard 10 and 35): first the letters alone, whatever their case and
accents, with blanks, punctuation, symbols, digits and letters in that order; then accents; then small before capital.
Exact for ASCII and for Latin letters with accents; other characters follow by their code points.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

_ASCII: Final = "\t\n\v\f\r _-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$0123456789abcdefghijklmnopqrstuvwxyz"
_RANKS: Final = {character: rank for rank, character in enumerate(_ASCII, 1)}
_MARKS: Final = "\u0301\u0300\u0306\u0302\u030c\u030a\u0308\u030b\u0303\u0307\u0327\u0328\u0304"
"""The accents of Latin letters in their order, as observed on node 20."""
_ACCENTS: Final = {mark: chr(rank) for rank, mark in enumerate(_MARKS, 2)}
_PLAIN: Final = "\x01"
_SYMBOL: Final = _RANKS["$"]
_BEYOND: Final = len(_ASCII) + 1
_TABLE: Final = bytes(_RANKS.get(chr(code).lower(), 0) for code in range(256))
_IGNORED: Final = bytes(code for code in range(128) if not _TABLE[code])

Key = tuple[str, str, str]


def collation_key(text: str) -> Key:
    """Return what sorts ``text`` as the root collation does: letters, accents, case."""
    if text.isascii():
        return text.encode().translate(_TABLE, _IGNORED).decode("latin-1"), "", text.swapcase()
    import unicodedata  # noqa: PLC0415 - most texts need none of it

    apart = unicodedata.normalize("NFD", text)
    ranks, accents = apart.translate(_RANKED), apart.translate(_ACCENTED)
    # Without accents it is as with a text of ASCII: nothing.
    return ranks, "" if accents.count(_PLAIN) == len(accents) else accents, apart.swapcase()


class _Weights(dict[int, str]):
    """For ``str.translate``: the weight of each character, found when it is met."""

    def __init__(self, weight: Callable[[str], str]) -> None:
        super().__init__()
        self._weight = weight

    def __missing__(self, code: int) -> str:
        found = self[code] = self._weight(chr(code))
        return found


def _accent(character: str) -> str:
    """Return the secondary weight: a letter's own, an accent's, or nothing for what has none."""
    import unicodedata  # noqa: PLC0415 - asked once a character

    if unicodedata.combining(character):
        return _ACCENTS.get(character, character)
    return _PLAIN if _rank(character) else ""


def _rank(character: str) -> int:
    """Return the primary weight: 0 for what has none (controls and combining marks)."""
    known = _RANKS.get(character.lower())
    if known is not None:
        return known
    import unicodedata  # noqa: PLC0415 - asked once a character

    kind = unicodedata.category(character)
    if kind in {"Cc", "Cf", "Mn", "Me"}:
        return 0
    # Symbols and punctuation beyond ASCII stand before the digits, letters behind them.
    return min(_BEYOND + ord(character), 0x10FFFF) if kind[0] in {"L", "N"} else _SYMBOL


_RANKED: Final = _Weights(lambda character: chr(rank) if (rank := _rank(character)) else "")
_ACCENTED: Final = _Weights(_accent)
