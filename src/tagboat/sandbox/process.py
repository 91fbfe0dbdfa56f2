"""The sandbox as a process of its own: up, down, status, and the environment that points real clients at it."""

from __future__ import annotations

import fcntl
import json
import os
import select
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal
from urllib.parse import urlsplit

from tagboat.errors import UnavailableError
from tagboat.sandbox.addresses import Addresses, read_addresses
from tagboat.sandbox.lock import holder
from tagboat.sandbox.names import HTTPS_PORT, PublicNames

READY_SECONDS: Final = 60.0
DOWN_SECONDS: Final = 15.0
LOG: Final = "sandbox.log"
_LOG_TAIL: Final = 2000
_PROBE_SECONDS: Final = 5.0
TRUST: Final = (
    "SSL_CERT_FILE",
    "REQUESTS_CA_BUNDLE",
    "CURL_CA_BUNDLE",
    "GIT_SSL_CAINFO",
    "NODE_EXTRA_CA_CERTS",
    "PIP_CERT",
)
"""By which variable clients are told of an authority: OpenSSL and Go, requests, curl, git, Node, pip."""


@dataclass(frozen=True, slots=True)
class Status:
    """Whether a sandbox is up; ``addresses`` is None when it is not."""

    directory: Path
    up: bool
    addresses: Addresses | None


def up(
    directory: Path,
    *,
    relay_socket: Path | None = None,
    relay_cache: Path | None = None,
    under_release: Collection[str] = (),
    own_relay: bool = False,
    default_index: str | None = None,
    public: PublicNames | None = None,
    public_port: int = 0,
) -> Addresses:
    """Start the sandbox of this directory as a detached process, and return when it answers.

    A sandbox that is up already is left as it is. ``own_relay`` makes its process the relay as well, for a sandbox
    that is not in a network namespace; ``default_index`` is then what it reads when the machine names no main index.
    ``public`` are addresses that the sandbox stands in for, besides its own; ``public_port`` is 443 where the isolation
    lets their names lead to this machine, and 0 where clients come through the sandbox's proxy.

    Raises:
        UnavailableError: It did not come up; the cause ends with its log.
    """
    directory = directory.resolve()
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _one_at_a_time(directory):
        if (running := _already_up(directory)) is not None:
            return running
        command = [sys.executable, "-P", "-m", "tagboat.sandbox", "--dir", str(directory)]
        for option, value in (("--relay-socket", relay_socket), ("--relay-cache", relay_cache)):
            command += [option, str(value.resolve())] if value else []
        command += ["--own-relay"] if own_relay else []
        command += ["--default-index", default_index] if default_index else []
        if public is not None:
            command += ["--public", json.dumps(public.as_json()), "--public-port", str(public_port)]
        for name in under_release:
            command += ["--under-release", name]
        return _started(directory, command)


def down(directory: Path) -> bool:
    """Stop the sandbox of this directory; returns whether one was up.

    Raises:
        UnavailableError: It would not end, even when killed.
    """
    directory = directory.resolve()
    for deadly in (signal.SIGTERM, signal.SIGKILL):
        pid = holder(directory)
        if pid is None:
            return deadly is signal.SIGKILL
        try:
            os.kill(pid, deadly)
        except ProcessLookupError:
            continue
        if _gone(directory, DOWN_SECONDS):
            return True
    if holder(directory) is None:
        return True
    raise UnavailableError(
        f"the sandbox in {directory} does not end", remedy="look at its process and its log"
    )


def status(directory: Path) -> Status:
    """Whether the sandbox of this directory is up: its process holds a lock, so a recycled pid cannot be mistaken."""
    directory = directory.resolve()
    if holder(directory) is None:
        return Status(directory, up=False, addresses=None)
    return Status(directory, up=True, addresses=read_addresses(directory))


def environment(directory: Path, *, index: Literal["pypi", "testpypi"] = "pypi") -> dict[str, str]:
    """The variables that make unmodified clients (git, gh, pip, uv, twine, Node) use this sandbox and nothing else.

    ``index`` is where uploads go; installations come from the sandbox's PyPI.

    Raises:
        UnavailableError: No sandbox was started there.
    """
    addresses = read_addresses(directory.resolve())
    upload = addresses.pypi.upload if index == "pypi" else addresses.testpypi.upload
    return {
        **dict.fromkeys(TRUST, addresses.ca),
        "PIP_INDEX_URL": addresses.pypi.simple,
        "PIP_EXTRA_INDEX_URL": "",
        "PIP_FIND_LINKS": "",
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "UV_DEFAULT_INDEX": addresses.pypi.simple,
        "UV_INDEX": "",
        "UV_FIND_LINKS": "",
        "UV_NO_CONFIG": "1",
        "UV_PUBLISH_URL": upload,
        "UV_PUBLISH_TOKEN": addresses.token,
        "TWINE_REPOSITORY_URL": upload,
        "TWINE_USERNAME": "__token__",
        "TWINE_PASSWORD": addresses.token,
        "TWINE_NON_INTERACTIVE": "1",
        "GH_HOST": addresses.forge.removeprefix("https://"),
        "GH_ENTERPRISE_TOKEN": addresses.token,
        "TAGBOAT_SANDBOX": str(directory.resolve()),
        **dict.fromkeys(("NO_PROXY", "no_proxy"), "localhost,127.0.0.1,::1"),
    }


def public_environment(directory: Path) -> dict[str, str]:
    """The variables for clients that use this sandbox by the public names that it stands in for.

    Where it has port 443 the names have to lead to this machine (``adapters.isolation``), and only its authority has to be
    trusted. Elsewhere its proxy is the only way out; a client that ignores ``HTTPS_PROXY`` is then not held.

    Raises:
        UnavailableError: No sandbox was started there, or it has no public names.
    """
    addresses = read_addresses(directory.resolve())
    if not addresses.front_port:
        raise UnavailableError(f"the sandbox in {directory} has no public names", remedy="start it with them")
    return public_variables(addresses)


def public_variables(addresses: Addresses) -> dict[str, str]:
    """The same for a sandbox whose addresses are at hand."""
    variables = {
        **dict.fromkeys(TRUST, addresses.ca),
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "UV_NO_CONFIG": "1",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
    }
    if addresses.front_port == HTTPS_PORT:
        return variables
    proxies = ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy")
    return {
        **variables,
        **dict.fromkeys(proxies, addresses.proxy),
        **dict.fromkeys(("NO_PROXY", "no_proxy"), "localhost,127.0.0.1,::1"),
    }


def _already_up(directory: Path) -> Addresses | None:
    """The addresses of a sandbox that answers; None when there is none, also after waiting for a dying one to be gone.

    Raises:
        UnavailableError: One is there and neither answers nor dies.
    """
    end = time.monotonic() + READY_SECONDS
    while holder(directory) is not None:
        addresses = read_addresses(directory)
        if _answers(addresses):
            return addresses
        if time.monotonic() > end:
            raise UnavailableError(
                f"the sandbox in {directory} does not answer", remedy="take it down, then up again"
            )
        time.sleep(0.01)
    return None


def _answers(addresses: Addresses) -> bool:
    """Whether any HTTP answer comes from the index; a process that is being killed gives none."""
    parts = urlsplit(addresses.pypi.simple)
    context = ssl.create_default_context(cafile=addresses.ca)
    request = f"GET {parts.path} HTTP/1.0\r\nHost: {parts.netloc}\r\n\r\n"
    try:
        raw = socket.create_connection(("127.0.0.1", parts.port or 0), _PROBE_SECONDS)
        # The handshake is a step of its own, so that the socket is closed when it fails.
        with context.wrap_socket(raw, server_hostname=parts.hostname, do_handshake_on_connect=False) as wire:
            wire.do_handshake()
            wire.sendall(request.encode())
            return wire.recv(5) == b"HTTP/"
    except OSError:
        return False


def _started(directory: Path, command: list[str]) -> Addresses:
    reader, writer = os.pipe()
    try:
        try:
            with (directory / LOG).open("ab") as log:
                # The child forks the sandbox off and ends, so that nobody here has to collect it later.
                subprocess.run(
                    [*command, "--detach", "--ready-fd", str(writer)],
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                    pass_fds=(writer,),
                    cwd=directory,
                    timeout=READY_SECONDS,
                    check=False,
                )
        finally:
            os.close(writer)
        message = _until_closed(reader, READY_SECONDS)
    finally:
        os.close(reader)
    if message.endswith(b"\n"):
        return Addresses.from_json(json.loads(message))
    down(directory)
    tail = (directory / LOG).read_text(errors="replace")[-_LOG_TAIL:].strip()
    raise UnavailableError(
        f"the sandbox did not come up:\n{tail}",
        remedy=f"the whole log is {directory / LOG}; put right what it names",
    )


def _until_closed(reader: int, seconds: float) -> bytes:
    """What comes through the pipe until its end or a newline; what came so far when the time is over."""
    received = b""
    end = time.monotonic() + seconds
    while not received.endswith(b"\n"):
        ready, _, _ = select.select([reader], [], [], max(0.0, end - time.monotonic()))
        piece = os.read(reader, 65536) if ready else b""
        if not piece:
            break
        received += piece
    return received


def _gone(directory: Path, seconds: float) -> bool:
    end = time.monotonic() + seconds
    while holder(directory) is not None:
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True


@contextmanager
def _one_at_a_time(directory: Path) -> Iterator[None]:
    """Two starts of one directory: the second waits, and then finds the sandbox up."""
    handle = os.open(directory / "up.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
