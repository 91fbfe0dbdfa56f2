"""The values of the forge's expressions, with one more: *unknown*, for what no file tells.

Three-valued logic: an unknown may still be known to be true or false as a condition. ``x && false`` is false whatever ``x``
is; ``x || true`` is true; ``x == 1`` is unknown. The comparisons are GitHub's loose ones: texts without regard to case, and
values of two kinds as numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tagboat.workflows.expressions import number_of
from tagboat.workflows.nodes import text_of_scalar


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value that cannot be told from files alone.

    Attributes:
        truth: what it is as a condition, where that is known all the same.
    """

    truth: bool | None = None


UNKNOWN = Unknown()

Value = str | int | float | bool | None | Unknown | Sequence["Value"] | Mapping[str, "Value"]


class Open(dict[str, "Value"]):
    """A context of which only some members are known: a name that is missing is unknown, and not null."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Filtered(Sequence["Value"]):
    """What ``.*`` gives: a further member is looked for in each item."""

    items: tuple[Value, ...]

    def __getitem__(self, index: int) -> Value:  # type: ignore[override] # slices are never asked for
        return self.items[index]

    def __len__(self) -> int:
        return len(self.items)


def is_list(value: Value) -> bool:
    """Tell a list from a text, which Python also calls a sequence."""
    return isinstance(value, Sequence) and not isinstance(value, str)


def truth(value: Value) -> bool | None:
    """Return what a value is as a condition; None when that is unknown.

    False are ``false``, ``0``, NaN, the empty text and null; a list or table is true even when it is empty.
    """
    match value:
        case Unknown(known):
            return known
        case bool() | None:
            return bool(value)
        case int() | float():
            return value == value and value != 0  # noqa: PLR0124 - NaN is the one number that is not itself
        case str():
            return value != ""
        case _:
            return True


def number(value: Value) -> float:
    """Return a value as a number; NaN for lists, tables and texts that are none."""
    match value:
        case None:
            return 0.0
        case bool() | int() | float():
            return _float(value)
        case str():
            return number_of(value)
        case _:
            return float("nan")


def _float(value: float) -> float:
    try:
        return float(value)
    except OverflowError:
        return float("inf") if value > 0 else float("-inf")


def text(value: Value) -> str:
    """Return a value as text, as an interpolation writes it."""
    if isinstance(value, Mapping):
        return "Object"
    if value is None or isinstance(value, str | int | float | bool):
        return text_of_scalar(value)
    return "Array"


def equal(one: Value, other: Value) -> bool | None:
    """Compare loosely, as ``==`` does; None when a side is unknown."""
    if isinstance(one, Unknown) or isinstance(other, Unknown):
        return None
    if isinstance(one, str) and isinstance(other, str):
        return one.upper() == other.upper()
    if _deep(one) or _deep(other):
        return one is other
    return number(one) == number(other)


def less(one: Value, other: Value) -> bool | None:
    """Compare loosely, as ``<`` does; None when a side is unknown."""
    if isinstance(one, Unknown) or isinstance(other, Unknown):
        return None
    if isinstance(one, str) and isinstance(other, str):
        return one.upper() < other.upper()
    if _deep(one) or _deep(other):
        return False
    return number(one) < number(other)


def _deep(value: Value) -> bool:
    return isinstance(value, Mapping) or is_list(value)


def member(value: Value, key: Value) -> Value:
    """Return what stands in a value under a key: null when nothing does, unknown where that cannot be told."""
    if isinstance(value, Unknown) or isinstance(key, Unknown):
        return UNKNOWN
    if isinstance(value, Filtered):
        found = (member(item, key) for item in value.items)
        return Filtered(tuple(item for item in found if item is not None))
    if isinstance(value, Mapping):
        return _entry(value, text(key))
    if is_list(value) and isinstance(value, Sequence):
        place = number(key)
        whole = place == place and 0 <= place < len(value)  # noqa: PLR0124 - as above
        return value[int(place)] if whole else None
    return None


def _entry(table: Mapping[str, Value], key: str) -> Value:
    if key in table:
        return table[key]
    folded = key.upper()
    found = next((name for name in table if name.upper() == folded), None)
    if found is not None:
        return table[found]
    return UNKNOWN if isinstance(table, Open) else None


def members(value: Value) -> Value:
    """Return all that stands in a value, for the filter ``.*``."""
    if isinstance(value, (Unknown, Open)):
        return UNKNOWN
    if isinstance(value, Filtered):
        inner = [list(_items(item)) for item in value.items]
        return Filtered(tuple(item for row in inner for item in row))
    return Filtered(tuple(_items(value)))


def _items(value: Value) -> Iterator[Value]:
    if isinstance(value, Mapping):
        yield from value.values()
    elif is_list(value) and isinstance(value, Sequence):
        yield from value
