from __future__ import annotations

import contextlib
import os
import socket
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import urllib3

from tagboat.sandbox.control import create_repository
from tagboat.sandbox.frame import Moment
from tagboat.sandbox.server import Sandbox, running_sandbox


def test_the_points_of_an_upload_come_in_order(tmp_path: Path, kit: Any) -> None:
    moments: list[Moment] = []
    file = kit.wheel(payload=os.urandom(400_000))
    with running_sandbox(tmp_path, on_moment=moments.append) as sandbox:
        client = kit.client(sandbox.addresses, sandbox.addresses.pypi)
        assert client.upload(file).status == 200
        assert client.get("/simple/rowboat/").status == 200
        assert client.get("/simple/nothing/").status == 404
        client.pool.clear()
    points = [
        (moment.operation, moment.key, moment.point) for moment in moments if moment.operation == "upload"
    ]
    name = file.filename
    assert points == [
        ("upload", "/legacy/", "received"),
        ("upload", name, "body-half"),
        ("upload", name, "accepted"),
        ("upload", name, "answered"),
    ]
    reads = [(moment.key, moment.point) for moment in moments if moment.operation == "simple"]
    assert reads[:2] == [("/simple/rowboat/", "received"), ("rowboat", "answered")]
    assert len(reads) == 4


def half_sent(sandbox: Sandbox, request: bytes, kill: Callable[[socket.socket], None]) -> None:
    port = urlsplit(sandbox.addresses.pypi.upload).port
    context = ssl.create_default_context(cafile=sandbox.addresses.ca)
    raw = socket.create_connection(("127.0.0.1", port), 30)
    with context.wrap_socket(raw, server_hostname="localhost") as wire:
        kill(wire)
        wire.sendall(request)
        wire.recv(1)


@pytest.mark.parametrize("size", [10, 600_000], ids=["tiny", "large"])
def test_a_client_that_dies_half_way_has_uploaded_nothing(tmp_path: Path, kit: Any, size: int) -> None:
    wires: list[socket.socket] = []
    half: list[str] = []

    def die(moment: Moment) -> None:
        if moment.point == "body-half":
            half.append(moment.key)
            wires[0].shutdown(socket.SHUT_RDWR)

    file = kit.wheel(payload=os.urandom(size))
    with running_sandbox(tmp_path, on_moment=die) as sandbox:
        fields = [*file.form.items(), ("content", (file.filename, file.content, "application/octet-stream"))]
        body, content_type = urllib3.encode_multipart_formdata(fields)
        token = sandbox.addresses.token
        head = f"POST /legacy/ HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nContent-Type: {content_type}\r\n"
        request = f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body
        with contextlib.suppress(OSError):
            half_sent(sandbox, request, wires.append)
        client = kit.client(sandbox.addresses, sandbox.addresses.pypi)
        assert client.filenames("rowboat") == []
        assert len(half) == 1
        client.pool.clear()
        assert sandbox.frame is not None
        assert sandbox.frame.journal.entries() == []


def test_a_client_that_dies_half_way_through_a_raw_body_has_uploaded_nothing(tmp_path: Path) -> None:
    wires: list[socket.socket] = []

    def die(moment: Moment) -> None:
        if moment.operation == "upload-asset" and moment.point == "body-half":
            wires[0].shutdown(socket.SHUT_RDWR)

    with running_sandbox(tmp_path, on_moment=die) as sandbox:
        addresses = sandbox.addresses
        create_repository(addresses, "ann/boat")
        context = ssl.create_default_context(cafile=addresses.ca)
        headers = {"Authorization": f"Bearer {addresses.token}", "Content-Type": "application/octet-stream"}
        with urllib3.PoolManager(ssl_context=context, timeout=30, retries=False) as pool:
            order = {"tag_name": "v1", "draft": True}
            made = pool.request(
                "POST", f"{addresses.api}/repos/ann/boat/releases", json=order, headers=headers
            )
            release = made.json()["id"]
        path = f"/api/uploads/repos/ann/boat/releases/{release}/assets?name=a.txt"
        wire = context.wrap_socket(
            socket.create_connection(("127.0.0.1", urlsplit(addresses.forge).port), 30),
            server_hostname="localhost",
        )
        wires.append(wire)
        lines = [
            f"POST {path} HTTP/1.1",
            "Host: x",
            "Content-Length: 10",
            *(f"{k}: {v}" for k, v in headers.items()),
        ]
        with wire, contextlib.suppress(OSError):
            wire.sendall(("\r\n".join(lines) + "\r\n\r\n" + "0123456789").encode())
            wire.recv(1)
        assert sandbox.frame is not None
        assert [entry.operation for entry in sandbox.frame.journal.entries()] == ["create-release"]
