"""A job from its first step to its last: what runs, what is skipped, and what it all comes to."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Mapping
from typing import Final
from uuid import uuid4

from tagboat.errors import InvalidError, StepFailedError, TagboatError
from tagboat.sandbox.actions import child
from tagboat.sandbox.actions.commands import Annotation
from tagboat.sandbox.actions.expressions import Value, fill, holds, text
from tagboat.sandbox.actions.job import deeds
from tagboat.sandbox.actions.job.order import Ended, Order, Reporter, Shelf
from tagboat.sandbox.actions.job.rooms import Rooms
from tagboat.sandbox.actions.job.state import Level, StepResult
from tagboat.sandbox.actions.job.steps import (
    Composite,
    display_name,
    filled,
    flag,
    minutes,
    read_composite,
)
from tagboat.sandbox.actions.job.way import Doing, Way
from tagboat.sandbox.actions.log import JobLog, Masks
from tagboat.sandbox.actions.machine import Machine
from tagboat.sandbox.actions.workflow.model import Step

MOST_MINUTES: Final = 360.0
_DEEPEST: Final = 10
_PROTECTED: Final = ("GITHUB_", "RUNNER_")


class JobWalk:
    """One job on its way; ``cancel`` may be called at any time from the loop's thread."""

    def __init__(
        self, order: Order, machine: Machine, reporter: Reporter, shelf: Shelf, *, mark: str
    ) -> None:
        masks = Masks()
        for secret in (order.token, *order.hidden):
            masks.add(secret)
        log, level = JobLog(order.log, masks), Level(dict(order.contexts))
        self._way = Way(order, machine, reporter, shelf, log, level, dict(order.env))
        self._mark = f"{mark}_{uuid4().hex}"
        self._number = 1

    def cancel(self, *, force: bool = False) -> None:
        """End the step under way; those that want to run ``always()`` still do, unless forced."""
        self._way.cancelled = True
        if force:
            self._way.forced.set()
        self._way.stop.set()

    async def go(self) -> Ended:
        """Do all of it. The directory of the job and every process that it left are gone afterwards."""
        order = self._way.order
        github = order.contexts.get("github")
        github = github if isinstance(github, Mapping) else {}
        repository = text(github.get("repository"))
        rooms = self._way.rooms = await asyncio.to_thread(
            Rooms.made, order.folder, repository, github.get("event")
        )
        self._way.level.contexts["runner"] = rooms.runner()
        self._way.level.contexts["github"] = {
            **github,
            "workspace": str(rooms.workspace),
            "event_path": str(rooms.event),
        }
        self._way.variables = {**rooms.variables(self._way.machine, github, self._mark), **order.variables}
        limit = (order.minutes or MOST_MINUTES) * self._way.machine.minute
        timer = asyncio.get_running_loop().call_later(limit, self._late)
        try:
            self._set_up()
            for number, step in enumerate(order.job.steps, 2):
                self._number = number
                await self._step(step, self._way.level)
            await self._clean_up(len(order.job.steps) + 2)
            return self._end()
        finally:
            timer.cancel()
            await asyncio.to_thread(child.end_orphans, self._mark)
            await asyncio.to_thread(shutil.rmtree, order.folder, ignore_errors=True)

    def _set_up(self) -> None:
        self._open(1, "Set up job")
        self._way.log.say(
            f"A job in a Tagboat sandbox: '{self._way.order.name}'. The actions it uses are stand-ins."
        )
        for note in self._way.order.notes:
            self._way.log.say(note)
        self._way.reporter.step(1, "Set up job", "completed", "success")
        for number, step in enumerate(self._way.order.job.steps, 2):
            try:
                name = display_name(step, self._way.scope(self._way.level))
            except InvalidError:
                name = step.name or step.uses or "Run"
            self._way.reporter.step(number, name, "pending", None)

    async def _clean_up(self, number: int) -> None:
        for name, deed, env in reversed(self._way.after):
            self._open(number, f"Post {name}")
            visit = self._way.visit(name, {}, env, None)
            try:
                await deed(visit)
                conclusion = "success"
            except StepFailedError as problem:
                self._way.log.say(f"##[warning]{problem.cause}")
                conclusion = "failure"
            self._way.reporter.step(number, f"Post {name}", "completed", conclusion)
            number += 1
        self._open(number, "Complete job")
        self._way.log.say("Cleaning up orphan processes")
        self._way.reporter.step(number, "Complete job", "completed", "success")

    def _late(self) -> None:
        limit = self._way.order.minutes or MOST_MINUTES
        said = f"The job has exceeded the maximum execution time of {limit:g} minutes"
        self._way.log.say(f"##[error]{said}")
        self._way.reporter.annotate(Annotation("failure", said))
        self.cancel()

    def _end(self) -> Ended:
        scope = self._way.scope(self._way.level)
        outputs: dict[str, str] = {}
        url = ""
        try:
            for name, source in self._way.order.job.outputs.items():
                value = text(fill(source, scope))
                if value and self._way.log.masks.hides(value):
                    self._way.log.say(f"##[warning]Skip output '{name}' since it may contain secret.")
                elif value:
                    outputs[name] = value
            if self._way.order.job.environment and self._way.order.job.environment.url:
                url = text(fill(self._way.order.job.environment.url, scope))
        except InvalidError as problem:
            self._fail(self._way.level, problem)
        result = "cancelled" if self._way.cancelled else self._way.level.status
        return Ended(result, outputs, url)

    def _open(self, number: int, name: str) -> None:
        self._number = number
        self._way.log.begin(number)
        self._way.reporter.step(number, name, "in_progress", None)

    async def _step(self, step: Step, level: Level, depth: int = 0) -> None:
        """One step of this level; whatever happens to it becomes its result."""
        if self._way.stop.is_set() and not self._way.forced.is_set():
            self._way.stop = asyncio.Event()
        name, outputs = step.name or step.uses or "Run", dict[str, Value]()
        try:
            scope = self._way.scope(level)
            name = display_name(step, scope)
            if self._way.forced.is_set() or not holds(step.condition, scope):
                self._close(step, level, depth, name, StepResult("skipped", "skipped", {}))
                return
            if not depth:
                self._open(self._number, name)
            env = {**self._way.env, **filled(step.env, scope)}
            scope = self._way.scope(level, env)
            limit = minutes(step.minutes, scope)
            doing = Doing(step, scope, env, limit * self._way.machine.minute if limit else None, outputs)
            try:
                await self._do(doing, level, depth)
            except (
                OSError,
                ValueError,
            ) as problem:  # a full disk, a name that no system takes: the step's own doing
                raise StepFailedError(f"{type(problem).__name__}: {problem}") from problem
            outcome = conclusion = "cancelled" if self._way.stop.is_set() else "success"
        except TagboatError as problem:
            outcome = conclusion = "cancelled" if self._way.stop.is_set() else "failure"
            self._way.said(problem)
            try:
                lenient = flag(step.lenient, self._way.scope(level))
            except InvalidError as another:
                lenient = False
                self._way.said(another)
            if outcome == "failure" and lenient:
                conclusion = "success"
        self._close(step, level, depth, name, StepResult(outcome, conclusion, outputs))

    def _close(self, step: Step, level: Level, depth: int, name: str, result: StepResult) -> None:
        level.settle(step.id, result)
        if not depth:
            self._way.reporter.step(self._number, name, "completed", result.conclusion)

    def _fail(self, level: Level, problem: TagboatError) -> None:
        self._way.said(problem)
        level.status = "failure"

    async def _do(self, doing: Doing, level: Level, depth: int) -> None:
        step = doing.step
        if step.run is not None:
            await deeds.script(self._way, doing, level)
        elif step.uses and step.uses.startswith("./"):
            if depth >= _DEEPEST:
                raise StepFailedError(f"uses {step.uses}: nested deeper than {_DEEPEST}")
            await self._composite(
                doing, await asyncio.to_thread(read_composite, self._way.rooms.workspace, step.uses), depth
            )
        else:
            await deeds.stand_in(self._way, doing)

    async def _composite(self, doing: Doing, action: Composite, depth: int) -> None:
        given = filled(doing.step.given, doing.scope)
        self._way.log.say(f"The composite action {doing.step.uses} of this repository")
        for name in sorted(given.keys() - action.inputs.keys()):
            self._way.log.say(f"##[warning]Unexpected input '{name}'")
        inputs: dict[str, Value] = {
            name: given.get(
                name,
                text(fill(text(entry.default), doing.scope))
                if isinstance(entry.default, str | int | float)
                else "",
            )
            for name, entry in action.inputs.items()
        }
        github = self._way.level.contexts["github"]
        contexts: dict[str, Value] = {
            name: value
            for name, value in doing.scope.contexts.items()
            if name not in ("secrets", "env", "steps", "job")
        }
        inside: dict[str, Value] = {"action_path": str(action.place)}
        contexts |= {
            "inputs": inputs,
            "github": {**(github if isinstance(github, Mapping) else {}), **inside},
        }
        level = Level(contexts, action=action.place)
        outer, self._way.env = self._way.env, dict(doing.env)
        before = dict(self._way.env)
        try:
            for step in action.steps:
                await self._step(step, level, depth + 1)
            scope = self._way.scope(level)
            doing.outputs.update({name: text(fill(source, scope)) for name, source in action.outputs.items()})
        finally:
            changed = {name: value for name, value in self._way.env.items() if before.get(name) != value}
            self._way.env = {**outer, **changed}
        if level.status == "failure":
            raise StepFailedError(f"The composite action {doing.step.uses} failed")
