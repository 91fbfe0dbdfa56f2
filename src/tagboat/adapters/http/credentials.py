"""A secret for one service, in a type that does not show itself."""

from __future__ import annotations

import base64
from dataclasses import dataclass

from tagboat.adapters.secrets import announce
from tagboat.errors import InvalidError


@dataclass(frozen=True, slots=True, repr=False)
class Credentials:
    """What an ``Authorization`` header is made of; printing it, or a traceback with it, shows nothing.

    Attributes:
        user: the user of Basic authentication, or "" for a Bearer token.
        secret: the password or token.
    """

    user: str
    secret: str

    def __post_init__(self) -> None:
        broken = not self.secret.strip() or not (self.user + self.secret).isprintable()
        if broken or (not self.user and " " in self.secret):
            raise InvalidError(
                "the credential is empty, or holds control characters or, as a token, spaces",
                remedy="was a line end or a quote copied with it?",
            )
        announce(self.secret, self.header.partition(" ")[2])

    @classmethod
    def bearer(cls, token: str) -> Credentials:
        """Make the credential of a token, as forges take it."""
        return cls("", token.strip())

    @classmethod
    def for_index(cls, text: str) -> Credentials:
        """Make the credential of an index: ``user:password``, or an API token (whose user is ``__token__``, as on PyPI)."""
        text = text.strip()
        user, colon, secret = text.partition(":")
        return cls(user, secret) if colon else cls("__token__", text)

    @property
    def header(self) -> str:
        """The value for an ``Authorization`` header."""
        if not self.user:
            return f"Bearer {self.secret}"
        return "Basic " + base64.b64encode(f"{self.user}:{self.secret}".encode()).decode()

    def __repr__(self) -> str:
        return f"Credentials(user={self.user!r}, secret=***)"
