"""The values of expressions, and how GitHub compares, converts and prints them.

Null, booleans, numbers (all are floating point), strings, arrays and objects; names in objects ignore their case.
Source: GitHub's documentation of expressions, "Literals" and "Operators".
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from typing import Final

Value = None | bool | float | int | str | Sequence["Value"] | Mapping[str, "Value"]

_NUMBER: Final = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?|[-+]?Infinity")


class Filtered(list[Value]):
    """What ``.*`` gave: an index reaches into each of its members."""


def truthy(value: Value) -> bool:
    """Whether a value counts as true: null, false, zero, NaN and the empty string do not."""
    if isinstance(value, float) and math.isnan(value):
        return False
    return (
        isinstance(value, Mapping)
        or (isinstance(value, Sequence) and not isinstance(value, str))
        or bool(value)
    )


def number(value: Value) -> float:
    """A value as a number; NaN for what is none."""
    if value is None:
        return 0.0
    if isinstance(value, bool | int | float):
        return _floating(value)
    if isinstance(value, str):
        return _parsed(value.strip())
    return math.nan


def _parsed(text: str) -> float:
    if not text:
        return 0.0
    if re.fullmatch(r"0x[0-9a-fA-F]+", text):
        return _floating(int(text, 16))
    if re.fullmatch(r"0o[0-7]+", text):
        return _floating(int(text, 8))
    return float(text) if _NUMBER.fullmatch(text) else math.nan


def _floating(value: float) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def text(value: Value) -> str:
    """A value inside a string."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return _printed(_floating(value))
    if isinstance(value, str):
        return value
    return "Object" if isinstance(value, Mapping) else "Array"


def _printed(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else f"{value:.15G}"


def equal(left: Value, right: Value) -> bool:
    """Loose equality: strings ignore case, other kinds meet as numbers, arrays and objects are equal to themselves."""
    if isinstance(left, str) and isinstance(right, str):
        return _raised(left) == _raised(right)
    if _compound(left) or _compound(right):
        return left is right
    if left is None and right is None:
        return True
    return number(left) == number(right)


def less(left: Value, right: Value) -> bool:
    """Whether left comes before right."""
    if isinstance(left, str) and isinstance(right, str):
        return _raised(left) < _raised(right)
    if _compound(left) or _compound(right):
        return False
    return number(left) < number(right)


def member(value: Value, name: Value) -> Value:
    """What stands under a name or at an index; null when nothing does."""
    if isinstance(value, Filtered):
        found = [_own(each, name) for each in value]
        return Filtered(each for each in found if each is not None)
    return _own(value, name)


def members(value: Value) -> Filtered:
    """All that stands directly in an array or object."""
    if isinstance(value, Filtered):
        return Filtered(inner for each in value for inner in members(each))
    if isinstance(value, Mapping):
        return Filtered(value.values())
    return Filtered(value) if isinstance(value, Sequence) and not isinstance(value, str) else Filtered()


def as_json(value: Value) -> str:
    """A value as pretty JSON, which is what ``toJSON`` gives."""
    return json.dumps(_whole(value), indent=2, ensure_ascii=False)


def _own(value: Value, name: Value) -> Value:
    if isinstance(value, Mapping):
        wanted = text(name)
        if wanted in value:
            return value[wanted]
        return next((item for key, item in value.items() if key.lower() == wanted.lower()), None)
    if isinstance(value, Sequence) and not isinstance(value, str):
        index = number(name)
        whole = not math.isnan(index) and 0 <= index < len(value)
        return value[int(index)] if whole else None
    return None


def _raised(value: str) -> str:
    """In capitals, letter by letter: what case means to .NET's ordinal comparison."""
    return value.upper() if value.isascii() else "".join(_capital(letter) for letter in value)


def _capital(letter: str) -> str:
    return letter.upper() if len(letter.upper()) == 1 else letter


def _compound(value: Value) -> bool:
    return isinstance(value, Mapping) or (isinstance(value, Sequence) and not isinstance(value, str))


def _whole(value: Value) -> object:
    """Numbers that are whole, as such."""
    if isinstance(value, Mapping):
        return {key: _whole(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_whole(item) for item in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value
