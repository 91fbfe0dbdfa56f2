"""A job of GitLab has its identities in variables, one for each audience that its file names."""

from __future__ import annotations

import pytest

from tagboat.adapters.http import HTTP
from tagboat.adapters.identity import GitLab, ambient
from tagboat.errors import DeniedError
from tagboat.ports.identity import Absence, IdentityToken
from tagboat.testing.clock import FakeClock
from tagboat.testing.identity import unsigned_token


def job(**variables: str) -> GitLab:
    identity = ambient(HTTP(FakeClock(), environment={}), {"GITLAB_CI": "true", **variables})
    assert isinstance(identity, GitLab)
    return identity


@pytest.mark.parametrize(
    ("audience", "variable"),
    [
        ("pypi", "PYPI_ID_TOKEN"),
        ("testpypi", "TESTPYPI_ID_TOKEN"),
        ("https://index.example", "HTTPS___INDEX_EXAMPLE_ID_TOKEN"),
        ("9lives", "_LIVES_ID_TOKEN"),
    ],
)
def test_the_variable_is_named_after_the_audience(audience: str, variable: str) -> None:
    token = job(**{variable: unsigned_token({"aud": audience, "project_path": "acme/rowboat"})}).token(
        audience
    )
    assert isinstance(token, IdentityToken)
    assert token.claim("project_path") == "acme/rowboat"


def test_without_it_the_job_is_told_what_to_configure() -> None:
    absence = job().token("pypi")
    assert isinstance(absence, Absence)
    assert "id_tokens: PYPI_ID_TOKEN: aud: pypi" in absence.remedy


@pytest.mark.parametrize("value", ["secret", "a.b.c", unsigned_token({"aud": "sigstore"})])
def test_another_thing_in_the_variable_is_denied_and_not_shown(value: str) -> None:
    with pytest.raises(DeniedError, match="PYPI_ID_TOKEN") as caught:
        job(PYPI_ID_TOKEN=value).token("pypi")
    assert value not in caught.value.cause
    assert "id_tokens" in caught.value.remedy
