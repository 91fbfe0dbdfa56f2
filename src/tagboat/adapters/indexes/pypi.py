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
from tagboat.adapters.http.connections import checked, origin
from tagboat.adapters.http.failures import LOOK
from tagboat.adapters.indexes import simple_page
from tagboat.adapters.indexes.core_metadata import form_fields
from tagboat.adapters.indexes.credentials import IndexCredentials
from tagboat.adapters.indexes.refusals import Refused, refusal, token_ended, upload_refusal
from tagboat.core.text import plain
from tagboat.errors import AnswerLostError, ConflictError, StepFailedError, TagboatError, UnavailableError
from tagboat.ports.index import IndexFile, IndexProject, UploadCredential

LARGEST_PAGE: Final = 128 << 20
LARGEST_FILE: Final = 8 << 30
"""The most bytes of a file whose size the index does not say."""


class PyPI:
    """One index.

    Args:
        http: the client.
        name: as the configuration calls it.
        upload_url: where files go.
        simple_url: the simple API's root.
        credentials: sent with uploads, and with reads when the index is private; one for everything, or all of them.
        private: whether its names must never be looked for elsewhere.
    """

    def __init__(
        self,
        http: HTTP,
        *,
        name: str,
        upload_url: str,
        simple_url: str,
        credentials: Credentials | IndexCredentials | None = None,
        private: bool = False,
    ) -> None:
        for url in (upload_url, simple_url):
            checked(url)
        self.name = name
        self.simple_url = simple_url.rstrip("/") + "/"
        self.private = private
        self._upload_url = upload_url
        self._http = http
        self._credentials = (
            credentials if isinstance(credentials, IndexCredentials) else IndexCredentials.of(credentials)
        )

    def project(self, name: str) -> IndexProject | None:
        """Return the project; caches on the way are asked to look again, though PyPI's own edge may not listen."""
        credentials = self._for_reading(self.simple_url)
        answer = self._http.read(
            f"{self.simple_url}{canonicalize_name(name)}/",
            headers={"Accept": simple_page.ACCEPT, "Cache-Control": "no-cache", "Pragma": "no-cache"},
            credentials=credentials,
            limit=LARGEST_PAGE,
            follow=True,
        )
        if answer.status in (404, 410):
            return None
        if not answer.good:
            raise refusal(self._refused(answer, credentials))
        return simple_page.project(answer, name)

    def upload_credential(self) -> UploadCredential:
        """Return what uploads will be let in with; an identity is exchanged for a token, which is kept for them."""
        return self._credentials.in_use()

    def burn(self) -> str:
        """Let the index forget a token that was minted; never raises."""
        return self._credentials.burn()

    def upload(self, path: Path, sha256: str) -> str:
        """Upload one file and return what the index remarks.

        Raises:
            ConflictError: the index holds other bytes under this name, or will never take the name again; or the file
                itself is not the one of ``sha256`` any more.
            DeniedError: the credential is missing, refused, or not for this project.
            AnswerLostError: the file was sent and no answer, or one of the server's failure, or somebody else's, was seen.
            StepFailedError: the index refused the file.
        """
        body, kind = _form(path, sha256)
        credentials = self._credentials.uploading()
        answer = self._sent(body, kind, credentials)
        if token_ended(answer) and (fresh := self._credentials.renewed()):
            credentials, answer = fresh, self._sent(body, kind, fresh)
        if not answer.good:
            raise upload_refusal(self._refused(answer, credentials), path.name)
        if _whole_page(answer):
            raise AnswerLostError(
                f"{self.name} answered {answer.status} to {path.name} with a page for people, as a proxy does or a place "
                "to log in",
                remedy=LOOK,
            )
        return plain(answer.text, lines=True).strip()

    def _sent(self, body: Body, kind: str, credentials: Credentials | None) -> Answer:
        headers = {"Content-Type": kind, "Accept": "text/plain, */*;q=0.1"}
        return self._http.write("POST", self._upload_url, body, headers=headers, credentials=credentials)

    def download(self, file: IndexFile, destination: Path) -> None:
        """Write the listed file's bytes to ``destination``; nothing stays there when they are the wrong ones.

        Raises:
            ConflictError: they are not those of the listed digest.
            UnavailableError: the index lists no address that may be asked, or does not answer.
        """
        try:
            checked(file.url)
        except TagboatError as problem:
            raise UnavailableError(
                f"{self.name} lists {file.filename} where nothing can be fetched from: {problem.cause}",
                remedy="tell the people who run the index",
            ) from None
        credentials = self._for_reading(file.url)
        limit = file.size or LARGEST_FILE
        arrived = self._http.download(file.url, destination, limit=limit, credentials=credentials)
        if isinstance(arrived, Answer):
            raise refusal(self._refused(arrived, credentials))
        if file.sha256 not in ("", arrived.sha256):
            destination.unlink(missing_ok=True)
            raise ConflictError(
                f"{self.name} serves {file.filename} with SHA-256 {arrived.sha256} and lists {file.sha256}",
                remedy="do not use the file; tell the people who run the index",
            )

    def _for_reading(self, url: str) -> Credentials | None:
        here = self.private and origin(url) == origin(self.simple_url)
        return self._credentials.reading() if here else None

    def _refused(self, answer: Answer, credentials: Credentials | None) -> Refused:
        return Refused(self.name, answer, self._http.clock.now(), credentials is not None)


def _whole_page(answer: Answer) -> bool:
    """Tell whether it is a document of HTML without a word of the index.

    Some indexes call an empty answer HTML, and devpi makes a document of what it says in its reason phrase.
    """
    document = answer.body.lstrip()[:9].lower().startswith((b"<!doctype", b"<html"))
    return answer.page and document and not answer.worded


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
