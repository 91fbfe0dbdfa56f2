from __future__ import annotations

import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tagboat.workflows.filters import matches, plain_beginning, taken


@pytest.mark.parametrize(
    ("pattern", "takes", "leaves"),
    [
        ("v*", ["v1", "v1.2.3"], ["1", "v1/2", "w1"]),
        ("*", ["main"], ["releases/1"]),
        ("**", ["main", "releases/1"], []),
        ("releases/**", ["releases/1", "releases/a/b"], ["releases", "x/releases/1"]),
        ("v[12].[0-9]+.[0-9]+", ["v1.10.1", "v2.0.0"], ["v3.0.0", "v1.10", "v1.x.1"]),
        ("*.jsx?", ["page.js", "page.jsx"], ["page.jsxx", "page.j"]),
        ("docs/**.md", ["docs/a.md", "docs/a/b.md"], ["docs.md"]),
        ("a\\*", ["a*"], ["ab"]),
        ("v+", ["v", "vvv"], ["", "vw"]),
        ("1.x", ["1.x"], ["1ax"]),
        ("[", ["["], ["a"]),
        ("[^a]", ["^", "a"], ["b"]),
        ("[a-c-]x", ["ax", "-x"], ["dx"]),
        ("[c-a]", ["[c-a]"], ["b"]),
        ("**/v*", ["v1", "a/v1", "a/b/v1"], ["av1", "a/b"]),
        ("a/**/b", ["a/b", "a/x/y/b"], ["ab", "a/xb"]),
        ("a**/b", ["a/b", "ax/b", "a/x/b"], ["ab", "a"]),
        ("v?*+", ["v1+", "+"], ["v1"]),
    ],
)
def test_a_pattern_takes_what_the_forge_s_takes(pattern: str, takes: list[str], leaves: list[str]) -> None:
    assert [name for name in takes if not matches(pattern, name)] == []
    assert [name for name in leaves if matches(pattern, name)] == []


def test_a_later_pattern_takes_out_and_puts_back() -> None:
    patterns = ["releases/**", "!releases/**-alpha", "releases/9-alpha"]
    assert [
        taken(patterns, name) for name in ("releases/1", "releases/1-alpha", "releases/9-alpha", "x")
    ] == [
        True,
        False,
        True,
        False,
    ]


@given(st.text("ab.-/*?+[]!\\v1", max_size=12), st.text("ab.-/v1", max_size=12))
def test_whatever_a_pattern_takes_begins_with_its_plain_beginning(pattern: str, name: str) -> None:
    if matches(pattern, name) and not pattern.startswith("!"):
        assert name.startswith(plain_beginning(pattern))


@given(st.text("abc.-/v1", max_size=20))
def test_a_plain_pattern_takes_itself_alone(text: str) -> None:
    assert matches(text, text)
    assert not matches(text, text + "x")


@pytest.mark.parametrize("pattern", ["v?*" * 300, "*a?" * 300, "**/a?" * 200, "v*" * 400_000, "[" * 900])
def test_a_pattern_that_fits_in_many_ways_is_answered_at_once(pattern: str) -> None:
    assert not matches(pattern + "x", "v1.0.0" * 20)
    assert isinstance(plain_beginning("v" * 900_000 + pattern), str)


@given(st.text("ab/*?+[]\\", max_size=9), st.text("ab/*", max_size=6))
def test_a_name_is_taken_as_by_a_regular_expression(pattern: str, name: str) -> None:
    """The slow way says the same where it is plain what a sign repeats."""
    assume(
        re.search(r"[?+][?+*]|\*[?+]|^[?+]|\*{3}|\\$|\[[^\]]*$|\[\]|[?+\[]\*|\[.?\\|\*\*/", pattern) is None
    )
    signs = {"*": "[^/]*", "**": ".*"}
    parts = re.findall(r"\*\*|\[[^\]]+\]|\\.|.", pattern)
    slow = "".join(
        signs.get(one)
        or (
            f"[{re.escape(one[1:-1])}]"
            if one[0] == "[" and one[1:]
            else one
            if one in "?+"
            else re.escape(one[-1])
        )
        for one in parts
    )
    assert matches(pattern, name) == (re.fullmatch(slow, name) is not None)
