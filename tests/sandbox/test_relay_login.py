"""The relay shows an index's login to that index and to nobody else."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from tagboat.sandbox.relay import running_relay
from tagboat.sandbox.server import running_sandbox
from tagboat.sandbox.sources import Sources

LOGIN = "Basic planted-login-93aa"


class Host:
    """A server of fixed pages that remembers with which login it was asked."""

    def __init__(self, needs: str = "") -> None:
        self.pages: dict[str, bytes] = {}
        self.logins: list[str | None] = []
        self.url = ""
        self.needs = needs


@contextmanager
def serving(host: Host) -> Iterator[Host]:
    class Answers(http.server.BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            return

        def do_GET(self) -> None:
            login = self.headers.get("Authorization")
            host.logins.append(login)
            body = host.pages.get(self.path)
            status = 401 if host.needs and login != host.needs else 200 if body is not None else 404
            self.send_response(status)
            self.send_header(
                "Content-Type", "text/html" if self.path.endswith("/") else "application/octet-stream"
            )
            self.send_header("Content-Length", str(len(body or b"") if status == 200 else 0))
            self.end_headers()
            self.wfile.write(body or b"" if status == 200 else b"")

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        host.url = f"http://127.0.0.1:{server.server_address[1]}"
        yield host
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def wired(tmp_path: Path, kit: Any) -> Iterator[Any]:
    with ExitStack() as stack:
        index, storage = (stack.enter_context(serving(Host(needs))) for needs in (LOGIN, ""))
        oar, anchor = kit.wheel("oar"), kit.wheel("anchor")
        index.pages["/simple/oar/"] = f'<a href="/files/{oar.filename}">{oar.filename}</a>'.encode()
        index.pages[f"/files/{oar.filename}"] = oar.content
        elsewhere = f"{storage.url}/{anchor.filename}"
        index.pages["/simple/anchor/"] = f'<a href="{elsewhere}">{anchor.filename}</a>'.encode()
        storage.pages[f"/{anchor.filename}"] = anchor.content
        sources = Sources((f"{index.url}/simple/",), authorization=LOGIN)
        relay = stack.enter_context(running_relay(tmp_path / "r.sock", sources=sources))
        sandbox = stack.enter_context(running_sandbox(tmp_path / "sandbox", relay_socket=relay.socket_path))
        client = kit.client(sandbox.addresses, sandbox.addresses.pypi)
        yield client, index, storage
        client.pool.clear()


def test_an_index_that_needs_a_login_is_read(wired: Any, kit: Any) -> None:
    client, index, _ = wired
    (entry,) = client.get("/simple/oar/").json()["files"]
    assert client.get(entry["url"].removeprefix(client.root)).body == kit.wheel("oar").content
    assert set(index.logins) == {LOGIN}


def test_a_file_on_another_host_is_asked_for_without_it(wired: Any, kit: Any) -> None:
    client, _, storage = wired
    (entry,) = client.get("/simple/anchor/").json()["files"]
    assert client.get(entry["url"].removeprefix(client.root)).body == kit.wheel("anchor").content
    assert storage.logins == [None]


def test_the_login_does_not_show_itself() -> None:
    assert LOGIN not in repr(Sources(("https://packages.example/simple/",), authorization=LOGIN))
