"""What a stranger's log may hold is masked before any of it is kept."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagboat.core.secrecy import ending, redacted


@pytest.mark.parametrize(
    "secret",
    [
        "ghp_" + "a1B2" * 9,
        "ghs_" + "a1B2" * 9,
        "github_pat_" + "a1B2_" * 9,
        "pypi-AgEIcHlwaS5vcmc" + "x_-Y" * 30,
        "glpat-" + "a1-B2" * 5,
        "AKIA" + "ABCD1234EFGH5678",
        "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJyZXBvIn0.c2lnbmF0dXJlLWhlcmU",
    ],
)
def test_tokens_are_known_by_their_forms(secret: str) -> None:
    assert redacted(f"uploading with {secret} to it") == "uploading with *** to it"


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        ("Authorization: Basic dXNlcjpwYXNz", "Authorization: ***"),
        ("TWINE_PASSWORD=hunter2hunter2", "TWINE_PASSWORD=***"),
        ('"client_secret": "abcdefgh"', '"client_secret": "***"'),
        ("cloning https://user:pass@host/x.git", "cloning https://***@host/x.git"),
        ("-----BEGIN RSA PRIVATE KEY-----\nMII\nabc\n-----END RSA PRIVATE KEY-----\nend", "***\nend"),
        ("nothing to hide: 12 files, sha256 " + "ab" * 32, "nothing to hide: 12 files, sha256 " + "ab" * 32),
    ],
)
def test_what_stands_where_a_secret_is_written_is_masked(line: str, kept: str) -> None:
    assert redacted(line) == kept


def test_a_secret_that_the_cut_would_halve_is_gone_altogether() -> None:
    text = "x" * 1000 + "\n" + "first pypi-" + "A" * 150 + " last\n" + "y" * 180
    assert "AAAA" not in ending(text, 200)
    assert "AAAA" not in ending(text, 60)


def test_the_mark_says_how_much_was_cut() -> None:
    assert ending("abc\n" * 100, 400) == "abc\n" * 100
    mark, kept = ending("abc\n" * 100, 200).split("\n", 1)
    assert mark == "[200 characters before this are left out]"
    assert kept == "abc\n" * 50


@given(st.text(), st.integers(1, 50))
def test_an_end_is_never_longer_than_asked_for_and_holds_no_controls(text: str, limit: int) -> None:
    kept = ending(text, limit)
    _, mark, body = kept.partition(" characters before this are left out]\n")
    assert len(body if mark else kept) <= limit
    assert "\x1b" not in kept


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "piece", ["password", "eyJaaaa", "-----BEGIN ", "authorization:", "://a", "token_", "gh"]
)
def test_no_log_keeps_the_patterns_busy(piece: str) -> None:
    assert len(ending(piece * 40_000, 50_000).split("\n", 1)[-1]) <= 50_000
