"""Who may ask for tokens, and the tokens: grants in the sandbox's database, secrets by their digest alone."""

from __future__ import annotations

import hmac
import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from tagboat.sandbox.identity import claims as templates
from tagboat.sandbox.identity.claims import Claims, Numbers
from tagboat.sandbox.identity.keys import SigningKey
from tagboat.sandbox.secrecy import digest
from tagboat.sandbox.state import State

GRANT_SECONDS: Final = 6 * 3600
"""How long a job may run, and so ask for tokens (documented by GitHub for its own runners)."""

_TABLE: Final = """CREATE TABLE IF NOT EXISTS identity_grants (
    id INTEGER PRIMARY KEY AUTOINCREMENT, digest TEXT NOT NULL, claims TEXT NOT NULL, expires REAL NOT NULL)"""


@dataclass(frozen=True, slots=True)
class Issuer:
    """One side that signs: ``kind`` is ``github`` or ``gitlab``, ``name`` the text of ``iss``, ``jwks`` where its keys are."""

    kind: str
    name: str
    jwks: str

    def discovery(self) -> dict[str, object]:
        """The document at ``/.well-known/openid-configuration`` (OpenID Connect Discovery 1.0)."""
        return {
            "issuer": self.name,
            "jwks_uri": self.jwks,
            "subject_types_supported": ["public", "pairwise"],
            "response_types_supported": ["id_token"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "scopes_supported": ["openid"],
        }


class Provider:
    """Grants and tokens of one sandbox; ``numbers`` gives the forge's numbers of owner and repository of a full name."""

    def __init__(
        self,
        state: State,
        key: SigningKey,
        issuers: Mapping[str, Issuer],
        *,
        numbers: Callable[[str], tuple[str, str]],
        now: Callable[[], float],
    ) -> None:
        self.key = key
        self.issuers = dict(issuers)
        self._state = state
        self._numbers = numbers
        self._now = now
        with state.transaction() as database:
            database.execute(_TABLE)

    def claims(self, kind: str, job: Mapping[str, object]) -> Claims:
        """All that a token for this job says of the job.

        Raises:
            InvalidError: The job lacks something, or a claim is no text.
        """
        if kind == templates.GITLAB:
            server = self.issuers[kind].name.partition("://")[2]
            return templates.gitlab(job, self._numbered(job.get("project_path")), server)
        return templates.github(job, self._numbered(job.get("repository")))

    def grant(self, job: Mapping[str, object]) -> tuple[int, str]:
        """Let a GitHub job ask for tokens; returns the grant's number and the secret to ask with.

        Raises:
            InvalidError: As for ``claims``.
        """
        said = json.dumps(self.claims(templates.GITHUB, job))
        secret = secrets.token_urlsafe(32)
        with self._state.transaction() as database:
            row = database.execute(
                "INSERT INTO identity_grants (digest, claims, expires) VALUES (?, ?, ?)",
                (digest(secret), said, self._now() + GRANT_SECONDS),
            )
        return int(row.lastrowid or 0), secret

    def revoke(self, number: int) -> bool:
        """End a grant, as the end of its job does; returns whether there was one."""
        with self._state.transaction() as database:
            return database.execute("DELETE FROM identity_grants WHERE id = ?", (number,)).rowcount > 0

    def granted(self, number: int, secret: str) -> Claims | None:
        """The claims of a grant for whoever has its secret; None for everybody else, and when its time is over."""
        row = self._state.database.execute(
            "SELECT digest, claims FROM identity_grants WHERE id = ? AND expires > ?", (number, self._now())
        ).fetchone()
        if row is None or not hmac.compare_digest(row[0], digest(secret)):
            return None
        found: Claims = json.loads(row[1])
        return found

    def token(self, kind: str, claims: Mapping[str, object], audience: str) -> str:
        """A fresh signed token with these claims."""
        issuer = self.issuers[kind].name
        return self.key.sign(
            templates.stamped(claims, kind=kind, issuer=issuer, audience=audience, now=self._now())
        )

    def _numbered(self, repository: object) -> Numbers:
        if not isinstance(repository, str) or not repository.partition("/")[0]:
            return Numbers("0", "0")  # refused a moment later, with everything else that is missing
        return Numbers(*self._numbers(repository))
