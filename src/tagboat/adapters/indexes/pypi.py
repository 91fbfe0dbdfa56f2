"""PyPI, and every index that takes PyPI's uploads and serves the simple API.

Sources: PyPA's specification of the simple repository API, PyPI's documentation of the legacy upload API, and the
observed behaviour of PyPI, devpi, pypiserver, Nexus, Artifactory and GitLab where they refuse a file that is there.
"""

from __future__ import annotations

import hashlib
import secrets
from pathlib import Path
from typing import Final

from packaging.utils import canonicalize_name

from tagboat.adapters.http import HTTP, Answer, Body, Credentials
from tagboat.adapters.http.client import busy_error
from tagboat.adapters.http.connections import checked, origin
from tagboat.adapters.http.failures import LOOK
from tagboat.adapters.http.pauses import asked_pause
from tagboat.adapters.indexes import simple_page
from tagboat.adapters.indexes.core_metadata import form_fields
from tagboat.core.text import plain
from tagboat.errors import (
    AnswerLostError,
    ConflictError,
    DeniedError,
    StepFailedError,
    TagboatError,
    UnavailableError,
)
from tagboat.ports.index import IndexFile, IndexProject

LARGEST_PAGE: Final = 128 << 20
LARGEST_FILE: Final = 8 << 30
"""The most bytes of a file whose size the index does not say."""
_TAKEN: Final = (
    "file already exists",
    "filename has already been used",
    "already been taken",
    "updating asset",
    "overwrite artifact",
)
"""How indexes say, with 400 or 403, that the name holds another file: PyPI (twice), GitLab, Nexus, Artifactory."""


class PyPI:
    """One index.

    Args:
        http: the client.
        name: as the configuration calls it.
        upload_url: where files go.
        simple_url: the simple API's root.
        credentials: sent with uploads, and with reads when the index is private.
        private: whether its names must never be looked for elsewhere.
    """

    def __init__(
        self,
        http: HTTP,
        *,
        name: str,
        upload_url: str,
        simple_url: str,
        credentials: Credentials | None = None,
        private: bool = False,
    ) -> None:
        for url in (upload_url, simple_url):
            checked(url)
        self.name = name
        self.simple_url = simple_url.rstrip("/") + "/"
        self.private = private
        self.has_credential = credentials is not None
        self._upload_url = upload_url
        self._http = http
        self._credentials = credentials

    def project(self, name: str) -> IndexProject | None:
        """Return the project; caches on the way are asked to look again, though PyPI's own edge may not listen."""
        answer = self._http.read(
            f"{self.simple_url}{canonicalize_name(name)}/",
            headers={"Accept": simple_page.ACCEPT, "Cache-Control": "no-cache", "Pragma": "no-cache"},
            credentials=self._for_reading(self.simple_url),
            limit=LARGEST_PAGE,
            follow=True,
        )
        if answer.status in (404, 410):
            return None
        if not answer.good:
            raise self._refusal(answer)
        return simple_page.project(answer, name)

    def upload(self, path: Path, sha256: str) -> str:
        """Upload one file and return what the index remarks.

        Raises:
            ConflictError: the index holds other bytes under this name, or will never take the name again; or the file
                itself is not the one of ``sha256`` any more.
            DeniedError: the credential is missing, refused, or not for this project.
            AnswerLostError: the file was sent and no answer, or one of the server's failure, was seen.
            StepFailedError: the index refused the file.
        """
        body, kind = _form(path, sha256)
        answer = self._http.write(
            "POST",
            self._upload_url,
            body,
            headers={"Content-Type": kind, "Accept": "text/plain, */*;q=0.1"},
            credentials=self._credentials,
        )
        if not answer.good:
            raise self._upload_refusal(answer, path.name)
        return self._redacted(plain(answer.text, lines=True)).strip()

    def download(self, file: IndexFile, destination: Path) -> None:
        """Write the listed file's bytes to ``destination``; nothing stays there when they are the wrong ones."""
        arrived = self._http.download(
            file.url,
            destination,
            limit=file.size or LARGEST_FILE,
            credentials=self._for_reading(file.url),
        )
        if isinstance(arrived, Answer):
            raise self._refusal(arrived)
        if file.sha256 not in ("", arrived.sha256):
            destination.unlink(missing_ok=True)
            raise ConflictError(
                f"{self.name} serves {file.filename} with SHA-256 {arrived.sha256} and lists {file.sha256}",
                remedy="do not use the file; tell the people who run the index",
            )

    def _for_reading(self, url: str) -> Credentials | None:
        return self._credentials if self.private and origin(url) == origin(self.simple_url) else None

    def _upload_refusal(self, answer: Answer, filename: str) -> TagboatError:
        said = f"{self.name} refused {filename}: {self._said(answer)}"
        everything = f"{answer.reason} {answer.text}".lower()
        if answer.status == 409 or (
            answer.status in (400, 403) and any(text in everything for text in _TAKEN)
        ):
            return ConflictError(said, remedy="nothing was overwritten; this file name needs a new version")
        if answer.status >= 500:
            return AnswerLostError(
                f"{self.name} answered {answer.status} to {filename}: {self._said(answer)}", remedy=LOOK
            )
        if answer.status in (301, 302, 307, 308):
            target = plain(answer.headers.get("Location", ""), limit=200)
            return StepFailedError(
                f"{self.name}: uploads are redirected to {target}", remedy="configure that address"
            )
        return self._refusal(answer, said)

    def _refusal(self, answer: Answer, said: str = "") -> TagboatError:
        said = said or f"{self.name}: {answer.url} answered {answer.status}: {self._said(answer)}"
        if answer.status in (401, 403):
            remedy = (
                "is the token right, and does it cover this project?" if self._credentials else "give a token"
            )
            return DeniedError(said, remedy=remedy)
        if answer.status == 429:
            return busy_error(answer, asked_pause(answer.headers, self._http.clock.now()))
        if answer.status >= 500 or answer.status in range(300, 400):
            return UnavailableError(said, remedy="is the address right? If so, try again later")
        return StepFailedError(said, remedy="put right what the index names")

    def _said(self, answer: Answer) -> str:
        return self._redacted(answer.message)

    def _redacted(self, text: str) -> str:
        return self._credentials.redacted(text) if self._credentials else text


def _form(path: Path, sha256: str) -> tuple[Body, str]:
    """Return the multipart form of an upload, with the file streamed from the disk, and its content type."""
    if not path.name.isprintable() or '"' in path.name or "\\" in path.name:
        raise StepFailedError(f"{path.name!r} cannot be a distribution's file name")
    digests = _digests(path)
    if digests["sha256_digest"] != sha256:
        raise ConflictError(
            f"{path.name} has SHA-256 {digests['sha256_digest']}, not {sha256}",
            remedy="who changed it? build again",
        )
    boundary = f"tagboat{secrets.token_hex(24)}"
    fields = [*form_fields(path), *digests.items()]
    head = "".join(
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields
    )
    head += (
        f'--{boundary}\r\nContent-Disposition: form-data; name="content"; filename="{path.name}"\r\n'
        "Content-Type: application/octet-stream\r\n\r\n"
    )
    body = Body(head.encode("utf-8", "surrogateescape"), path, f"\r\n--{boundary}--\r\n".encode())
    return body, f"multipart/form-data; boundary={boundary}"


def _digests(path: Path) -> dict[str, str]:
    """The digests that PyPI checks; MD5 is left out, as it proves nothing."""
    sha256, blake2 = hashlib.sha256(), hashlib.blake2b(digest_size=32)
    with path.open("rb") as file:
        while piece := file.read(1 << 20):
            sha256.update(piece)
            blake2.update(piece)
    return {"sha256_digest": sha256.hexdigest(), "blake2_256_digest": blake2.hexdigest()}
