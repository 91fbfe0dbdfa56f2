"""The state directory of one release: plans, ledger, artifacts, logs, and the lock that one process holds."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import socket
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

from tagboat.core.canonical import JSON
from tagboat.core.plan import Plan, plan_from_json
from tagboat.errors import AlreadyRunningError, ConflictError

_LOOK_SECONDS = 0.25
"""Longer than ``tagboat status`` holds the lock to see whether it is free."""


class StateDirectory:
    """``plan.json`` (both plans), ``manifest.json``, ``ledger.sqlite``, ``artifacts/``, ``logs/``, ``mirror.git/``.

    Entering it takes the lock. The kernel gives the lock up when the process ends in any way, so a killed release is
    taken over by the next start without waiting.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.plans = path / "plan.json"
        self.manifest = path / "manifest.json"
        self.ledger = path / "ledger.sqlite"
        self.artifacts = path / "artifacts"
        self.logs = path / "logs"
        self.mirror = path / "mirror.git"
        self.scratch = path / "scratch"
        self._lock: int | None = None

    def __enter__(self) -> StateDirectory:
        """Make the directory and take its lock.

        Raises:
            AlreadyRunningError: another process holds it; it is named.
        """
        for folder in (self.path, self.artifacts, self.logs):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        if not _taken(descriptor):
            holder = os.pread(descriptor, 4096, 0).decode("utf-8", "replace").strip()
            os.close(descriptor)
            raise AlreadyRunningError(
                f"this release is running already: {holder or 'its holder has just started'}",
                remedy="wait for it (tagboat status), or stop that process; its state is kept",
            )
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"process {os.getpid()} on {socket.gethostname()}\n".encode(), 0)
        self._lock = descriptor
        shutil.rmtree(self.scratch, ignore_errors=True)
        self.scratch.mkdir()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give the lock up and throw the scratch folder away."""
        shutil.rmtree(self.scratch, ignore_errors=True)
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def folder(self) -> Path:
        """Return a fresh folder below the scratch folder."""
        return Path(tempfile.mkdtemp(dir=self.scratch))

    def log(self, key: str, attempt: int) -> Path:
        """Return the log file of one attempt at one step."""
        flat = "".join(sign if sign.isalnum() or sign in "._-" else "_" for sign in key)
        return self.logs / f"{flat}.{attempt}.log"

    def save_plans(
        self, prepare: Plan, publish: Plan | None = None, context: Mapping[str, JSON] | None = None
    ) -> None:
        """Freeze the plans on disk, with what ``resume`` needs to start again."""
        data: dict[str, JSON] = {
            "schema": "tagboat/plans/1",
            "prepare": prepare.as_json(),
            "publish": publish.as_json() if publish else None,
            "context": dict(context or {}),
        }
        write_durably(self.plans, json.dumps(data, indent=1, sort_keys=True) + "\n")

    def load_plans(self) -> tuple[Plan, Plan | None, dict[str, JSON]] | None:
        """Return the frozen plans and their context, or None when there are none yet.

        Raises:
            ConflictError: the file is not what was written.
        """
        if not self.plans.exists():
            return None
        try:
            data = json.loads(self.plans.read_bytes())
            publish = plan_from_json(data["publish"]) if data["publish"] else None
            return plan_from_json(data["prepare"]), publish, dict(data["context"])
        except (KeyError, TypeError, ValueError) as error:
            raise ConflictError(
                f"{self.plans} is not a plan that this version can read: {error}",
                remedy="start again with a fresh --state: what is done is found in the world",
            ) from error


def _taken(descriptor: int) -> bool:
    """Take the lock; somebody who only looks whether it is held has it for a moment."""
    end = time.monotonic() + _LOOK_SECONDS
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > end:
                return False
            time.sleep(0.01)
        else:
            return True


def write_durably(path: Path, text: str) -> None:
    """Replace a file so that a crash leaves the old text or the new one, never a part."""
    temporary = path.with_name(path.name + ".new")
    with temporary.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    descriptor = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
