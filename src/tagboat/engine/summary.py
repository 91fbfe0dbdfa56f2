"""A state directory told without opening the release: read-only, light, for ``status`` and for ``resume``'s preview."""

from __future__ import annotations

import fcntl
import json
import os
import shlex
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tagboat.core.plan import Plan, plan_from_json
from tagboat.core.step import StepState
from tagboat.engine.history import History
from tagboat.engine.ledger import entry_of
from tagboat.errors import ConflictError
from tagboat.ports.ledger import Entry

RESUMED = ("release", "dry-run", "publish")
"""The commands that ``tagboat resume`` continues; the others are simply called again."""
_ENDS = {
    "done": "",
    "staged": "staged; next: tagboat confirm --phase stage, then tagboat publish --phase publish",
    "received": "took the build that was handed over; next: tagboat publish --phase stage",
    "tried": "installed from the staging index; next: tagboat publish --phase publish",
    "published": "published; next: tagboat confirm",
    "dry-run": "a dry run: nothing was written outside",
}


def all_releases(root: Path) -> Iterator[Path]:
    """Yield every state directory below the user's state folder, sorted by path."""
    if root.is_dir():
        yield from sorted(path.parent for path in root.glob("*/*/plan.json"))


def summary(state: Path) -> dict[str, Any]:
    """Return where the release of this state directory is, in the shape of a command's JSON answer.

    Raises:
        ConflictError: plan or ledger cannot be read.
    """
    plans = read_plans(state)
    answer = empty(state)
    if not plans:
        return answer
    answer["exit"] = 0
    entries = read_ledger(state / "ledger.sqlite")
    running = is_running(state)
    answer["releases"] = [release.as_json() for release in plans[0].releases]
    answer["steps"] = _all_rows(state, plans, entries, running=running)
    answer["manifest"] = _files(state / "manifest.json")
    if running:
        now = [row["key"] for row in answer["steps"] if row["state"] == StepState.RUNNING.value]
        answer["result"], answer["reason"] = "running", ", ".join(now)
        return answer
    end = _end(entries, plans[-1].digest)
    answer["result"], answer["reason"] = ("succeeded", _ENDS[end]) if end else _result(answer["steps"])
    if not end and read_command(state) in RESUMED:
        answer["next"] = f"tagboat resume --state {shlex.quote(str(state))}"
    return answer


def read_command(state: Path) -> str:
    """Return the command that a state directory was made by."""
    context = json.loads((state / "plan.json").read_bytes()).get("context", {})
    return str(context.get("command", "release"))


def _end(entries: list[Entry], plan: str) -> str:
    """Return how the last run ended well: an entry of that kind that no failure of the plan and no new start follows."""
    for entry in reversed(entries):
        if entry.event in _ENDS:
            return entry.event
        if entry.event in ("resume", "plan") or (entry.event == "failure" and entry.body.get("plan") == plan):
            return ""
    return ""


def empty(state: Path) -> dict[str, Any]:
    """Return the answer about a directory that holds no release."""
    return {
        "schema": "tagboat/answer/1",
        "state": str(state),
        "result": "none",
        "exit": 2,
        "releases": [],
        "steps": [],
        "manifest": [],
        "reason": "",
        "next": "",
    }


def is_running(state: Path) -> bool:
    """Tell whether a process holds the state directory's lock; looking takes nothing from it."""
    try:
        handle = os.open(state / "lock", os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False


def read_plans(state: Path) -> list[Plan]:
    """Return the frozen plans, none when there are none.

    Raises:
        ConflictError: the file is not what was written.
    """
    path = state / "plan.json"
    if not path.is_file():
        return []
    try:
        data = json.loads(path.read_bytes())
        return [plan_from_json(data[half]) for half in ("prepare", "publish") if data[half]]
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise ConflictError(
            f"{path} cannot be read: {error}", remedy="start again with a fresh --state"
        ) from error


def read_ledger(path: Path) -> list[Entry]:
    """Return a ledger's entries without writing to it.

    Raises:
        ConflictError: the file is not a ledger.
    """
    if not path.is_file():
        return []
    try:
        database = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=5)
        try:
            rows = database.execute("SELECT * FROM entry ORDER BY rowid").fetchall()
        finally:
            database.close()
        return [entry_of(row) for row in rows]
    except (sqlite3.DatabaseError, TypeError, ValueError, RecursionError) as error:
        raise ConflictError(
            f"the ledger {path} cannot be read: {error}", remedy="use the release's ledger asset"
        ) from error


def _all_rows(state: Path, plans: list[Plan], entries: list[Entry], *, running: bool) -> list[dict[str, Any]]:
    """The rows of both halves; what is begun and not ended is running when somebody runs it, else unknown."""
    try:
        rows = [row for plan in plans for row in _rows(plan, History(entries, plan.digest))]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ConflictError(
            f"the ledger in {state} holds a receipt that cannot be read: {error}",
            remedy="tagboat ledger verify names the first bad entry",
        ) from error
    for row in rows:
        if running and row["state"] == StepState.UNKNOWN.value:
            row["state"] = StepState.RUNNING.value
    return rows


def _files(manifest: Path) -> list[Any]:
    if not manifest.is_file():
        return []
    try:
        return list(json.loads(manifest.read_bytes())["artifacts"])
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise ConflictError(
            f"{manifest} is not a Manifest: {error}",
            remedy="start again with a fresh --state: what is done is found in the world",
        ) from error


def _rows(plan: Plan, history: History) -> list[dict[str, Any]]:
    return [
        {
            "key": step.key,
            "phase": step.phase.value,
            "state": history.state(step.key).value,
            "seconds": history.seconds(step.key),
            "reason": history.reason(step.key),
            "attempt": history.attempts(step.key),
        }
        for step in plan.steps
    ]


def _result(steps: list[dict[str, Any]]) -> tuple[str, str]:
    for word, result in (
        (StepState.FAILED, "failed"),
        (StepState.UNKNOWN, "unknown"),
        (StepState.WAITING, "waiting"),
    ):
        stopped = next((step for step in steps if step["state"] == word.value), None)
        if stopped:
            return result, f"{stopped['key']}: {stopped['reason']}".rstrip(": ")
    return "stopped", "the run ended between two steps"
