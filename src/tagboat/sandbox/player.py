"""Plays the workflow that a release is handed to: takes the draft's files and uploads them to the sandbox's indexes.

It is no workflow: it stands in for one whose runners are not here, and whoever uses it says so. It does what is not
done yet, so that it can be called again after it was killed.
"""

from __future__ import annotations

import email
import hashlib
import io
import json
import secrets
import ssl
import tarfile
import urllib.error
import urllib.request
import zipfile
from collections.abc import Mapping, Sequence
from email.message import Message
from typing import Any, Final

from tagboat.errors import InvalidError, UnavailableError
from tagboat.sandbox import control
from tagboat.sandbox.addresses import Addresses

_SECONDS: Final = 60.0
_LOOKS: Final = 4
"""A list may lag behind an upload; the sandbox makes it lag by reads, not by seconds."""
JOB: Final = "publish"


def publish_draft(
    addresses: Addresses,
    repository: str,
    *,
    tag: str,
    sha: str,
    workflow: str,
    uploads: Mapping[str, Sequence[str]],
) -> None:
    """Play the run of a workflow that a pushed tag starts, to its successful end.

    Args:
        addresses: the running sandbox.
        repository: ``OWNER/REPO``.
        tag: the tag that was pushed.
        sha: its commit.
        workflow: the file's name in ``.github/workflows``.
        uploads: an index's upload URL → the names of the draft's files that go there.

    Raises:
        InvalidError: there is no such draft or file, or an index refuses one.
        UnavailableError: the sandbox does not answer.
    """
    caller = _Caller(addresses)
    run = caller.run(repository, workflow, tag, sha)
    if run is None:
        played = control.play_workflow_run(
            addresses, repository, sha=sha, branch=tag, status="in_progress", conclusion=None,
            workflow=f".github/workflows/{workflow}", jobs=[control.Job(JOB)],
        )  # fmt: skip
        number = played.id
    elif run["conclusion"] == "success":
        return
    else:
        number = run["id"]
    said = [
        f"This is no run of {workflow}: a player of the sandbox publishes what lies in the draft of {tag}."
    ]
    assets = caller.assets(repository, tag)
    for url, names in uploads.items():
        for name in names:
            if name not in assets:
                raise InvalidError(f"the draft of {tag} has no {name}", remedy="fill it first")
            content = caller.content(assets[name], accept="application/octet-stream")
            if not caller.lists(url, name, content):
                caller.upload(url, name, content)
            said.append(
                f"{name}: {len(content)} bytes, sha256 {hashlib.sha256(content).hexdigest()}, to {url}"
            )
    job = control.Job(JOB, log="\n".join(said), step="Upload the draft's files")
    control.change_workflow_run(addresses, number, jobs=[job])


class _Caller:
    """Requests to a sandbox, with its token and its certificate."""

    def __init__(self, addresses: Addresses) -> None:
        trust = urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=addresses.ca))
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), trust)
        self._token = addresses.token
        self._api = addresses.api.rstrip("/")
        self._simple = {index.upload: index.simple for index in (addresses.pypi, addresses.testpypi)}

    def run(self, repository: str, workflow: str, tag: str, sha: str) -> dict[str, Any] | None:
        """The newest run of the workflow for the tag, or None."""
        listed = self._json(f"/repos/{repository}/actions/runs?head_sha={sha}&per_page=100")
        path = f".github/workflows/{workflow}"
        found = [r for r in listed["workflow_runs"] if r["path"] == path and r["head_branch"] == tag]
        return found[0] if found else None

    def assets(self, repository: str, tag: str) -> dict[str, str]:
        """The draft's files: name → address."""
        listed = self._json(f"/repos/{repository}/releases?per_page=100")
        return {a["name"]: a["url"] for r in listed if r["tag_name"] == tag for a in r["assets"]}

    def content(self, url: str, *, accept: str = "application/json") -> bytes:
        """What a GET answers."""
        headers = {"Accept": accept, "Authorization": f"token {self._token}"}
        return self._sent(urllib.request.Request(url, headers=headers))  # noqa: S310 - a sandbox's address is https

    def lists(self, url: str, name: str, content: bytes) -> bool:
        """Whether the index with this upload URL lists the file already.

        Raises:
            InvalidError: It lists other bytes under this name.
        """
        project = str(_metadata(name, content)["Name"])
        try:
            page = self.content(
                f"{self._simple[url]}{project}/", accept="application/vnd.pypi.simple.v1+json"
            )
        except InvalidError:
            return False
        digest = hashlib.sha256(content).hexdigest()
        found = [file["hashes"]["sha256"] for file in json.loads(page)["files"] if file["filename"] == name]
        if found and found != [digest]:
            raise InvalidError(f"{name} is at {url} with other bytes: sha256 {found[0]}, not {digest}")
        return bool(found)

    def upload(self, url: str, name: str, content: bytes) -> None:
        """Send one file as upload clients do; when the answer is lost, the index's list tells whether it arrived."""
        body, kind = _form(name, content)
        headers = {"Content-Type": kind, "Authorization": f"token {self._token}"}
        try:
            self._sent(urllib.request.Request(url, data=body, headers=headers, method="POST"))  # noqa: S310 - likewise
        except UnavailableError:
            if not any(self.lists(url, name, content) for _ in range(_LOOKS)):
                raise

    def _json(self, path: str) -> Any:
        return json.loads(self.content(f"{self._api}{path}"))

    def _sent(self, request: urllib.request.Request) -> bytes:
        try:
            with self._opener.open(request, timeout=_SECONDS) as response:
                answer: bytes = response.read()
        except urllib.error.HTTPError as refusal:
            with refusal:
                said = refusal.read().decode(errors="replace")[:500]
            raise InvalidError(f"{request.full_url}: {refusal.code} {said}") from refusal
        except OSError as problem:
            raise UnavailableError(f"{request.full_url} does not answer: {problem}") from problem
        return answer


def _form(name: str, content: bytes) -> tuple[bytes, str]:
    """The body and the type of an upload form with the file's own metadata."""
    metadata, wheel = _metadata(name, content), name.endswith(".whl")
    fields = {
        ":action": "file_upload",
        "protocol_version": "1",
        "metadata_version": metadata["Metadata-Version"],
        "name": metadata["Name"],
        "version": metadata["Version"],
        "filetype": "bdist_wheel" if wheel else "sdist",
        "pyversion": name.removesuffix(".whl").split("-")[-3] if wheel else "source",
        "sha256_digest": hashlib.sha256(content).hexdigest(),
    }
    boundary = secrets.token_hex(16)
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
        for key, value in fields.items()
    ]
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="content"; filename="{name}"\r\n'
    parts += [f"{head}Content-Type: application/octet-stream\r\n\r\n".encode(), content, b"\r\n"]
    return b"".join([*parts, f"--{boundary}--\r\n".encode()]), f"multipart/form-data; boundary={boundary}"


def _metadata(name: str, content: bytes) -> Message:
    """The metadata in a wheel or an sdist."""
    if name.endswith(".whl"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            member = next(m for m in archive.namelist() if m.endswith(".dist-info/METADATA"))
            return email.message_from_bytes(archive.read(member))
    with tarfile.open(fileobj=io.BytesIO(content), mode="r:gz") as archive_of_source:
        file = archive_of_source.extractfile(f"{name.removesuffix('.tar.gz')}/PKG-INFO")
        return email.message_from_bytes(file.read() if file else b"")
