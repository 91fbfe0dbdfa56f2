"""The state directory of one release: plans, ledger, artifacts, logs, and the lock that one process holds."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

from tagboat.core.canonical import JSON
from tagboat.core.plan import Plan, plan_from_json
from tagboat.engine.lock import FileLock
from tagboat.errors import ConflictError


class StateDirectory:
    """``plan.json`` (both plans), ``manifest.json``, ``ledger.sqlite``, ``artifacts/``, ``logs/``, ``mirror.git/``.

    ``earlier.jsonl`` holds the ledgers of the jobs before this one, if there were any.

    Entering it takes its lock.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.plans = path / "plan.json"
        self.manifest = path / "manifest.json"
        self.ledger = path / "ledger.sqlite"
        self.earlier = path / "earlier.jsonl"
        self.artifacts = path / "artifacts"
        self.logs = path / "logs"
        self.mirror = path / "mirror.git"
        self.scratch = path / "tagboat-scratch"
        self._lock = FileLock(path / "lock", "this release")

    def __enter__(self) -> StateDirectory:
        """Make the directory and take its lock.

        Raises:
            AlreadyRunningError: another process holds it; it is named.
        """
        for folder in (self.path, self.artifacts, self.logs):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._lock.__enter__()
        shutil.rmtree(self.scratch, ignore_errors=True)
        self.scratch.mkdir()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give the lock up and throw the scratch folder away."""
        shutil.rmtree(self.scratch, ignore_errors=True)
        self._lock.__exit__(kind, error, trace)

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
