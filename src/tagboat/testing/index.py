"""An index in memory, for those who test steps; held to the same contract as the real ones."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from packaging.utils import canonicalize_name, parse_sdist_filename, parse_wheel_filename

from tagboat.errors import ConflictError, DeniedError
from tagboat.ports.index import CredentialKind, IndexFile, IndexProject, UploadCredential
from tagboat.testing.orders import Orders


class FakeIndex:
    """An index that remembers what it was given; ``orders`` make it fail.

    Attributes:
        uploads: the name of every file that was accepted, in order, the same bytes again included.
        now: gives the time of an upload.
        credential: what uploads are let in with.
        refusal: what it says to our identity, when it does not take it.
        burnt: how often what it lent was given back.
    """

    def __init__(self, name: str = "pypi", *, private: bool = False, may_upload: bool = True) -> None:
        self.name = name
        self.simple_url = f"https://{name}.invalid/simple/"
        self.private = private
        self.credential = UploadCredential(CredentialKind.IDENTITY, "the identity of a test")
        self.refusal: DeniedError | None = None
        self.burnt = 0
        self.orders = Orders()
        self.uploads: list[str] = []
        self.now: Callable[[], datetime] = lambda: datetime(2026, 1, 1, tzinfo=UTC)
        self._may_upload = may_upload
        self._projects: dict[str, IndexProject] = {}
        self._bytes: dict[str, bytes] = {}
        self._past: list[dict[str, IndexProject]] = []

    def hold(self, name: str, filename: str, content: bytes = b"", *, yanked: bool = False) -> IndexFile:
        """Let a file be there, whoever published it."""
        self._past.append(dict(self._projects))
        sha256 = hashlib.sha256(content).hexdigest()
        moment = self.now().isoformat()
        url = f"{self.simple_url}{filename}"
        file = IndexFile(filename, sha256, url, _named(filename)[1], yanked, moment, len(content))
        key = canonicalize_name(name)
        known = self._projects.get(key) or IndexProject(key, ())
        self._projects[key] = replace(known, files=(*known.files, file))
        self._bytes[filename] = content
        return file

    def set_status(self, name: str, status: str) -> None:
        """Give a project another of PEP 792's states; it is made when it is new."""
        key = canonicalize_name(name)
        self._projects[key] = replace(self._projects.get(key) or IndexProject(key, ()), status=status)

    def project(self, name: str) -> IndexProject | None:
        """Return the project, or None."""
        stale = self.orders.read("project")
        seen = self._past[-stale] if stale and stale <= len(self._past) else self._projects
        return seen.get(canonicalize_name(name))

    def upload(self, path: Path, sha256: str) -> str:
        """Take the file, once; the same bytes again are no error."""
        content = path.read_bytes()
        if hashlib.sha256(content).hexdigest() != sha256:
            raise ConflictError(f"{path.name} is not the file of {sha256}", remedy="build again")
        return self.orders.write("upload", lambda: self._take(path.name, content, sha256))

    def upload_credential(self) -> UploadCredential:
        """Return what uploads are let in with, or refuse."""
        if self.refusal is not None:
            raise self.refusal
        return self.credential

    def burn(self) -> str:
        """Count."""
        self.burnt += 1
        return ""

    def download(self, file: IndexFile, destination: Path) -> None:
        """Write the bytes, if they are those of the listed digest."""
        self.orders.read("download")
        content = self._bytes[file.filename]
        if hashlib.sha256(content).hexdigest() != file.sha256:
            raise ConflictError(
                f"{self.name} serves other bytes than {file.sha256}", remedy="do not use them"
            )
        destination.write_bytes(content)

    def _take(self, filename: str, content: bytes, sha256: str) -> str:
        if not self._may_upload:
            raise DeniedError(f"{self.name} does not know you", remedy="give a token")
        name, _ = _named(filename)
        project = self._projects.get(name)
        there = project.file(filename) if project else None
        if there is not None and there.sha256 != sha256:
            raise ConflictError(
                f"{self.name} has another {filename}", remedy="this file name needs a new version"
            )
        self.uploads.append(filename)
        if there is None:
            self.hold(name, filename, content)
        return ""


def _named(filename: str) -> tuple[str, str]:
    """The normal name and version in a file's name (PEP 427, PEP 625)."""
    parse = parse_wheel_filename if filename.endswith(".whl") else parse_sdist_filename
    name, version = parse(filename)[:2]
    return name, str(version)
