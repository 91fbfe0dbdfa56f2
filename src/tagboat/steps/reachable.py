"""Guard: the tagged commit can be reached from a branch that may release this version."""

from __future__ import annotations

from dataclasses import dataclass

from tagboat.core.step import Effect, Phase, Receipt
from tagboat.core.verdict import Finding, Verdict
from tagboat.ports import Ports
from tagboat.steps.kinds import Attempt, Inputs

PHASE = Phase.CHECK
EFFECT = Effect.NONE


@dataclass(frozen=True, slots=True)
class Options:
    """The commit, the version, and the branches whose release line holds the version."""

    commit: str
    version: str
    branches: tuple[str, ...]


def find(_ports: Ports, _inputs: Inputs) -> Receipt | None:
    """A guard looks afresh each time."""
    return None


def run(ports: Ports, inputs: Inputs, attempt: Attempt) -> Receipt:
    """Pass with the first allowed branch that holds the commit."""
    options = inputs.options(Options)
    if not options.branches:
        return _fail(
            f"no release line holds the version {options.version}",
            "add the branch and its version range to the component's 'lines'",
            "line-missing",
        )
    absent = []
    for branch in options.branches:
        head = ports.repository.branch_head(branch)
        attempt.log(f"branch {branch}: {head or 'absent'}")
        if head is None:
            absent.append(branch)
        elif ports.repository.is_ancestor(options.commit, head):
            return Receipt(f"{options.commit[:12]} is on {branch}", {"branch": branch, "head": head})
    named = ", ".join(options.branches)
    if len(absent) == len(options.branches):
        return _fail(f"the forge has no branch {named}", "push it, or correct 'lines'", "branch-missing")
    return _fail(
        f"the tagged commit {options.commit[:12]} cannot be reached from {named}",
        f"merge it into {named}, or tag a commit that is there; a maintenance branch is allowed by 'lines'",
        "not-reachable",
    )


def _fail(reason: str, remedy: str, code: str) -> Receipt:
    return Receipt(reason, findings=(Finding(Verdict.FAIL, reason, remedy, code),))
