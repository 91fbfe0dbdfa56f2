"""The functions of expressions that ask for nothing but their arguments, and how many each takes."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final, cast

from tagboat.errors import InvalidError
from tagboat.sandbox.actions.expressions.values import Value, as_json, equal, text

_PART: Final = re.compile(r"\{\{|\}\}|\{(\d{1,9})\}|[{}]")
STATUS: Final = ("success", "failure", "always", "cancelled")
"""Functions whose presence takes the implicit ``success()`` away."""


def contains(where: Value, what: Value) -> Value:
    """Whether a string holds another, or an array an element."""
    if isinstance(where, Sequence) and not isinstance(where, str):
        return any(equal(each, what) for each in where)
    return text(what).lower() in text(where).lower() if not isinstance(where, Mapping) else False


def starts_with(where: Value, what: Value) -> Value:
    """Whether a string begins with another."""
    return text(where).lower().startswith(text(what).lower())


def ends_with(where: Value, what: Value) -> Value:
    """Whether a string ends with another."""
    return text(where).lower().endswith(text(what).lower())


def format_text(template: Value, *values: Value) -> Value:
    """``{0}`` and so on replaced; doubled braces stand for one."""

    def part(found: re.Match[str]) -> str:
        piece = found.group()
        if piece in ("{{", "}}"):
            return piece[0]
        if found.group(1) is None:
            raise InvalidError(f"The following format string is invalid: {text(template)}")
        if int(found.group(1)) >= len(values):
            raise InvalidError(
                f"The following format string references more arguments than were supplied: {text(template)}"
            )
        return text(values[int(found.group(1))])

    return _PART.sub(part, text(template))


def join(values: Value, separator: Value = ",") -> Value:
    """The elements of an array as one string."""
    if isinstance(values, Sequence) and not isinstance(values, str):
        return text(separator).join(text(each) for each in values)
    return text(values) if not isinstance(values, Mapping) else ""


def to_json(value: Value) -> Value:
    """A value as JSON."""
    return as_json(value)


def from_json(source: Value) -> Value:
    """A value out of JSON.

    Raises:
        InvalidError: It is none.
    """
    if not text(source).strip():
        raise InvalidError("Error parsing fromJson: the input is empty")
    try:
        # All numbers are floating point, which has no bounds where Python's whole numbers have.
        return cast("Value", json.loads(text(source), parse_int=float))
    except (ValueError, RecursionError) as problem:
        raise InvalidError(f"Error parsing fromJson: {problem}") from problem


FUNCTIONS: Final[dict[str, tuple[Callable[..., Value], int, int]]] = {
    "contains": (contains, 2, 2),
    "startswith": (starts_with, 2, 2),
    "endswith": (ends_with, 2, 2),
    "format": (format_text, 1, 255),
    "join": (join, 1, 2),
    "tojson": (to_json, 1, 1),
    "fromjson": (from_json, 1, 1),
}
ARITY: Final = {
    **{name: (least, most) for name, (_, least, most) in FUNCTIONS.items()},
    **dict.fromkeys(STATUS, (0, 0)),
    "case": (3, 255),
    "hashfiles": (1, 255),
}
"""How many arguments each function takes, by its name in lower case."""
