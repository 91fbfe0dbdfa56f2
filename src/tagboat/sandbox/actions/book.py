"""Runs, jobs and steps on record: what is executed is written here, and the forge's interface reads it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from tagboat.sandbox.actions.bell import Bell
from tagboat.sandbox.actions.commands import Annotation
from tagboat.sandbox.actions.events import Origin
from tagboat.sandbox.actions.expressions import Value
from tagboat.sandbox.actions.log import JobLog, Masks
from tagboat.sandbox.actions.model import Execution, JobFact, Note, StepFact
from tagboat.sandbox.actions.schedule import Kept
from tagboat.sandbox.forge.model import CheckRun, Job, Repository, Run, now
from tagboat.sandbox.forge.records import Records
from tagboat.sandbox.forge.runs import Play, State, play
from tagboat.sandbox.forge.shapes.people import ACTIONS


class Book:
    """Writes about runs; every change of a job is one of its check run, too, and rings the ``bell``."""

    def __init__(self, records: Records, logs: Path) -> None:
        self.records = records
        self.logs = logs
        self.bell = Bell()

    def new_run(
        self, repository: Repository, origin: Origin, *, name: str, title: str, branch: str, head: str
    ) -> Run:
        """A run in its first attempt; ``head`` is the commit that it stands beside."""
        wanted = Play(
            path=origin.path,
            name=name,
            branch=branch,
            event=origin.event,
            sha=head,
            title=title,
            actor=origin.actor,
            state=State("queued", None),
            jobs=(),
        )
        with self.records.together():
            run = play(self.records, repository, wanted)
            self._attempt(run, origin)
        return run

    def next_attempt(self, run: Run, origin: Origin) -> Run:
        """The run once more."""
        with self.records.together():
            run = self.records.change(
                run, attempt=run.attempt + 1, status="queued", conclusion=None, started=now(), updated=now()
            )
            self._attempt(run, origin)
        return run

    def _attempt(self, run: Run, origin: Origin) -> None:
        told = json.dumps(asdict(origin))
        self.records.add(
            Execution,
            run_id=run.id,
            attempt=run.attempt,
            origin_json=told,
            note="",
            started=now(),
            conclusion=None,
        )

    def execution(self, run: Run, attempt: int | None = None) -> Execution | None:
        """An attempt as it was executed; None for a run that is only played."""
        return self.records.get(Execution, run_id=run.id, attempt=attempt or run.attempt)

    def origin(self, run: Run) -> Origin | None:
        """What the run was started by."""
        found = self.execution(run)
        return Origin(**json.loads(found.origin_json)) if found else None

    def end_run(self, run: Run, conclusion: str, note: str = "") -> Run:
        """The run is over."""
        with self.records.together():
            execution = self.execution(run)
            if execution:
                note = "\n".join(part for part in (execution.note, note) if part)
                self.records.change(execution, conclusion=conclusion, note=note)
            self.bell.ring()
            return self.records.change(run, status="completed", conclusion=conclusion, updated=now())

    def set_run(self, run_id: int, status: str) -> None:
        """The run goes on in another state."""
        run = self.records.get(Run, id=run_id)
        if run and run.status not in (status, "completed"):
            self.records.change(run, status=status, updated=now())

    def add_job(
        self,
        run: Run,
        key: str,
        name: str,
        *,
        labels: Sequence[str] = (),
        environment: str = "",
        state: State,
    ) -> Job:
        """A job of the run's present attempt."""
        moment = now()
        told = {
            "status": state.status,
            "conclusion": state.conclusion,
            "completed": moment if state.finished else None,
        }
        with self.records.together():
            check = self.records.add(
                CheckRun,
                repository_id=run.repository_id,
                suite_id=run.suite_id,
                sha=run.sha,
                name=name,
                external_id="",
                details_url=None,
                output="{}",
                app=ACTIONS,
                started=moment,
                **told,
            )
            job = self.records.add(
                Job, run_id=run.id, check_run_id=check.id, attempt=run.attempt, name=name, created=moment,
                started=moment, **told,
            )  # fmt: skip
            self._fact(
                job, key, labels_json=json.dumps(list(labels)), environment=environment, result=state.conclusion or "",
                log=str(self.logs / str(run.id) / str(run.attempt) / str(job.id)),
            )  # fmt: skip
        return job

    def _fact(self, job: Job, key: str, **told: str) -> None:
        empty = {"outputs_json": "{}", "summary": "", "permissions_json": "{}"}
        self.records.add(
            JobFact, job_id=job.id, run_id=job.run_id, attempt=job.attempt, key=key, **{**empty, **told}
        )

    def keep_log(self, run: Run, name: str, text: str, *, step: str) -> None:
        """A played job of the run's present attempt has this log, of its one step."""
        job = self.records.get(Job, run_id=run.id, attempt=run.attempt, name=name)
        if job is None:
            return
        folder = self.logs / str(run.id) / str(run.attempt) / str(job.id)
        if self.fact(job.id) is None:
            self._fact(job, name, labels_json="[]", environment="", result="", log=str(folder))
        log = JobLog(folder, Masks())
        log.begin(1)
        log.say(text)
        self.set_step(job, 1, step, job.status, job.conclusion)

    def set_job(self, job: Job, state: State) -> None:
        """A job goes on, or ends."""
        moment = now()
        told = {"status": state.status, "conclusion": state.conclusion}
        begun = {"started": moment} if state.status == "in_progress" else {}
        ended = {"completed": moment} if state.finished else {}
        with self.records.together():
            self.records.change(job, **told, **begun, **ended)
            check = self.records.get(CheckRun, id=job.check_run_id)
            if check:
                self.records.change(check, **told, **begun, **ended)
            self._follow(job.run_id)
        self.bell.ring()

    def _follow(self, run_id: int) -> None:
        """A run waits when one of its jobs does and none goes."""
        run = self.records.get(Run, id=run_id)
        states = {
            job.status for job in self.records.all(Job, run_id=run_id, attempt=run.attempt if run else 0)
        }
        waits = "waiting" in states and "in_progress" not in states
        self.set_run(run_id, "waiting" if waits else "in_progress")

    def end_job(self, job: Job, conclusion: str, *, result: str, outputs: Mapping[str, Value]) -> None:
        """A job is over; ``result`` is what jobs that need it see."""
        with self.records.together():
            self.set_job(job, State("completed", conclusion))
            self.set_fact(job.id, result=result, outputs_json=json.dumps(outputs))

    def fact(self, job_id: int) -> JobFact | None:
        """What else is known of a job."""
        return self.records.get(JobFact, job_id=job_id)

    def set_fact(self, job_id: int, **values: str) -> None:
        """Something else is known of a job."""
        fact = self.fact(job_id)
        if fact:
            self.records.change(fact, **values)

    def set_step(self, job: Job, number: int, name: str, status: str, conclusion: str | None) -> None:
        """A step begins, or ends."""
        told: dict[str, str | None] = {"name": name, "status": status, "conclusion": conclusion}
        if status == "in_progress":
            told["started"] = now()
        if status == "completed":
            told["completed"] = now()
        found = self.records.get(StepFact, job_id=job.id, number=number)
        if found:
            self.records.change(found, **told)
        else:
            self.records.add(
                StepFact, job_id=job.id, number=number, **{"started": None, "completed": None, **told}
            )

    def annotate(self, job: Job, annotation: Annotation) -> None:
        """Something to show beside a job's check run."""
        self.records.add(
            Note,
            check_run_id=job.check_run_id,
            level=annotation.level,
            message=annotation.message,
            title=annotation.title,
            path=annotation.path,
            start_line=annotation.line,
            end_line=annotation.end_line,
        )

    def jobs(self, run: Run, attempt: int | None = None) -> list[tuple[Job, JobFact]]:
        """The executed jobs of an attempt, in the order in which they appeared."""
        wanted = attempt or run.attempt
        facts = {fact.job_id: fact for fact in self.records.all(JobFact, run_id=run.id, attempt=wanted)}
        jobs = self.records.all(Job, run_id=run.id, attempt=wanted)
        return [(job, facts[job.id]) for job in jobs if job.id in facts]

    def remembered(self, run: Run, attempt: int) -> dict[str, Kept]:
        """What the jobs of an attempt came to, by their keys."""
        return {
            fact.key: Kept(fact.result, json.loads(fact.outputs_json))
            for _, fact in self.jobs(run, attempt)
            if fact.result
        }

    def keep_jobs(self, run: Run, attempt: int, keys: Iterable[str]) -> None:
        """Jobs of an earlier attempt appear in this one as they were: their log, their check run, their times."""
        wanted = set(keys)
        with self.records.together():
            for job, fact in self.jobs(run, attempt):
                if fact.key in wanted:
                    self._copy(run, job, fact)

    def _copy(self, run: Run, job: Job, fact: JobFact) -> None:
        again = self.records.add(
            Job, run_id=run.id, check_run_id=job.check_run_id, attempt=run.attempt, name=job.name,
            status=job.status, conclusion=job.conclusion, created=job.created, started=job.started,
            completed=job.completed,
        )  # fmt: skip
        told = {
            name: value
            for name, value in asdict(fact).items()
            if name not in ("id", "job_id", "run_id", "attempt", "key")
        }
        self._fact(again, fact.key, **told)
        for step in self.records.all(StepFact, job_id=job.id):
            values = {name: value for name, value in asdict(step).items() if name not in ("id", "job_id")}
            self.records.add(StepFact, job_id=again.id, **values)
