"""What opens one index: an identity where that is possible, else the first lasting secret that is found.

Nothing is looked for before it is needed, so that a command that publishes nothing asks no keyring.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from tagboat.adapters.http import Credentials
from tagboat.adapters.indexes.trusted_publishing import TrustedPublishing
from tagboat.ports.identity import Absence
from tagboat.ports.index import CredentialKind, UploadCredential


class Source(NamedTuple):
    """A place where lasting secrets are kept.

    Attributes:
        kind: what is kept there.
        name: for people.
        find: the secret for a URL; None when there is none.
    """

    kind: CredentialKind
    name: str
    find: Callable[[str], Credentials | None]


class IndexCredentials:
    """The credentials of one index.

    Args:
        upload_url: where files go.
        simple_url: what installers read.
        sources: where lasting secrets are looked for, in this order.
        publishing: the exchange of an identity, which goes before them; None where it cannot be.
    """

    def __init__(
        self,
        upload_url: str,
        simple_url: str,
        sources: Sequence[Source] = (),
        publishing: TrustedPublishing | None = None,
    ) -> None:
        self._urls = {"upload": upload_url, "simple": simple_url}
        self._sources = sources
        self._publishing = publishing
        self._found: dict[str, tuple[Source, Credentials] | None] = {}

    @classmethod
    def of(cls, credentials: Credentials | None) -> IndexCredentials:
        """Wrap one credential that serves for everything, or none at all."""
        source = Source(CredentialKind.TOKEN, "the token given", lambda _: credentials)
        return cls("", "", (source,))

    def reading(self) -> Credentials | None:
        """Return what a private index is read with."""
        found = self._lasting("simple")
        return found[1] if found else None

    def uploading(self) -> Credentials | None:
        """Return what the next upload is let in with; None when there is nothing.

        Raises:
            DeniedError, StepFailedError, UnavailableError: there is an identity, and no token was lent for it.
        """
        lent = self._lent()
        if isinstance(lent, Credentials):
            return lent
        found = self._lasting("upload")
        return found[1] if found else None

    def in_use(self) -> UploadCredential:
        """Say what ``uploading`` returns; raises as it does."""
        lent = self._lent()
        if isinstance(lent, Credentials) and self._publishing is not None:
            return UploadCredential(CredentialKind.IDENTITY, f"the identity of {self._publishing.place}")
        reason, remedy = (lent.reason, lent.remedy) if isinstance(lent, Absence) else ("", "")
        found = self._lasting("upload")
        if found is None:
            return UploadCredential(CredentialKind.NONE, "", reason, remedy)
        return UploadCredential(found[0].kind, found[0].name, reason, remedy)

    def renewed(self) -> Credentials | None:
        """Return a fresh credential in place of one that the index calls ended; None when there is none to be had."""
        if self._publishing is None or not self._publishing.forget():
            return None
        return self.uploading()

    def burn(self) -> str:
        """Let a lent token end; return a remark when that did not work."""
        return self._publishing.burn() if self._publishing is not None else ""

    def _lent(self) -> Credentials | Absence | None:
        return self._publishing.credentials() if self._publishing is not None else None

    def _lasting(self, use: str) -> tuple[Source, Credentials] | None:
        if use not in self._found:
            hits = ((source, source.find(self._urls[use])) for source in self._sources)
            self._found[use] = next(((source, hit) for source, hit in hits if hit is not None), None)
        return self._found[use]
