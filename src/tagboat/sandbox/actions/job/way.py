"""What the steps of one job share while it is on its way: its rooms, environment, log, and whether it shall end."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from tagboat.errors import StepFailedError, TagboatError
from tagboat.sandbox.actions.commands import Annotation, Listener
from tagboat.sandbox.actions.expressions import Scope, Value
from tagboat.sandbox.actions.file_commands import FileCommands
from tagboat.sandbox.actions.job.order import Order, Reporter, Shelf
from tagboat.sandbox.actions.job.rooms import Rooms
from tagboat.sandbox.actions.job.state import Level
from tagboat.sandbox.actions.job.visit import Deed, Visit
from tagboat.sandbox.actions.log import JobLog
from tagboat.sandbox.actions.machine import Machine
from tagboat.sandbox.actions.workflow.model import Step

_PROTECTED: Final = ("GITHUB_", "RUNNER_")


@dataclass(slots=True)
class Doing:
    """A step under way: where its variables, its words and its time limit are."""

    step: Step
    scope: Scope
    env: dict[str, str]
    seconds: float | None
    outputs: dict[str, Value]


@dataclass(slots=True)
class Way:
    """One job on its way.

    Attributes:
        level: the job's own steps.
        env: what earlier steps have set.
        variables: the environment that no step changes.
        paths: what steps have put before the search path, the newest first.
        after: what actions want to do in the end: their names, deeds and environments.
        stop: ends the step under way.
        forced: ends everything.
    """

    order: Order
    machine: Machine
    reporter: Reporter
    shelf: Shelf
    log: JobLog
    level: Level
    env: dict[str, str]
    rooms: Rooms = field(init=False)
    variables: dict[str, str] = field(default_factory=dict)
    paths: list[str] = field(default_factory=list)
    after: list[tuple[str, Deed, dict[str, str]]] = field(default_factory=list)
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    forced: asyncio.Event = field(default_factory=asyncio.Event)
    cancelled: bool = False

    def scope(self, level: Level, env: Mapping[str, str] | None = None) -> Scope:
        """What the expressions of a level's step see."""
        return level.scope(
            env if env is not None else self.env, self.rooms.workspace, cancelled=self.cancelled
        )

    def child_env(self, env: Mapping[str, str]) -> dict[str, str]:
        """The whole environment of a step's processes."""
        path = env.get("PATH", self.variables["PATH"])
        return {**self.variables, **env, "PATH": ":".join([*self.paths, path])}

    def said(self, problem: TagboatError) -> None:
        """Write down what went wrong."""
        self.log.say(f"##[error]{problem.cause}")
        self.reporter.annotate(Annotation("failure", self.log.masks.over(problem.cause)))

    def gather(self, doing: Doing, files: FileCommands, listener: Listener) -> None:
        """Take over what a step wrote into its files.

        Raises:
            StepFailedError: It cannot be read, or the step asked for what GitHub has switched off.
        """
        doing.outputs.update(listener.outputs)
        summary = files.summary()
        if summary.strip():
            self.reporter.summarize(self.log.masks.over(summary))
        self.paths = [*reversed(files.paths()), *self.paths]
        doing.outputs.update(files.pairs("output"))
        for name, value in files.pairs("env").items():
            if name.upper() == "NODE_OPTIONS":
                raise StepFailedError(
                    "Can't store NODE_OPTIONS output parameter using '$GITHUB_ENV' command."
                )
            if name.startswith(_PROTECTED):
                self.log.say(f"##[warning]{name} cannot be set by a step")
            else:
                self.env[name] = value
        files.discard()
        if listener.failures:
            raise StepFailedError(listener.failures[0])

    def visit(
        self, name: str, inputs: Mapping[str, str], env: Mapping[str, str], seconds: float | None
    ) -> Visit:
        """What a stand-in for an action gets."""
        github = self.level.contexts["github"]
        return Visit(
            action=name,
            inputs=inputs,
            github=github if isinstance(github, Mapping) else {},
            rooms=self.rooms,
            env=self.child_env(env),
            machine=self.machine,
            log=self.log,
            shelf=self.shelf,
            stop=self.stop,
            hurry=self.forced,
            seconds=seconds,
        )
