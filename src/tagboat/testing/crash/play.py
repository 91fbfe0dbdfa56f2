"""Playing one case, and judging what came of it."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tagboat.engine.ledger import read_export
from tagboat.engine.summary import read_ledger
from tagboat.errors import ConflictError
from tagboat.ports.ledger import first_bad
from tagboat.sandbox.addresses import Addresses
from tagboat.sandbox.frame import Moment
from tagboat.sandbox.server import Sandbox
from tagboat.testing.crash.case import Case, Points, Trouble
from tagboat.testing.crash.ground import Ground, Process, Runner
from tagboat.testing.crash.subject import REPOSITORY, TAG
from tagboat.testing.crash.workflow import Workflow
from tagboat.testing.crash.world import World, doubles, look

KINDS: Final = ("double", "lost", "false done", "differing", "left alive", "broken ledger", "not reached")
_LISTING: Final = {"forge": "list-releases", "pypi": "simple", "testpypi": "simple"}
_GRACE_SECONDS: Final = 3.0


@dataclass(slots=True)
class Outcome:
    """What came of a case; ``broken`` is empty, or each entry has one of ``KINDS`` and a sentence."""

    name: str
    kills: int = 0
    seconds: float = 0.0
    broken: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Reference:
    """An undisturbed run: the points that it passed, and the world that it left."""

    points: Points
    world: World


class Watcher:
    """Stands in the sandbox: counts requests, kills the client at its point, and orders the faults of a case."""

    def __init__(self, case: Case | None) -> None:
        self.runner: Runner | None = None
        self.sandbox: Sandbox | None = None
        self.workflow: Workflow | None = None
        self.kill_at = ""
        self.passed: list[str] = []
        self._counts: dict[str, int] = {}
        self._requests: dict[tuple[str, str], int] = {}
        self._troubles = list(case.troubles) if case else []

    def start(self, kill_at: str) -> None:
        """A new process comes; its requests are counted anew."""
        self.kill_at = kill_at
        self._counts.clear()
        for trouble in self._troubles:
            if trouble.nth == 1 and not self._requests.get((trouble.service, trouble.operation)):
                self._order(trouble)

    def moment(self, moment: Moment) -> None:
        """Called by the sandbox, in its own thread."""
        at = f"{moment.service} {moment.operation} {moment.point}"
        self._counts[at] = self._counts.get(at, 0) + 1
        here = f"{at} {self._counts[at]}"
        if self.workflow is not None:
            self.workflow.moment(moment)
        self.passed.append(here)
        operation = (moment.service, moment.operation)
        if moment.point == "received":
            self._requests[operation] = self._requests.get(operation, 0) + 1
            for trouble in self._troubles:
                if (trouble.service, trouble.operation) == operation and trouble.nth == self._requests[
                    operation
                ] + 1:
                    self._order(trouble)
        for trouble in self._troubles:
            if (
                moment.point == "accepted"
                and trouble.stale
                and (trouble.service, trouble.operation, trouble.nth)
                == (*operation, self._requests[operation])
            ):
                self._faults(trouble.service, _LISTING[trouble.service], "stale", 1, trouble.stale)
        if here == self.kill_at and self.runner is not None:
            self.kill_at = ""
            self.runner.kill()

    def _order(self, trouble: Trouble) -> None:
        value = 502.0 if trouble.kind == "status" else None
        self._faults(trouble.service, trouble.operation, trouble.kind, value, 1)

    def _faults(self, service: str, operation: str, kind: str, value: float | None, times: int) -> None:
        if self.sandbox is not None and self.sandbox.frame is not None:
            self.sandbox.frame.faults.add(service, operation, kind, value=value, times=times)


class Play:
    """One case on its way."""

    def __init__(self, ground: Ground, case: Case, folder: Path, *, without_find: bool = False) -> None:
        self.case = case
        self.outcome = Outcome(case.name)
        self._watcher = Watcher(case)
        self._runner = Runner(ground, folder / "sandbox", folder, without_find)
        self._ground = ground
        self._folder = folder
        self._machine = 0

    def run(self, reference: Reference) -> Outcome:
        """Kill, resume, judge."""
        began = time.monotonic()
        self._ground.copy(self.case.world, self._folder / "sandbox")
        with self._ground.sandbox(self._folder / "sandbox", self._watcher.moment) as sandbox:
            self._watcher.sandbox, self._watcher.runner = sandbox, self._runner
            self._watcher.workflow = workflow = self._ground.workflow(self.case.world, sandbox.addresses)
            for kill, fresh in zip(self.case.kills, self.case.fresh, strict=True):
                self._watcher.start(kill.service)
                process = self._runner.run(self._command(), kill=kill.order, after=kill.seconds)
                self.outcome.kills += process.killed
                if self.case.sure and not process.killed:
                    self._break("not reached", f"{kill}: {process.status}: {process.said}")
                self._judge_process(process, sandbox.addresses)
                self._machine += fresh
            self._end(sandbox, reference)
            if workflow is not None:
                workflow.end()
                self._break("lost", *([workflow.problem] if workflow.problem else []))
        self.outcome.seconds = time.monotonic() - began
        return self.outcome

    def _end(self, sandbox: Sandbox, reference: Reference) -> None:
        self._watcher.start("")
        process = self._runner.run(self._command())
        if process.status in (6, 8) and self._may_stop():
            process = self._runner.run(self._command())
        if sandbox.frame is not None:
            sandbox.frame.faults.clear()
        self._judge_process(process, sandbox.addresses)
        if process.status != 0:
            self._break("lost", f"the last run ended {process.status}: {process.said}")
        world = look(sandbox.addresses)
        self._break("lost", *world.missing())
        self._break("double", *doubles(self._folder / "sandbox" / "journal.jsonl"))
        if self.case.world != "unsteady" and process.status == 0:
            if world.assets != reference.world.assets:
                self._break("differing", f"the forge has {dict(world.assets)}")
            if world.indexes != reference.world.indexes:
                self._break("differing", f"the indexes have {dict(world.indexes)}")
        for text in world.ledgers:
            self._judge_ledger(text)

    def _may_stop(self) -> bool:
        """Tell whether one more start may be needed: dice order many faults, and a lost dispatch is not sent again."""
        return bool(self.case.troubles) and (
            not self.case.sure or any(t.operation == "dispatch-workflow" for t in self.case.troubles)
        )

    def _judge_process(self, process: Process, there: Addresses) -> None:
        if process.status is None:
            self._break("lost", f"it hung: {process.said}")
        if process.status == 0 or self._ledger_says_done():
            said = "exit 0" if process.status == 0 else "done in the ledger"
            self._break("false done", *(f"{said}, but {problem}" for problem in look(there).missing()))
        left = list(_left_alive())
        if left:
            self._break("left alive", ", ".join(left))

    def _judge_ledger(self, text: str) -> None:
        try:
            bad = first_bad(read_export(text))
        except ConflictError as error:
            self._break("broken ledger", error.cause)
        else:
            if bad:
                self._break("broken ledger", f"entry {bad[0]}: {bad[1]}")

    def _ledger_says_done(self) -> bool:
        try:
            entries = read_ledger(self._state / "ledger.sqlite")
        except ConflictError as error:
            if "no such table" not in error.cause:
                self._break("broken ledger", error.cause)
            return False
        bad = first_bad(entries)
        if bad:
            self._break("broken ledger", f"entry {bad[0]}: {bad[1]}")
        return any(entry.event == "done" for entry in entries)

    @property
    def _state(self) -> Path:
        return self._folder / f"machine-{self._machine}"

    def _command(self) -> list[str]:
        if self.case.resumes and (self._state / "plan.json").exists():
            return ["resume", "--state", str(self._state)]
        places = ["--sandbox", str(self._folder / "sandbox"), "--repository", REPOSITORY]
        commit = self._ground.commit(self.case.world) if self._ground.remote else ""
        more = ["--commit", commit] if commit else []
        return ["release", ".", "--tag", TAG, *more, *places, "--state", str(self._state)]

    def _break(self, kind: str, *problems: str) -> None:
        self.outcome.broken.extend((kind, problem) for problem in problems)


def undisturbed(ground: Ground, folder: Path) -> Reference:
    """Play the release without any trouble, and write down what it passes."""
    watcher = Watcher(None)
    record = folder / "record"
    play = Play(ground, Case("undisturbed"), folder)
    ground.copy("clean", folder / "sandbox")
    with ground.sandbox(folder / "sandbox", watcher.moment) as sandbox:
        watcher.passed.clear()
        watcher.workflow = ground.workflow("clean", sandbox.addresses)
        process = Runner(ground, folder / "sandbox", folder).run(play._command(), record=record)  # noqa: SLF001 - its own
        if watcher.workflow is not None:
            watcher.workflow.end()
        world = look(sandbox.addresses)
        problems = list(world.missing())
        if process.status != 0 or problems:
            raise RuntimeError(f"an undisturbed release fails: {problems} {process.said}")
    services = tuple(_writes(watcher.passed))
    writes = tuple((p.split(" ")[0], p.split(" ")[1]) for p in services if p.split(" ")[2] == "accepted")
    passed = record.read_text().splitlines()
    return Reference(Points(tuple(_sure(passed) if ground.remote else passed), services, writes), world)


def _sure(passed: list[str]) -> Iterator[str]:
    """Yield the points that every run passes, however fast the workflow is: none that depends on how it was followed."""
    for point in passed:
        if point.startswith("moment") or (point.startswith("step ") and "follow-run" not in point):
            yield point


def _writes(passed: list[str]) -> Iterator[str]:
    writing = {tuple(point.split(" ")[:2]) for point in passed if " accepted " in point}
    yield from (point for point in passed if tuple(point.split(" ")[:2]) in writing)


def _left_alive() -> Iterator[str]:
    """Yield the commands of living processes that this process has inherited from a dead one, after a short grace."""
    end = time.monotonic() + _GRACE_SECONDS
    while (left := list(_children())) and time.monotonic() < end:
        time.sleep(0.01)
    yield from left


def _children() -> Iterator[str]:
    own = os.getpid()
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            text = (folder / "stat").read_text()
            state, parent = text[text.rindex(")") + 2 :].split(" ")[:2]
            if int(parent) == own and state != "Z":
                words = (folder / "cmdline").read_bytes().split(b"\0")
                if b"multiprocessing" not in b" ".join(words):
                    yield b" ".join(words).decode(errors="replace")[:200]
        except (FileNotFoundError, ProcessLookupError):
            continue


def cleared(folder: Path) -> Path:
    """Return the folder, empty."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def as_json(outcome: Outcome) -> str:
    """Return an outcome as one line."""
    return json.dumps(
        {
            "case": outcome.name,
            "kills": outcome.kills,
            "seconds": round(outcome.seconds, 2),
            "broken": [list(item) for item in outcome.broken],
        }
    )
