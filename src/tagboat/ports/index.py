"""A package index: where Python packages are published (PyPI)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from packaging.version import Version


@dataclass(frozen=True, slots=True)
class IndexFile:
    """One file that an index lists.

    Attributes:
        sha256: lower-case hex; "" when the index does not say.
        version: parsed from the file's name, in PEP 440's normal form; "" when the name is not one.
        uploaded: ISO 8601 time in UTC; "" when the index does not say.
    """

    filename: str
    sha256: str
    url: str
    version: str
    yanked: bool = False
    uploaded: str = ""
    size: int = 0


@dataclass(frozen=True, slots=True)
class IndexProject:
    """A project as an index lists it; ``status`` is PEP 792's (active, archived, quarantined, deprecated)."""

    name: str
    files: tuple[IndexFile, ...]
    status: str = "active"

    def file(self, filename: str) -> IndexFile | None:
        """Return the file of this name, or None."""
        return next((file for file in self.files if file.filename == filename), None)


class CredentialKind(StrEnum):
    """What lets an upload in: an identity of this very job, or a secret that lasts, by the place where it was found."""

    IDENTITY = "trusted-publishing"
    TOKEN = "api-token"  # noqa: S105 - a kind, not a token
    KEYRING = "keyring"
    NETRC = "netrc"
    SANDBOX = "sandbox"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class UploadCredential:
    """What the next upload will be let in with; never the secret itself.

    Attributes:
        source: where it is from, for people.
        absence: why it is no identity; "" when it is one.
        remedy: what would make it one.
    """

    kind: CredentialKind
    source: str = ""
    absence: str = ""
    remedy: str = ""


class Index(Protocol):
    """A package index. Every method may raise UnavailableError and DeniedError."""

    name: str
    """As the configuration calls it."""
    simple_url: str
    """The simple API's URL, for installers."""
    private: bool
    """Its names must never be looked for elsewhere."""

    def project(self, name: str) -> IndexProject | None:
        """Return the project past any cache that can be passed, or None when the index has none of this name."""
        ...

    def upload_credential(self) -> UploadCredential:
        """Return what uploads will be let in with, after asking all that can be asked beforehand.

        An identity is shown to the index here, which lends a token for it; whether a lasting token is accepted shows only
        when it is used.

        Raises:
            DeniedError, StepFailedError: there is an identity, and the index does not take it.
        """
        ...

    def burn(self) -> str:
        """Give back what the index lent, if anything; the next upload borrows anew. Never raises.

        Returns:
            A remark when the index did not take it back, else "".
        """
        ...

    def upload(self, path: Path, sha256: str) -> str:
        """Upload one sdist or wheel with the metadata that it holds; return warnings of the index ("" for none).

        Raises:
            ConflictError: the index holds other bytes under this name, or will never take the name again.
            AnswerLostError: the file was sent and no answer was seen.
            StepFailedError: the index refused the file; the cause is the index's own message.
        """
        ...

    def download(self, file: IndexFile, destination: Path) -> None:
        """Write the listed file's bytes to ``destination`` and check its digest.

        Raises:
            ConflictError: the bytes are not those of the listed digest.
        """
        ...


def published(project: IndexProject | None, version: str) -> Sequence[IndexFile]:
    """Return the files of one version in any of its spellings (PEP 440), yanked ones included; empty for no project."""
    wanted = Version(version)
    return (
        [file for file in project.files if file.version and Version(file.version) == wanted]
        if project
        else []
    )
