"""A sandbox that stands in for the public names, and commands that use it by these names alone, in one of two ways.

``isolation``: the sandbox has port 443 of a private network in which the names lead to it, and a command joins that
network. ``proxy``: commands run in the open, and ``HTTPS_PROXY`` is all that leads them to it.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tagboat.adapters.isolation import private_network
from tagboat.sandbox import process
from tagboat.sandbox.addresses import Addresses, read_addresses
from tagboat.wiring.names import public_names

SECONDS = 180
SCRIPTS = Path(sysconfig.get_path("scripts"))
REPOSITORY = "acme/boat"
WORKFLOW = "release.yml"


@dataclass
class Inside:
    """Where commands meet the sandbox; ``enter`` is what stands before each of them."""

    way: str
    directory: Path
    work: Path
    enter: tuple[str, ...]
    more: dict[str, str] = field(default_factory=dict)

    @property
    def addresses(self) -> Addresses:
        return read_addresses(self.directory)

    def run(self, *words: object, fine: bool = True, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run a command with nothing in its environment but what the sandbox wants it to have."""
        environment = {
            "PATH": f"{SCRIPTS}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(self.work),
            "LC_ALL": "C.UTF-8",
            "NO_COLOR": "1",
            "UV_NO_CACHE": "1",
            "PIP_NO_CACHE_DIR": "1",
            **process.public_environment(self.directory),
            **variables,
        }
        # Whoever enters another mount namespace finds itself at its root.
        here = ("env", f"--chdir={self.work}", "--")
        done = subprocess.run(
            [*self.enter, *here, *(str(word) for word in words)],
            cwd=self.work,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        assert not fine or done.returncode == 0, done.stdout + done.stderr
        return done

    def python(self, code: str, *words: object, **variables: str) -> Any:
        """Run a script that prints JSON."""
        return json.loads(self.run(sys.executable, "-P", "-c", code, *words, **variables).stdout or "null")

    def control(self, call: str) -> Any:
        """Call one of the sandbox's orders, ``control.X(here, ...)`` or ``trust.X(here, ...)``."""
        code = (
            "import json, sys\nfrom pathlib import Path\nfrom tagboat.sandbox import control, trust\n"
            "from tagboat.sandbox.addresses import read_addresses\n"
            f"here = read_addresses(Path(sys.argv[1]))\nprint(json.dumps({call}))\n"
        )
        return self.python(code, self.directory)

    def identity(self, environment: str = "") -> dict[str, str]:
        """The variables of a job of the workflow, as GitHub gives them."""
        job = f"trust.GitHubJob({REPOSITORY!r}, '5' * 40, workflow={WORKFLOW!r}, environment={environment!r})"
        variables: dict[str, str] = self.control(f"trust.grant_identity(here, {job}).environment()")
        return variables

    def trusting(self, project: str, index: str = "pypi") -> None:
        """Let the workflow publish a project that does not exist yet."""
        order = f"trust.PublisherOrder({REPOSITORY!r}, {WORKFLOW!r})"
        known = self.control(f"trust.list_publishers(here, {index!r})")
        for each in known:
            self.control(f"trust.remove_publisher(here, {index!r}, {each['id']})")
        self.control(f"trust.add_publisher(here, {index!r}, {project!r}, {order}, create=True)")

    def journal(self, service: str) -> list[tuple[str, str, str]]:
        """What a service accepted, as operation, key and result."""
        lines = (self.directory / "journal.jsonl").read_text().splitlines()
        entries = [json.loads(line) for line in lines]
        return [
            (each["operation"], each["key"], each["result"]) for each in entries if each["service"] == service
        ]


@pytest.fixture(scope="session", params=["isolation", "proxy"])
def shared(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Inside]:
    """One sandbox for all tests of a way."""
    folder = tmp_path_factory.mktemp(request.param)
    started = _isolated if request.param == "isolation" else _proxied
    yield from started(folder / "sandbox", folder)


@pytest.fixture
def inside(shared: Inside, tmp_path: Path) -> Inside:
    """The sandbox of a way, with a folder of the test's own."""
    work = tmp_path / "work"
    work.mkdir()
    return Inside(shared.way, shared.directory, work, shared.enter)


def _proxied(directory: Path, _: Path) -> Iterator[Inside]:
    process.up(directory, public=public_names())
    try:
        yield Inside("proxy", directory, directory, ())
    finally:
        process.down(directory)


def _isolated(directory: Path, folder: Path) -> Iterator[Inside]:
    isolation = private_network(public_names().hosts())
    if not isolation.names:
        pytest.skip("public names cannot be led here: " + isolation.explanation)
    if shutil.which("nsenter") is None:
        reason = "nsenter (util-linux) is not installed"
        pytest.fail(reason) if os.environ.get("TAGBOAT_CI") == "1" else pytest.skip(reason)
    directory.mkdir()
    reader, writer = os.pipe()
    names = json.dumps(public_names().as_json())
    command = [sys.executable, "-P", "-m", "tagboat.sandbox", "--dir", str(directory), "--public", names]
    command += ["--public-port", "443", "--ready-fd", str(writer)]
    with (folder / "log").open("wb") as log:
        started = subprocess.Popen(isolation.wrap(command), pass_fds=(writer,), stdout=log, stderr=log)
    os.close(writer)
    try:
        with os.fdopen(reader) as ready:
            assert ready.readline(), (folder / "log").read_text()
        kinds = ["--net", "--mount"]
        if "--map-root-user" in isolation.prefix:
            kinds += ["--user", "--preserve-credentials"]
        yield Inside("isolation", directory, directory, ("nsenter", f"--target={started.pid}", *kinds, "--"))
    finally:
        started.terminate()
        started.wait(30)
