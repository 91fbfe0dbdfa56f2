"""Starting children that cannot outlive us, cannot flood us, and hold nothing of ours that they were not given.

Every child gets a session of its own, so that it is ended with all that it started; the environment it is given and
no other; umask 022; no open files but its three and those named; and the kernel's promise to kill it when we die
(Linux). Its output goes to the log line by line, without what looks like a secret, and only the last lines are kept.
"""

from __future__ import annotations

import ctypes
import os
import selectors
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from tagboat.adapters.isolation import network_off
from tagboat.adapters.secrets import masked_lines
from tagboat.errors import StepFailedError
from tagboat.ports.builder import Log

_LINE = 4_000
"""Longest line that is passed on, in characters; the rest of it comes as further lines."""
_UNENDED = 1 << 16
"""Most bytes that are waited for without a line's end."""
_TAIL_LINES = 120
_POLL_SECONDS = 0.2
_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True, slots=True)
class Completed:
    """How a child ended.

    Attributes:
        returncode: its exit status; negative for a signal.
        output_tail: its last lines, standard output and standard error together.
    """

    returncode: int
    output_tail: str


def run(
    argv: Sequence[str | os.PathLike[str]],
    *,
    cwd: Path,
    env: Mapping[str, str],
    log: Log,
    timeout: float,
    network: bool,
) -> Completed:
    """Run a command to its end and pass its output to the log.

    Args:
        argv: the program and its arguments.
        cwd: where it runs.
        env: its whole environment.
        log: takes each line of its output.
        timeout: seconds after which it is killed.
        network: False to run it without a network, where the machine can.

    Raises:
        StepFailedError: it cannot be started, or it did not end in time.
    """
    with Child(argv, cwd=cwd, env=env, log=log, network=network) as child:
        return Completed(child.wait(timeout), child.tail)


def quiet(_line: str) -> None:
    """A log that drops its lines, for output that is only of interest when something goes wrong."""


class Child:
    """A running child with its output; leaving the context kills whatever is left of it and its group."""

    def __init__(
        self,
        argv: Sequence[str | os.PathLike[str]],
        *,
        cwd: Path,
        env: Mapping[str, str],
        log: Log,
        network: bool,
        pass_fds: Sequence[int] = (),
    ) -> None:
        command = [os.fspath(part) for part in argv]
        self.name = Path(command[0]).name
        self._log = log
        self._lines: deque[str] = deque(maxlen=_TAIL_LINES)
        self._kept = masked_lines().kept
        self._rest = b""
        try:
            self._process = subprocess.Popen(
                command if network else network_off().wrap(command),
                cwd=cwd,
                env=dict(env),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                pass_fds=pass_fds,
                start_new_session=True,
                umask=0o022,
                preexec_fn=_die_with(os.getpid()),  # noqa: PLW1509 - it only calls prctl, getppid and _exit
            )
        except OSError as failure:
            raise StepFailedError(
                f"cannot start {command[0]}: {failure.strerror or failure}", remedy="see that it is installed"
            ) from failure

    def __enter__(self) -> Child:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()

    @property
    def tail(self) -> str:
        """The last lines of output, without control characters."""
        return "\n".join(self._lines)

    def wait(self, timeout: float) -> int:
        """Pass output on until the child ends and return its exit status.

        Raises:
            StepFailedError: it did not end in time.
        """
        self._pump(timeout, None)
        self.kill()
        return self._process.returncode

    def answer(self, descriptor: int, timeout: float) -> bytes:
        """Pass output on until a line arrives on ``descriptor``; return it, or nothing when the child ended first.

        Raises:
            StepFailedError: neither happened in time.
        """
        return self._pump(timeout, descriptor)

    def kill(self) -> None:
        """Kill the child with everything that it started, and take its last output."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        output = self._process.stdout
        if output is not None and not output.closed:
            self._drain(output.fileno())
            if self._rest:
                self._take(b"\n")
            output.close()

    def _pump(self, timeout: float, descriptor: int | None) -> bytes:
        deadline = time.monotonic() + timeout
        answer = b""
        output = self._process.stdout
        if output is None or output.closed:
            return answer
        with selectors.DefaultSelector() as selector:
            selector.register(output.fileno(), selectors.EVENT_READ)
            if descriptor is not None:
                selector.register(descriptor, selectors.EVENT_READ)
            while time.monotonic() < deadline:
                ready = selector.select(min(_POLL_SECONDS, max(0.0, deadline - time.monotonic())))
                for key, _ in ready:
                    data = os.read(key.fd, 65536)
                    if not data:
                        selector.unregister(key.fd)
                    elif key.fd == descriptor:
                        answer += data
                    else:
                        self._take(data)
                if answer.endswith(b"\n"):
                    self._drain(output.fileno())
                    return answer
                if self._process.poll() is not None or not selector.get_map():
                    with suppress(subprocess.TimeoutExpired):
                        self._process.wait(max(0.0, deadline - time.monotonic()))
                        return answer
        self.kill()
        raise StepFailedError(
            f"{self.name} did not end within {timeout:g} seconds and was killed",
            remedy="look at the step's log for where it stood; the last lines: " + self.tail[-400:],
        )

    def _drain(self, descriptor: int) -> None:
        """Take what was written already, without waiting for more."""
        os.set_blocking(descriptor, False)
        with suppress(BlockingIOError):
            while data := os.read(descriptor, 65536):
                self._take(data)

    def _take(self, data: bytes) -> None:
        *lines, self._rest = (self._rest + data).split(b"\n")
        if len(self._rest) > _UNENDED:
            # Between words, as nothing that is cut in two is known for a secret.
            cut = self._rest.rfind(b" ", _UNENDED // 2) + 1 or len(self._rest)
            lines.append(self._rest[:cut])
            self._rest = self._rest[cut:]
        for line in lines:
            text = self._kept(_plain(line))
            if text is None:
                continue
            for start in range(0, max(len(text), 1), _LINE):
                self._lines.append(text[start : start + _LINE])
                self._log(text[start : start + _LINE])


def _plain(line: bytes) -> str:
    """Return the line without control characters, so that a build cannot write to the reader's terminal."""
    text = line.decode("utf-8", "replace").rstrip("\r").expandtabs(4)
    return "".join(char if char.isprintable() else "�" for char in text)


def end_with(parent: int) -> None:
    """Have the kernel kill this process when ``parent``, which started it, ends in any way; no-op where it cannot."""
    ask = _die_with(parent)
    if ask is not None and parent:
        ask()


def _die_with(parent: int) -> Callable[[], None] | None:
    """Return what a Linux child does first: ask to be killed when its parent ends, and end if that was already."""
    if sys.platform != "linux":
        return None
    prctl, kill = ctypes.CDLL(None).prctl, int(signal.SIGKILL)

    def ask() -> None:
        prctl(_PR_SET_PDEATHSIG, kill, 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return ask
