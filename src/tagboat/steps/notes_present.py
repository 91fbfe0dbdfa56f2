"""Guard: the release notes stand in the tagged tree under exactly this version, and are not empty."""

from __future__ import annotations

from dataclasses import dataclass

from packaging.version import Version

from tagboat.core.step import Effect, Phase, Receipt, StepState
from tagboat.core.verdict import Finding, Verdict
from tagboat.ports import Ports
from tagboat.steps.kinds import Attempt, Inputs

PHASE = Phase.CHECK
EFFECT = Effect.NONE


@dataclass(frozen=True, slots=True)
class Options:
    """The commit, the version, and the notes' path with the version already in it."""

    commit: str
    version: str
    path: str


def find(_ports: Ports, _inputs: Inputs) -> Receipt | None:
    """A guard looks afresh each time."""
    return None


def run(ports: Ports, inputs: Inputs, attempt: Attempt) -> Receipt:
    """Read the file at the commit; post releases repair packaging and need no notes of their own."""
    options = inputs.options(Options)
    if Version(options.version).is_postrelease:
        return Receipt(f"{options.version} is a post release: no notes of its own", state=StepState.SKIPPED)
    text = ports.repository.read(options.commit, options.path)
    attempt.log(f"{options.path}: {'absent' if text is None else f'{len(text)} bytes'}")
    if text is None:
        return _fail(f"the release notes {options.path} are not in the tagged tree", "notes-missing")
    if not text.strip():
        return _fail(f"the release notes {options.path} are empty", "notes-empty")
    return Receipt(f"{options.path}: {len(text)} bytes", {"path": options.path})


def _fail(reason: str, code: str) -> Receipt:
    remedy = "write them, commit, and tag the new commit; a tag is never moved"
    return Receipt(reason, findings=(Finding(Verdict.FAIL, reason, remedy, code),))
