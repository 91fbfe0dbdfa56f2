"""What no well-behaved index answers to an identity; its refusals are those of tests/refusals."""

from __future__ import annotations

import pytest

from tagboat.adapters.http import Answer
from tagboat.adapters.indexes.publisher_refusals import Refusal
from tagboat.core.publisher import Publisher
from tagboat.errors import DeniedError, StepFailedError, TagboatError, UnavailableError
from tagboat.ports.identity import IdentityToken
from tagboat.testing.identity import GITHUB_CLAIMS, unsigned_token

EXPECTED = Publisher("acme", "rowboat", "release.yml", "pypi")
UNKNOWN = '{"errors": [{"code": "invalid-publisher", "description": "nobody of that kind"}]}'


def refused(body: str = UNKNOWN, *, status: int = 422, expected: Publisher | None = EXPECTED) -> TagboatError:
    value = unsigned_token({**GITHUB_CLAIMS, "aud": "pypi"})
    content = body.replace("ECHO", value).encode()
    answer = Answer(status, "", {}, content, "https://index.example/_/oidc/mint-token")
    error = Refusal("pypi", answer, IdentityToken.read(value, "pypi"), expected, "GitHub Actions").error
    assert value[:30] not in error.cause + error.remedy
    return error


def test_a_project_that_configures_nothing_is_told_what_the_job_says() -> None:
    error = refused(expected=None)
    assert "workflow release.yml" in error.cause
    assert "workflow release.yml" in error.remedy


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (422, "<h1>Unprocessable</h1>", DeniedError),
        (422, '{"errors": [1]}', DeniedError),
        (422, '{"errors": {"code": 1}}', DeniedError),
        (422, '{"message": "you sent ECHO"}', DeniedError),
        (422, '{"errors": [{"code": "invalid-of-tomorrow", "description": "because"}]}', DeniedError),
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
    error = refused(body, status=status)
    assert type(error) is kind
    assert error.remedy
