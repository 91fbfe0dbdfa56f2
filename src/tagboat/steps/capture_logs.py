"""Keeps the end of the workflow's logs beside the ledger, however the run ended, as the forge throws them away.

A log of a stranger's machine: secrets are masked, controls gone, and only its last 50,000 characters are kept. It is
stored by its digest, which the ledger holds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from tagboat.core.canonical import JSON
from tagboat.core.secrecy import ending
from tagboat.core.step import Effect, Phase, Receipt, StepState
from tagboat.core.text import plain
from tagboat.core.verdict import Finding, Verdict
from tagboat.errors import DeniedError, UnavailableError
from tagboat.ports import Ports
from tagboat.ports.forge import WorkflowRun
from tagboat.steps.kinds import Attempt, Inputs
from tagboat.steps.remote_run import the_run

PHASE = Phase.PUBLISH
EFFECT = Effect.NONE
MOST: Final = 50_000


@dataclass(frozen=True, slots=True)
class Options:
    """Whose logs: the tag, the workflow's file, the Manifest's digest, and whether the tag starts it by itself."""

    tag: str
    workflow: str
    manifest: str
    by_tag: bool = True


def find(_ports: Ports, _inputs: Inputs) -> Receipt | None:
    """Each attempt of the run has logs of its own."""
    return None


def run(ports: Ports, inputs: Inputs, attempt: Attempt) -> Receipt:
    """Fetch, redact, keep; logs that cannot be had stop no release."""
    options = inputs.options(Options)
    try:
        found = the_run(ports, options.tag, options.workflow, options.manifest, by_tag=options.by_tag)
        if found is None or found.status != "completed":
            return Receipt("the run has not finished: it has no logs to keep yet", state=StepState.SKIPPED)
        logs = ports.forge.run_logs(found)
    except (UnavailableError, DeniedError) as error:
        return _without(f"the logs are not kept: {error.cause}")
    if not logs:
        return _without(f"the forge has no logs of {found.url}")
    path = attempt.folder / "publish.log"
    path.write_text(_text(found, logs), encoding="utf-8")
    sha256, size = ports.logs.put(path)
    facts: dict[str, JSON] = {"sha256": sha256, "size": size, "run": found.id, "attempt": found.attempt}
    return Receipt(f"kept the logs of run {found.id}: {sha256[:12]}, {size} bytes", facts)


def _text(run: WorkflowRun, logs: Mapping[str, str]) -> str:
    head = f"{run.url} attempt {run.attempt}: {plain(run.conclusion, limit=40)}\n"
    return head + ending("".join(f"--- {name}\n{text.rstrip()}\n" for name, text in logs.items()), MOST)


def _without(reason: str) -> Receipt:
    return Receipt(
        reason, state=StepState.SKIPPED, findings=(Finding(Verdict.WARN, reason, code="logs-missing"),)
    )
