from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagboat.core.text import plain


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain ä 字", "plain ä 字"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x9b31mred", "red"),
        ("\x1b]0;title\x07text", "text"),
        ("\x1b]8;;https://evil\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x1bPdevice\x1b\\after", "after"),
        ("\x1bcreset", "reset"),
        ("a\x00b\x07c\x7fd\x85e", "abcd e"),
        ("one\r\ntwo\tthree\u2028four", "one two three four"),
        ("abc\u202edef", "abc<U+202E>def"),
        ("\ud800", "<U+D800>"),
        ("cut \x1b", "cut"),
    ],
)
def test_nothing_is_left_that_could_steer_a_terminal(text: str, shown: str) -> None:
    assert plain(text) == shown


def test_lines_are_kept_when_wanted() -> None:
    assert plain("one\r\n\ttwo\x1b[2J\n", lines=True) == "one\n\ttwo\n"


def test_long_text_is_cut() -> None:
    assert plain("x" * 100, limit=10) == "x" * 9 + "…"
    assert len(plain("\x1b[0m" * 100_000 + "x", limit=10)) <= 10


@given(st.text())
def test_any_text_becomes_printable(text: str) -> None:
    shown = plain(text)
    assert not any(ord(character) < 32 or 127 <= ord(character) < 160 for character in shown)
    shown.encode()
    assert plain(shown) == shown or len(text) > 2000
