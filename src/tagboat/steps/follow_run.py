"""Guard: the workflow that was started for the tag has run, and succeeded.

It is followed while it runs, its address told at once and its jobs' states as they change. Nothing is waited for
without end: a run that does not appear, and one that does not finish, each have a time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from tagboat.core.canonical import JSON
from tagboat.core.step import Effect, Phase, Receipt
from tagboat.core.text import plain
from tagboat.errors import StepFailedError, UnavailableError, WaitingError
from tagboat.ports import Ports
from tagboat.ports.forge import Job, WorkflowRun
from tagboat.steps.kinds import Attempt, Inputs
from tagboat.steps.remote_run import failure, the_run

PHASE = Phase.PUBLISH
EFFECT = Effect.NONE
_FIRST_PAUSE, _FACTOR, _LONGEST_PAUSE = 1.0, 1.5, 15.0
_SILENCES = 5
_MOST_TOLD = 100


@dataclass(frozen=True, slots=True)
class Options:
    """Which run is followed, and for how long.

    Attributes:
        tag: the tag that started it.
        workflow: the file's name in ``.github/workflows``.
        manifest: the digest of the Manifest that the tag hands over.
        start: seconds for it to appear.
        wait: seconds for it to finish; then a later start goes on.
        by_tag: the tag starts it by itself; else it was dispatched.
    """

    tag: str
    workflow: str
    manifest: str
    start: int
    wait: int
    by_tag: bool = True


def find(ports: Ports, inputs: Inputs) -> Receipt | None:
    """Return the run when it has succeeded."""
    options = inputs.options(Options)
    run = the_run(ports, options.tag, options.workflow, options.manifest, by_tag=options.by_tag)
    return _receipt(run) if run and (run.status, run.conclusion) == ("completed", "success") else None


def run(ports: Ports, inputs: Inputs, attempt: Attempt) -> Receipt:
    """Follow it to its end.

    Raises:
        StepFailedError: it did not succeed, or did not appear in time.
        WaitingError: it has not finished in time.
        UnavailableError: the forge does not tell any more.
    """
    options = inputs.options(Options)
    followed, began, pause, silences = _Followed(attempt), ports.clock.monotonic(), _FIRST_PAUSE, 0
    while True:
        try:
            found = the_run(ports, options.tag, options.workflow, options.manifest, by_tag=options.by_tag)
            jobs = ports.forge.jobs(found) if found else ()
            silences = 0
        except UnavailableError as error:
            silences += 1
            if silences == _SILENCES:
                raise
            attempt.log(f"the forge does not answer: {error.cause}")
        else:
            if found:
                followed.see(found, jobs)
            if found and found.status == "completed":
                return _judged(ports, found, jobs)
            left = _left(options, found, ports.clock.monotonic() - began)
            pause = min(pause, left)
        ports.clock.sleep(pause)
        pause = min(max(pause, _FIRST_PAUSE) * _FACTOR, _LONGEST_PAUSE)


def _left(options: Options, run: WorkflowRun | None, spent: float) -> float:
    """Return how many seconds are left of the patience for this.

    Raises:
        StepFailedError, WaitingError: none.
    """
    left = (options.wait if run else options.start) - spent
    if left > 0:
        return left
    if run is None:
        raise StepFailedError(
            f"no run of {options.workflow} for {options.tag} appeared within {options.start} seconds",
            remedy=_missing(options),
        )
    state = run.status.replace("_", " ")
    waits = "approve its deployment there if it waits for you; " if run.status == "waiting" else ""
    raise WaitingError(
        f"{run.workflow or run.name} is still {state} after {options.wait} seconds: {run.url}",
        remedy=f"{waits}it goes on by itself: tagboat resume follows it further",
    )


def _missing(options: Options) -> str:
    if options.by_tag:
        return (
            f"is there a .github/workflows/{options.workflow} at the tagged commit that starts on pushed tags such as "
            f"{options.tag}? A tag that a workflow's own token makes starts nothing. Start it by hand on the tag"
        )
    return (
        f"the forge took the dispatch of {options.workflow} on {options.tag} and does not list its run: look at the "
        "workflow's page, then tagboat resume follows it further"
    )


@dataclass(slots=True)
class _Followed:
    """What was told of a run so far."""

    attempt: Attempt
    shown: tuple[int, int] = (0, 0)
    states: dict[str, str] = field(default_factory=dict)

    def see(self, run: WorkflowRun, jobs: Sequence[Job]) -> None:
        """Tell what is new."""
        if (run.id, run.attempt) != self.shown:
            self.shown, self.states = (run.id, run.attempt), {}
            again = f", attempt {run.attempt}" if run.attempt > 1 else ""
            self.attempt.tell(f"{run.workflow or run.name} runs{again}: {run.url}")
        changed = [job for job in jobs if self.states.get(job.name) != _state(job)]
        self.states |= {job.name: _state(job) for job in jobs}
        for job in changed[:_MOST_TOLD]:
            self.attempt.tell(f"{plain(job.name, limit=100)}: {_state(job)}")


def _state(job: Job) -> str:
    return (job.conclusion or job.status).replace("_", " ")


def _judged(ports: Ports, run: WorkflowRun, jobs: Sequence[Job]) -> Receipt:
    if run.conclusion == "success":
        return _receipt(run)
    raise StepFailedError(
        failure(ports, run, jobs),
        remedy=f"put right what it names, and re-run its failed jobs: {run.url} (or tagboat resume --rerun)",
    )


def _receipt(run: WorkflowRun) -> Receipt:
    facts: dict[str, JSON] = {"run": run.id, "attempt": run.attempt, "url": run.url}
    again = f", attempt {run.attempt}" if run.attempt > 1 else ""
    return Receipt(f"{run.workflow or run.name} succeeded (run {run.id}{again}): {run.url}", facts)
