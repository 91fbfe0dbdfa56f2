"""A changelog's text as lines: its mark of byte order, its line ends, and its titles outside of code and comments."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

_ATX: Final = re.compile(r" {0,3}(#{1,6})[ \t]+(\S.*)")
_FENCE: Final = re.compile(r" {0,3}(`{3,}|~{3,})(.*)")
_RULE: Final = re.compile(r"([!-/:-@\[-`{-~])\1{2,}\s*")


@dataclass(frozen=True, slots=True)
class Title:
    """A heading.

    Attributes:
        index: of its first line, counted from 0: the overline's when it has one.
        level: 1 to 6 in Markdown; in reStructuredText the rank of its adornment by first use, from 1.
        text: without marks and white space at its ends.
        adornment: the character of its underline, twice when there is an overline; "" in Markdown.
    """

    index: int
    level: int
    text: str
    adornment: str = ""


@dataclass(frozen=True, slots=True)
class Layout:
    """A text taken apart so that it can be put together again to the byte.

    Attributes:
        mark: the byte order mark, or "".
        newline: the line end that most lines have.
        lines: the lines with their own line ends; a line feed alone ends a line.
    """

    mark: str
    newline: str
    lines: tuple[str, ...]

    def with_lines(self, lines: Sequence[str]) -> str:
        """Return the text that these lines make in place of the old ones."""
        return self.mark + "".join(lines)

    def block(self, text: str) -> list[str]:
        """Return a text of ours as lines with this layout's line ends."""
        return [f"{line}{self.newline}" for line in text.split("\n")]

    def closed(self) -> list[str]:
        """Return the lines, the last one with a line end too, so that something can follow."""
        lines = list(self.lines)
        if lines and not lines[-1].endswith("\n"):
            lines[-1] += self.newline
        return lines


def layout(text: str) -> Layout:
    """Take a text apart."""
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    rest = text[len(mark) :]
    windows = rest.count("\r\n")
    pieces = rest.split("\n")
    lines = [f"{piece}\n" for piece in pieces[:-1]] + ([pieces[-1]] if pieces[-1] else [])
    return Layout(mark, "\r\n" if windows * 2 > rest.count("\n") else "\n", tuple(lines))


def markdown_titles(lines: Sequence[str]) -> Iterator[Title]:
    """Yield the headings that begin with ``#``, but for those in fenced code and in HTML comments."""
    fence = ""
    comment = False
    for index, line in enumerate(lines):
        text = line.rstrip()
        opened = _FENCE.fullmatch(text)
        if comment:
            comment = "-->" not in text
        elif fence:
            if opened and opened[1].startswith(fence) and not opened[2].strip():
                fence = ""
        elif opened and not (opened[1][0] == "`" and "`" in opened[2]):
            fence = opened[1]
        elif text.lstrip(" ").startswith("<!--"):
            comment = "-->" not in text
        elif title := _ATX.fullmatch(text):
            shorn = title[2].rstrip("#")
            yield Title(index, len(title[1]), shorn.rstrip() if shorn[-1:].isspace() else title[2])


def restructuredtext_titles(lines: Sequence[str]) -> Iterator[Title]:
    """Yield the lines that an underline makes titles; an underline is one character, three times or more.

    Two equal lines around a text make a title only when they are as long as it (docutils refuses shorter ones).
    """
    ranks: dict[str, int] = {}
    free = 0
    for index, (line, below) in enumerate(pairwise(lines)):
        text = line.rstrip()
        if index < free or not text or _RULE.fullmatch(text) or not _RULE.fullmatch(below):
            continue
        over = (
            index > free and lines[index - 1].rstrip() == below.rstrip() and len(below.rstrip()) >= len(text)
        )
        if not over and (text[0].isspace() or (index > free and lines[index - 1].strip())):
            continue
        adornment = below[0] * (1 + over)
        yield Title(index - over, ranks.setdefault(adornment, len(ranks) + 1), text.strip(), adornment)
        free = index + 2
