"""What a stand-in gets to work with: its inputs, the job's rooms, commands with the job's environment."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from io import BufferedReader
from pathlib import Path

from tagboat.errors import StepFailedError
from tagboat.sandbox.actions import child
from tagboat.sandbox.actions.expressions import Value, text
from tagboat.sandbox.actions.job.order import Shelf
from tagboat.sandbox.actions.job.reach import opened
from tagboat.sandbox.actions.job.rooms import Rooms
from tagboat.sandbox.actions.log import JobLog
from tagboat.sandbox.actions.machine import Machine

Deed = Callable[["Visit"], Awaitable[None]]


@dataclass(slots=True)
class Visit:
    """One use of an action that has a stand-in; ``after`` are deeds for the end of the job."""

    action: str
    inputs: Mapping[str, str]
    github: Mapping[str, Value]
    rooms: Rooms
    env: dict[str, str]
    machine: Machine
    log: JobLog
    shelf: Shelf
    stop: asyncio.Event
    hurry: asyncio.Event
    seconds: float | None = None
    outputs: dict[str, str] = field(default_factory=dict)
    exports: dict[str, str] = field(default_factory=dict)
    paths: list[str] = field(default_factory=list)
    after: list[Deed] = field(default_factory=list)

    def given(self, *names: str, default: str = "") -> str:
        """An input by its name, or by an older spelling of it."""
        return next(
            (self.inputs[name].strip() for name in names if self.inputs.get(name, "").strip()), default
        )

    def flag(self, *names: str, default: bool = False) -> bool:
        """An input that is true or false.

        Raises:
            StepFailedError: It is neither.
        """
        said = self.given(*names)
        if said.lower() not in ("", "true", "false"):
            raise StepFailedError(f"Input '{names[0]}' has to be true or false, not '{said}'")
        return said.lower() == "true" if said else default

    def number(self, name: str, default: int) -> int:
        """An input that is a whole number.

        Raises:
            StepFailedError: It is none.
        """
        said = self.given(name, default=str(default))
        if not said.isdigit():
            raise StepFailedError(f"Input '{name}' has to be a number, not '{said}'")
        return int(said)

    def about(self, name: str) -> str:
        """A value of the ``github`` context."""
        return text(self.github.get(name))

    def open(self, path: Path) -> BufferedReader:
        """A file of the job, for reading.

        Raises:
            StepFailedError: There is none, or it lies where the job does not see it.
        """
        return opened(path, self.rooms.folder, self.machine.hidden)

    def say(self, line: str) -> None:
        """Write to the log."""
        self.log.say(line)

    async def run(
        self,
        *command: str,
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
        fine: Sequence[int] = (0,),
        quiet: bool = False,
        told: str = "",
    ) -> str:
        """What a command prints; the log has it, too, unless ``quiet``. ``told`` stands in the log for the command.

        Raises:
            StepFailedError: It ended otherwise than it should.
        """
        lines: list[str] = []

        def take(line: str) -> None:
            lines.append(line)
            if not quiet:
                self.log.say(line)

        if not quiet:
            self.log.say(f"[command]{told or ' '.join(command)}")
        try:
            ended = await child.run(
                self.machine.wrap(command),
                env={**self.env, **(env or {})},
                cwd=cwd or self.rooms.workspace,
                take=take,
                stop=self.stop,
                hurry=self.hurry,
                seconds=self.seconds,
            )
        except OSError as problem:
            raise StepFailedError(f"{command[0]} could not be started: {problem}") from problem
        if ended.stopped or ended.late:
            raise StepFailedError("The operation was canceled.")
        if ended.status not in fine:
            raise StepFailedError(f"The process '{command[0]}' failed with exit code {ended.status}")
        return "\n".join(lines)
