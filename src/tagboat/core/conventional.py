"""Conventional commits, read header first: whatever the body holds, a good header counts.

The grammar is that of https://www.conventionalcommits.org/en/v1.0.0/ with what release-please adds to it: several
changes in one squash message, nested blocks, changes in footers, ``Release-As``. Its parser reads the whole message and
drops a commit when any line of the body looks like an unfinished footer; this one does not.

Time is linear in the message's length: a message is hostile input.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, Final

from tagboat.core.change import Change, Reading

if TYPE_CHECKING:
    from collections.abc import Sequence

LIMIT: Final = 1_000_000
"""The most characters of a message that are read."""

MERGE: Final = "a merge names no type"
"""The reason for which git's own message of a merge counts for nothing."""

_ORDER_MARK = "\ufeff"
_BLANK = f"{_ORDER_MARK}\t\v\f \xa0"
# In these BLANK stands for the characters of _BLANK.
_HEADER = r"([^BLANK\r\n()!:]+)(?:\(([^()\r\n]+)\))?(!|BREAKING[ -]CHANGE)?:[BLANK]*([^\r\n]*)"
_FOOTER = (
    r"(?:(BREAKING[ -]CHANGE)|!|([^BLANK\r\n()!:]+)(?:\(([^()\r\n]+)\))?(!|BREAKING[ -]CHANGE)?)"
    r"(:| \#)[BLANK]*([^\r\n]*)"
)
_MARK = r"BREAKING[ -]CHANGE:[BLANK]*"
_INNER_MARK = re.compile(r"BREAKING-CHANGE:[ \t]*(\S.*)")
_PARAGRAPH = re.compile(
    r"\n\r?\n(?=(?:feat|fix|docs|style|refactor|perf|test|build|ci|chore|revert)(?:\([^\r\n]*?\))?!?: )"
)
_GIT_MERGE = r"Merge (?:branch|pull request|remote-tracking|tag|commit)\b"
_LINE = re.compile(r"\r\n|\r|\n")
_CONTEXT = re.compile(r"#### |[*-] ")
_SPEAKS = (
    r"\n(?!(?:Signed-off|Co-[Aa]uthored|Reviewed|Acked|Tested)-[Bb]y:)"
    r"(?:[^BLANK\r\n()!:]+(?:\([^()\r\n]+\))?!?(?::| \#)|!)"
)
"""What can make a body matter, beside a mark anywhere: a line that looks like a footer or a header."""
_TRAILER = re.compile(r"[A-Z][^-]*-")
_NUMBER = re.compile(r"[0-9]+\Z")
_BEGIN, _END = "BEGIN_NESTED_COMMIT", "END_NESTED_COMMIT"
_OVERRIDE_BEGIN, _OVERRIDE_END = "BEGIN_COMMIT_OVERRIDE", "END_COMMIT_OVERRIDE"


class _Grammar:
    """The forms for one set of blanks, each compiled when it is needed: some messages need one of them only."""

    def __init__(self, blank: str) -> None:
        self._blank = blank

    @cached_property
    def header(self) -> re.Pattern[str]:
        return self._compiled(_HEADER)

    @cached_property
    def footer(self) -> re.Pattern[str]:
        return self._compiled(_FOOTER)

    @cached_property
    def mark(self) -> re.Pattern[str]:
        return self._compiled(_MARK)

    @cached_property
    def speaks(self) -> re.Pattern[str]:
        return self._compiled(_SPEAKS)

    def _compiled(self, form: str) -> re.Pattern[str]:
        return re.compile(form.replace("BLANK", self._blank))


_MARKED, _UNMARKED = _Grammar(_BLANK), _Grammar(_BLANK.removeprefix(_ORDER_MARK))
"""A text without a byte order mark is searched for none: a set of characters beyond Latin is slow to compile."""


def read(commit: str, message: str) -> Reading:
    """Return the changes that a commit message tells of.

    Args:
        commit: the commit's id, for the changes.
        message: the whole message; any text at all.
    """
    message = message[:LIMIT].strip()
    grammar = _MARKED if _ORDER_MARK in message else _UNMARKED
    header = grammar.header.match(message)
    if header is not None and _silent(message, header.end(), grammar):
        return Reading._make(((_change(commit, header),), ""))
    changes: list[Change] = []
    told = overridden(message)
    for part in _parts(told):
        changes.extend(_read_part(commit, part.strip(), grammar))
    return Reading(tuple(changes), "" if header and changes else why_unread(told if header else message))


def _silent(message: str, end: int, grammar: _Grammar) -> bool:
    """Tell whether what follows a header says nothing; most commits have a header only."""
    if end == len(message):
        return True
    if message.find("BREAKING", end) >= 0 or message.find("_COMMIT", end) >= 0:
        return False
    return grammar.speaks.search(message, end) is None


def overridden(text: str) -> str:
    """Return what stands between ``BEGIN_COMMIT_OVERRIDE`` and ``END_COMMIT_OVERRIDE``, or the text itself.

    A pull request's body may replace the message of the commit that merged it so; so may the message itself.
    """
    _, begin, rest = text.partition(_OVERRIDE_BEGIN)
    inner = rest.partition(_OVERRIDE_END)[0].strip() if begin else ""
    return inner or text


def why_unread(message: str) -> str:
    """Say what keeps the first line of a message from being a header."""
    title = _first_line(message)
    if not title:
        return "the message is empty"
    if title.startswith('Revert "'):
        return "git's own revert message names no type"
    if title.startswith("Merge ") and re.match(_GIT_MERGE, title):
        return MERGE
    before, colon, _ = title.partition(":")
    for told, reason in (
        (not colon, "there is no type and colon"),
        ("()" in before, "the scope is empty"),
        ("!(" in before, "the ! stands before the scope, not behind it"),
        (before.rfind("(") > before.rfind(")"), "the scope is not closed"),
        (before[-1:].isspace(), "there is white space before the colon"),
    ):
        if told:
            return reason
    return "what stands before the colon is not one word"


def _parts(message: str) -> list[str]:
    outer, *nested = message.split(_BEGIN)
    blocks: list[str] = []
    for text in nested:
        block, _, behind = text.partition(_END)
        blocks.append(block)
        outer += behind
    return [part for part in _PARAGRAPH.split(outer) if part] + blocks


def _read_part(commit: str, text: str, grammar: _Grammar) -> list[Change]:
    header = grammar.header.match(text)
    if header is None:
        return []
    lines = _lines(text[header.end() :])
    footers_from = _first_footer(lines, grammar)
    changes: list[Change] = []
    notes: list[str] = []
    references: list[str] = []
    release_as = ""
    body = _body_note(lines[:footers_from], grammar) if "BREAKING" in text else []
    for footer in _footers(lines[footers_from:], grammar):
        mark, token, scope, bang, separator, value = footer
        if mark:
            notes = [value]
            continue
        first = _first_line(value)
        if "#" in separator or first.startswith("#"):
            number = first.removeprefix("#")
            if _NUMBER.match(number):
                references.append(number)
        elif token.lower() == "release-as":
            release_as = first
        elif token and not _TRAILER.match(token):
            inner = f"{token}{f'({scope})' if scope else ''}{bang}: {value}"
            changes.extend(_read_part(commit, inner.strip(), grammar))
    changes.append(_change(commit, header, notes or body, references, release_as))
    return changes


def _lines(text: str) -> list[str]:
    return _LINE.split(text) if "\r" in text else text.split("\n")


def _first_line(text: str) -> str:
    return _LINE.split(text, maxsplit=1)[0] if "\r" in text else text.partition("\n")[0]


def _first_footer(lines: list[str], grammar: _Grammar) -> int:
    """Return the index of the line from which on there is nothing but footers and their continuations."""
    first = len(lines)
    for index in range(len(lines) - 1, 0, -1):
        line = lines[index]
        if not line or line[0] in _BLANK:
            continue
        if grammar.footer.match(line) is None:
            break
        first = index
    return first


def _footers(lines: list[str], grammar: _Grammar) -> list[tuple[str, str, str, str, str, str]]:
    found: list[tuple[str, str, str, str, str, str]] = []
    for line in lines:
        match = grammar.footer.match(line)
        if line and line[0] in _BLANK and found:
            *head, value = found[-1]
            found[-1] = (head[0], head[1], head[2], head[3], head[4], f"{value}\n{line.strip(_BLANK)}")
        elif match:
            mark, token, scope, bang, separator, value = match.groups(default="")
            found.append((mark, token, scope, bang, separator, value))
    return found


def _body_note(lines: list[str], grammar: _Grammar) -> list[str]:
    """Return what a ``BREAKING CHANGE:`` in the middle of the body says breaks, or nothing."""
    for index, line in enumerate(lines):
        mark = grammar.mark.match(line)
        if mark:
            return ["\n".join((line[mark.end() :], *lines[index + 1 :]))]
    inner = _INNER_MARK.search("\n".join(lines))
    return [inner[1].strip()] if inner else []


def _change(
    commit: str,
    header: re.Match[str],
    notes: Sequence[str] = (),
    references: Sequence[str] = (),
    release_as: str = "",
) -> Change:
    kind, scope, bang, subject = header.groups("")
    breaking = tuple(text for text in map(_tidy, notes) if text) if notes else ()
    if bang and not breaking:
        breaking = (_tidy(subject),) if subject else ()
    return Change._make((commit, kind, scope, subject, breaking, tuple(references), release_as, bool(bang)))


def _tidy(note: str) -> str:
    """Join a note's lines up to a blank one; a list or a fourth-level heading below it is kept, indented."""
    text = ""
    context = False
    for number, line in enumerate(_lines(note)):
        if not line:
            break
        if number and not context and _CONTEXT.match(line):
            text, context = f"{text.strip()}\n", True
        text += f"    {line}\n" if context else f"{line} "
    return text.strip()
