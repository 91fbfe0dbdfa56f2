"""YAML as people would write it, from plain tables: stable, commented, and every text safe.

A table is a dict in order. A key that begins with ``#`` is a comment line; :class:`Said` puts one behind a value, and
:class:`Script` is a text of several lines. Texts that a reader could take for something else stand in double quotes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Said:
    """A value with a comment behind it."""

    value: Any
    remark: str


class Script(str):
    """A text of several lines, written as a block."""

    __slots__ = ()


_PLAIN = re.compile(r"(?:[A-Za-z_$]|\.{1,2}/|\.[a-z]+/)[ -~]*")
_PRINTABLE = re.compile(r"[ -~]*")
_SIMPLE = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_WORDS = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})
_WIDTH = 100


def rendered(table: Mapping[str, Any]) -> str:
    """Return the text of a file."""
    return "\n".join(_top(table)) + "\n"


def quoted(text: str) -> str:
    """Return a text as a quoted scalar of YAML 1.1 and 1.2."""
    if '"' in text and _PRINTABLE.fullmatch(text) and "'" not in text:
        return f"'{text}'"
    return '"' + "".join(_letter(letter) for letter in text) + '"'


def _letter(letter: str) -> str:
    if letter in '"\\':
        return "\\" + letter
    if letter.isprintable() and letter != "\ufeff":
        return letter
    code = ord(letter)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _top(table: Mapping[str, Any]) -> Iterator[str]:
    first = True
    for key, value in table.items():
        if not first:
            yield ""
        first = key.startswith("#")
        if key == "jobs":
            yield "jobs:"
            yield from _apart(value)
        else:
            yield from _entry(key, value, 0)


def _apart(jobs: Mapping[str, Any]) -> Iterator[str]:
    for place, (key, value) in enumerate(jobs.items()):
        if place:
            yield ""
        yield from _entry(key, value, 2)


def _table(table: Mapping[str, Any], indent: int) -> Iterator[str]:
    for key, value in table.items():
        yield from _entry(key, value, indent)


def _entry(key: str, value: Any, indent: int) -> Iterator[str]:
    if key.startswith("#"):
        for row in str(value).split("\n"):
            yield f"{' ' * indent}# {row}".rstrip()
        return
    remark = ""
    if isinstance(value, Said):
        value, remark = value.value, f" # {value.remark}"
    head = f"{' ' * indent}{_key(key)}:"
    if isinstance(value, Script):
        yield f"{head} |{remark}"
        yield from (f"{' ' * (indent + 2)}{row}".rstrip() for row in value.rstrip("\n").split("\n"))
    elif isinstance(value, Mapping) and value:
        yield f"{head}{remark}"
        yield from _table(value, indent + 2)
    elif isinstance(value, list | tuple) and value:
        yield from _sequence(head, value, remark, indent)
    else:
        yield f"{head} {_scalar(value)}{remark}".rstrip()


def _key(key: str) -> str:
    """Return a key; ``on`` stands as everybody writes it, and as the forge reads it."""
    return key if key == "on" or (_SIMPLE.fullmatch(key) and key.lower() not in _WORDS) else quoted(key)


def _sequence(head: str, values: Sequence[Any], remark: str, indent: int) -> Iterator[str]:
    if not any(isinstance(value, Mapping) for value in values):
        flow = f"{head} [{', '.join(_flow(value) for value in values)}]{remark}"
        if len(flow) <= _WIDTH:
            yield flow
            return
    yield f"{head}{remark}"
    for value in values:
        if isinstance(value, Mapping):
            rows = list(_table(value, indent + 4))
            yield f"{' ' * (indent + 2)}- {rows[0].lstrip()}"
            yield from rows[1:]
        else:
            yield f"{' ' * (indent + 2)}- {_scalar(value)}"


def _flow(value: Any) -> str:
    text = isinstance(value, str)
    return (
        value
        if text and _SIMPLE.fullmatch(value) and _is_plain(value)
        else quoted(value)
        if text
        else _scalar(value)
    )


def _scalar(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case Mapping():
            return "{}"
        case list() | tuple():
            return "[]"
        case _:
            return value if _is_plain(value) else quoted(value)


def _is_plain(text: str) -> bool:
    """Tell whether a text without quotes is read as that text, by YAML 1.1 and 1.2 alike."""
    if not _PLAIN.fullmatch(text) or text.lower() in _WORDS:
        return False
    return ": " not in text and " #" not in text and text[-1] not in ": "
