"""An identity in memory, for those who test what is done with one; held to the same contract as the real ones."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping

from tagboat.core.canonical import JSON
from tagboat.ports.identity import Absence, IdentityToken
from tagboat.testing.orders import Orders

GITHUB_CLAIMS: dict[str, JSON] = {
    "iss": "https://issuer.example",
    "repository": "acme/rowboat",
    "repository_owner": "acme",
    "workflow_ref": "acme/rowboat/.github/workflows/release.yml@refs/heads/main",
    "job_workflow_ref": "acme/rowboat/.github/workflows/release.yml@refs/heads/main",
    "environment": "pypi",
    "event_name": "workflow_dispatch",
    "ref": "refs/heads/main",
    "sha": "c" * 40,
}
"""What a job of GitHub Actions says of itself, as far as it matters here."""


def unsigned_token(claims: Mapping[str, JSON]) -> str:
    """Return a JWT that says this and that nobody signed."""
    parts = ({"alg": "RS256", "kid": "test"}, dict(claims))
    texts = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts]
    return ".".join([*texts, "c2lnbmF0dXJl"])


class FakeIdentity:
    """A place that gives a fresh identity to whoever asks; ``orders`` make it fail.

    Args:
        claims: what every token says besides its audience and its number.
        missing: why there is none, if there shall be none.
        single: give the same token again for one audience, as a job of GitLab has it.

    Attributes:
        given: every token, in order.
    """

    name = "a test"

    def __init__(
        self,
        claims: Mapping[str, JSON] | None = None,
        *,
        missing: Absence | None = None,
        single: bool = False,
    ) -> None:
        self.orders = Orders()
        self.given: list[IdentityToken] = []
        self._claims = GITHUB_CLAIMS if claims is None else claims
        self._missing = missing
        self._single = single

    def absence(self) -> Absence | None:
        """Return why there is none."""
        return self._missing

    def token(self, audience: str) -> IdentityToken | Absence:
        """Return a token, or why there is none."""
        if self._missing is not None:
            return self._missing
        self.orders.read("token")
        number = 1 if self._single else len(self.given) + 1
        value = unsigned_token({**self._claims, "aud": audience, "jti": f"number {number}"})
        token = IdentityToken.read(value, audience)
        self.given.append(token)
        return token
