from __future__ import annotations

import os
import signal
import socket
import ssl
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tagboat.errors import AlreadyRunningError, UnavailableError
from tagboat.sandbox.addresses import Addresses
from tagboat.sandbox.process import down, environment, status, up
from tagboat.sandbox.server import running_sandbox


@pytest.fixture
def directory(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "sandbox"
    down(tmp_path / "sandbox")


def answers(addresses: Addresses) -> bool:
    context = ssl.create_default_context(cafile=addresses.ca)
    with urllib.request.urlopen(addresses.pypi.simple, context=context, timeout=30) as answer:  # noqa: S310 - ours
        return bool(answer.status == 200)


def test_up_is_ready_when_it_returns_and_down_ends_it(directory: Path) -> None:
    addresses = up(directory)
    assert answers(addresses)
    assert status(directory) == type(status(directory))(directory, up=True, addresses=addresses)
    assert down(directory) is True
    assert status(directory).up is False
    assert down(directory) is False


def test_up_twice_is_the_same_sandbox(directory: Path) -> None:
    assert up(directory) == up(directory)


def test_a_restart_keeps_ports_authority_and_token(directory: Path) -> None:
    first = up(directory)
    authority = Path(first.ca).read_bytes()
    down(directory)
    second = up(directory)
    assert second.as_json() | {"pid": 0} == first.as_json() | {"pid": 0}
    assert Path(second.ca).read_bytes() == authority
    assert answers(second)


def test_a_taken_port_is_replaced(directory: Path) -> None:
    first = up(directory)
    down(directory)
    port = urlsplit(first.pypi.simple).port
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", port))
        other.listen()
        second = up(directory)
    assert urlsplit(second.pypi.simple).port != port
    assert second.testpypi == first.testpypi


def test_a_recycled_process_id_is_not_taken_for_the_sandbox(directory: Path) -> None:
    pid = up(directory).pid
    os.kill(pid, signal.SIGKILL)
    while status(directory).up:
        pass
    (directory / "sandbox.lock").write_text(str(os.getpid()))
    assert status(directory).up is False
    assert down(directory) is False


def test_up_right_after_a_kill_does_not_take_the_dying_for_the_living(directory: Path) -> None:
    for _ in range(5):
        os.kill(up(directory).pid, signal.SIGKILL)
    assert answers(up(directory))


def test_a_sandbox_that_cannot_start_shows_its_log(directory: Path) -> None:
    directory.mkdir()
    (directory / "sandbox.sqlite").write_bytes(
        b"this is no database, and long enough to be noticed as such" * 20
    )
    with pytest.raises(UnavailableError, match="file is not a database"):
        up(directory)
    assert status(directory).up is False


def test_one_directory_has_one_sandbox(tmp_path: Path) -> None:
    with running_sandbox(tmp_path), pytest.raises(AlreadyRunningError), running_sandbox(tmp_path):
        pass


def test_secrets_are_for_the_owner_alone(sandbox: Any) -> None:
    for name in ("ca.key", "token", "sandbox.json"):
        assert (sandbox.directory / name).stat().st_mode & 0o077 == 0


def test_services_listen_on_the_loopback_interface_only(sandbox: Any) -> None:
    for url in (sandbox.addresses.forge, sandbox.addresses.testpypi.upload, sandbox.addresses.pypi.upload):
        with socket.socket() as other:
            other.bind(("127.0.0.2", urlsplit(url).port))  # would fail beside a wildcard listener


def test_the_environment_points_every_client_here(directory: Path) -> None:
    with pytest.raises(UnavailableError, match="no sandbox was started"):
        environment(directory)
    addresses = up(directory)
    main, test = environment(directory), environment(directory, index="testpypi")
    assert main["PIP_INDEX_URL"] == test["PIP_INDEX_URL"] == addresses.pypi.simple
    assert (main["UV_PUBLISH_URL"], test["UV_PUBLISH_URL"]) == (
        addresses.pypi.upload,
        addresses.testpypi.upload,
    )
    assert main["GH_HOST"] == urlsplit(addresses.forge).netloc
    code = f"import urllib.request as u; print(u.urlopen('{addresses.pypi.simple}', timeout=30).status)"
    told = subprocess.run(
        [sys.executable, "-c", code], env=main, capture_output=True, text=True, check=True, timeout=60
    )
    assert told.stdout.strip() == "200"
