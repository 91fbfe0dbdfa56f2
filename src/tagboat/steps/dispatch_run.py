"""Starts the workflow that publishes, on the tag.

The forge takes every dispatch for a new one, so its answer decides; where it was lost, only the list of runs tells. What is
not seen there is not sent again by this start: a later one looks first, as patiently (see decision 30).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tagboat.core.canonical import JSON
from tagboat.core.step import Effect, Phase, Receipt
from tagboat.errors import AnswerLostError, StepFailedError
from tagboat.ports import Ports
from tagboat.steps.kinds import Attempt, Inputs
from tagboat.steps.remote_run import the_run
from tagboat.workflows.dispatching import given
from tagboat.workflows.publisher import FOLDER

PHASE = Phase.PUBLISH
EFFECT = Effect.PERMANENT
SENT_ONCE: Final = True


@dataclass(frozen=True, slots=True)
class Options:
    """What is started, and with what.

    Attributes:
        tag: the tag that is released, and the reference that the workflow runs for.
        commit: the tag's, where the workflow's file is read.
        workflow: the file's name in ``.github/workflows``.
        component: the one that is released.
        manifest: the digest of the Manifest that the tag hands over.
    """

    tag: str
    commit: str
    workflow: str
    component: str
    manifest: str


def find(ports: Ports, inputs: Inputs) -> Receipt | None:
    """Return the tag's run, whoever started it and whatever became of it: it is run again, not started again."""
    options = inputs.options(Options)
    run = the_run(ports, options.tag, options.workflow, options.manifest, by_tag=False)
    return _receipt(f"{options.workflow} was started for {options.tag}", run.id) if run else None


def run(ports: Ports, inputs: Inputs, attempt: Attempt) -> Receipt:
    """Start it.

    Raises:
        AnswerLostError: it may have been started.
        StepFailedError: it is not there, or the forge refuses to start it so.
        DeniedError: we may not start it.
    """
    options = inputs.options(Options)
    path = f"{FOLDER}/{options.workflow}"
    data = ports.repository.read(options.commit, path)
    if data is None:
        raise StepFailedError(
            f"{path} is not at {options.commit[:12]}", remedy="release a commit that has it"
        )
    said = given(path, data, options.component, options.tag)
    attempt.log(f"starting {options.workflow} on {options.tag} with {dict(said)}")
    try:
        number = ports.forge.dispatch(options.workflow, options.tag, said)
    except AnswerLostError as problem:
        raise AnswerLostError(
            f"whether {options.workflow} was started is not known: {problem.cause}",
            remedy="tagboat resume looks for its run again, and starts it only if there is still none",
        ) from None
    return _receipt(f"started {options.workflow} on {options.tag}", number)


def _receipt(said: str, number: int) -> Receipt:
    facts: dict[str, JSON] = {"run": number} if number else {}
    return Receipt(f"{said} (run {number})" if number else said, facts)
