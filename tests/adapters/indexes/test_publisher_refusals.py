"""Each refusal of an identity says which setting differs from which, and what to enter where."""

from __future__ import annotations

import json

import pytest

from tagboat.adapters.http import Answer
from tagboat.adapters.indexes.publisher_refusals import Refusal
from tagboat.core.publisher import Publisher
from tagboat.errors import DeniedError, StepFailedError, TagboatError, UnavailableError
from tagboat.ports.identity import IdentityToken
from tagboat.testing.identity import GITHUB_CLAIMS, unsigned_token

EXPECTED = Publisher("acme", "rowboat", "release.yml", "pypi")
DESCRIPTIONS = {
    "invalid-publisher": "valid token, but no corresponding publisher (Publisher with matching claims was not found)",
    "invalid-pending-publisher": "valid token, but project already exists",
    "invalid-reuse-token": "invalid token: already used",
    "not-enabled": "Trusted publishing functionality not enabled.",
    "invalid-token": "malformed or invalid token",
    "invalid-payload": "malformed JWT",
}


def refused(
    code: str = "invalid-publisher",
    *,
    description: str = "",
    body: str | None = None,
    status: int = 422,
    expected: Publisher | None = EXPECTED,
    **claims: str,
) -> TagboatError:
    value = unsigned_token({**GITHUB_CLAIMS, "aud": "pypi", **claims})
    errors = [{"code": code, "description": description or DESCRIPTIONS.get(code, "because")}]
    text = json.dumps({"message": "Token request failed", "errors": errors}) if body is None else body
    answer = Answer(
        status, "", {}, text.replace("ECHO", value).encode(), "https://index.example/_/oidc/mint-token"
    )
    error = Refusal("pypi", answer, IdentityToken.read(value, "pypi"), expected, "GitHub Actions").error
    assert value[:30] not in error.cause + error.remedy
    return error


@pytest.mark.parametrize(
    ("code", "kind", "cause", "remedy"),
    [
        ("invalid-publisher", DeniedError, "none of its Trusted Publishers is this job", "Publishing"),
        ("invalid-pending-publisher", DeniedError, "pending", "choose another name"),
        ("invalid-reuse-token", DeniedError, "taken once", "re-run"),
        ("not-enabled", DeniedError, "switched off", "token"),
        ("invalid-token", DeniedError, "issuer https://issuer.example, audience pypi", "clock"),
        ("invalid-payload", StepFailedError, "cannot use", "put right"),
        ("invalid-of-tomorrow", DeniedError, "because", "put right"),
    ],
)
def test_each_code_has_its_own_explanation(
    code: str, kind: type[TagboatError], cause: str, remedy: str
) -> None:
    error = refused(code)
    assert type(error) is kind
    assert cause in error.cause
    assert DESCRIPTIONS.get(code, "because") in error.cause
    assert remedy in error.remedy


def test_an_unknown_issuer_is_a_denial_that_names_it() -> None:
    error = refused(
        "invalid-payload", description="unknown trusted publishing issuer", iss="https://ghes.example"
    )
    assert isinstance(error, DeniedError)
    assert "https://ghes.example" in error.cause


@pytest.mark.parametrize(
    ("claims", "setting", "job", "wanted"),
    [
        ({"environment": "release"}, "environment", "release", "pypi"),
        ({"environment": ""}, "environment", "(none)", "pypi"),
        (
            {"job_workflow_ref": "acme/rowboat/.github/workflows/publish.yml@main"},
            "workflow",
            "publish.yml",
            "release.yml",
        ),
        ({"repository": "mallory/rowboat"}, "owner", "mallory", "acme"),
        ({"repository": "acme/dinghy"}, "repository", "dinghy", "rowboat"),
    ],
)
def test_the_setting_that_differs_is_named_with_both_values(
    claims: dict[str, str], setting: str, job: str, wanted: str
) -> None:
    error = refused(**claims)  # type: ignore[arg-type] # claims are texts
    assert f"{setting}: the job says {job}, the configuration expects {wanted}" in error.cause
    assert "owner acme, repository rowboat, workflow release.yml, environment pypi" in error.remedy
    assert "indexes.pypi.environment" in error.remedy


def test_a_job_that_is_as_configured_points_to_the_index_s_page() -> None:
    error = refused()
    assert "the index has something else registered" in error.cause
    assert "enter: owner acme, repository rowboat, workflow release.yml, environment pypi" in error.remedy
    assert "If the job is right" not in error.remedy


def test_a_project_that_configures_nothing_is_told_what_the_job_says() -> None:
    error = refused(expected=None)
    assert "workflow release.yml" in error.cause
    assert "workflow release.yml" in error.remedy


def test_a_called_workflow_is_named() -> None:
    error = refused(job_workflow_ref="else/where/.github/workflows/publish.yml@v1")
    assert "another repository, else/where" in error.cause


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (422, "<h1>Unprocessable</h1>", DeniedError),
        (422, '{"errors": [1]}', DeniedError),
        (422, '{"errors": {"code": 1}}', DeniedError),
        (422, '{"message": "you sent ECHO"}', DeniedError),
        (422, '{"errors": [{"code": "invalid-token", "description": "you sent ECHO"}]}', DeniedError),
        (403, '{"message": "read-only mode"}', DeniedError),
        (404, "", DeniedError),
        (503, "you sent ECHO", UnavailableError),
        (429, "", UnavailableError),
        (302, "", StepFailedError),
    ],
)
def test_a_refusal_of_any_shape_is_one_error_that_shows_no_identity(
    status: int, body: str, kind: type[TagboatError]
) -> None:
    error = refused(body=body, status=status)
    assert type(error) is kind
    assert error.remedy
