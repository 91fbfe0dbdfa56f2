"""A simple index (PEP 503) that lets nobody in without its login, and remembers who asked for what."""

from __future__ import annotations

import base64
import hashlib
import http.server
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tagboat.adapters.http.credentials import Credentials
from tagboat.testing.clock import FakeClock
from tagboat.testing.scripted_server import ScriptedServer


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer() as running:
        yield running


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@dataclass
class PrivateIndex:
    """One index: its URL, its login, and the paths that were asked for, with the login and without."""

    folder: Path
    login: Credentials
    url: str = ""
    let_in: list[str] = field(default_factory=list)
    turned_away: list[str] = field(default_factory=list)

    def shelve(self, name: str, version: str, files: dict[str, str], requires: str = "") -> Path:
        """Put a pure wheel on the index."""
        stem = name.replace("-", "_")
        info = f"{stem}-{version}.dist-info"
        needs = f"Requires-Dist: {requires}\n" if requires else ""
        contents = {
            **files,
            f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{needs}",
            f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        }
        record = "".join(f"{path},{_record(text)},{len(text.encode())}\n" for path, text in contents.items())
        path = self.folder / name / f"{stem}-{version}-py3-none-any.whl"
        path.parent.mkdir(exist_ok=True)
        with zipfile.ZipFile(path, "w") as archive:
            for member, text in {**contents, f"{info}/RECORD": f"{record}{info}/RECORD,,\n"}.items():
                archive.writestr(member, text)
        return path


@pytest.fixture
def private_index(tmp_path: Path) -> Iterator[PrivateIndex]:
    folder = tmp_path / "private-index"
    folder.mkdir()
    index = PrivateIndex(folder, Credentials("crew", "planted-secret-4b1e"))

    class Guarded(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            return

        def send_head(self) -> Any:
            if self.headers.get("Authorization") == index.login.header:
                index.let_in.append(self.path)
                return super().send_head()
            index.turned_away.append(self.path)
            self.send_response(401)
            self.send_header("WWW-Authenticate", "Basic")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return None

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Guarded, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        index.url = f"http://127.0.0.1:{server.server_address[1]}/"
        yield index
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _record(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"sha256={base64.urlsafe_b64encode(digest).rstrip(b'=').decode()}"
