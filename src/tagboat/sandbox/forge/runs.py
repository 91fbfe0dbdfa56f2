"""Workflow runs, which nobody executes here: they are played, with the jobs and check runs that belong to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tagboat.sandbox.forge.model import CheckRun, Job, Repository, Run, Suite, Workflow, now
from tagboat.sandbox.forge.records import Records
from tagboat.sandbox.forge.refusals import invalid
from tagboat.sandbox.forge.shapes.people import ACTIONS

STATUSES = ("queued", "in_progress", "completed", "waiting", "requested", "pending")
CONCLUSIONS = ("success", "failure", "neutral", "cancelled", "skipped", "timed_out", "action_required")


@dataclass(frozen=True, slots=True)
class State:
    """How far something is: a status and, once it is completed, a conclusion."""

    status: str = "completed"
    conclusion: str | None = "success"

    @classmethod
    def checked(cls, status: str, conclusion: str | None, *, of: str) -> State:
        """A state of known words that agree with each other.

        Raises:
            Refusal: 422, they do not.
        """
        if status not in STATUSES:
            raise invalid(of, "status", "invalid")
        if status != "completed":
            return cls(status, None)
        if conclusion not in CONCLUSIONS:
            raise invalid(of, "conclusion", "invalid")
        return cls(status, conclusion)

    @property
    def finished(self) -> bool:
        """Whether nothing more will happen."""
        return self.status == "completed"


@dataclass(frozen=True, slots=True)
class PlayedJob:
    """A job as it shall appear."""

    name: str
    state: State


@dataclass(frozen=True, slots=True)
class Play:
    """A run as it shall appear."""

    path: str
    name: str
    branch: str | None
    event: str
    sha: str
    title: str
    actor: str
    state: State
    jobs: tuple[PlayedJob, ...]


def suite_of(records: Records, repository: Repository, sha: str, app: str, branch: str | None) -> Suite:
    """The suite of an app for a commit, made when it is missing."""
    found = records.get(Suite, repository_id=repository.id, sha=sha, app=app)
    if found:
        return found
    moment = now()
    return records.add(
        Suite, repository_id=repository.id, sha=sha, branch=branch, app=app, created=moment, updated=moment
    )


def workflow_of(records: Records, repository: Repository, path: str, name: str) -> Workflow:
    """The workflow of this file, made when it is missing."""
    found = records.get(Workflow, repository_id=repository.id, path=path)
    return found or records.add(Workflow, repository_id=repository.id, path=path, name=name, created=now())


def play(records: Records, repository: Repository, wanted: Play) -> Run:
    """A new run with its jobs; each run has a suite of its own, as on GitHub."""
    moment = now()
    with records.together():
        workflow = workflow_of(records, repository, wanted.path, wanted.name)
        suite = records.add(
            Suite,
            repository_id=repository.id,
            sha=wanted.sha,
            branch=wanted.branch,
            app=ACTIONS,
            created=moment,
            updated=moment,
        )
        run = records.add(
            Run,
            repository_id=repository.id,
            workflow_id=workflow.id,
            suite_id=suite.id,
            number=len(records.all(Run, workflow_id=workflow.id)) + 1,
            attempt=1,
            branch=wanted.branch,
            sha=wanted.sha,
            event=wanted.event,
            status=wanted.state.status,
            conclusion=wanted.state.conclusion,
            actor=wanted.actor,
            title=wanted.title,
            created=moment,
            updated=moment,
            started=moment,
        )
        _set_jobs(records, run, wanted.jobs)
    return run


def change(records: Records, run: Run, state: State, jobs: Sequence[PlayedJob], *, again: bool) -> Run:
    """A run further on; ``again`` makes the next attempt of it, which leaves the jobs of the earlier ones.

    Without ``jobs``, those of the attempt take the run's own state.
    """
    with records.together():
        attempt = run.attempt + 1 if again else run.attempt
        started = now() if again else run.started
        run = records.change(
            run,
            attempt=attempt,
            status=state.status,
            conclusion=state.conclusion,
            updated=now(),
            started=started,
        )
        names = {job.name for job in records.all(Job, run_id=run.id)}
        _set_jobs(records, run, jobs or [PlayedJob(name, state) for name in sorted(names)])
    return run


def _set_jobs(records: Records, run: Run, jobs: Sequence[PlayedJob]) -> None:
    for wanted in jobs:
        moment = now()
        told = {
            "status": wanted.state.status,
            "conclusion": wanted.state.conclusion,
            "completed": moment if wanted.state.finished else None,
        }
        found = records.get(Job, run_id=run.id, attempt=run.attempt, name=wanted.name)
        if found:
            records.change(found, **told)
            check = records.get(CheckRun, id=found.check_run_id)
            if check:
                records.change(check, **told)
            continue
        check = records.add(
            CheckRun,
            repository_id=run.repository_id,
            suite_id=run.suite_id,
            sha=run.sha,
            name=wanted.name,
            external_id="",
            details_url=None,
            output="{}",
            app=ACTIONS,
            started=moment,
            **told,
        )
        records.add(
            Job,
            run_id=run.id,
            check_run_id=check.id,
            attempt=run.attempt,
            name=wanted.name,
            created=moment,
            started=moment,
            **told,
        )
