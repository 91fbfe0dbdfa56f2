"""Where the keys of JSON and YAML stand."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tagboat.config.data_places import json_places, yaml_places

_VALUES = st.recursive(
    st.none() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)


def paths(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    inner = value.items() if isinstance(value, dict) else ()
    return [path, *(found for key, below in inner for found in paths(below, (*path, key)))]


@settings(max_examples=200)
@given(st.dictionaries(st.text(max_size=4), _VALUES, max_size=3), st.sampled_from([None, 1, "\t"]))
def test_every_key_of_json_has_its_line(value: dict[str, Any], indent: int | str | None) -> None:
    text = json.dumps(value, indent=indent)
    found = json_places(text)
    lines = text.split("\n")
    for path in paths(value):
        if path and len(path) <= 8:
            assert json.dumps(path[-1]) in lines[found[path] - 1]


def test_items_of_lists_are_counted_from_nought() -> None:
    assert json_places('[\n1,\n{"a": 2},\n"b"]')[1, "a"] == 3
    assert yaml_places("a:\n- x\n- b: 1\n")["a", 1] == 3
    assert yaml_places("") == {}


def test_aliases_that_stand_for_endlessly_much_take_no_time() -> None:
    rows = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    rows += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    assert len(yaml_places("\n".join(rows))) < 20_000
    assert yaml_places("a: &a\n  b: *a\n")["a", "b"] == 2
