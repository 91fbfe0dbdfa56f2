"""The functions of the forge's expressions.

What depends on the runner's disk (``hashFiles``) is unknown; what depends on how earlier jobs ended is asked of
:class:`Situation`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from tagboat.errors import ConfigError
from tagboat.workflows.values import UNKNOWN, Open, Unknown, Value, equal, is_list, text

LIMIT = 1 << 20
_REMEDY = "correct the expression; its form is that of GitHub's expressions"
_PLACE = re.compile(r"\{\{|\}\}|\{(\d{1,6})\}|[{}]")

Status = Literal["success", "failure", "cancelled"]


@dataclass(frozen=True, slots=True)
class Situation:
    """What the functions about earlier jobs or steps answer from.

    Attributes:
        status: how all before ended; None when that is unknown.
    """

    status: Status | None = None


def call(name: str, arguments: Sequence[Value], situation: Situation) -> Value:
    """Return what a function answers.

    Raises:
        ConfigError: there is no such function, or its arguments are wrong.
    """
    check(name, len(arguments))
    known = name.lower()
    return _status(known, situation) if known in _STATUS else _FUNCTIONS[known][2](arguments)


def check(name: str, count: int) -> None:
    """Refuse a call that is wrong whatever its arguments come to.

    Raises:
        ConfigError: there is no such function, or it does not take so many arguments.
    """
    known = name.lower()
    if known in _STATUS:
        fewest = most = 0
    elif known in _FUNCTIONS:
        fewest, most, _ = _FUNCTIONS[known]
    else:
        raise ConfigError(f"there is no function {name[:50]!a}", remedy=_REMEDY)
    if not fewest <= count <= most:
        raise ConfigError(f"{name}() does not take {count} arguments", remedy=_REMEDY)


def _status(name: str, situation: Situation) -> Value:
    if name == "always":
        return True
    return UNKNOWN if situation.status is None else situation.status == name


def is_status(name: str) -> bool:
    """Tell whether a function asks how earlier jobs ended; an ``if`` without one asks ``success()``."""
    return name.lower() in _STATUS


def _contains(arguments: Sequence[Value]) -> Value:
    within, item = arguments
    if isinstance(within, Unknown) or isinstance(item, Unknown):
        return UNKNOWN
    if is_list(within) and isinstance(within, Sequence):
        found = [equal(inner, item) for inner in within]
        return True if True in found else UNKNOWN if None in found else False
    if isinstance(within, Mapping) or is_list(item) or isinstance(item, Mapping):
        return False
    return text(item).upper() in text(within).upper()


def _starts(arguments: Sequence[Value]) -> Value:
    return _edge(arguments, str.startswith)


def _ends(arguments: Sequence[Value]) -> Value:
    return _edge(arguments, str.endswith)


def _edge(arguments: Sequence[Value], test: Callable[[str, str], bool]) -> Value:
    whole, part = arguments
    if isinstance(whole, Unknown) or isinstance(part, Unknown):
        return True if part == "" else UNKNOWN
    return test(text(whole).upper(), text(part).upper())


def _format(arguments: Sequence[Value]) -> Value:
    form, *values = arguments
    if isinstance(form, Unknown):
        return UNKNOWN
    parts: list[str] = []
    unknown, place, whole = False, 0, text(form)
    for found in _PLACE.finditer(whole):
        parts.append(whole[place : found.start()])
        place = found.end()
        if found[1] is None and len(found[0]) == 1:
            raise ConfigError("format() has a brace without its other", remedy=_REMEDY)
        if found[1] is None:
            parts.append(found[0][0])
        elif int(found[1]) >= len(values):
            raise ConfigError(f"format() has no value for {found[0]}", remedy=_REMEDY)
        else:
            value = values[int(found[1])]
            unknown = unknown or isinstance(value, Unknown)
            parts.append("" if isinstance(value, Unknown) else text(value))
    said = joined([*parts, whole[place:]])
    return Unknown(truth=True if said else None) if unknown else said


def _join(arguments: Sequence[Value]) -> Value:
    values, separator = arguments[0], arguments[1] if len(arguments) > 1 else ","
    if isinstance(values, Unknown) or isinstance(separator, Unknown):
        return UNKNOWN
    if not is_list(values) or not isinstance(values, Sequence):
        return text(values)
    if any(isinstance(value, Unknown) for value in values):
        return UNKNOWN
    parts: list[str] = []
    for value in values:
        parts += [text(separator), text(value)] if parts else [text(value)]
    return joined(parts)


def joined(parts: Sequence[str]) -> str:
    """Return texts as one.

    Raises:
        ConfigError: it would be longer than the forge allows.
    """
    if sum(map(len, parts)) > LIMIT:
        raise ConfigError(f"an expression makes a text of more than {LIMIT} letters", remedy=_REMEDY)
    return "".join(parts)


def _to_json(arguments: Sequence[Value]) -> Value:
    try:
        return joined([json.dumps(_plain(arguments[0]), indent=2, ensure_ascii=False)])
    except _UnknownInsideError:
        return Unknown(truth=True)


class _UnknownInsideError(Exception):
    """A value holds an unknown."""


def _plain(value: Value) -> object:
    if isinstance(value, Unknown):
        raise _UnknownInsideError
    if isinstance(value, Mapping):
        if isinstance(value, Open):
            raise _UnknownInsideError
        return {key: _plain(inner) for key, inner in value.items()}
    if is_list(value) and isinstance(value, Sequence):
        return [_plain(inner) for inner in value]
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < 1e15 else value


def _from_json(arguments: Sequence[Value]) -> Value:
    if isinstance(arguments[0], Unknown):
        return UNKNOWN
    try:
        value: Value = json.loads(text(arguments[0]))
    except (ValueError, RecursionError):
        raise ConfigError(f"fromJSON() gets no JSON: {text(arguments[0])[:50]!a}", remedy=_REMEDY) from None
    return value


def _hash_files(_arguments: Sequence[Value]) -> Value:
    return UNKNOWN


_STATUS = frozenset({"success", "failure", "cancelled", "always"})
_MANY = 255
_FUNCTIONS: dict[str, tuple[int, int, Callable[[Sequence[Value]], Value]]] = {
    "contains": (2, 2, _contains),
    "startswith": (2, 2, _starts),
    "endswith": (2, 2, _ends),
    "format": (1, _MANY, _format),
    "join": (1, 2, _join),
    "tojson": (1, 1, _to_json),
    "fromjson": (1, 1, _from_json),
    "hashfiles": (1, _MANY, _hash_files),
}
"""Name in small letters → fewest and most arguments, and the function."""
