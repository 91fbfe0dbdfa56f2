"""Guard: the tag is still to be made, or stands on the forge at the very commit of this release."""

from __future__ import annotations

from dataclasses import dataclass

from tagboat.core.step import Effect, Phase, Receipt
from tagboat.errors import ConflictError
from tagboat.ports import Ports
from tagboat.steps.kinds import Attempt, Inputs

PHASE = Phase.CHECK
EFFECT = Effect.NONE


@dataclass(frozen=True, slots=True)
class Options:
    """The tag's short name and the commit that it is, or will be, a tag of."""

    tag: str
    commit: str


def find(_ports: Ports, _inputs: Inputs) -> Receipt | None:
    """A guard looks afresh each time."""
    return None


def run(ports: Ports, inputs: Inputs, attempt: Attempt) -> Receipt:
    """Compare commits, never tag objects: annotated, signed and lightweight tags are alike."""
    options = inputs.options(Options)
    commit = ports.forge.tag_commit(options.tag)
    attempt.log(f"{options.tag} on {ports.forge.repository}: {commit or 'absent'}")
    if commit is None:
        return Receipt(f"{options.tag} will be made at {options.commit[:12]}", {"commit": None})
    refuse_other(options.tag, commit, options.commit)
    return Receipt(f"{options.tag} is {commit[:12]} already", {"commit": commit})


def refuse_other(tag: str, there: str, wanted: str) -> None:
    """Make sure that a tag of the forge leads where this release wants it.

    Raises:
        ConflictError: it leads elsewhere.
    """
    if there != wanted:
        raise ConflictError(
            f"the tag {tag} is taken: on the forge it is {there or 'no commit'}, this release is of {wanted}",
            remedy="find out who made it; a tag is never moved: release the next version, or that very commit",
        )
