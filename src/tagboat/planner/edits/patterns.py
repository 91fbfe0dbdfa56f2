"""A search and a replacement, as bumpver, bump-my-version, commitizen and tbump describe them.

The search is literal text but for its placeholders:

- ``{version}`` any version of as many numbers as the last one has or more (three are enough), ``{pep440_version}`` the
  same: ``v9`` beside ``v9.1.2`` names a line of releases, and stays;
- ``{last}`` and ``{current_version}`` the version of the last release, ``{new_version}`` the next one;
- ``{major}``, ``{minor}``, ``{patch}`` a number;
- ``{date}`` a date like 2026-01-31, ``{date:%d.%m.%Y}`` in another form; ``{now:...}``, ``{today:...}`` and
  ``{utcnow:...}`` are the same.

In the replacement each stands for what it is in the next release; ``{last}`` and ``{current_version}`` for the last one. An
empty replacement changes the placeholders alone, ``{last}`` into the next version.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import takewhile
from operator import eq

from tagboat.config.planning import Edit
from tagboat.errors import ConfigError
from tagboat.planner.edits.markers import dates, part
from tagboat.planner.edits.spots import REMEDY, Found, Source, Spot, Words, twice

_HOLE = re.compile(
    r"\{(version|pep440_version|last|current_version|new_version|major|minor|patch)\}"
    r"|\{(date|now|today|utcnow)(?::([^{}]{1,60}))?\}"
)
_NUMBER = r"\d{1,20}+"
_VERSION = (
    r"(?:\d{1,20}+!)?\d{1,20}+(?:\.\d{1,20}+){%d,10}+"
    r"(?:[-_.]?(?:alpha|beta|preview|pre|rc|a|b|c|post|rev|r|dev)[-_.]?\d{0,20}+(?![A-Za-z])){0,4}+"
    r"(?:-[0-9A-Za-z]{1,40}+(?:\.[0-9A-Za-z]{1,40}+){0,10}+)?+"
    r"(?:\+[0-9A-Za-z]{1,40}+(?:[-_.][0-9A-Za-z]{1,40}+){0,10}+)?+"
)
_WORD = re.compile(r"[0-9A-Za-z]")
_LONG = 100_000


def pattern_spots(source: Source, edit: Edit, words: Words) -> Found:
    """Find ``edit.search``; more than one match is an error unless ``edit.every``.

    Raises:
        ConfigError: a second match, or an expression for lines that cannot be read.
    """
    form = edit.date or "%Y-%m-%d"
    if not edit.search or not (edit.replace or _HOLE.search(edit.search)):
        raise ConfigError(f"{source.path}: {edit.search!a} has no {{version}} to change", remedy=REMEDY)
    matches = list(_matches(source, _expression(edit.search, form, words.last), edit.line))
    if not matches:
        return Found(why=_nearest(source, edit, form, words.last))
    if len(matches) > 1 and not edit.every:
        raise twice(source, repr(edit.search), (match.start() for match in matches))
    if not edit.replace or edit.replace == edit.search:
        return Found(tuple(_filled(source, edit.search, form, words, matches)))
    text = _HOLE.sub(lambda hole: _said(hole, form, words, words.last), edit.replace)
    if "\r\n" in source.text:
        text = re.sub(r"(?<!\r)\n", "\r\n", text)
    return Found(tuple(_changed(source, match, text) for match in matches))


def _matches(source: Source, expression: re.Pattern[str], line: str) -> Iterator[re.Match[str]]:
    if not line:
        yield from expression.finditer(source.text)
        return
    wanted = _compiled(line, source.path)
    for row in re.finditer(r"[^\n]+", source.text):
        if row.end() - row.start() <= _LONG and wanted.search(row[0].removesuffix("\r")):
            yield from expression.finditer(source.text, row.start(), row.end())


def _compiled(line: str, path: str) -> re.Pattern[str]:
    try:
        return re.compile(line)
    except (re.error, RecursionError, OverflowError) as error:
        raise ConfigError(f"{path}: {line!a} is no regular expression: {error}", remedy=REMEDY) from None


def _expression(search: str, form: str, last: str) -> re.Pattern[str]:
    found, position = "", 0
    for hole in _HOLE.finditer(search):
        literal = search[position : hole.start()]
        found += _literal(literal) + f"({_inside(hole, form, last)})"
        position = hole.end()
    found += _literal(search[position:])
    # A number that goes on to the left or the right is another version.
    before = r"(?<!\d)(?<!\d\.)" if _HOLE.match(search) else ""
    after = r"(?![0-9A-Za-z])(?!\.\d)" if search.endswith("}") and found.endswith(")") else ""
    return re.compile(before + found + after, re.ASCII)


def _literal(text: str) -> str:
    return re.escape(text).replace("\\\n", "\r?\n")


def _inside(hole: re.Match[str], form: str, last: str) -> str:
    numbers = re.match(r"(?:\d+!)?\d+(?:\.\d+){0,2}", last)
    dots = numbers[0].count(".") if numbers is not None else 0
    match hole[1]:
        case "last" | "current_version" | "new_version":
            return re.escape(last) if last else _VERSION % 0
        case "version" | "pep440_version":
            return _VERSION % dots
        case None:
            return dates(hole[3] or form).pattern
        case _:
            return _NUMBER


def _filled(
    source: Source, search: str, form: str, words: Words, matches: list[re.Match[str]]
) -> Iterator[Spot]:
    holes = [_said(hole, form, words, words.version) for hole in _HOLE.finditer(search)]
    for match in matches:
        for number, text in enumerate(holes, 1):
            yield source.spot(*match.span(number), text)


def _said(hole: re.Match[str], form: str, words: Words, last: str) -> str:
    match hole[1]:
        case "last" | "current_version":
            return last
        case "version" | "new_version":
            return words.version
        case "pep440_version":
            from tagboat.planner.edits.python import version_of  # noqa: PLC0415

            return str(version_of(words.version) or words.version)
        case None:
            return words.day(hole[3] or form)
        case name:
            return part(words.version, name)


def _changed(source: Source, match: re.Match[str], text: str) -> Spot:
    """Return the spot without what stays the same at both ends, so that edits beside it do not meet it."""
    before = match[0]
    start = 0
    while start < min(len(before), len(text)) and before[start] == text[start]:
        start += 1
    end = 0
    while end < min(len(before), len(text)) - start and before[-1 - end] == text[-1 - end]:
        end += 1
    while start and _WORD.match(before[start - 1]):
        start -= 1
    while end and _WORD.match(before[len(before) - end]):
        end -= 1
    return source.spot(match.start() + start, match.end() - end, text[start : len(text) - end])


def _nearest(source: Source, edit: Edit, form: str, last: str) -> str:
    """Return the line where the search would match, were it for any version: the one most like the last release."""
    general = re.sub(r"\{(last|current_version|new_version)\}", "{version}", edit.search)
    found = _matches(source, _expression(general, form, ""), edit.line)
    match = max(found, key=lambda match: _alike(match[1], last), default=None)
    if match is not None:
        return f"{source.place(match.start())}: here is another version than {edit.search!a} asks for"
    return f"{source.path}:1: no line has {edit.search!a}"


def _alike(text: str, last: str) -> int:
    """Return how many characters two texts begin with in common."""
    return sum(takewhile(bool, map(eq, text, last)))
