"""A state directory told without opening the release: read-only, light, for ``status`` and for ``resume``'s preview."""

from __future__ import annotations

import json
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
    answer: dict[str, Any] = {
        "schema": "tagboat/answer/1",
        "state": str(state),
        "result": "none",
        "exit": 0 if plans else 2,
        "releases": [],
        "steps": [],
        "manifest": [],
        "reason": "",
        "next": "",
    }
    if not plans:
        return answer
    entries = read_ledger(state / "ledger.sqlite")
    answer["releases"] = [release.as_json() for release in plans[0].releases]
    for plan in plans:
        history = History(entries, plan.digest)
        answer["steps"].extend(_rows(plan, history))
    manifest = state / "manifest.json"
    if manifest.is_file():
        answer["manifest"] = json.loads(manifest.read_bytes())["artifacts"]
    answer["result"], answer["reason"] = _result(
        answer["steps"], done=bool(entries) and entries[-1].event == "done"
    )
    answer["next"] = "" if answer["result"] == "succeeded" else f"tagboat resume --state {state}"
    return answer


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
    except (KeyError, TypeError, ValueError) as error:
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
        database = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=5)
        try:
            rows = database.execute("SELECT * FROM entry ORDER BY rowid").fetchall()
        finally:
            database.close()
        return [entry_of(row) for row in rows]
    except (sqlite3.DatabaseError, ValueError) as error:
        raise ConflictError(
            f"the ledger {path} cannot be read: {error}", remedy="use the release's ledger asset"
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


def _result(steps: list[dict[str, Any]], *, done: bool) -> tuple[str, str]:
    if done:
        return "succeeded", ""
    for word, result in (
        (StepState.FAILED, "failed"),
        (StepState.UNKNOWN, "unknown"),
        (StepState.WAITING, "waiting"),
    ):
        stopped = next((step for step in steps if step["state"] == word.value), None)
        if stopped:
            return result, f"{stopped['key']}: {stopped['reason']}".rstrip(": ")
    return "stopped", "the run ended between two steps"
