"""One spelling of JSON: what is equal has the same text, and what differs has another."""

from __future__ import annotations

import json
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagboat.core.canonical import canonical, digest

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner, max_size=4)
    ),
    max_leaves=20,
)


def shuffled(value: object, dice: random.Random) -> object:
    if isinstance(value, dict):
        items = [(key, shuffled(item, dice)) for key, item in value.items()]
        dice.shuffle(items)
        return dict(items)
    return [shuffled(item, dice) for item in value] if isinstance(value, list) else value


@given(VALUES, st.randoms(use_true_random=False))
def test_the_order_of_keys_does_not_count(value: object, dice: random.Random) -> None:
    assert canonical(shuffled(value, dice)) == canonical(value)  # type: ignore[arg-type] # drawn to be JSON


@given(VALUES)
def test_the_text_reads_back_to_the_same_data(value: object) -> None:
    assert json.loads(canonical(value)) == value  # type: ignore[arg-type] # drawn to be JSON


@given(VALUES, VALUES)
def test_different_data_have_different_digests(one: object, other: object) -> None:
    same_text = canonical(one) == canonical(other)  # type: ignore[arg-type] # drawn to be JSON
    assert same_text == (digest(one) == digest(other))  # type: ignore[arg-type] # drawn to be JSON
    assert same_text == (json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True))


@given(st.lists(VALUES, max_size=3))
def test_a_tuple_is_a_list(values: list[object]) -> None:
    assert canonical(tuple(values)) == canonical(values)  # type: ignore[arg-type] # drawn to be JSON


@pytest.mark.parametrize("value", [1.0, float("nan"), {"a": [1.5]}, {1: "a"}, {"a": {2, 3}}, b"x", object()])
def test_what_has_no_one_spelling_is_refused(value: object) -> None:
    with pytest.raises(TypeError, match="canonical form"):
        canonical(value)  # type: ignore[arg-type] # what a mistake would pass
