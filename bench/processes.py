"""Commands measured as whole processes: wall time, and the most memory that they or a child of theirs held."""

from __future__ import annotations

import os
import signal
import statistics
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Command:
    """Something to measure.

    Attributes:
        name: what it is called in the table.
        words: the command line.
        folder: where it runs.
        variables: its environment, besides PATH and a home of its own.
        fine: exit statuses that are an answer.
    """

    name: str
    words: tuple[str, ...]
    folder: Path
    variables: Mapping[str, str] = field(default_factory=dict)
    fine: tuple[int, ...] = (0,)


@dataclass(frozen=True, slots=True)
class Run:
    """How a command went.

    Attributes:
        seconds: wall time, from start to end.
        mebibytes: the peak memory of the largest process of its tree; a process starts with its parent's, so nothing
            below this process's own is seen.
        status: the exit status; None for a command that was stopped because its time was over.
        output: the file with what it wrote, errors included; this process stays small by not reading it.
    """

    seconds: float
    mebibytes: float
    status: int | None
    output: Path


def run(command: Command, scratch: Path, limit: float) -> Run:
    """Run a command once.

    Args:
        command: what to run.
        scratch: a folder for its output and its home, which is new each time: no cache outlives a run.
        limit: the seconds after which it is stopped, with its children.
    """
    home = scratch / f"home-{time.monotonic_ns()}"
    home.mkdir(parents=True)
    paths = {"HOME": str(home), "XDG_CACHE_HOME": str(home), "PATH": os.environ.get("PATH", os.defpath)}
    plain = {"GIT_CONFIG_NOSYSTEM": "1", "LC_ALL": "C.UTF-8", "NO_COLOR": "1"}
    with (home / "output").open("wb") as output:
        started = time.perf_counter()
        child = subprocess.Popen(
            command.words,
            cwd=command.folder,
            env={**paths, **plain, **command.variables},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        late = threading.Event()

        def stop() -> None:
            late.set()
            os.killpg(child.pid, signal.SIGKILL)

        timer = threading.Timer(limit, stop)
        timer.start()
        _, status, used = os.wait4(child.pid, 0)
        seconds = time.perf_counter() - started
        timer.cancel()
        child.returncode = os.waitstatus_to_exitcode(status)
    return Run(seconds, used.ru_maxrss / 1024, None if late.is_set() else child.returncode, home / "output")


@dataclass(frozen=True, slots=True)
class Measured:
    """The median of a command's runs.

    Attributes:
        command: what was run.
        seconds: the median wall time; where it was stopped, the time that it was given.
        mebibytes: the most memory of all runs.
        output: the file with what the last run wrote.
        problem: why the figure is none ("" when it is one): it failed, or was stopped.
        stopped: it was stopped, so that it takes longer than :attr:`seconds`.
    """

    command: Command
    seconds: float
    mebibytes: float
    output: Path
    problem: str = ""
    stopped: bool = False


def alternating(
    commands: Sequence[Command], scratch: Path, *, rounds: int, limit: float, warm: bool = True
) -> list[Measured]:
    """Run commands in turn, so that all of them see the same machine.

    Args:
        commands: what to run; one that fails or takes too long is not run again.
        scratch: a folder for output.
        rounds: how often.
        limit: the most seconds of one run.
        warm: run each once before, uncounted: what is read from disk is in memory then.
    """
    runs: list[list[Run]] = [[] for _ in commands]
    for turn in range(rounds + warm):
        for command, done in zip(commands, runs, strict=True):
            if done and done[-1].status not in command.fine:
                continue
            latest = run(command, scratch, limit)
            if turn >= warm or latest.status not in command.fine:
                done.append(latest)
    return [_median(command, done) for command, done in zip(commands, runs, strict=True)]


def _median(command: Command, runs: Sequence[Run]) -> Measured:
    last = runs[-1]
    peak = max(run.mebibytes for run in runs)
    if last.status is None:
        return Measured(command, last.seconds, peak, last.output, "stopped", stopped=True)
    if last.status not in command.fine:
        said = last.output.read_bytes()[-2000:].decode("utf-8", "replace").strip().splitlines()
        reason = f"exit status {last.status}: {said[-1][:160] if said else 'it said nothing'}"
        return Measured(command, last.seconds, peak, last.output, reason)
    return Measured(command, statistics.median(run.seconds for run in runs), peak, last.output)
