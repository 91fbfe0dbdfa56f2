"""One attempt of a run, from its place in a group to its conclusion."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from tagboat.errors import TagboatError
from tagboat.sandbox.actions.events import Origin, github_context
from tagboat.sandbox.actions.expressions import Scope, Value, fill, text, truthy
from tagboat.sandbox.actions.gates import Gate, values
from tagboat.sandbox.actions.graph import Call, Graph
from tagboat.sandbox.actions.schedule import Kept
from tagboat.sandbox.actions.signals import Signal
from tagboat.sandbox.actions.turn import TOP, Held
from tagboat.sandbox.actions.workflow import Workflow
from tagboat.sandbox.actions.workshop import Course, Workshop
from tagboat.sandbox.forge.model import Repository, Run


class Running:
    """A run under way."""

    def __init__(self, course: Course) -> None:
        self.course = course
        self._note = ""

    @classmethod
    def of(
        cls,
        shop: Workshop,
        run: Run,
        repository: Repository,
        origin: Origin,
        found: Mapping[str, Workflow],
        kept: dict[str, Kept] | None = None,
    ) -> Running:
        """A run that is about to go."""
        owner, actor = shop.forge.owner_of(repository), shop.forge.account(origin.actor)
        github = github_context(origin, run, repository, owner, actor, workflow=found[origin.path].name)
        return cls(Course(shop, run, repository, owner, origin, found, github, Signal(), kept or {}))

    @property
    def gates(self) -> list[Gate]:
        """The jobs that wait for somebody's decision."""
        return self.course.gates

    def cancel(self, *, force: bool = False, note: str = "") -> None:
        """End it: what is under way is ended, what wants to run ``always()`` still does unless forced."""
        self._note = self._note or note
        self.course.signal.cancel(force=force)

    async def go(self) -> None:
        """All of it; the run is on record as completed afterwards, whatever happens."""
        course = self.course
        conclusion, note = "failure", ""
        try:
            conclusion = await self._turn()
        except TagboatError as problem:
            note = problem.cause
        except (OSError, ValueError, LookupError, RuntimeError) as problem:
            note = f"this is a mistake of the sandbox itself: {problem!r}"
            raise
        except asyncio.CancelledError:
            conclusion, note = "cancelled", "the sandbox was stopped while this run was under way"
            raise
        finally:
            for job, _ in course.workshop.book.jobs(course.run):
                if job.status != "completed":
                    course.workshop.book.end_job(job, "cancelled", result="cancelled", outputs={})
            course.workshop.book.end_run(course.run, conclusion, note or self._note)

    async def _turn(self) -> str:
        course, wanted = self.course, self.course.workflow.concurrency
        if wanted is None:
            return await self._jobs({})
        scope = Scope(self._contexts())
        name = text(fill(wanted.group, scope))
        cancels = (
            truthy(fill(wanted.cancel, scope)) if isinstance(wanted.cancel, str) else bool(wanted.cancel)
        )
        groups = course.workshop.groups
        place = groups.enter(
            course.repository.id, name, lambda: self.cancel(note=_replaced(name)), cancels=cancels
        )
        try:
            if not place.admitted.is_set():
                course.workshop.book.set_run(course.run.id, "pending")
            admitted = await course.signal.during(place.admitted)
            return await self._jobs({name.lower(): TOP}) if admitted else "cancelled"
        finally:
            groups.leave(course.repository.id, name, place)

    async def _jobs(self, held: Held) -> str:
        course = self.course
        course.workshop.book.set_run(course.run.id, "in_progress")
        call = Call(course.workflow, inputs=course.origin.inputs, held=held)
        result = await Graph(course, call, course.signal).go()
        return "cancelled" if course.signal.cancelled.is_set() else result.result

    def _contexts(self) -> dict[str, Value]:
        course = self.course
        variables = values(course.workshop.forge.records, course.repository, "", hidden=False)
        return {"github": course.github, "inputs": dict(course.origin.inputs), "vars": dict(variables)}


def _replaced(group: str) -> str:
    return f"Canceling since a higher priority waiting request for '{group}' exists"
