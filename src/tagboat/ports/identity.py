"""Who runs here, as the place itself vouches for it: the identity that a CI gives to a job, without any secret of ours.

Such a token is a JWT (RFC 7519). Its claims are decoded for explanations alone: whoever it is shown to verifies it, we
cannot and do not.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from tagboat.core.canonical import JSON


@dataclass(frozen=True, slots=True)
class IdentityToken:
    """A short-lived proof for one audience, to be shown once; printing it, or a traceback with it, shows no value.

    Attributes:
        value: the token itself.
        claims: what it says, not verified.
    """

    value: str = field(repr=False)
    claims: Mapping[str, JSON]

    @classmethod
    def read(cls, value: str, audience: str) -> IdentityToken:
        """Take a token that is for this audience.

        Raises:
            ValueError: it is no JWT with a table of claims, or is for somebody else. The text holds none of the token.
        """
        try:
            _, payload, _ = value.split(".")
            claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        except (ValueError, RecursionError):
            raise ValueError("it is not a JSON Web Token") from None
        if not isinstance(claims, dict):
            raise ValueError("its claims are no table")
        if claims.get("aud") != audience:
            raise ValueError(f"it is for the audience {str(claims.get('aud'))[:100]!a}, not {audience!a}")
        return cls(value, claims)

    def claim(self, name: str) -> str:
        """Return a claim's text, "" when there is none."""
        value = self.claims.get(name)
        return value if isinstance(value, str) else ""


@dataclass(frozen=True, slots=True)
class Absence:
    """Why there is no identity here, and what would give one."""

    reason: str
    remedy: str


class Identity(Protocol):
    """The identity of the place where this process runs."""

    name: str
    """What gives it, for people: ``GitHub Actions``."""

    def absence(self) -> Absence | None:
        """Return why there is none for any audience, without asking anybody; None when there may be one."""
        ...

    def token(self, audience: str) -> IdentityToken | Absence:
        """Return a token for ``audience``, or why this place gives none.

        A place may give the same token again, where it has only one for a job.

        Raises:
            UnavailableError: it gives one, and did not answer usefully within bounded retries.
            DeniedError: it gives one, and refused this job.
        """
        ...
