"""A package index: where Python packages are published (PyPI)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
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


class Index(Protocol):
    """A package index. Every method may raise UnavailableError and DeniedError."""

    name: str
    """As the configuration calls it."""
    simple_url: str
    """The simple API's URL, for installers."""
    private: bool
    """Its names must never be looked for elsewhere."""
    has_credential: bool
    """There is something to be let in with; whether the index accepts it shows only when it is used."""

    def project(self, name: str) -> IndexProject | None:
        """Return the project past any cache that can be passed, or None when the index has none of this name."""
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
