"""The jobs that a matrix makes.

Rules (GitHub, "Running variations of jobs in a workflow"): every combination of the axes, less those that an ``exclude``
entry matches in all of its keys; then each ``include`` entry is added to every original combination whose axes' values it
does not change, and is a job of its own where it fits none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice, product
from math import prod
from typing import Final

from tagboat.workflows.evaluation import Contexts, interpolate
from tagboat.workflows.model import Data, Matrix, Text
from tagboat.workflows.values import Unknown, Value, is_list

MOST: Final = 256
"""The forge makes no more jobs of one matrix."""
_VALUES: Final = 1 << 22
"""How many values of combinations are looked at, once for each ``exclude`` entry that they are held against; more are left to the run."""
_ENTRIES: Final = 16 * MOST
"""How many entries of a list are looked at; a longer one is left to the run."""

Combination = Mapping[str, Value]


def combinations(matrix: Matrix, contexts: Contexts) -> tuple[Combination, ...] | None:
    """Return the values of each job; None when only a run can tell.

    Raises:
        ConfigError: an expression of the matrix is none.
    """
    if matrix.expression:
        return _of_table(interpolate(matrix.expression, contexts))
    axes: dict[str, Sequence[Value]] = {}
    for name, values in matrix.axes.items():
        known = _values(values, contexts)
        if known is None:
            return None
        axes[name] = known
    include, exclude = _values(matrix.include, contexts), _values(matrix.exclude, contexts)
    if include is None or exclude is None:
        return None
    return _combined(axes, _tables(include), _tables(exclude))


def _of_table(table: Value) -> tuple[Combination, ...] | None:
    if isinstance(table, Unknown) or not isinstance(table, Mapping):
        return None
    parts = {name: list(values) for name, values in table.items() if is_list(values)}  # type: ignore[arg-type]
    if len(parts) < len(table) or any(len(row) > _ENTRIES or _open(row) for row in parts.values()):
        return None
    include, exclude = _tables(parts.pop("include", [])), _tables(parts.pop("exclude", []))
    return _combined(parts, include, exclude)


def _combined(
    axes: Mapping[str, Sequence[Value]], include: Sequence[Combination], exclude: Sequence[Combination]
) -> tuple[Combination, ...] | None:
    originals = _originals(axes, exclude)
    if originals is None:
        return None
    made = [dict(one) for one in originals]
    alone: list[Combination] = []
    for entry in include:
        fitting = [
            place
            for place, one in enumerate(originals)
            if all(name not in one or one[name] == value for name, value in entry.items())
        ]
        for place in fitting:
            made[place].update(entry)
        if not fitting:
            alone.append(entry)
    return tuple([*made, *alone][:MOST])


def _originals(
    axes: Mapping[str, Sequence[Value]], exclude: Sequence[Combination]
) -> list[Combination] | None:
    """Return the combinations of the axes that are not left out; None where that is more than anybody can look at."""
    if not axes:
        return []
    # What lies behind the last one that is asked for changes nothing before it.
    looked_at = min(prod(map(len, axes.values())), _VALUES // len(axes) // (1 + len(exclude)))
    every: Iterator[Combination] = (
        dict(zip(axes, values, strict=True)) for values in islice(product(*axes.values()), looked_at)
    )
    kept = list(islice((one for one in every if not _left_out(one, exclude)), MOST))
    return kept if len(kept) == MOST or looked_at == prod(map(len, axes.values())) else None


def _left_out(combination: Combination, exclude: Sequence[Combination]) -> bool:
    return any(
        all(name in combination and combination[name] == value for name, value in entry.items())
        for entry in exclude
    )


def _values(said: Text | Sequence[Data], contexts: Contexts) -> Sequence[Value] | None:
    """Return a list's values, each evaluated; None when one of them is unknown, or they are too many."""
    if not isinstance(said, str) and len(said) > _ENTRIES:
        return None
    known = (
        interpolate(said, contexts) if isinstance(said, str) else [_value(item, contexts) for item in said]
    )
    if not is_list(known) or _open(known):  # type: ignore[arg-type] # is_list says that it is one
        return None
    return list(known)  # type: ignore[arg-type]


def _value(item: Data, contexts: Contexts) -> Value:
    match item:
        case str():
            return interpolate(item, contexts) if "${{" in item else item
        case Mapping():
            return {name: _value(value, contexts) for name, value in item.items()}
        case None | bool() | int() | float():
            return item
        case _:
            return [_value(value, contexts) for value in item]


def _open(values: Sequence[Value]) -> bool:
    return any(isinstance(value, Unknown) for value in values)


def _tables(values: Sequence[Value]) -> list[Combination]:
    return [value for value in values if isinstance(value, Mapping)]
