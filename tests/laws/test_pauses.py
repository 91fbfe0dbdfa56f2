"""Pauses grow, are bounded, and stand only between looks."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from tagboat.ports.clock import growing_pauses


@given(st.integers(1, 40), st.floats(0.01, 30), st.floats(1, 4), st.floats(30, 600))
def test_there_is_one_pause_less_than_looks_each_no_shorter_and_none_too_long(
    tries: int, first: float, factor: float, most: float
) -> None:
    pauses = growing_pauses(tries, first, factor=factor, most=most)
    assert len(pauses) == tries - 1
    assert all(before <= after for before, after in itertools.pairwise(pauses))
    assert all(first <= pause <= most for pause in pauses)


def test_by_default_each_is_twice_as_long_up_to_a_minute() -> None:
    assert growing_pauses(8, 1.0) == [1, 2, 4, 8, 16, 32, 60]
