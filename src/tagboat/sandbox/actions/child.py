"""A command of a job as a process group of its own: its lines as they come, and its end however it has to come."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

GRACE: Final = ((signal.SIGINT, 7.5), (signal.SIGTERM, 2.5))
"""What a step that has to end is sent, and the seconds it then has: as GitHub's runner does, before it is killed."""
_DRAIN: Final = 5.0
_PIECE: Final = 65536
_LONGEST: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended: its exit status, and whether it was stopped or ran out of time."""

    status: int
    stopped: bool = False
    late: bool = False


async def run(
    command: Sequence[str],
    *,
    env: Mapping[str, str],
    cwd: Path,
    take: Callable[[str], None],
    stop: asyncio.Event,
    hurry: asyncio.Event | None = None,
    seconds: float | None = None,
    grace: Sequence[tuple[signal.Signals, float]] = GRACE,
) -> Ended:
    """Run a command until it ends, ``stop`` is set or its time is over; nothing of its group is left afterwards.

    Once ``hurry`` is set it is killed without being asked first.

    Raises:
        OSError: It could not be started.
    """
    if stop.is_set():
        return Ended(-signal.SIGINT, stopped=True)
    # A pipe of our own: asyncio takes a process whose pipes others still hold for one that has not ended.
    ours, theirs = os.pipe()
    try:
        child = await asyncio.create_subprocess_exec(
            *command, env=dict(env), cwd=cwd, start_new_session=True,
            stdin=subprocess.DEVNULL, stdout=theirs, stderr=subprocess.STDOUT,
        )  # fmt: skip
    except BaseException:
        os.close(ours)
        raise
    finally:
        os.close(theirs)
    reading = asyncio.ensure_future(_lines(ours, take))
    ending = asyncio.ensure_future(child.wait())
    stopping = asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait((ending, stopping), timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        stopped, late = stop.is_set() and not ending.done(), not ending.done() and not stop.is_set()
        if not ending.done():
            await _end(child, ending, grace, hurry or asyncio.Event())
        await ending
        # What it left in its group would keep the output open.
        _signal(child.pid, signal.SIGKILL)
        with suppress(TimeoutError):
            await asyncio.wait_for(asyncio.shield(reading), _DRAIN)
        return Ended(await ending, stopped=stopped, late=late)
    finally:
        _signal(child.pid, signal.SIGKILL)
        for task in (reading, stopping):
            task.cancel()
        await asyncio.gather(reading, stopping, return_exceptions=True)
        await child.wait()


async def _end(
    child: asyncio.subprocess.Process,
    ending: asyncio.Future[int],
    grace: Sequence[tuple[signal.Signals, float]],
    hurry: asyncio.Event,
) -> None:
    hurrying = asyncio.ensure_future(hurry.wait())
    try:
        for by, seconds in grace:
            if hurry.is_set() or ending.done():
                break
            _signal(child.pid, by)
            await asyncio.wait((ending, hurrying), timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        hurrying.cancel()
        await asyncio.gather(hurrying, return_exceptions=True)
    _signal(child.pid, signal.SIGKILL)


def _signal(group: int, by: signal.Signals) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, by)


async def _lines(pipe: int, take: Callable[[str], None]) -> None:
    """Hand on what comes through a pipe line by line, and close it."""
    stream, rest = asyncio.StreamReader(), b""
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(stream), os.fdopen(pipe, "rb")
    )
    try:
        while piece := await stream.read(_PIECE):
            *lines, rest = (rest + piece).split(b"\n")
            for line in lines:
                take(_text(line))
            if len(rest) > _LONGEST:
                take(_text(rest))
                rest = b""
    finally:
        transport.close()
        if rest:
            take(_text(rest))


def _text(line: bytes) -> str:
    return line.decode(errors="replace").rstrip("\r")


def end_orphans(mark: str) -> list[int]:
    """Kill every process whose environment carries this mark, whatever group it went to; returns their numbers.

    GitHub's runner does the same by ``RUNNER_TRACKING_ID`` when a job is over. Where there is no ``/proc`` nothing is
    found.
    """
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            variables = (place / "environ").read_bytes().split(b"\0")
        except OSError:
            continue
        if any(each.startswith(f"RUNNER_TRACKING_ID={mark}".encode()) for each in variables):
            with suppress(ProcessLookupError, PermissionError):
                os.kill(int(place.name), signal.SIGKILL)
                found.append(int(place.name))
    return found
