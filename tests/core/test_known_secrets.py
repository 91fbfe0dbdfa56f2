"""Secrets that are known by their value are hidden in every spelling in which they come back."""

from __future__ import annotations

import base64
import json
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagboat.core.known_secrets import SHORTEST, KnownSecrets, names_a_secret, secrets_in

ODD = 'tr0ub4dor/+"\\&é three'
SECRETS = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=12, max_size=40)


def hidden(text: str, *secrets: str) -> str:
    known = KnownSecrets()
    known.learn(*secrets)
    return known.hide(text)


@given(SECRETS, st.text(max_size=8), st.text(max_size=8))
def test_no_spelling_of_a_secret_is_left(secret: str, before: str, after: str) -> None:
    raw = secret.encode()
    spelled = [
        secret,
        quote(secret),
        quote(secret, safe=""),
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
        raw.hex(),
    ]
    for form in spelled:
        assert form not in hidden(f"{before}{form}{after}", secret)


@given(SECRETS, st.binary(max_size=8), st.binary(max_size=8))
def test_no_base64_of_a_secret_is_left_whatever_stands_around_it(
    secret: str, before: bytes, after: bytes
) -> None:
    raw = secret.encode()
    for code in (base64.b64encode, base64.urlsafe_b64encode):
        kept = hidden(code(before + raw + after).decode(), secret)
        assert "***" in kept
        whole = kept.replace("***", "").rstrip("=")
        assert len(whole) <= (len(before) + len(after)) * 4 / 3 + 8, (
            "a few signs share bits with the neighbours"
        )


def test_basic_authentication_in_latin_1_is_hidden_too() -> None:
    assert (
        hidden(base64.b64encode("crew:señor-and-more".encode("latin-1")).decode(), "señor-and-more").count(
            "*"
        )
        == 3
    )


def test_the_longest_goes_first_so_that_no_end_of_it_stays() -> None:
    assert hidden("it is secret-and-more", "secret", "secret-and-more") == "it is ***"


def test_what_is_too_short_is_left_alone() -> None:
    assert hidden("a true story", "true", "a", "") == "a true story"


def test_each_line_of_a_secret_of_several_is_one() -> None:
    key = "-----BEGIN KEY-----\nabcdefghij\nklmnopqrst\n-----END KEY-----\n"
    assert hidden("x klmnopqrst y -----BEGIN KEY-----", key) == "x *** y -----BEGIN KEY-----"


def test_docker_s_logins_are_taken_apart() -> None:
    code = base64.b64encode(b"crew:hunter2-and-more").decode()
    text = json.dumps({"auths": {"registry.example": {"auth": code}}})
    assert hidden(f"{code} hunter2-and-more", text) == "*** ***"


@pytest.mark.parametrize(
    "name",
    [
        "TAGBOAT_PYPI_TOKEN", "TWINE_PASSWORD", "CLIENT_SECRET", "AWS_SECRET_ACCESS_KEY", "SSH_PRIVATE_KEY", "API_KEY",
        "CI_JOB_JWT", "DOCKER_AUTH_CONFIG", "gpg_passphrase", "GITHUB_PAT", "TOKENS",
    ],
)  # fmt: skip
def test_a_name_tells_of_a_secret(name: str) -> None:
    assert names_a_secret(name)


@pytest.mark.parametrize(
    "name",
    [
        "PATH", "SSH_AUTH_SOCK", "GIT_AUTHOR_NAME", "ACTIONS_ID_TOKEN_REQUEST_URL", "AWS_WEB_IDENTITY_TOKEN_FILE",
        "TOKENIZERS_PARALLELISM", "PASSWORD_STORE_DIR", "UV_INDEX_X_USERNAME", "KEYBOARD", "PATTERN",
    ],
)  # fmt: skip
def test_what_only_belongs_to_a_secret_is_none(name: str) -> None:
    assert not names_a_secret(name)


def test_passwords_in_urls_count_whatever_the_variable_is_called() -> None:
    found = set(
        secrets_in(
            {
                "HTTPS_PROXY": "http://crew:p%40ssw0rd@proxy.example:3128",
                "PIP_EXTRA_INDEX_URL": "https://a.example/simple https://:second-one@b.example/simple",
                "ORIGIN": "https://a-token-for-a-user@forge.example/x",
                "REMOTE": "ssh://git@forge.example/x",
                "MY_TOKEN": "third-one",
            }
        )
    )
    assert found == {"p%40ssw0rd", "p@ssw0rd", "second-one", "a-token-for-a-user", "third-one"}


@given(st.text(), st.lists(st.text(max_size=20), max_size=5))
def test_hiding_is_done_once(text: str, secrets: list[str]) -> None:
    known = KnownSecrets()
    known.learn(*secrets)
    once = known.hide(text)
    if not any("*" in secret for secret in secrets):
        assert known.hide(once) == once
    assert all(
        secret not in once for secret in secrets if len(secret.strip()) >= SHORTEST and "*" not in secret
    )
