"""What the searches of this room give and take: a file's text with the way back to its bytes, and the spots to change."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from tagboat.config.document import LIMIT
from tagboat.errors import ConfigError

LONGEST = 64 << 20
"""The most bytes of a file that is searched line by line: locks and texts can be long."""

_SHOWN = 120


@dataclass(frozen=True, slots=True)
class Spot:
    """A span of a file's bytes, and the text that is to stand there."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Words:
    """What is written.

    Attributes:
        last: the version of the last release, or "" before the first.
        version: the next version.
        today: the day of the release.
    """

    last: str
    version: str
    today: date

    def value(self, before: str, form: str = "") -> str:
        """Return what takes the place of ``before``: the version, or with a ``strftime`` form the date.

        A ``v`` before the number is kept.
        """
        if form:
            return self.day(form)
        prefix = before[:1] if before[:1] in {"v", "V"} and before[1:2].isdigit() else ""
        return prefix + self.version

    def day(self, form: str) -> str:
        """Return the date in a ``strftime`` form.

        Raises:
            ConfigError: it is no such form.
        """
        try:
            return self.today.strftime(form)
        except (ValueError, UnicodeError):
            raise ConfigError(f"{form!a} is no form of a date", remedy="write it like %Y-%m-%d") from None


@dataclass(frozen=True, slots=True)
class Found:
    """The spots of one search.

    Attributes:
        spots: where; a spot that holds the right text already counts.
        why: when there are none: the line that comes nearest, and what is wrong there; or "".
    """

    spots: tuple[Spot, ...] = ()
    why: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """A file's bytes as text.

    Attributes:
        path: the file, for people.
        data: its bytes.
        text: the text, without a byte order mark. What is no UTF-8 is read as Latin-1, where every byte is a letter.
        encoding: which of the two it is.
        mark: the length of the byte order mark.
    """

    path: str
    data: bytes = field(repr=False)
    text: str = field(repr=False)
    encoding: str = "utf-8"
    mark: int = 0

    @classmethod
    def of(cls, path: str, data: bytes, limit: int = LIMIT) -> Source:
        """Decode a file.

        Raises:
            ConfigError: it is longer than ``limit`` bytes, or no text.
        """
        if len(data) > limit:
            raise ConfigError(f"{path} is longer than {limit} bytes", remedy="leave it out of the edits")
        nul = data.find(b"\0")
        if nul >= 0:
            line = data.count(b"\n", 0, nul) + 1
            raise ConfigError(
                f"{path}:{line}: a NUL byte: this is no text", remedy="leave it out of the edits"
            )
        mark = 3 if data.startswith(b"\xef\xbb\xbf") else 0
        try:
            return cls(path, data, data[mark:].decode(), "utf-8", mark)
        except UnicodeDecodeError:
            return cls(path, data, data.decode("latin-1"), "latin-1")

    def spot(self, start: int, end: int, text: str) -> Spot:
        """Return the spot of a span of :attr:`text`.

        Raises:
            ConfigError: the text cannot be written in the file's encoding.
        """
        if self.encoding != "utf-8" and not text.isascii():
            raise ConfigError(
                f"{self.path} is not UTF-8, and {text!a} cannot be written in it", remedy=REMEDY
            )
        if self.encoding == "latin-1" or self.text.isascii():
            return Spot(start + self.mark, end + self.mark, text)
        first = self.mark + len(self.text[:start].encode())
        return Spot(first, first + len(self.text[start:end].encode()), text)

    def place(self, offset: int) -> str:
        """Return ``file:line: what stands there`` of an offset in :attr:`text`."""
        start = self.text.rfind("\n", 0, offset) + 1
        line = self.text[start : start + 10 * _SHOWN].partition("\n")[0].strip()
        shown = line if len(line) <= _SHOWN else line[:_SHOWN] + "..."
        return f"{self.path}:{self.text.count(chr(10), 0, offset) + 1}: {printable(shown)}"


def twice(source: Source, what: str, offsets: Iterable[int]) -> ConfigError:
    """Return the error for an edit that matches more than once."""
    places = [source.place(offset) for offset in offsets]
    rows = "\n".join(f"  {place}" for place in places[:10])
    more = f"\n  ... and {len(places) - 10} more" if len(places) > 10 else ""
    return ConfigError(f"{source.path}: {what} matches {len(places)} times:\n{rows}{more}", remedy=REMEDY)


def printable(text: str) -> str:
    """Return a line for people, without control characters."""
    return "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in text)


REMEDY = "correct the file or the edit that names it; an edit can be made optional with required = false"
