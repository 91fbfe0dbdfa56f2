"""A matrix as the list of its combinations: product, ``exclude``, then ``include``.

Source: GitHub's documentation, "Running variations of jobs in a workflow".
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from tagboat.errors import InvalidError
from tagboat.sandbox.actions.expressions import Value, text

MOST: Final = 256
MOST_PRODUCTS: Final = 16_384
"""Before ``exclude``; every one of them is made, and a matrix may come out of what a job printed."""
Combination = dict[str, Value]


def combinations(matrix: Value) -> list[Combination]:
    """All combinations, in GitHub's order; without a matrix, none.

    Raises:
        InvalidError: It is no matrix, is empty, or has too many combinations.
    """
    if matrix is None:
        return []
    if not isinstance(matrix, Mapping):
        raise InvalidError("Matrix must be an object")
    vectors = {
        name: _vector(name, value) for name, value in matrix.items() if name not in ("include", "exclude")
    }
    products = math.prod(len(values) for values in vectors.values())
    if products > MOST_PRODUCTS:
        raise InvalidError(f"Matrix has {products} combinations before `exclude`, more than {MOST_PRODUCTS}")
    excluded, included = _objects(matrix, "exclude"), _objects(matrix, "include")
    made = [dict(zip(vectors, values, strict=True)) for values in itertools.product(*vectors.values())]
    kept = [each for each in made if not any(_covers(each, out) for out in excluded)] if vectors else []
    found = [(each, set(each)) for each in kept]
    fresh: list[Combination] = []
    for more in included:
        fitting = [
            (each, own)
            for each, own in found
            if all(_same(each[key], more[key]) for key in own & more.keys())
        ]
        for each, _ in fitting:
            each.update(more)
        if not fitting:
            fresh.append(dict(more))
    whole = [each for each, _ in found] + fresh
    if not whole:
        raise InvalidError("Matrix must define at least one vector")
    if len(whole) > MOST:
        raise InvalidError(f"Strategy produced {len(whole)} jobs, more than {MOST}")
    return whole


def suffix(combination: Mapping[str, Value]) -> str:
    """What a job's name gets to be told from its sisters: `` (ubuntu-latest, 3.12)``."""
    return f" ({', '.join(_leaves(combination))})" if combination else ""


def _leaves(value: Value) -> Iterator[str]:
    if isinstance(value, Mapping):
        for each in value.values():
            yield from _leaves(each)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for each in value:
            yield from _leaves(each)
    else:
        yield text(value)


def _vector(name: str, value: Value) -> Sequence[Value]:
    if isinstance(value, str) or not isinstance(value, Sequence):
        raise InvalidError(f"Matrix vector '{name}' must be a sequence")
    if not value:
        raise InvalidError(f"Matrix vector '{name}' does not contain any values")
    return value


def _objects(matrix: Mapping[str, Value], name: str) -> list[Mapping[str, Value]]:
    value = matrix.get(name)
    if value is None:
        return []
    if isinstance(value, str) or not isinstance(value, Sequence):
        raise InvalidError(f"Matrix '{name}' must be a sequence of objects")
    found = [each for each in value if isinstance(each, Mapping)]
    if len(found) < len(value):
        raise InvalidError(f"Matrix '{name}' must be a sequence of objects")
    return found


def _covers(combination: Mapping[str, Value], pattern: Mapping[str, Value]) -> bool:
    return all(key in combination and _same(combination[key], value) for key, value in pattern.items())


def _same(left: Value, right: Value) -> bool:
    if isinstance(left, Mapping) and isinstance(right, Mapping):
        return left.keys() == right.keys() and all(_same(left[key], right[key]) for key in left)
    if _is_list(left) and _is_list(right):
        return len(left) == len(right) and all(map(_same, left, right))  # type: ignore[arg-type]  # both are sequences
    return not _is_list(left) and not _is_list(right) and text(left) == text(right)


def _is_list(value: Value) -> bool:
    return isinstance(value, Mapping) or (isinstance(value, Sequence) and not isinstance(value, str))
