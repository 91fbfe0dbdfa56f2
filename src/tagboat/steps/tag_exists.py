"""Guard: the tag is on the forge and still peels to the planned commit."""

from __future__ import annotations

from dataclasses import dataclass

from tagboat.core.step import Effect, Phase, Receipt
from tagboat.core.verdict import Finding, Verdict
from tagboat.errors import StalePlanError
from tagboat.ports import Ports
from tagboat.steps.kinds import Attempt, Inputs

PHASE = Phase.CHECK
EFFECT = Effect.NONE


@dataclass(frozen=True, slots=True)
class Options:
    """The tag's short name and the commit that the plan was made for."""

    tag: str
    commit: str


def find(_ports: Ports, _inputs: Inputs) -> Receipt | None:
    """A guard looks afresh each time."""
    return None


def run(ports: Ports, inputs: Inputs, attempt: Attempt) -> Receipt:
    """Compare commits, never tag objects: annotated, signed and lightweight tags are alike."""
    options = inputs.options(Options)
    commit = ports.forge.tag_commit(options.tag)
    if commit is None:
        finding = Finding(
            Verdict.FAIL,
            f"the tag {options.tag} is not on {ports.forge.repository}",
            f"push it: git push origin refs/tags/{options.tag}",
            "tag-missing",
        )
        return Receipt(finding.reason, findings=(finding,))
    if commit != options.commit:
        raise StalePlanError(
            f"the tag {options.tag} has moved: the plan was made for {options.commit[:12]}, "
            f"the forge now says {commit[:12]}",
            remedy="find out who moved it; then plan the release again in a fresh state directory",
        )
    tag = ports.repository.tag(options.tag)
    kind = tag.kind.value if tag else "forge"
    attempt.log(f"{options.tag} is a {kind} tag of {commit}")
    return Receipt(f"{options.tag} ({kind}) is {commit[:12]}", {"commit": commit, "kind": kind})
