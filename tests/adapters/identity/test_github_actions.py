"""What a job of GitHub Actions is told about its identity; the ordinary ways are held by the contract."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tagboat.adapters.http import HTTP
from tagboat.adapters.identity import GitHubActions, Nowhere, ambient
from tagboat.adapters.identity.github_actions import SECRET, URL
from tagboat.errors import DeniedError, TagboatError, UnavailableError
from tagboat.ports.identity import Absence, IdentityToken
from tagboat.testing.clock import FakeClock
from tagboat.testing.identity import unsigned_token
from tagboat.testing.scripted_server import Script, ScriptedServer, answer, json_answer

PLANTED = "planted-request-9d1c"


def job(server: ScriptedServer, clock: FakeClock | None = None, **more: str) -> GitHubActions:
    variables = {
        "GITHUB_ACTIONS": "true",
        URL: f"{server.url}/token?api-version=2.0",
        SECRET: PLANTED,
        **more,
    }
    identity = ambient(HTTP(clock or FakeClock(), environment={}), variables)
    assert isinstance(identity, GitHubActions)
    return identity


def given(claims: dict[str, Any]) -> Script:
    return json_answer(json.dumps({"count": 1, "value": unsigned_token(claims)}))


def test_the_runner_s_service_is_asked_with_its_own_secret(server: ScriptedServer) -> None:
    server.play(given({"aud": "a b&c", "repository": "acme/rowboat"}))
    token = job(server).token("a b&c")
    assert isinstance(token, IdentityToken)
    assert token.claim("repository") == "acme/rowboat"
    (request,) = server.received
    assert request.line == "GET /token?api-version=2.0&audience=a%20b%26c HTTP/1.1"
    assert request.headers["authorization"] == f"Bearer {PLANTED}"


@pytest.mark.parametrize(
    "body",
    [
        "<html>login</html>",
        '{"value": 1}',
        "{}",
        "[]",
        '"text"',
        '{"value": "no.token"}',
        '{"value": "a.!!!.c"}',
        '{"value": "a.W10.c"}',
        json.dumps({"value": unsigned_token({"aud": "somebody-else"})}),
        json.dumps({"value": unsigned_token({})}),
    ],
)
def test_an_answer_that_is_no_identity_for_us_is_unavailable_and_not_shown(
    server: ScriptedServer, body: str
) -> None:
    server.play(json_answer(body))
    with pytest.raises(UnavailableError) as caught:
        job(server).token("pypi")
    assert "no usable identity" in caught.value.cause
    assert not any(part in caught.value.cause for part in (body[:20], unsigned_token({})[:20]))


@pytest.mark.parametrize(
    ("script", "error"),
    [
        (answer(status="401 Unauthorized"), DeniedError),
        (answer(status="403 Forbidden"), DeniedError),
        (answer(status="404 Not Found"), UnavailableError),
        (answer(f"you sent {PLANTED}", status="503 Service Unavailable"), UnavailableError),
        (answer(f"you sent {PLANTED}", status="429 Too Many Requests"), UnavailableError),
        (answer(b"x" * 10_000_000), UnavailableError),
        (Script(b""), UnavailableError),
        (Script(b"", reads=False), UnavailableError),
    ],
)
def test_each_failure_has_its_meaning_and_shows_no_secret(
    server: ScriptedServer, script: Script, error: type[TagboatError]
) -> None:
    server.play(script)
    with pytest.raises(error) as caught:
        job(server).token("pypi")
    assert type(caught.value) is error
    assert PLANTED not in f"{caught.value.cause} {caught.value.remedy}"


def test_a_redirect_does_not_carry_the_secret_elsewhere(server: ScriptedServer) -> None:
    with ScriptedServer([given({"aud": "pypi"})]) as elsewhere:
        server.play(answer(status="307 Temporary Redirect", location=f"{elsewhere.url}/token"))
        with pytest.raises(UnavailableError):
            job(server).token("pypi")
        assert elsewhere.received == []


def test_a_service_that_fails_for_a_moment_is_asked_again(server: ScriptedServer) -> None:
    clock = FakeClock()
    server.play(answer(status="503 Busy"), answer(status="429 X", retry_after="7"), given({"aud": "pypi"}))
    assert isinstance(job(server, clock).token("pypi"), IdentityToken)
    assert len(server.received) == 3
    assert clock.pauses[1] >= 7


def test_a_job_without_the_permission_is_told_which_one() -> None:
    http = HTTP(FakeClock(), environment={})
    identity = ambient(http, {"GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": "workflow_dispatch"})
    absence = identity.absence()
    assert absence == identity.token("pypi")
    assert isinstance(absence, Absence)
    assert "id-token: write" in absence.reason
    assert "id-token: write" in absence.remedy


@pytest.mark.parametrize(
    ("head", "fork"),
    [
        ({"full_name": "mallory/rowboat"}, True),
        (None, True),
        ({"full_name": "acme/rowboat"}, False),
        ({}, False),
        ("nonsense", False),
    ],
)
def test_a_pull_request_from_a_fork_is_told_so(tmp_path: Path, head: object, fork: bool) -> None:
    event = tmp_path / "event.json"
    event.write_text(json.dumps({"pull_request": {"head": {"repo": head}}}))
    variables = {
        "GITHUB_ACTIONS": "true",
        "GITHUB_EVENT_NAME": "pull_request",
        "GITHUB_EVENT_PATH": str(event),
        "GITHUB_REPOSITORY": "acme/rowboat",
    }
    absence = ambient(HTTP(FakeClock(), environment={}), variables).absence()
    assert absence is not None
    assert ("from a fork" in absence.reason) == fork


def test_a_laptop_has_no_identity_and_nobody_is_asked() -> None:
    assert isinstance(ambient(HTTP(FakeClock(), environment={}), {}), Nowhere)
