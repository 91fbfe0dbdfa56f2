"""The adapter ``PyPI`` against devpi: an index that other people wrote, which serves HTML and JSON of its own kind."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tagboat.adapters.clock import SystemClock
from tagboat.adapters.http import HTTP, Body, Credentials
from tagboat.adapters.indexes.pypi import PyPI
from tagboat.errors import UnavailableError
from tagboat.testing.clock import FakeClock
from tagboat.testing.index_contract import IndexContract, IndexSubject

pytestmark = pytest.mark.slow
PROGRAMS = Path(sys.executable).parent
START_SECONDS = 120.0


def _missing(reason: str) -> None:
    if os.environ.get("TAGBOAT_CI") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


def _ask(http: HTTP, method: str, url: str, data: dict[str, object], password: str = "") -> str:
    answer = http.write(
        method,
        url,
        Body(json.dumps(data).encode()),
        headers={"Content-Type": "application/json", "Accept": "application/json"}
        | ({"X-Devpi-Auth": password} if password else {}),
    )
    assert answer.good, answer.message
    return str(answer.json())


@pytest.fixture(scope="session")
def devpi(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A running devpi with the user ``ship`` and the index ``ship/dock``; gives its address."""
    if not (PROGRAMS / "devpi-server").exists():
        _missing("devpi-server is not installed")
    folder = tmp_path_factory.mktemp("devpi") / "server"
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder.parent)}
    subprocess.run(
        [PROGRAMS / "devpi-init", "--serverdir", folder, "--no-root-pypi", "--root-passwd", "root"],
        check=True,
        capture_output=True,
        env=environment,
        timeout=START_SECONDS,
    )
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with (folder.parent / "log").open("wb") as log:
        server = subprocess.Popen(
            [
                PROGRAMS / "devpi-server",
                "--serverdir",
                folder,
                "--host",
                "127.0.0.1",
                "--port",
                str(port),
                "--offline-mode",
            ],
            stdout=log,
            stderr=log,
            env=environment,
        )
    url = f"http://127.0.0.1:{port}"
    try:
        _wait(server, url, folder.parent / "log")
        _make_index(url)
        yield url
    finally:
        server.terminate()
        server.wait(30)


def _wait(server: subprocess.Popen[bytes], url: str, log: Path) -> None:
    http, end = HTTP(SystemClock(), environment={}), time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        if server.poll() is not None:
            pytest.fail(f"devpi ended: {log.read_text()[-2000:]}")
        try:
            http.read(f"{url}/+api")
        except UnavailableError:
            continue
        return
    pytest.fail(f"devpi did not start: {log.read_text()[-2000:]}")


def _make_index(url: str) -> None:
    http = HTTP(FakeClock(), environment={})
    _ask(http, "PUT", f"{url}/ship", {"password": "anchor"})
    login = http.write(
        "POST",
        f"{url}/+login",
        Body(json.dumps({"user": "ship", "password": "anchor"}).encode()),
        headers={"Content-Type": "application/json", "Accept": "application/json"},
    )
    data = login.json()
    assert isinstance(data, dict)
    secret = Credentials("ship", data["result"]["password"]).header.removeprefix("Basic ")
    _ask(http, "PUT", f"{url}/ship/dock", {"bases": [], "volatile": False}, secret)


@pytest.mark.proves("Tagboat", "devpi", "uploading and looking up: the whole contract of its PyPI adapter")
class TestDevpi(IndexContract):
    @pytest.fixture
    def subject(self, devpi: str, tmp_path: Path, number: int) -> IndexSubject:
        http = HTTP(FakeClock(), environment={})

        def index(credential: str) -> PyPI:
            return PyPI(
                http,
                name="devpi",
                upload_url=f"{devpi}/ship/dock/",
                simple_url=f"{devpi}/ship/dock/+simple/",
                credentials=Credentials.for_index(credential),
                private=True,
            )

        scratch = tmp_path / "files"
        scratch.mkdir()
        return IndexSubject(index("ship:anchor"), scratch, f"Contract-Demo{number}", index("ship:wrong"))
