"""Where cases take place: sandboxes as they are before the release, made once and copied for every case."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from tagboat.adapters.addresses import PUBLIC
from tagboat.sandbox import control
from tagboat.sandbox.addresses import Addresses
from tagboat.sandbox.frame import Moment
from tagboat.sandbox.relay import running_relay
from tagboat.sandbox.server import Sandbox, running_sandbox
from tagboat.testing.crash import subject
from tagboat.testing.crash.subject import REPOSITORY, TAG
from tagboat.testing.crash.workflow import Workflow

WORLDS: Final = ("clean", "earlier-draft", "unsteady")
"""Before the release: nothing; a draft that an earlier build of another plan filled; nothing, and unsteady builds."""
LONGEST: Final = 120.0
"""Seconds after which a process counts as hanging."""


@dataclass(frozen=True, slots=True)
class Ground:
    """One lane's folder with its relay and its worlds.

    Attributes:
        folder: everything lies below it.
        relay: the relay's socket.
        remote: releases are handed to a workflow, which makes the tag a part of them.
    """

    folder: Path
    relay: Path
    remote: bool = False

    @contextmanager
    def sandbox(
        self, directory: Path, on_moment: Callable[[Moment], None] | None = None
    ) -> Iterator[Sandbox]:
        """Run the sandbox of this directory in a thread."""
        with running_sandbox(
            directory,
            on_moment=on_moment,
            relay_socket=self.relay,
            relay_cache=self.folder / "relayed",
            under_release=(subject.NAME,),
        ) as running:
            yield running

    def copy(self, world: str, destination: Path) -> None:
        """Copy the world as it is before the release, made when it is wanted for the first time."""
        made = self.folder / "worlds" / world
        if not made.exists():
            fresh = made.with_name(f"{world}.new")
            self._make(world, fresh)
            fresh.rename(made)
        shutil.copytree(made, destination)

    def commit(self, world: str) -> str:
        """Return the one commit of the world's repository."""
        return subject.git(self.folder / f"source-{world}", "rev-parse", "HEAD")

    def workflow(self, world: str, addresses: Addresses) -> Workflow | None:
        """Return the workflow that releases are handed to; None where they are not."""
        return Workflow(addresses, self.commit(world)) if self.remote else None

    def _make(self, world: str, directory: Path) -> None:
        source = subject.make(
            self.folder / f"source-{world}",
            unsteady=world == "unsteady",
            more=subject.REMOTE if self.remote else "",
        )
        with self.sandbox(directory) as running:
            there = running.addresses
            url = control.create_repository(there, REPOSITORY)
            token = base64.b64encode(f"x-access-token:{there.token}".encode()).decode()
            settings = {
                "GIT_SSL_CAINFO": there.ca,
                "GIT_CONFIG_COUNT": "1",
                "GIT_CONFIG_KEY_0": "http.extraHeader",
                "GIT_CONFIG_VALUE_0": f"Authorization: Basic {token}",
            }
            refs = ["main"] if self.remote else ["main", TAG]
            subject.git(source.folder, "push", "--quiet", url, *refs, settings=settings)
            control.play_workflow_run(there, REPOSITORY, sha=source.commit, branch="main")
            if world == "earlier-draft":
                _leave_draft(there)


@contextmanager
def ground(folder: Path, *, remote: bool = False) -> Iterator[Ground]:
    """Make a lane's ground in an empty folder whose path is short (a Unix socket lies in it)."""
    relay = folder / "relay"
    with running_relay(relay, default_index=PUBLIC.indexes["pypi"].simple, never=(subject.NAME,)):
        yield Ground(folder, relay, remote)


@dataclass(slots=True)
class Process:
    """One start of ``tagboat``.

    Attributes:
        status: the exit status, negative for a signal; None when it hung and was ended.
        said: its last words.
    """

    status: int | None
    said: str

    @property
    def killed(self) -> bool:
        """Whether it died of SIGKILL."""
        return self.status == -9


@dataclass(slots=True)
class Runner:
    """Starts ``tagboat`` against a sandbox, and tells whom to kill."""

    ground: Ground
    directory: Path
    folder: Path
    without_find: bool = False
    running: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def run(
        self, command: list[str], *, kill: str = "", record: Path | None = None, after: float = 0.0
    ) -> Process:
        """Run it to its end; ``kill`` is its order, ``after`` seconds it is killed from here."""
        order: dict[str, Any] = {
            "kill": kill,
            "record": str(record) if record else "",
            "without_find": self.without_find,
        }
        argv = [sys.executable, "-P", "-m", "tagboat.testing.crash.entry", json.dumps(order), *command]
        output = self.folder / "said"
        with output.open("wb") as said:
            self.running = subprocess.Popen(
                argv,
                cwd=self.folder,
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
            )
            timer = threading.Timer(after or LONGEST, self.running.kill)
            timer.start()
            try:
                status: int | None = self.running.wait()
            finally:
                hung = not timer.is_alive() and not after
                timer.cancel()
                timer.join()
        self.running = None
        text = output.read_text(errors="replace")[-1500:]
        return Process(None if hung and status == -9 else status, text)

    def kill(self) -> None:
        """Kill what runs, and return when it is dead."""
        process = self.running
        if process is not None:
            process.kill()
            with suppress(ChildProcessError):  # who waits for it may have seen its end first
                os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)

    def _environment(self) -> dict[str, str]:
        kept = ("PATH", "HOME", "LANG", "TMPDIR", "PYTHONPATH", "PYTHONWARNINGS")
        places = {
            "UV_CACHE_DIR": str(self.ground.folder / "uv"),
            "XDG_STATE_HOME": str(self.folder / "user"),
            "XDG_CACHE_HOME": str(self.ground.folder / "cache"),
        }
        return {name: os.environ[name] for name in kept if name in os.environ} | places


def _leave_draft(there: Addresses) -> None:
    """Let our own identity leave a filled draft of another plan's build."""
    from tagboat.testing.crash.world import MANIFEST  # noqa: PLC0415 - it is told apart from what it judges

    made = _send(there, f"{there.api}/repos/{REPOSITORY}/releases", {"tag_name": TAG, "draft": True})
    manifest = {
        "schema": "tagboat/manifest/1",
        "tool": "tagboat 0",
        "repository": REPOSITORY,
        "plan": "0" * 64,
        "releases": [],
        "shards": [],
        "artifacts": [],
    }
    uploads = there.api.replace("/api/v3", "/api/uploads")
    flat = subject.NAME.replace("-", "_")
    for name, content in (
        (f"{flat}-1.0.0-py3-none-any.whl", b"another wheel"),
        (f"{flat}-1.0.0.tar.gz", b"another sdist"),
        ("notes-of-old.txt", b"a file that no build makes any more"),
        (MANIFEST, json.dumps(manifest).encode()),
    ):
        _send(there, f"{uploads}/repos/{REPOSITORY}/releases/{made['id']}/assets?name={name}", content)


def _send(there: Addresses, url: str, body: bytes | dict[str, Any]) -> dict[str, Any]:
    import ssl  # noqa: PLC0415 - only while a world is made

    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    request = urllib.request.Request(  # noqa: S310 - a sandbox's address is https
        url,
        data=data,
        method="POST",
        headers={"Authorization": f"token {there.token}", "Content-Type": "application/octet-stream"},
    )
    trust = urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=there.ca))
    with urllib.request.build_opener(urllib.request.ProxyHandler({}), trust).open(
        request, timeout=30
    ) as answer:
        told: dict[str, Any] = json.load(answer)
    return told
