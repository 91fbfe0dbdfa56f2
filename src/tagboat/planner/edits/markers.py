"""Release-please's annotations: ``x-release-please-version`` on a line, and blocks between a start and an end.

Read from release-please 17.1.3, updaters/generic.ts: a line's own annotation goes before a block's; only the first version,
number or date of a line is replaced; the line that ends a block still counts. Two things differ on purpose. Line ends stay
as they are, and a version is taken whole: there, ``1.2.3b1`` becomes ``1.2.4b1``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from packaging.version import InvalidVersion, Version

from tagboat.config.planning import Edit
from tagboat.planner.edits.spots import Found, Source, Spot, Words

_MARK = re.compile(r"x-release-please-(?:(start)-)?(major|minor|patch|version-date|version|date|end)")
_DAY = "%Y-%m-%d"
VERSION = (
    r"(?<!\d)(?:\d++!)?\d++\.\d++\.\d++(?:\.\d++)*+"
    r"(?:[-_.]?(?:alpha|beta|preview|pre|rc|a|b|c)[-_.]?\d*+(?![A-Za-z]))?+"
    r"(?:[-_.]?(?:post|rev|r)[-_.]?\d++)?+(?:[-_.]?dev[-_.]?\d*+(?![A-Za-z]))?+"
    r"(?:-(?!(?:py|cp|pp)\d)[0-9A-Za-z_]++(?:\.[0-9A-Za-z_]++)*+)?+(?:\+[0-9A-Za-z]++(?:[-_.][0-9A-Za-z]++)*+)?+"
)
"""A version of three numbers and more, with all that PEP 440 or SemVer puts behind it; the tags of a wheel are no part."""


def marker_spots(source: Source, edit: Edit, words: Words) -> Found:
    """Find what the annotations of a file point at; ``edit.date`` is the form of dates.

    Raises:
        ConfigError: the form of dates is none.
    """
    spots = tuple(_spots(source, edit.date or _DAY, words))
    if spots:
        return Found(spots)
    mark = _MARK.search(source.text)
    if mark is None:
        return Found(why=f"{source.path}:1: no line has x-release-please-version")
    return Found(why=f"{source.place(mark.start())}: there is no version here")


def _spots(source: Source, form: str, words: Words) -> Iterator[Spot]:
    block = ""
    for start, line in _marked(source.text):
        mark = _MARK.search(line)
        kind, word = (mark[1], mark[2]) if mark else (None, "")
        own = word if not kind and word != "end" else ""
        if own or block:
            yield from _in_line(source, start, line, own or block, form, words)
            if not own and "x-release-please-end" in line:
                block = ""
        elif kind:
            block = word


def _marked(text: str) -> Iterator[tuple[int, str]]:
    """Yield the lines from the first annotation on, each with its offset."""
    first = text.find("x-release-please-")
    start = text.rfind("\n", 0, max(first, 0)) + 1 if first >= 0 else len(text)
    while start < len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        yield start, text[start:end]
        start = end + 1


def _in_line(source: Source, start: int, line: str, scope: str, form: str, words: Words) -> Iterator[Spot]:
    searches: list[tuple[re.Pattern[str], str]] = []
    if scope in {"date", "version-date"}:
        searches.append((dates(form), words.day(form)))
    if scope in {"version", "version-date"}:
        searches.append((_version(), words.version))
    if scope in {"major", "minor", "patch"}:
        number = (r"(?<!\d)\d++\b") if scope == "major" else r"\b\d++\b"
        searches.append((re.compile(number), part(words.version, scope)))
    for pattern, text in searches:
        match = pattern.search(line)
        if match is not None:
            yield source.spot(start + match.start(), start + match.end(), text)


def part(version: str, name: str) -> str:
    """Return one number of a version: ``major``, ``minor`` or ``patch``."""
    try:
        release = Version(version).release
    except InvalidVersion:
        release = tuple(int(number[:18]) for number in re.findall(r"\d+", version[:200])[:3])
    return str((*release, 0, 0, 0)[("major", "minor", "patch").index(name)])


@cache
def dates(form: str) -> re.Pattern[str]:
    """Return the expression that a date in a ``strftime`` form matches."""
    digits = {"Y": r"\d{4}", "j": r"\d{3}", "B": r"[^\W\d_]{1,20}", "b": r"[^\W\d_]{1,20}", "%": "%"}
    pieces = re.split(r"%-?([A-Za-z%])", form)
    return re.compile(
        "".join(
            digits.get(piece, r"\d{1,2}") if number % 2 else re.escape(piece)
            for number, piece in enumerate(pieces)
        )
    )


@cache
def _version() -> re.Pattern[str]:
    return re.compile(VERSION, re.ASCII)
