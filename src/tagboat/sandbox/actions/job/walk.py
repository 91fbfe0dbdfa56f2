"""A job from its first step to its last: what runs, what is skipped, and what it all comes to."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from uuid import uuid4

from tagboat.errors import InvalidError, StepFailedError, TagboatError
from tagboat.sandbox.actions import child
from tagboat.sandbox.actions.commands import Annotation, Listener
from tagboat.sandbox.actions.expressions import Scope, Value, fill, holds, text
from tagboat.sandbox.actions.file_commands import FileCommands
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
    script_command,
)
from tagboat.sandbox.actions.job.visit import Deed, Visit
from tagboat.sandbox.actions.log import JobLog, Masks
from tagboat.sandbox.actions.machine import Machine
from tagboat.sandbox.actions.stand_ins import STAND_INS
from tagboat.sandbox.actions.workflow.known_actions import action_of
from tagboat.sandbox.actions.workflow.model import Step

MOST_MINUTES: Final = 360.0
_DEEPEST: Final = 10
_PROTECTED: Final = ("GITHUB_", "RUNNER_")


@dataclass(slots=True)
class _Deed:
    """A step under way: where its variables, its words and its time limit are."""

    step: Step
    scope: Scope
    env: dict[str, str]
    seconds: float | None
    outputs: dict[str, Value]


class JobWalk:
    """One job on its way; ``cancel`` may be called at any time from the loop's thread."""

    def __init__(
        self, order: Order, machine: Machine, reporter: Reporter, shelf: Shelf, *, mark: str
    ) -> None:
        self._order = order
        self._machine = machine
        self._reporter = reporter
        self._shelf = shelf
        self._mark = f"{mark}_{uuid4().hex}"
        masks = Masks()
        for secret in (order.token, *order.hidden):
            masks.add(secret)
        self._log = JobLog(order.log, masks)
        self._level = Level(dict(order.contexts))
        self._env = dict(order.env)
        self._variables: dict[str, str] = {}
        self._paths: list[str] = []
        self._after: list[tuple[str, Deed, dict[str, str]]] = []
        self._stop = asyncio.Event()
        self._cancelled = False
        self._forced = asyncio.Event()
        self._number = 1

    def cancel(self, *, force: bool = False) -> None:
        """End the step under way; those that want to run ``always()`` still do, unless forced."""
        self._cancelled = True
        if force:
            self._forced.set()
        self._stop.set()

    async def go(self) -> Ended:
        """Do all of it. The directory of the job and every process that it left are gone afterwards."""
        order = self._order
        github = order.contexts.get("github")
        github = github if isinstance(github, Mapping) else {}
        repository = text(github.get("repository"))
        rooms = self._rooms = await asyncio.to_thread(
            Rooms.made, order.folder, repository, github.get("event")
        )
        self._level.contexts["runner"] = rooms.runner()
        self._level.contexts["github"] = {
            **github,
            "workspace": str(rooms.workspace),
            "event_path": str(rooms.event),
        }
        self._variables = {**rooms.variables(self._machine, github, self._mark), **order.variables}
        limit = (order.minutes or MOST_MINUTES) * self._machine.minute
        timer = asyncio.get_running_loop().call_later(limit, self._late)
        try:
            self._set_up()
            for number, step in enumerate(order.job.steps, 2):
                self._number = number
                await self._step(step, self._level)
            await self._clean_up(len(order.job.steps) + 2)
            return self._end()
        finally:
            timer.cancel()
            await asyncio.to_thread(child.end_orphans, self._mark)
            await asyncio.to_thread(shutil.rmtree, order.folder, ignore_errors=True)

    def _set_up(self) -> None:
        self._open(1, "Set up job")
        self._log.say(f"A job in a Tagboat sandbox: '{self._order.name}'. The actions it uses are stand-ins.")
        for note in self._order.notes:
            self._log.say(note)
        self._reporter.step(1, "Set up job", "completed", "success")
        for number, step in enumerate(self._order.job.steps, 2):
            try:
                name = display_name(step, self._scope(self._level))
            except InvalidError:
                name = step.name or step.uses or "Run"
            self._reporter.step(number, name, "pending", None)

    async def _clean_up(self, number: int) -> None:
        for name, deed, env in reversed(self._after):
            self._open(number, f"Post {name}")
            visit = self._visit(name, {}, env, None)
            try:
                await deed(visit)
                conclusion = "success"
            except StepFailedError as problem:
                self._log.say(f"##[warning]{problem.cause}")
                conclusion = "failure"
            self._reporter.step(number, f"Post {name}", "completed", conclusion)
            number += 1
        self._open(number, "Complete job")
        self._log.say("Cleaning up orphan processes")
        self._reporter.step(number, "Complete job", "completed", "success")

    def _late(self) -> None:
        limit = self._order.minutes or MOST_MINUTES
        said = f"The job has exceeded the maximum execution time of {limit:g} minutes"
        self._log.say(f"##[error]{said}")
        self._reporter.annotate(Annotation("failure", said))
        self.cancel()

    def _end(self) -> Ended:
        scope = self._scope(self._level)
        outputs: dict[str, str] = {}
        url = ""
        try:
            for name, source in self._order.job.outputs.items():
                value = text(fill(source, scope))
                if value and self._log.masks.hides(value):
                    self._log.say(f"##[warning]Skip output '{name}' since it may contain secret.")
                elif value:
                    outputs[name] = value
            if self._order.job.environment and self._order.job.environment.url:
                url = text(fill(self._order.job.environment.url, scope))
        except InvalidError as problem:
            self._fail(self._level, problem)
        result = "cancelled" if self._cancelled else self._level.status
        return Ended(result, outputs, url)

    def _open(self, number: int, name: str) -> None:
        self._number = number
        self._log.begin(number)
        self._reporter.step(number, name, "in_progress", None)

    def _scope(self, level: Level, env: Mapping[str, str] | None = None) -> Scope:
        return level.scope(
            env if env is not None else self._env, self._rooms.workspace, cancelled=self._cancelled
        )

    async def _step(self, step: Step, level: Level, depth: int = 0) -> None:
        """One step of this level; whatever happens to it becomes its result."""
        if self._stop.is_set() and not self._forced.is_set():
            self._stop = asyncio.Event()
        name, outputs = step.name or step.uses or "Run", dict[str, Value]()
        try:
            scope = self._scope(level)
            name = display_name(step, scope)
            if self._forced.is_set() or not holds(step.condition, scope):
                self._close(step, level, depth, name, StepResult("skipped", "skipped", {}))
                return
            if not depth:
                self._open(self._number, name)
            env = {**self._env, **filled(step.env, scope)}
            scope = self._scope(level, env)
            limit = minutes(step.minutes, scope)
            deed = _Deed(step, scope, env, limit * self._machine.minute if limit else None, outputs)
            try:
                await self._do(deed, level, depth)
            except (
                OSError,
                ValueError,
            ) as problem:  # a full disk, a name that no system takes: the step's own doing
                raise StepFailedError(f"{type(problem).__name__}: {problem}") from problem
            outcome = conclusion = "cancelled" if self._stop.is_set() else "success"
        except TagboatError as problem:
            outcome = conclusion = "cancelled" if self._stop.is_set() else "failure"
            self._said(problem)
            try:
                lenient = flag(step.lenient, self._scope(level))
            except InvalidError as another:
                lenient = False
                self._said(another)
            if outcome == "failure" and lenient:
                conclusion = "success"
        self._close(step, level, depth, name, StepResult(outcome, conclusion, outputs))

    def _close(self, step: Step, level: Level, depth: int, name: str, result: StepResult) -> None:
        level.settle(step.id, result)
        if not depth:
            self._reporter.step(self._number, name, "completed", result.conclusion)

    def _said(self, problem: TagboatError) -> None:
        self._log.say(f"##[error]{problem.cause}")
        self._reporter.annotate(Annotation("failure", self._log.masks.over(problem.cause)))

    def _fail(self, level: Level, problem: TagboatError) -> None:
        self._said(problem)
        level.status = "failure"

    async def _do(self, deed: _Deed, level: Level, depth: int) -> None:
        step = deed.step
        if step.run is not None:
            await self._script(deed, level)
        elif step.uses and step.uses.startswith("./"):
            if depth >= _DEEPEST:
                raise StepFailedError(f"uses {step.uses}: nested deeper than {_DEEPEST}")
            await self._composite(
                deed, await asyncio.to_thread(read_composite, self._rooms.workspace, step.uses), depth
            )
        else:
            await self._stand_in(deed)

    async def _script(self, deed: _Deed, level: Level) -> None:
        step, rooms = deed.step, self._rooms
        script = text(fill(step.run or "", deed.scope))
        outer = step.shell if level.action else step.shell or self._order.defaults.shell
        shell = text(fill(outer, deed.scope)) if outer else None
        directory = step.directory or (None if level.action else self._order.defaults.directory)
        place = rooms.workspace / (text(fill(directory, deed.scope)) if directory else "")
        if not place.is_dir():
            raise StepFailedError(f"the working directory '{place}' does not exist")
        self._log.say(f"##[group]Run {script.strip().splitlines()[0] if script.strip() else ''}")
        for line in script.rstrip().splitlines():
            self._log.say(line)
        self._log.say(f"shell: {shell or 'bash -e {0}'}")
        self._log.say("##[endgroup]")
        files = FileCommands.made(rooms.files)
        listener = Listener(self._log, self._reporter.annotate)
        command = script_command(shell, script, rooms.temp)
        env = self._child_env(deed.env) | files.variables()
        if level.action:
            env["GITHUB_ACTION_PATH"] = str(level.action)
        try:
            ended = await child.run(
                self._machine.wrap(command), env=env, cwd=place, take=listener.take, stop=self._stop, hurry=self._forced,
                seconds=deed.seconds,
            )  # fmt: skip
        except OSError as problem:
            raise StepFailedError(f"{command[0]} could not be started: {problem}") from problem
        self._gather(deed, files, listener)
        if ended.stopped:
            raise StepFailedError("The operation was canceled.")
        if ended.late:
            limit = minutes(step.minutes, deed.scope)
            raise StepFailedError(
                f"The action '{step.name or script.splitlines()[0]}' has timed out after {limit:g} minutes."
            )
        if ended.status:
            raise StepFailedError(f"Process completed with exit code {ended.status}.")

    def _gather(self, deed: _Deed, files: FileCommands, listener: Listener) -> None:
        """Take over what a step wrote into its files.

        Raises:
            StepFailedError: It cannot be read, or the step asked for what GitHub has switched off.
        """
        deed.outputs.update(listener.outputs)
        summary = files.summary()
        if summary.strip():
            self._reporter.summarize(self._log.masks.over(summary))
        self._paths = [*reversed(files.paths()), *self._paths]
        deed.outputs.update(files.pairs("output"))
        for name, value in files.pairs("env").items():
            if name.upper() == "NODE_OPTIONS":
                raise StepFailedError(
                    "Can't store NODE_OPTIONS output parameter using '$GITHUB_ENV' command."
                )
            if name.startswith(_PROTECTED):
                self._log.say(f"##[warning]{name} cannot be set by a step")
            else:
                self._env[name] = value
        files.discard()
        if listener.failures:
            raise StepFailedError(listener.failures[0])

    def _child_env(self, env: Mapping[str, str]) -> dict[str, str]:
        path = env.get("PATH", self._variables["PATH"])
        return {**self._variables, **env, "PATH": ":".join([*self._paths, path])}

    async def _stand_in(self, deed: _Deed) -> None:
        step = deed.step
        name, version = action_of(step.uses or "")
        inputs = {key.lower(): value for key, value in filled(step.given, deed.scope).items()}
        self._log.say(f"Tagboat's stand-in for {name} (the workflow asks for {version})")
        for key, value in inputs.items():
            self._log.say(f"  {key}: {value}")
        visit = self._visit(name, inputs, deed.env, deed.seconds)
        try:
            await STAND_INS[name.lower()](visit)
        finally:
            deed.outputs.update(visit.outputs)
        self._env |= visit.exports
        self._paths = [*reversed(visit.paths), *self._paths]
        self._after += [(name, each, deed.env) for each in visit.after]

    def _visit(
        self, name: str, inputs: Mapping[str, str], env: Mapping[str, str], seconds: float | None
    ) -> Visit:
        github = self._level.contexts["github"]
        return Visit(
            action=name,
            inputs=inputs,
            github=github if isinstance(github, Mapping) else {},
            rooms=self._rooms,
            env=self._child_env(env),
            machine=self._machine,
            log=self._log,
            shelf=self._shelf,
            stop=self._stop,
            hurry=self._forced,
            seconds=seconds,
        )

    async def _composite(self, deed: _Deed, action: Composite, depth: int) -> None:
        given = filled(deed.step.given, deed.scope)
        self._log.say(f"The composite action {deed.step.uses} of this repository")
        for name in sorted(given.keys() - action.inputs.keys()):
            self._log.say(f"##[warning]Unexpected input '{name}'")
        inputs: dict[str, Value] = {
            name: given.get(
                name,
                text(fill(text(entry.default), deed.scope))
                if isinstance(entry.default, str | int | float)
                else "",
            )
            for name, entry in action.inputs.items()
        }
        github = self._level.contexts["github"]
        contexts: dict[str, Value] = {
            name: value
            for name, value in deed.scope.contexts.items()
            if name not in ("secrets", "env", "steps", "job")
        }
        inside: dict[str, Value] = {"action_path": str(action.place)}
        contexts |= {
            "inputs": inputs,
            "github": {**(github if isinstance(github, Mapping) else {}), **inside},
        }
        level = Level(contexts, action=action.place)
        outer, self._env = self._env, dict(deed.env)
        before = dict(self._env)
        try:
            for step in action.steps:
                await self._step(step, level, depth + 1)
            scope = self._scope(level)
            deed.outputs.update({name: text(fill(source, scope)) for name, source in action.outputs.items()})
        finally:
            changed = {name: value for name, value in self._env.items() if before.get(name) != value}
            self._env = {**outer, **changed}
        if level.status == "failure":
            raise StepFailedError(f"The composite action {deed.step.uses} failed")
