import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tagboat.config.dialects.patterns import Untranslatable, translated


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("^feat", "^feat"),
        (r"^(feat|fix)(\(.*\))?!?:", r"^(?:feat|fix)(?:\(.*\))?!?:"),
        ("(?P<x>a)?(?<y>b)", "(?:a)?(?:b)"),
        ("(?i)^fix", "(?i:^fix)"),
        ("a((?i)b|c)d", "a(?:(?i:b|c))d"),
        ("[[:alpha:]_-]+", "[A-Za-z_-]+"),
        ("[]a]", r"[\]a]"),
        (r"a\z", r"a\Z"),
        (r"\x{1F680}", "🚀"),
        (r"\x41", r"\x41"),
        ("{x}", r"\{x\}"),
        ("x{2,3}?", "x{2,3}?"),
        (".*security", "security"),
        ("feat.*", "feat"),
        (r"\.*", r"\.*"),
        ("a|.*", "a|.*"),
        (".*", ""),
    ],
)
def test_a_pattern_of_rust_is_spelled_as_python_does(pattern: str, expected: str) -> None:
    assert translated(pattern) == expected


@pytest.mark.parametrize(
    "pattern",
    [
        r"\p{Lu}",
        r"\pL",
        r"\<a",
        r"\b{start}",
        r"(a)\1",
        "a(?i)b",
        "(?x)a b",
        "(?U)a+",
        "[a&&b]",
        "[[a-c]--b]",
        "[[:^alpha:]]",
        "(",
        "[a",
        ")",
        "a**",
        "*a",
        "a++",
        r"\x{FFFFFFF}"[:10] + "}",
        "(?=a)",
        "x" * 2000,
        "\\",
    ],
)
def test_what_has_no_counterpart_says_why(pattern: str) -> None:
    with pytest.raises(Untranslatable, match=r"\w"):
        translated(pattern)


@pytest.mark.parametrize(
    "pattern",
    [
        "(a+)+$",
        "(a|a)*b",
        "(a*)*",
        "(a?a)*",
        "((a+)b)+",
        "(?:a{1,9}){1,9}",
        "(a+){9}",
        ".*a.*b.*c.*d",
        "(x+x+)+y",
    ],
)
def test_a_pattern_that_could_run_away_is_refused(pattern: str) -> None:
    with pytest.raises(Untranslatable, match=r"varies in itself|open repetitions"):
        translated(pattern)


PIECES = st.sampled_from(
    [
        "a",
        "b",
        ".",
        "*",
        "+",
        "?",
        "(",
        ")",
        "(?:",
        "(?i)",
        "|",
        "[ab]",
        "[^a]",
        "{2}",
        "{1,}",
        "^",
        "$",
        r"\d",
        r"\(",
    ]
)


@settings(max_examples=150)
@given(st.lists(PIECES, max_size=12).map("".join), st.text("ab1( \n", max_size=12))
def test_a_translation_finds_what_the_pattern_finds(pattern: str, text: str) -> None:
    try:
        found = translated(pattern)
    except Untranslatable:
        return
    try:
        expected = re.compile(pattern)
    except re.error:
        return  # only Rust reads it
    assert bool(re.search(found, text)) == bool(expected.search(text))


@settings(max_examples=100)
@given(st.text(max_size=60))
def test_any_text_is_translated_or_refused(pattern: str) -> None:
    try:
        found = translated(pattern)
    except Untranslatable:
        return
    assert re.compile(found)
