"""What a mirror says when the forge refuses, fails or serves malformed objects."""

from __future__ import annotations

import os
import socket
import subprocess
from pathlib import Path

import pytest

from tagboat.adapters.git.mirror import Mirror, MovedTag
from tagboat.adapters.http import Credentials
from tagboat.errors import DeniedError, RefusedError, UnavailableError
from tagboat.sandbox import control
from tagboat.sandbox.faults import Faults
from tagboat.sandbox.server import Sandbox
from tagboat.testing.clock import FakeClock
from tagboat.testing.histories import git


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "source"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    git(folder, "commit", "-q", "--allow-empty", "-m", "first")
    git(folder, "tag", "v1.0.0")
    return folder


def push(sandbox: Sandbox, source: Path, url: str) -> None:
    trust = {
        "GIT_SSL_CAINFO": sandbox.addresses.ca,
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "http.extraHeader",
    }
    git(
        source,
        "push",
        "-q",
        "--mirror",
        url,
        GIT_CONFIG_VALUE_0=f"Authorization: Bearer {sandbox.addresses.token}",
        **trust,
    )


def mirror(
    sandbox: Sandbox, folder: Path, url: str, token: str | None, clock: FakeClock | None = None
) -> Mirror:
    credentials = Credentials.bearer(token) if token else None
    return Mirror(
        folder / "mirror.git", url, ca=Path(sandbox.addresses.ca), credentials=credentials, clock=clock
    )


@pytest.mark.parametrize("token", [None, "wrong"])
def test_a_private_repository_is_denied_without_the_right_token(
    sandbox: Sandbox, source: Path, tmp_path: Path, number: int, token: str | None
) -> None:
    url = control.create_repository(sandbox.addresses, f"acme/refused-{number}", private=True)
    push(sandbox, source, url)
    clock = FakeClock()
    for name in (url, f"{sandbox.addresses.git}/acme/nothing-there.git"):
        with pytest.raises(DeniedError) as caught:
            mirror(sandbox, tmp_path, name, token, clock).refresh()
        assert "token" in caught.value.remedy
    assert clock.pauses == []


def test_a_failing_forge_is_tried_again_then_unavailable(
    sandbox: Sandbox, source: Path, tmp_path: Path, number: int
) -> None:
    url = control.create_repository(sandbox.addresses, f"acme/failing-{number}")
    push(sandbox, source, url)
    faults, clock = Faults(sandbox.directory), FakeClock()
    copy = mirror(sandbox, tmp_path, url, None, clock)
    faults.add("forge", "git-advertise", "status", value=503, times=2)
    copy.refresh()
    assert clock.pauses == [1.0, 2.0]
    for kind in ("status", "drop-before"):
        faults.add("forge", "git-advertise", kind, times=20)
        with pytest.raises(UnavailableError):
            copy.refresh()
        faults.clear()
    assert copy.branch_head("main") == git(source, "rev-parse", "HEAD")


def test_a_host_that_is_not_there_is_unavailable(tmp_path: Path) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/o/r.git"
        copy = Mirror(tmp_path / "mirror.git", url, clock=FakeClock())
        with pytest.raises(UnavailableError):
            copy.refresh()
        with pytest.raises(UnavailableError):
            copy.default_branch()


def test_an_untrusted_certificate_is_unavailable(sandbox: Sandbox, tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match="certificate"):
        Mirror(tmp_path / "mirror.git", f"{sandbox.addresses.git}/o/r.git", clock=FakeClock()).refresh()


def test_the_certificates_of_the_machines_environment_are_trusted(
    sandbox: Sandbox, source: Path, tmp_path: Path, number: int
) -> None:
    url = control.create_repository(sandbox.addresses, f"acme/trusted-{number}")
    push(sandbox, source, url)
    environment = {"PATH": os.environ["PATH"], "SSL_CERT_FILE": sandbox.addresses.ca}
    copy = Mirror(tmp_path / "mirror.git", url, environment=environment, clock=FakeClock())
    copy.refresh()
    assert copy.branch_head("main") == git(source, "rev-parse", "HEAD")


def test_malformed_objects_of_a_forge_are_refused(
    sandbox: Sandbox, source: Path, tmp_path: Path, number: int
) -> None:
    url = control.create_repository(sandbox.addresses, f"acme/malformed-{number}")
    blob = git(source, "hash-object", "-w", "--stdin", content="x")
    made = subprocess.run(
        ["git", "hash-object", "-t", "tree", "--literally", "-w", "--stdin"],
        cwd=source,
        input=b"100644 ..\0" + bytes.fromhex(blob),
        capture_output=True,
        check=True,
        timeout=60,
    )
    commit = git(source, "commit-tree", made.stdout.decode().strip(), "-m", "hostile")
    git(source, "update-ref", "refs/heads/main", commit)
    push(sandbox, source, url)
    with pytest.raises(RefusedError, match="fsck"):
        mirror(sandbox, tmp_path, url, None, FakeClock()).refresh()


def test_moved_and_deleted_tags_are_reported(source: Path, tmp_path: Path) -> None:
    copy = Mirror(tmp_path / "mirror.git", source)
    git(source, "tag", "v0.9.0")
    copy.refresh()
    assert copy.moved == ()
    first = git(source, "rev-parse", "HEAD")
    git(source, "commit", "-q", "--allow-empty", "-m", "second")
    second = git(source, "rev-parse", "HEAD")
    git(source, "tag", "-f", "v1.0.0")
    git(source, "tag", "-d", "v0.9.0")
    copy.refresh()
    assert set(copy.moved) == {MovedTag("v1.0.0", first, second), MovedTag("v0.9.0", first, "")}
    copy.refresh()
    assert copy.moved == ()


def test_a_name_may_become_a_folder_of_names(source: Path, tmp_path: Path) -> None:
    copy = Mirror(tmp_path / "mirror.git", source)
    git(source, "branch", "topic")
    copy.refresh()
    git(source, "branch", "-m", "topic", "topic/one")
    copy.refresh()
    assert sorted(copy.branches()) == ["main", "topic/one"]


def test_a_mirror_that_was_never_filled_says_so(source: Path, tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="not fetched"):
        Mirror(tmp_path / "mirror.git", source).tags()
