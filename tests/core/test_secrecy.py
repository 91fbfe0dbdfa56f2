"""What a stranger's log may hold is masked before any of it is kept."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagboat.core.secrecy import ending, redacted, shaped


@pytest.mark.parametrize(
    "secret",
    [
        "ghp_" + "a1B2" * 9,
        "ghs_" + "a1B2" * 9,
        "github_pat_" + "a1B2_" * 9,
        "pypi-AgEIcHlwaS5vcmc" + "x_-Y" * 30,
        "glpat-" + "a1-B2" * 5,
        "glcbt-64_" + "a1B2" * 5,
        "npm_" + "a1B2" * 9,
        "dckr_pat_" + "a1-B2" * 5,
        "AKIA" + "ABCD1234EFGH5678",
        "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJyZXBvIn0.c2lnbmF0dXJlLWhlcmU",
    ],
)
def test_tokens_are_known_by_their_forms(secret: str) -> None:
    for masked in (redacted, shaped):
        assert masked(f"uploading with {secret} to it") == "uploading with *** to it"
        assert masked(f"a%20{secret}%0A").count("***") == 1
        assert masked(json.dumps(f"a\n{secret}")) == '"a\\n***"'
        for form in (b64encode(f"crew:{secret}".encode()).decode(), secret.encode().hex()):
            assert masked(f"sent {form} as a header") == "sent *** as a header"
            assert masked(f"https://h.example/x/{form}").endswith("***")


@pytest.mark.parametrize(
    "text",
    [
        "give a token: docs/how-to/publish-without-a-token.md", "Basic authentication is needed; bearer tokens are not",
        "the token is wrong, expired or revoked: give another one", "sha256 " + "ab" * 32, "set TAGBOAT_PYPI_TOKEN=...",
        "machine HOST login NAME password WORD", "pypi-publish ghp_short https://h.example/?a=b&keyword=x",
    ],
)  # fmt: skip
def test_our_own_messages_stay_as_they_are(text: str) -> None:
    assert shaped(text) == text


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        ("Authorization: Basic dXNlcjpwYXNz", "Authorization: ***"),
        ("TWINE_PASSWORD=hunter2hunter2", "TWINE_PASSWORD=***"),
        ('"client_secret": "abcdefgh"', '"client_secret": "***"'),
        ("cloning https://user:pass@host/x.git", "cloning https://***@host/x.git"),
        ("-----BEGIN RSA PRIVATE KEY-----\nMII\nabc\n-----END RSA PRIVATE KEY-----\nend", "***\nend"),
        ("machine h login crew password hunter2", "machine h login crew password ***"),
        ("  password hunter2", "  password ***"),
        ("see https://h/x?a=1&X-Amz-Signature=0123456789ab", "see https://h/x?a=1&X-Amz-Signature=***"),
        ("got bearer abcdefgh1234567890 from it", "got bearer *** from it"),
        ("nothing to hide: 12 files, sha256 " + "ab" * 32, "nothing to hide: 12 files, sha256 " + "ab" * 32),
    ],
)
def test_what_stands_where_a_secret_is_written_is_masked(line: str, kept: str) -> None:
    assert redacted(line) == kept


KEY = [
    "-----BEGIN OPENSSH PRIVATE KEY-----",
    *("aB3/" * 17,) * 3,
    "aB3=",
    "-----END OPENSSH PRIVATE KEY-----",
]


@pytest.mark.parametrize("before", ["", "2026-01-02T03:04:05.6789012Z ", "    | ", "remote: "])
def test_a_key_is_gone_whatever_stands_before_its_lines(before: str) -> None:
    kept = redacted("\n".join(["first", *(before + line for line in KEY), "last"]))
    assert kept.split("\n") == ["first", f"{before}***", "last"]


@pytest.mark.parametrize(
    "spell", [json.dumps, quote, quote_plus, lambda text: b64encode(text.encode()).decode()]
)
def test_a_key_on_one_line_is_gone_however_it_is_spelled(spell: Callable[[str], str]) -> None:
    assert "aB3" not in shaped(spell("\n".join(KEY)))
    assert "YUIz" not in shaped(spell("\n".join(KEY)))


def test_a_key_that_never_ends_takes_few_lines_with_it() -> None:
    lines = ["-----BEGIN PRIVATE KEY-----", *(f"line {number}" for number in range(20))]
    assert redacted("\n".join(lines)).split("\n")[-10:] == lines[-10:]


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
