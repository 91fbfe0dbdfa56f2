"""CalVer patterns: which parts a version has, in which order, and how each is spelled.

The words are those of https://calver.org and of bumpver's ``version_pattern``: date parts, counters, and at the end an
optional pre-release word (``[-TAG]``, ``[PYTAGNUM]``). ``[.PATCH]`` is left out while it is 0.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Final

from tagboat.errors import ConfigError

_LONGEST: Final = 100
_YEAR, _QUARTER, _MONTH, _WEEK, _DAY = range(5)


@dataclass(frozen=True, slots=True)
class Part:
    """A kind of number in a pattern.

    Attributes:
        word: how patterns spell it.
        width: how many digits it is padded to with zeros; 0 for none.
        period: for a date part, how long it lasts, the longest first; None for a counter.
        of: for a date part, its value on a day.
        first: for a counter, the value that it begins with.
    """

    word: str
    width: int = 0
    period: int | None = None
    of: Callable[[date], int] | None = None
    first: int = 0


def _short(year: int) -> int:
    return year - 2000 if year >= 2000 else year % 100


def _strftime(code: str) -> Callable[[date], int]:
    return lambda day: int(day.strftime(code))


_PARTS: Final = {
    part.word: part
    for part in (
        Part("YYYY", 4, _YEAR, lambda day: day.year),
        Part("YY", 0, _YEAR, lambda day: _short(day.year)),
        Part("0Y", 2, _YEAR, lambda day: _short(day.year)),
        Part("GGGG", 4, _YEAR, lambda day: day.isocalendar().year),
        Part("GG", 0, _YEAR, lambda day: _short(day.isocalendar().year)),
        Part("0G", 2, _YEAR, lambda day: _short(day.isocalendar().year)),
        Part("Q", 0, _QUARTER, lambda day: (day.month + 2) // 3),
        Part("MM", 0, _MONTH, lambda day: day.month),
        Part("0M", 2, _MONTH, lambda day: day.month),
        Part("WW", 0, _WEEK, _strftime("%W")),
        Part("0W", 2, _WEEK, _strftime("%W")),
        Part("UU", 0, _WEEK, _strftime("%U")),
        Part("0U", 2, _WEEK, _strftime("%U")),
        Part("VV", 0, _WEEK, lambda day: day.isocalendar().week),
        Part("0V", 2, _WEEK, lambda day: day.isocalendar().week),
        Part("DD", 0, _DAY, lambda day: day.day),
        Part("0D", 2, _DAY, lambda day: day.day),
        Part("JJJ", 0, _DAY, _strftime("%j")),
        Part("00J", 3, _DAY, _strftime("%j")),
        Part("MAJOR"),
        Part("MINOR"),
        Part("PATCH"),
        Part("INC0"),
        Part("INC1", first=1),
        Part("BUILD", first=1001),
    )
}
_BY_LEVEL: Final = ("MAJOR", "MINOR", "PATCH")
_ALIASES: Final = {"MICRO": "PATCH", "INC": "INC0", "BLD": "BUILD"}
_WORDS: Final = "|".join(sorted([*_PARTS, *_ALIASES], key=len, reverse=True))
_TOKEN: Final = rf"(?P<part>{_WORDS})|(?P<open>\[)|(?P<close>\])|(?P<literal>[-._+a-z])"
_TAG: Final = (
    r"(?P<open>\[)?(?P<before>[-._]?)(?P<word>PYTAG|TAG|MODIFIER)"
    r"(?:(?P<inner>\[)?(?P<between>[-._]?)(?P<number>NUM)(?(inner)\]))?(?(open)\])(?=\]*\Z)"
)


@dataclass(frozen=True, slots=True)
class Suffix:
    """How a pre-release word is spelled behind the numbers.

    Attributes:
        before: what stands before it.
        long: whether it is the whole word (``beta``) or PEP 440's letters (``b``).
        numbered: whether a number follows.
        between: what stands between word and number.
        first: the number of the first one.
        always: whether final versions say ``final``.
    """

    before: str = ""
    long: bool = False
    numbered: bool = True
    between: str = ""
    first: int = 1
    always: bool = False


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern that was understood.

    Attributes:
        text: the pattern as it was written.
        parts: its numbers, in their order.
        literals: what stands before each number.
        optional: the index of the first number that is left out while it and all behind it are 0.
        suffix: how pre-releases are spelled.
    """

    text: str
    parts: tuple[Part, ...]
    literals: tuple[str, ...]
    optional: int
    suffix: Suffix

    def spelled(self, values: tuple[int, ...], *, whole: bool) -> str:
        """Return the numbers as the pattern spells them; ``whole`` leaves out nothing."""
        needed = max((place + 1 for place, value in enumerate(values) if value), default=0)
        count = len(values) if whole else max(self.optional, needed)
        rows = list(zip(self.literals, values, self.parts, strict=True))[:count]
        return "".join(f"{literal}{value:0{part.width}d}" for literal, value, part in rows)

    def regex(self) -> str:
        """Return a regular expression for the numbers, one group each; it reads numbers without padding too."""
        found = ""
        for place in range(len(self.parts) - 1, -1, -1):
            one = f"{re.escape(self.literals[place])}({self._digits(place)}){found}"
            found = f"(?:{one})?" if place >= self.optional else one
        return found

    def _digits(self, place: int) -> str:
        part = self.parts[place]
        if part.width == 4:
            return "[0-9]{4}"
        if part.period is None:
            return "[0-9]{1,18}"
        glued = not self.literals[place] or (place + 1 < len(self.parts) and not self.literals[place + 1])
        return f"[0-9]{{{part.width}}}" if part.width and glued and place else "[0-9]{1,3}"


def understood(text: str) -> Pattern:
    """Read a pattern.

    Raises:
        ConfigError: it has a mistake, or versions of it would not rise with time; all mistakes are told.
    """
    mistakes: list[str] = []
    body, suffix = _without_suffix(text.removeprefix("v")[:_LONGEST])
    parts, literals, optional = _numbers(body, mistakes)
    mistakes += _mistakes(parts, literals)
    if len(text) > _LONGEST:
        mistakes.append(f"it is longer than {_LONGEST} characters")
    if mistakes:
        raise ConfigError(
            f"the CalVer pattern {text[:_LONGEST]!r} cannot be used: {'; '.join(mistakes)}",
            remedy="Patterns look like YYYY.0M.MICRO or YY.MM.INC0[PYTAGNUM].",
        )
    return Pattern(text, tuple(parts), tuple(literals), optional, suffix)


def _numbers(body: str, mistakes: list[str]) -> tuple[list[Part], list[str], int]:
    """Return the numbers of a pattern, what stands before each, and the index of the first optional one."""
    parts: list[Part] = []
    literals = [""]
    optional: int | None = None
    depth = end = 0
    for token in re.finditer(_TOKEN, body):
        if token.start() != end:
            break
        end = token.end()
        depth += (token["open"] is not None) - (token["close"] is not None)
        if token["open"]:
            optional = len(parts) if optional is None else optional
        elif optional is not None and not depth and not token["close"]:
            mistakes.append(f"{token[0]!r} stands behind an optional part")
        elif token["literal"]:
            literals[-1] += token[0]
        elif token["part"]:
            parts.append(_PARTS[_ALIASES.get(token[0], token[0])])
            literals.append("")
    if end != len(body):
        mistakes.append(f"{body[end:]!r} is no part of a pattern")
    elif depth or body.count("[") != body.count("]"):
        mistakes.append("its brackets do not match")
    if literals[-1]:
        mistakes.append(f"{literals[-1]!r} stands behind the last number")
    return parts, literals[:-1], len(parts) if optional is None else optional


def _without_suffix(text: str) -> tuple[str, Suffix]:
    text = text.replace("TAG][NUM]", "TAG[NUM]]")
    match = re.search(_TAG, text)
    if match is None:
        return text, Suffix()
    long = match["word"] == "TAG"
    suffix = Suffix(
        match["before"], long, bool(match["number"]), match["between"] or "", 0, not match["open"] and long
    )
    return text[: match.start()] + text[match.end() :], suffix


def _mistakes(parts: list[Part], literals: list[str]) -> list[str]:
    found = []
    words = [part.word for part in parts]
    dated = [part for part in parts if part.period is not None]
    periods = [part.period or 0 for part in dated]
    if not parts:
        found.append("it has no number")
    found += [
        f"{word} stands there twice" for word in sorted({word for word in words if words.count(word) > 1})
    ]
    if dated and dated[0].period != _YEAR:
        found.append(f"no year stands before {dated[0].word}, so versions would not rise")
    if any(later <= earlier for earlier, later in pairwise(periods)):
        found.append("a shorter period stands before a longer one, or next to its like")
    counters = [word for word in words if word in _BY_LEVEL]
    if counters != sorted(counters, key=_BY_LEVEL.index):
        found.append(f"{' and '.join(counters)} stand in the wrong order")
    iso = [word for word in words if word[-1] in "GV"]
    plain = [part.word for part in dated if part.word[-1] in "YWUMDJQ"]
    if iso and plain:
        found.append(f"{iso[0]} follows ISO 8601's weeks and {plain[0]} does not")
    for place, (one, two) in enumerate(pairwise(parts)):
        if not literals[place + 1] and not one.width:
            found.append(f"{one.word} and {two.word} cannot be told apart without something between them")
        elif not literals[place + 1] and not two.width and two.period is not None:
            found.append(f"{one.word} and {two.word} together do not rise: {two.word} has no leading zero")
    return found
