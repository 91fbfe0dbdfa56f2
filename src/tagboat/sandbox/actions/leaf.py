"""One job of a run that has steps: its place on record, what it has to wait for, its token, and its end."""

from __future__ import annotations

import asyncio
import json
import secrets as random
import shlex
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

from tagboat.errors import InvalidError
from tagboat.sandbox.actions.commands import Annotation
from tagboat.sandbox.actions.expressions import Scope, Value, fill, fill_all, text, truthy
from tagboat.sandbox.actions.gates import Gate, environment_of, may_deploy, reviewers, values
from tagboat.sandbox.actions.hiding import Hiding, hiding_of
from tagboat.sandbox.actions.job.order import Ended, Order
from tagboat.sandbox.actions.job.steps import filled, joined, minutes
from tagboat.sandbox.actions.job.walk import JobWalk
from tagboat.sandbox.actions.log import JobLog, Masks
from tagboat.sandbox.actions.machine import Machine
from tagboat.sandbox.actions.model import Lent
from tagboat.sandbox.actions.permissions import of_token
from tagboat.sandbox.actions.shelf import RunShelf
from tagboat.sandbox.actions.signals import Signal
from tagboat.sandbox.actions.turn import Held, Turn
from tagboat.sandbox.actions.workflow.model import Defaults, Job, Workflow
from tagboat.sandbox.actions.workshop import Course, played_by
from tagboat.sandbox.forge.access import digest
from tagboat.sandbox.forge.model import Job as JobRecord
from tagboat.sandbox.forge.model import Token
from tagboat.sandbox.forge.runs import State
from tagboat.sandbox.forge.shapes.people import ACTIONS

BOT = f"{ACTIONS}[bot]"
"""The account that workflows act as."""
_SEEN: Final = (
    "##[warning]this machine allows no user namespaces: the steps of this job can read the sandbox's own folder, in which "
    "its token and all secrets are"
)


class Refused:
    """A job that cannot even begin."""

    def __init__(self, course: Course, key: str, title: str) -> None:
        self._course = course
        self._key = key
        self._title = title

    def tell(self, cause: str, record: JobRecord | None = None) -> Ended:
        """Put it on record as failed, with the cause as its log."""
        book = self._course.workshop.book
        job = record or book.add_job(self._course.run, self._key, self._title, state=State("queued", None))
        fact = book.fact(job.id)
        if fact:
            JobLog(Path(fact.log), Masks()).say(f"##[error]{cause}")
        book.annotate(job, Annotation("failure", cause))
        book.set_step(job, 1, "Set up job", "completed", "failure")
        book.end_job(job, "failure", result="failure", outputs={})
        return Ended("failure", {})


class _Told:
    """Puts on record what a job reports."""

    def __init__(self, course: Course, record: JobRecord) -> None:
        self._book = course.workshop.book
        self._record = record

    def step(self, number: int, name: str, status: str, conclusion: str | None) -> None:
        self._book.set_step(self._record, number, name, status, conclusion)

    def annotate(self, annotation: Annotation) -> None:
        self._book.annotate(self._record, annotation)

    def summarize(self, text_of_step: str) -> None:
        fact = self._book.fact(self._record.id)
        before = fact.summary if fact else ""
        self._book.set_fact(self._record.id, summary=f"{before}{text_of_step}")


class Leaf:
    """One job on its way from ``queued`` to ``completed``."""

    def __init__(
        self,
        course: Course,
        workflow: Workflow,
        job: Job,
        key: str,
        title: str,
        scope: Scope,
        permissions: Mapping[str, str],
        handed: Mapping[str, Value] | None,
        held: Held,
    ) -> None:
        self._course = course
        self._workflow = workflow
        self._job = job
        self._key = key
        self._title = title
        self._scope = scope
        self._permissions = permissions
        self._handed = handed
        self._held = held
        self._environment = text(fill(job.environment.name, scope)) if job.environment else ""
        labels = fill_all(job.labels, scope)
        listed = [labels] if isinstance(labels, str) else labels
        if not isinstance(listed, list) or not listed:
            raise InvalidError(f"job '{job.id}': runs-on gives no label")
        self._labels = tuple(text(label) for label in listed)

    async def go(self, signal: Signal) -> Ended:
        """Wait for what has to be waited for, then run the steps.

        Raises:
            InvalidError: An expression of the job cannot be evaluated.
        """
        book = self._course.workshop.book
        record = book.add_job(
            self._course.run, self._key, self._title, labels=self._labels, environment=self._environment,
            state=State("queued", None),
        )  # fmt: skip
        told, missing = played_by(self._course.workshop, self._labels)
        if missing:
            return self._refuse(
                record,
                f"runs-on {', '.join(missing)}: no such machine in this sandbox. To let this one stand in for it: "
                f"tagboat sandbox actions stand-in {shlex.quote(missing[0])}",
            )
        try:
            with signal.below() as own:
                concurrency, who = self._job.concurrency, self._job.id
                async with Turn(self._course, concurrency, self._scope, own, self._held, who) as turn:
                    if turn.deadlock:
                        book.annotate(record, Annotation("failure", turn.deadlock))
                    ended = (
                        await self._admitted(record, own, told) if turn.admitted else Ended("cancelled", {})
                    )
        except InvalidError as problem:
            return self._refuse(record, problem.cause)
        book.end_job(record, ended.result, result=self._seen(ended), outputs=ended.outputs)
        return ended

    def _seen(self, ended: Ended) -> str:
        lenient = self._job.lenient
        forgiven = truthy(fill(lenient, self._scope)) if isinstance(lenient, str) else bool(lenient)
        return "success" if forgiven and ended.result == "failure" else ended.result

    def _refuse(self, record: JobRecord, cause: str) -> Ended:
        return Refused(self._course, self._key, self._title).tell(cause, record)

    async def _admitted(self, record: JobRecord, signal: Signal, told: list[str]) -> Ended:
        cause = await self._let_in(record, signal)
        if cause:
            return self._refuse(record, cause)
        if signal.cancelled.is_set():
            return Ended("cancelled", {})
        async with signal.place(self._course.workshop.places) as free:
            return await self._run(record, signal, told) if free else Ended("cancelled", {})

    async def _let_in(self, record: JobRecord, signal: Signal) -> str:
        """Wait at the environment's gate; returns why the job may not pass, if it may not."""
        course, name = self._course, self._environment
        if not name:
            return ""
        records = course.workshop.forge.records
        environment = environment_of(records, course.repository, name)
        if not may_deploy(records, environment, course.origin.ref):
            kind = "Tag" if course.origin.ref.startswith("refs/tags/") else "Branch"
            return (
                f'{kind} "{course.github["ref_name"]}" is not allowed to deploy to {name} due to environment '
                "protection rules."
            )
        if not reviewers(environment) and not environment.wait_minutes:
            return ""
        course.workshop.book.set_job(record, State("waiting", None))
        gate = Gate(environment)
        course.gates.append(gate)
        course.workshop.book.bell.ring()
        try:
            if reviewers(environment):
                await signal.during(gate.decided)
            if gate.state != "rejected" and environment.wait_minutes:
                never = Gate(environment).decided
                await signal.during(never, environment.wait_minutes * course.workshop.machine.minute)
        finally:
            course.gates.remove(gate)
        course.workshop.book.set_job(record, State("queued", None))
        return f"The deployment to {name} was rejected by a reviewer." if gate.state == "rejected" else ""

    async def _run(self, record: JobRecord, signal: Signal, told: list[str]) -> Ended:
        course, workshop = self._course, self._course.workshop
        fact = workshop.book.fact(record.id)
        workshop.book.set_fact(record.id, permissions_json=json.dumps(dict(self._permissions)))
        workshop.book.set_job(record, State("in_progress", None))
        hiding = await asyncio.to_thread(hiding_of, workshop.forge.frame.state.directory)
        told = [*told, *([] if hiding.works else [_SEEN])]
        with self._token() as token, self._identity() as (variables, notes):
            order = self._order(record, token, variables, [*told, *self._rights(), *notes])
            shelf = RunShelf(workshop.forge.records, workshop.forge.frame.state.blobs, course.run)
            machine = _hiding(workshop.machine, hiding, order.folder)
            walk = JobWalk(order, machine, _Told(course, record), shelf, mark=workshop.mark)
            with signal.heard(lambda force: walk.cancel(force=force)):
                ended = await walk.go()
        if fact and ended.url:
            workshop.book.set_fact(record.id, environment=self._environment)
        return ended

    def _order(self, record: JobRecord, token: str, variables: Mapping[str, str], notes: list[str]) -> Order:
        course, job, machine = self._course, self._job, self._course.workshop.machine
        records = course.workshop.forge.records
        hidden = self._secrets()
        github = self._scope.contexts["github"]
        github = {
            **(github if isinstance(github, Mapping) else {}),
            "job": job.id,
            "token": token,
            "server_url": machine.server,
            "api_url": machine.api,
            "graphql_url": machine.graphql,
        }
        variables_of = values(records, course.repository, self._environment, hidden=False)
        scope = self._scope.also(
            github=github, vars=dict(variables_of), secrets={**hidden, "GITHUB_TOKEN": token}
        )
        env = filled(self._workflow.env, scope)
        env |= filled(job.env, scope)
        defaults = joined(self._workflow.defaults, job.defaults)
        evaluated = scope.also(env=dict(env))
        fact = course.workshop.book.fact(record.id)
        return Order(
            job=job,
            name=self._title,
            contexts=scope.contexts,
            env=env,
            defaults=Defaults(
                text(fill(defaults.shell, evaluated)) if defaults.shell else None,
                text(fill(defaults.directory, evaluated)) if defaults.directory else None,
            ),
            token=token,
            folder=course.workshop.folder / str(record.id),
            log=Path(fact.log if fact else ""),
            variables=variables,
            hidden=tuple(text(value) for value in hidden.values()),
            notes=tuple(notes),
            minutes=minutes(job.minutes, scope),
        )

    def _secrets(self) -> dict[str, Value]:
        course = self._course
        own = values(course.workshop.forge.records, course.repository, self._environment, hidden=True)
        if self._handed is None:
            return dict(own)
        in_environment = values(course.workshop.forge.records, course.repository, "", hidden=True)
        only = {name: value for name, value in own.items() if in_environment.get(name) != value}
        return {**self._handed, **only}

    def _rights(self) -> list[str]:
        granted = [
            f"  {scope}: {level}" for scope, level in sorted(self._permissions.items()) if level != "none"
        ]
        return ["##[group]GITHUB_TOKEN Permissions", *(granted or ["  none"]), "##[endgroup]"]

    @contextmanager
    def _token(self) -> Iterator[str]:
        """A token with exactly the job's permissions, for this repository alone, gone when the job is."""
        forge, repository = self._course.workshop.forge, self._course.repository
        account = forge.account(BOT, kind="Bot")
        secret = f"ghs_{random.token_urlsafe(30)}"
        token = forge.records.add(
            Token,
            digest=digest(secret),
            login=account.login,
            kind="installation",
            permissions=json.dumps(of_token(self._permissions)),
            repositories=json.dumps([repository.full_name]),
        )
        lent = forge.records.add(Lent, token_id=token.id, grant=0)
        try:
            yield secret
        finally:
            forge.records.remove(token)
            forge.records.remove(lent)

    @contextmanager
    def _identity(self) -> Iterator[tuple[dict[str, str], list[str]]]:
        """The variables by which a job asks for identity tokens: only with ``id-token: write``."""
        machine = self._course.workshop.machine
        if self._permissions.get("id-token") != "write":
            yield {}, []
            return
        if machine.identity is None:
            yield {}, ["##[warning]id-token: write is granted, but this sandbox has no identity provider"]
            return
        number, secret = machine.identity.grant(self._claims())
        records = self._course.workshop.forge.records
        lent = records.add(Lent, token_id=0, grant=number)
        try:
            yield (
                {
                    "ACTIONS_ID_TOKEN_REQUEST_URL": f"{machine.identity_url}/token/{number}?api-version=2.0",
                    "ACTIONS_ID_TOKEN_REQUEST_TOKEN": secret,
                },
                [],
            )
        finally:
            machine.identity.revoke(number)
            records.remove(lent)

    def _claims(self) -> dict[str, object]:
        github = self._course.github
        told = (
            "actor", "actor_id", "base_ref", "event_name", "head_ref", "ref", "ref_type", "repository",
            "repository_id", "repository_owner", "repository_owner_id", "repository_visibility", "run_attempt",
            "run_id", "run_number", "sha", "workflow", "workflow_ref", "workflow_sha",
        )  # fmt: skip
        origin, name = self._course.origin, self._course.repository.full_name
        return {
            **{each: text(github[each]) for each in told},
            "environment": self._environment,
            "job_workflow_ref": f"{name}/{self._workflow.path}@{origin.ref}",
            "job_workflow_sha": origin.file_sha,
        }


def _hiding(machine: Machine, hiding: Hiding, own: Path) -> Machine:
    """The machine as one job has it: of the sandbox's folder there is its own directory, and whom to trust."""
    trusted = {Path(value) for value in machine.variables.values() if value.startswith(f"{hiding.folder}/")}
    outer = machine.wrap

    def wrap(command: Sequence[str]) -> list[str]:
        return outer(hiding.wrap(command, own, *sorted(trusted)))

    return replace(machine, wrap=wrap, hidden=hiding.folder)
