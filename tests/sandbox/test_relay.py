from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tagboat.errors import InvalidError
from tagboat.sandbox.process import down, environment, up
from tagboat.sandbox.relay import running_relay
from tagboat.sandbox.server import running_sandbox
from tagboat.sandbox.sources import Sources, machine_sources


@pytest.fixture
def place(tmp_path: Path, kit: Any) -> Path:
    """A simple index in a folder with one project, and a loose file of another."""
    file = kit.wheel("oar", requires_python=">=3.8")
    file.write(tmp_path / "files")
    page = tmp_path / "simple" / "oar" / "index.html"
    page.parent.mkdir(parents=True)
    digest = file.form["sha256_digest"]
    page.write_text(
        f'<a href="../../files/{file.filename}#sha256={digest}" data-requires-python="&gt;=3.8">{file.filename}</a>'
        '<a href="../../files/oar-2.0.tar.gz">gone</a><a href="/etc/passwd">passwd</a>'
    )
    (tmp_path / "files" / "secret.txt").write_text("not listed")
    kit.sdist("anchor").write(tmp_path / "loose")
    return tmp_path


def sources(place: Path) -> Sources:
    return Sources((f"{(place / 'simple').as_uri()}",), (str(place / "loose"),))


@pytest.fixture
def wired(place: Path, kit: Any) -> Iterator[Any]:
    with (
        running_relay(place / "r.sock", sources=sources(place)) as relay,
        running_sandbox(
            place / "sandbox", relay_socket=relay.socket_path, under_release=["Anchor"]
        ) as sandbox,
    ):
        client = kit.client(sandbox.addresses, sandbox.addresses.pypi)
        yield client, sandbox
        client.pool.clear()


def test_other_projects_come_through_the_relay_and_are_kept(wired: Any, place: Path, kit: Any) -> None:
    client, sandbox = wired
    page = client.get("/simple/oar/").json()
    assert page["versions"] == ["1.0"]
    (entry,) = page["files"]
    file = kit.wheel("oar")
    assert entry["hashes"] == {"sha256": file.form["sha256_digest"]}
    assert entry["requires-python"] == ">=3.8"
    url = entry["url"].removeprefix(client.root)
    assert client.get(url).body == file.content
    assert len(list((sandbox.directory / "relay-cache").iterdir())) == 1
    (place / "files" / file.filename).unlink()
    assert client.get(url).body == file.content
    assert sandbox.frame.journal.entries() == []


def test_a_range_of_a_file_that_was_not_read_before(wired: Any, kit: Any) -> None:
    client, _ = wired
    file = kit.wheel("oar")
    answer = client.get(f"/relayed/oar/{file.filename}", Range="bytes=4-9")
    assert (answer.status, answer.body) == (206, file.content[4:10])
    assert client.request("HEAD", f"/relayed/oar/{file.filename}").headers["Content-Length"] == str(
        len(file.content)
    )


def test_names_under_release_are_never_asked_for(wired: Any, kit: Any) -> None:
    client, sandbox = wired
    test = kit.client(sandbox.addresses, sandbox.addresses.testpypi)
    for each in (client, test):
        assert each.get("/simple/anchor/").status == 404
        assert each.get("/relayed/anchor/anchor-1.0.tar.gz").status == 404
        assert each.get("/simple/oar/").status == 200
    assert client.control("under-release", ["OAR"]).json()["under-release"] == ["anchor", "oar"]
    for each in (client, test):
        assert each.get("/simple/oar/").status == 404
        assert each.get(f"/relayed/oar/{kit.wheel('oar').filename}").status == 404
    test.pool.clear()


def test_what_is_uploaded_here_hides_what_is_outside(wired: Any, kit: Any) -> None:
    client, sandbox = wired
    test = kit.client(sandbox.addresses, sandbox.addresses.testpypi)
    client.upload(kit.wheel("oar", "9.0"))
    assert client.get("/simple/oar/").json()["versions"] == ["9.0"]
    assert test.get("/simple/oar/").status == 404
    test.pool.clear()


def test_a_file_with_another_digest_is_not_kept(place: Path, kit: Any) -> None:
    name = kit.wheel("oar").filename
    (place / "files" / name).write_bytes(b"something else")
    with (
        running_relay(place / "r.sock", sources=sources(place)) as relay,
        running_sandbox(place / "sandbox", relay_socket=relay.socket_path) as sandbox,
    ):
        client = kit.client(sandbox.addresses, sandbox.addresses.pypi)
        assert client.get(f"/relayed/oar/{name}").status == 200
        client.pool.clear()
    assert list((place / "sandbox" / "relay-cache").iterdir()) == []


def test_a_relay_that_is_gone_is_503(wired: Any, place: Path) -> None:
    client, _ = wired
    (place / "r.sock").unlink()
    answer = client.get("/simple/oar/")
    assert (answer.status, "relay" in answer.reason) == (503, True)


class Wire(http.client.HTTPConnection):
    """HTTP over the relay's socket."""

    def __init__(self, path: Path) -> None:
        super().__init__("relay")
        self.path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(str(self.path))


def asked(path: Path, method: str, target: str) -> int:
    wire = Wire(path)
    wire.request(method, target)
    status = wire.getresponse().status
    wire.close()
    return status


def test_the_relay_gives_listed_files_and_answers_get_only(place: Path, kit: Any) -> None:
    name = kit.wheel("oar").filename
    with running_relay(place / "r.sock", sources=sources(place), never=["Anchor"]) as relay:
        path = relay.socket_path
        assert path.stat().st_mode & 0o077 == 0
        assert asked(path, "GET", "/simple/oar/") == 200
        assert asked(path, "GET", f"/files/oar/{name}") == 200
        assert asked(path, "GET", "/simple/anchor/") == 404
        assert asked(path, "GET", "/files/anchor/anchor-1.0.tar.gz") == 404
        for target in (
            "/files/oar/secret.txt",
            "/files/oar/passwd",
            "/files/oar/..%2Fsecret.txt",
            "/etc/passwd",
            "/",
        ):
            assert asked(path, "GET", target) == 404
        for method in ("HEAD", "POST", "PUT", "DELETE"):
            assert asked(path, method, "/simple/oar/") == 405
    assert not path.exists()


def test_a_source_that_is_down_is_said_so(place: Path) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        dead = f"http://127.0.0.1:{closed.getsockname()[1]}/simple"
        with running_relay(place / "r.sock", sources=Sources((dead,))) as relay:
            assert asked(relay.socket_path, "GET", "/simple/oar/") == 502
        both = Sources((dead, *sources(place).indexes))
        with running_relay(place / "r.sock", sources=both) as relay:
            assert asked(relay.socket_path, "GET", "/simple/oar/") == 200


def test_an_index_over_http_is_read_in_both_forms(place: Path, kit: Any) -> None:
    with (
        running_sandbox(place / "outside") as outside,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setenv("NO_PROXY", "localhost")
        outer = kit.client(outside.addresses, outside.addresses.pypi)
        outer.upload(kit.wheel("mast"))
        index = outside.addresses.pypi.simple
        with (
            running_relay(
                place / "r.sock", sources=Sources((index,), certificate=outside.addresses.ca)
            ) as relay,
            running_sandbox(place / "inside", relay_socket=relay.socket_path) as inside,
        ):
            inner = kit.client(inside.addresses, inside.addresses.pypi)
            (entry,) = inner.get("/simple/mast/").json()["files"]
            assert entry["core-metadata"]["sha256"]
            url = entry["url"].removeprefix(inner.root)
            assert inner.get(url).body == kit.wheel("mast").content
            assert inner.get(url + ".metadata").body.startswith(b"Metadata-Version")
            inner.pool.clear()
        outer.pool.clear()


def test_a_socket_path_that_is_too_long_is_refused(tmp_path: Path) -> None:
    with (
        pytest.raises(InvalidError, match="too long"),
        running_relay(tmp_path / ("x" * 120), sources=Sources(())),
    ):
        pass


def test_a_sandbox_outside_a_namespace_can_be_its_own_relay(
    place: Path, kit: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_FIND_LINKS", str(place / "loose"))
    try:
        addresses = up(
            place / "sandbox", own_relay=True, default_index=(place / "simple").as_uri(), under_release=["x"]
        )
        client = kit.client(addresses, addresses.pypi)
        assert client.get("/simple/anchor/").status == 200
        assert client.get("/simple/oar/").status == 200
        client.pool.clear()
    finally:
        down(place / "sandbox")


@pytest.mark.slow
@pytest.mark.needs("isolation")
def test_a_rehearsal_without_network_installs_through_the_relay(place: Path, kit: Any) -> None:
    isolated = ["unshare", "--net", "sh", "-c", 'ip link set lo up && exec "$@"', "sh"]
    if subprocess.run([*isolated, "true"], capture_output=True, timeout=30, check=False).returncode:
        pytest.skip("this machine allows no network namespace")
    code = (
        "import sys; from pathlib import Path; from tagboat.sandbox.process import *\n"
        "up(Path('sandbox'), relay_socket=Path('r.sock')); import os, subprocess\n"
        "env = environment(Path('sandbox')) | {'PATH': os.environ['PATH'], 'HOME': os.getcwd()}\n"
        "pip = [sys.executable, '-m', 'pip', 'download', '--no-deps', '--no-cache-dir', '--dest', 'got', 'oar']\n"
        "status = subprocess.run(pip, env=env, timeout=100).returncode; down(Path('sandbox')); sys.exit(status)"
    )
    with running_relay(place / "r.sock", sources=sources(place)):
        command = [*isolated, sys.executable, "-c", code]
        done = subprocess.run(command, cwd=place, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (place / "got" / kit.wheel("oar").filename).exists()


@pytest.mark.slow
def test_a_real_package_comes_from_this_machines_own_index(tmp_path: Path) -> None:
    machine = machine_sources()
    if not machine.indexes and not machine.find_links:
        pytest.skip("this machine names no package index of its own")
    with (
        running_relay(tmp_path / "r.sock") as relay,
        running_sandbox(tmp_path / "sandbox", relay_socket=relay.socket_path) as sandbox,
    ):
        variables = environment(sandbox.directory) | {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
        command = [
            sys.executable,
            "-m",
            "pip",
            "download",
            "--no-deps",
            "--no-cache-dir",
            "--dest",
            "got",
            "iniconfig",
        ]
        done = subprocess.run(
            command, env=variables, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False
        )
        if done.returncode and "503" in done.stdout + done.stderr:
            pytest.skip("this machine's index does not answer")
        if done.returncode:
            pytest.skip(f"this machine's index does not offer the package: {done.stderr[-200:]}")
        assert list((tmp_path / "got").glob("iniconfig-*"))
