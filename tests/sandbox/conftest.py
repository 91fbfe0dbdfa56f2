"""Real sandboxes, tiny real distributions, and a plain HTTP client for them."""

from __future__ import annotations

import hashlib
import io
import json
import ssl
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import urllib3

from tagboat.sandbox.addresses import Addresses, IndexAddress
from tagboat.sandbox.server import Sandbox, running_sandbox


@dataclass(frozen=True)
class Answer:
    status: int
    reason: str
    headers: urllib3.HTTPHeaderDict
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class File:
    """A distribution in memory with the form that a correct client sends for it."""

    filename: str
    content: bytes
    form: dict[str, Any]

    def write(self, folder: Path) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / self.filename
        path.write_bytes(self.content)
        return path


def metadata_text(name: str, version: str, extra: str = "") -> str:
    return f"Metadata-Version: 2.4\nName: {name}\nVersion: {version}\nSummary: tiny\n{extra}"


def form_for(name: str, version: str, kind: str, content: bytes, **extra: Any) -> dict[str, Any]:
    form: dict[str, Any] = {
        ":action": "file_upload",
        "protocol_version": "1",
        "metadata_version": "2.4",
        "name": name,
        "version": version,
        "summary": "tiny",
        "filetype": kind,
        "pyversion": "py3" if kind == "bdist_wheel" else "source",
        "sha256_digest": hashlib.sha256(content).hexdigest(),
    }
    return form | extra


def zipped(files: dict[str, str | bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(zipfile.ZipInfo(name), text, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def tarred(files: dict[str, str | bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name, text in files.items():
            data = text.encode() if isinstance(text, str) else text
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


def wheel(
    name: str = "rowboat",
    version: str = "1.0",
    *,
    platform: str = "any",
    payload: bytes = b"value = 1\n",
    requires: str = "",
    **form: Any,
) -> File:
    module = name.replace("-", "_")
    dist_info = f"{module}-{version}.dist-info"
    extra = f"Requires-Dist: {requires}\n" if requires else ""
    files: dict[str, str | bytes] = {
        f"{module}/__init__.py": payload,
        f"{dist_info}/METADATA": metadata_text(name, version, extra),
        f"{dist_info}/WHEEL": f"Wheel-Version: 1.0\nGenerator: t\nRoot-Is-Purelib: true\nTag: py3-none-{platform}\n",
    }
    files[f"{dist_info}/RECORD"] = "".join(f"{path},,\n" for path in [*files, f"{dist_info}/RECORD"])
    content = zipped(files)
    filename = f"{module}-{version}-py3-none-{platform}.whl"
    return File(filename, content, form_for(name, version, "bdist_wheel", content, **form))


def sdist(name: str = "rowboat", version: str = "1.0", *, text: str = "value = 1\n", **form: Any) -> File:
    module = name.replace("-", "_")
    top = f"{module}-{version}"
    content = tarred({f"{top}/PKG-INFO": metadata_text(name, version), f"{top}/{module}.py": text})
    return File(f"{top}.tar.gz", content, form_for(name, version, "sdist", content, **form))


class Client:
    """One index, spoken to without a packaging tool in between."""

    def __init__(self, addresses: Addresses, index: IndexAddress) -> None:
        self.token = addresses.token
        self.index = index
        self.root = index.simple.removesuffix("/simple/")
        context = ssl.create_default_context(cafile=addresses.ca)
        self.pool = urllib3.PoolManager(ssl_context=context, timeout=30, retries=False, maxsize=4)

    def request(self, method: str, path: str, **options: Any) -> Answer:
        answer = self.pool.request(method, self.root + path, redirect=False, **options)
        return Answer(answer.status, answer.reason or "", answer.headers, answer.data)

    def get(self, path: str, accept: str = "application/vnd.pypi.simple.v1+json", **headers: str) -> Answer:
        return self.request("GET", path, headers={"Accept": accept, **headers})

    def upload(
        self, file: File, *, token: str | None = None, path: str = "/legacy/", **options: Any
    ) -> Answer:
        fields: list[tuple[str, Any]] = []
        for name, value in {**file.form, **options.pop("form", {})}.items():
            fields += [(name, each) for each in (value if isinstance(value, list) else [value])]
        content_type = options.pop("content_type", "application/octet-stream")
        if options.pop("with_file", True):
            fields.append(("content", (file.filename, file.content, content_type)))
        body, content_type = urllib3.encode_multipart_formdata(fields)
        headers = urllib3.make_headers(basic_auth=f"__token__:{token or self.token}")
        headers |= {"Content-Type": content_type} | options.pop("headers", {})
        return self.request("POST", path, body=body, headers=headers, **options)

    def control(self, deed: str, body: Any, *, token: str | None = None) -> Answer:
        headers = {"Authorization": f"Bearer {token or self.token}"}
        return self.request("POST", f"/_sandbox/{deed}", json=body, headers=headers)

    def filenames(self, name: str) -> list[str]:
        answer = self.get(f"/simple/{name}/")
        return [file["filename"] for file in answer.json()["files"]] if answer.status == 200 else []


@dataclass(frozen=True)
class Kit:
    """What test modules use from here; importlib mode keeps them from importing this file."""

    wheel: Callable[..., File] = wheel
    sdist: Callable[..., File] = sdist
    zipped: Callable[..., bytes] = zipped
    tarred: Callable[..., bytes] = tarred
    form_for: Callable[..., dict[str, Any]] = form_for
    metadata_text: Callable[..., str] = metadata_text
    file: type[File] = File
    client: type[Client] = Client


@pytest.fixture(scope="session")
def kit() -> Kit:
    return Kit()


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    with running_sandbox(tmp_path / "sandbox") as running:
        yield running


@pytest.fixture
def pypi(sandbox: Sandbox) -> Iterator[Client]:
    with clients(sandbox.addresses) as (_, main):
        yield main


@pytest.fixture
def testpypi(sandbox: Sandbox) -> Iterator[Client]:
    with clients(sandbox.addresses) as (test, _):
        yield test


@contextmanager
def clients(addresses: Addresses) -> Iterator[tuple[Client, Client]]:
    test, main = Client(addresses, addresses.testpypi), Client(addresses, addresses.pypi)
    try:
        yield test, main
    finally:
        test.pool.clear()
        main.pool.clear()
