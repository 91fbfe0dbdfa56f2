"""How a job stands while its steps go by: results, environment, status; and the scope that expressions get from it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tagboat.sandbox.actions.expressions import Scope, Value, text
from tagboat.sandbox.actions.globs import find


@dataclass(frozen=True, slots=True)
class StepResult:
    """What the ``steps`` context tells of a step."""

    outcome: str
    conclusion: str
    outputs: Mapping[str, Value]


@dataclass(slots=True)
class Level:
    """The steps of a job, or of one composite action inside it: each has results and a status of its own."""

    contexts: dict[str, Value]
    results: dict[str, StepResult] = field(default_factory=dict)
    status: str = "success"
    action: Path | None = None

    def settle(self, identifier: str, result: StepResult) -> None:
        """Note a step's end."""
        if identifier:
            self.results[identifier] = result
        if result.conclusion == "failure" and self.status == "success":
            self.status = "failure"

    def steps(self) -> dict[str, Value]:
        """The ``steps`` context."""
        return {
            name: {"outputs": dict(each.outputs), "outcome": each.outcome, "conclusion": each.conclusion}
            for name, each in self.results.items()
        }

    def scope(self, env: Mapping[str, str], workspace: Path, *, cancelled: bool, **more: Value) -> Scope:
        """What the expressions of a step see."""

        def hash_files(*patterns: Value) -> Value:
            return hashed(workspace, [text(pattern) for pattern in patterns])

        status = "cancelled" if cancelled else self.status
        functions: dict[str, Callable[..., Value]] = {
            "success": lambda: status == "success",
            "failure": lambda: status == "failure",
            "cancelled": lambda: cancelled,
            "always": lambda: True,
            "hashfiles": hash_files,
        }
        contexts: dict[str, Value] = {
            **self.contexts,
            "env": dict(env),
            "steps": self.steps(),
            "job": {"status": status, "check_run_id": None},
            **more,
        }
        return Scope(contexts, functions)


def hashed(workspace: Path, patterns: list[str]) -> str:
    """``hashFiles``: one digest over those of the matching files, empty when there is none."""
    whole, any_file = hashlib.sha256(), False
    for path in find(workspace, patterns, hidden=True).files:
        if workspace in path.parents and path.is_file():
            whole.update(hashlib.sha256(path.read_bytes()).digest())
            any_file = True
    return whole.hexdigest() if any_file else ""
