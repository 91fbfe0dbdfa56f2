"""Versions by the calendar (https://calver.org), in any pattern that rises with time.

The date parts follow the day of the planning, and never go back. When they stay as they are, a counter moves: the
level's own (MAJOR, MINOR, PATCH), or the nearest that the pattern has; INC0, INC1 and BUILD move with every release.
What stands to the right of a number that moved begins anew, but for BUILD (bumpver's rule).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Final

from tagboat.config.calver_pattern import Pattern, understood
from tagboat.core.change import Level
from tagboat.core.record import Record
from tagboat.errors import ConfigError, InvalidError
from tagboat.planner.versions.schemes import LONGEST

_SUFFIX: Final = r"(?:[-._]?(dev|alpha|a|beta|b|preview|pre|rc|c|post|final)[-._]?([0-9]{0,9}))?"
_SHORT: Final = {"alpha": "a", "beta": "b", "c": "rc", "pre": "rc", "preview": "rc", "final": ""}
_LONG: Final = {"a": "alpha", "b": "beta"}
_ORDER: Final = ("dev", "a", "b", "rc", "", "post")
_COUNTERS: Final = ("PATCH", "MINOR", "MAJOR")
_ALWAYS: Final = ("INC0", "INC1", "BUILD")


class CalVer(Record):
    """A version of a pattern.

    Attributes:
        pattern: the pattern.
        today: the day of the planning.
        release: its numbers, in the pattern's order.
        word: the pre-release's letters as PEP 440 spells them, ``post``, or "".
        number: the pre-release's number.
    """

    pattern: Pattern
    today: date
    release: tuple[int, ...]
    word: str = ""
    number: int = 0

    @property
    def text(self) -> str:
        """The version as the pattern spells it."""
        suffix = self.pattern.suffix
        body = self.pattern.spelled(self.release, whole=bool(self.word) or suffix.always)
        if not self.word:
            return f"{body}{suffix.before}final" if suffix.always else body
        word = _LONG.get(self.word, self.word) if suffix.long else self.word
        before = suffix.before or ("." if word in {"dev", "post"} else "")
        return (
            f"{body}{before}{word}{suffix.between}{self.number}"
            if suffix.numbered
            else f"{body}{before}{word}"
        )

    @property
    def key(self) -> tuple[tuple[int, ...], int, int]:
        """What orders versions: the numbers from left to right, then the suffix in PEP 440's order."""
        return self.release, _ORDER.index(self.word), self.number

    @property
    def major(self) -> int:
        """The first number."""
        return self.release[0]

    @property
    def is_prerelease(self) -> bool:
        """Whether a final version is still to come."""
        return self.word not in {"", "post"}

    @property
    def stage(self) -> Level:
        """The highest level: whatever arrives belongs to the same train."""
        return Level.MAJOR

    def final(self) -> CalVer:
        """Return the version without its suffix."""
        return self._replace(word="", number=0)

    def moved(self, level: Level, *, keep: bool = False) -> CalVer:
        """Return the version of today that is ``level`` further.

        Raises:
            InvalidError: the pattern has no counter, and the period's only version is out.
        """
        wanted = self._dated()
        if wanted == self.release and not self._moving(level):
            raise InvalidError(
                f"the pattern {self.pattern.text} has room for one version only until its date moves on, "
                f"and {self.text} is out",
                remedy="Add a counter to the pattern, such as .MICRO or [.INC0].",
            )
        for word in self._moving(level):
            place = self._place(word)
            step = _after_build(wanted[place]) if word == "BUILD" else wanted[place] + 1
            wanted = (*wanted[:place], step, *wanted[place + 1 :])
        first = next(
            (place for place, (old, new) in enumerate(zip(self.release, wanted, strict=True)) if old != new)
        )
        rows = zip(self.pattern.parts[first + 1 :], wanted[first + 1 :], strict=True)
        rest = (part.first if part.period is None and part.word != "BUILD" else value for part, value in rows)
        return (self if keep else self.final())._replace(release=(*wanted[: first + 1], *rest))

    def begun(self, train: str, *, bare: bool = False) -> CalVer:  # noqa: ARG002 - the pattern says whether it has a number
        """Return the first pre-release (or post-release) of this version."""
        return self._replace(word=_word(train), number=self.pattern.suffix.first)

    def rides(self, train: str) -> bool:
        """Say whether this version's suffix is the train's."""
        return self.word == _word(train)

    def renumbered(self) -> CalVer:
        """Return the version whose suffix's number is one higher; where the pattern has none, a counter is."""
        if self.word and self.pattern.suffix.numbered:
            return self._replace(number=self.number + 1)
        return self.moved(Level.PATCH, keep=True)

    def packed(self) -> CalVer:
        """Return the next post-release."""
        return self.renumbered() if self.word == "post" else self.begun("post")

    def skipped(self) -> CalVer:
        """Return the smallest step upwards."""
        return self.renumbered()

    def _dated(self) -> tuple[int, ...]:
        """Return the numbers with today's date, or as they are when that would go back."""
        rows = list(zip(self.pattern.parts, self.release, strict=True))
        new = tuple(part.of(self.today) if part.of else value for part, value in rows)
        return max(self.release, new)

    def _moving(self, level: Level) -> tuple[str, ...]:
        """Return the words of the counters that a change of this level moves."""
        words = [part.word for part in self.pattern.parts]
        always = tuple(word for word in _ALWAYS if word in words)
        own = max(level, Level.PATCH) - 1
        order = (*reversed(_COUNTERS[: own + 1]), *(() if always else _COUNTERS[own + 1 :]))
        return (*[word for word in order if word in words][:1], *always)

    def _place(self, word: str) -> int:
        return next(place for place, part in enumerate(self.pattern.parts) if part.word == word)


def reader(pattern: str, today: date) -> Callable[[str], CalVer]:
    """Return the function that reads versions of a pattern, in the pattern's spelling or in PEP 440's normal form.

    Raises:
        ConfigError: the pattern has a mistake.
    """
    known = understood(pattern)
    regex = re.compile(f"v?{known.regex()}{_SUFFIX}")

    def read(text: str) -> CalVer:
        match = regex.fullmatch(text.strip()) if len(text) <= LONGEST else None
        if match is None:
            raise ValueError(f"it does not fit the pattern {pattern}")
        *numbers, word, number = match.groups(default="")
        release = tuple(int(text) if text else 0 for text in numbers)
        return CalVer(known, today, release, _SHORT.get(word, word), int(number or 0))

    return read


def first(pattern: str, today: date) -> CalVer:
    """Return the first version of a pattern on a day.

    Raises:
        ConfigError: the pattern has a mistake.
    """
    known = understood(pattern)
    return CalVer(known, today, tuple(part.of(today) if part.of else part.first for part in known.parts))


def _after_build(number: int) -> int:
    """Return the next build number, so that versions rise as text too: 1002 after 1001, 22000 after 1999."""
    number = number if number >= 1000 else number + 1000
    return number + 1 if str(number + 1)[0] == str(number)[0] else (number + 1) * 11


def _word(train: str) -> str:
    word = _SHORT.get(train, train)
    if not word or word not in _ORDER:
        raise ConfigError(
            f"there is no pre-release {train!r} in CalVer",
            remedy='Choose one of "a", "b", "rc", "dev" and "post".',
        )
    return word
