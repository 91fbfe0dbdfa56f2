"""The CONNECT proxy: public names lead to the sandbox, and nothing else leads anywhere."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tagboat.errors import UnavailableError
from tagboat.sandbox.names import PublicIndex, PublicNames
from tagboat.sandbox.process import environment, public_environment
from tagboat.sandbox.server import Sandbox, running_sandbox

NAMES = PublicNames(
    api="https://api.forge.example",
    uploads="https://uploads.forge.example",
    git="https://forge.example",
    indexes={"pypi": PublicIndex("https://up.index.example/legacy/", "https://index.example/simple/")},
    issuers={"github": "https://token.forge.example", "gitlab": "https://lab.example"},
)


@pytest.fixture
def up(tmp_path: Path) -> Iterator[Sandbox]:
    with running_sandbox(tmp_path / "sandbox", public=NAMES) as sandbox:
        yield sandbox


def dialled(up: Sandbox) -> socket.socket:
    parts = urlsplit(up.addresses.proxy)
    return socket.create_connection((parts.hostname, parts.port), 30)


def said(up: Sandbox, request: bytes) -> bytes:
    """All that the proxy answers until it hangs up."""
    with dialled(up) as wire:
        wire.sendall(request)
        answer = b""
        while piece := wire.recv(65536):
            answer += piece
        return answer


@pytest.mark.parametrize("host", ["index.example", "INDEX.example"])
def test_a_tunnel_leads_to_the_service_of_that_name(up: Sandbox, host: str) -> None:
    with dialled(up) as raw:
        raw.sendall(f"CONNECT {host}:443 HTTP/1.1\r\nHost: {host}:443\r\n\r\n".encode())
        assert raw.recv(65536) == b"HTTP/1.1 200 Connection established\r\n\r\n"
        context = ssl.create_default_context(cafile=up.addresses.ca)
        with context.wrap_socket(raw, server_hostname="index.example") as wire:
            wire.sendall(b"GET /simple/ HTTP/1.0\r\nHost: index.example\r\n\r\n")
            assert wire.recv(15) == b"HTTP/1.0 200 OK"[:15]


@pytest.mark.parametrize(
    "request_line",
    [
        "CONNECT elsewhere.example:443",
        "CONNECT index.example:80",
        "CONNECT index.example",
        "CONNECT index.example.elsewhere.example:443",
        "CONNECT 127.0.0.1:443",
        "CONNECT [::1]:443",
        "CONNECT localhost:22",
        "GET http://index.example/simple/",
        "GET https://index.example/simple/",
        "POST /",
        "",
    ],
)
def test_everything_else_is_forbidden(up: Sandbox, request_line: str) -> None:
    answer = said(up, f"{request_line} HTTP/1.1\r\nHost: index.example\r\n\r\n".encode())
    assert answer.startswith(b"HTTP/1.1 403 Forbidden\r\n")
    assert b"lets nobody out" in answer


@pytest.mark.parametrize("request_", [b"\r\n\r\n", b"\xff\xfe \r\n\r\n"])
def test_what_is_no_request_is_forbidden_as_well(up: Sandbox, request_: bytes) -> None:
    assert said(up, request_).startswith(b"HTTP/1.1 403 Forbidden\r\n")


def test_a_head_without_end_is_hung_up_on(up: Sandbox) -> None:
    with dialled(up) as wire:
        try:
            wire.sendall(b"CONNECT " + b"x" * (64 << 10))
            assert wire.recv(65536) == b""
        except ConnectionError:
            pass  # hung up while we were still sending


def test_clients_are_led_by_the_proxy_where_the_names_do_not_lead_here(up: Sandbox) -> None:
    variables = public_environment(up.directory)
    assert {variables[name] for name in ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "ALL_PROXY")} == {
        up.addresses.proxy
    }
    assert "localhost" in variables["NO_PROXY"]
    assert variables["SSL_CERT_FILE"] == up.addresses.ca
    assert up.addresses.token not in variables.values()


def test_a_sandbox_without_public_names_says_so(sandbox: Sandbox) -> None:
    assert (sandbox.addresses.front_port, sandbox.addresses.proxy) == (0, "")
    assert environment(sandbox.directory)
    with pytest.raises(UnavailableError, match="has no public names"):
        public_environment(sandbox.directory)
