"""Starting a process and waiting for it by the system's own calls.

``subprocess`` does the same for many more cases; to import it takes as long as git takes to list a thousand tags.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import IO, Final

PIPE: Final = -1
"""Instead of an open file: a new pipe, whose other end the child has."""

NOTHING: Final = -2
"""Instead of an open file: nothing is read, and what is written is dropped."""

_PIPE_SIGNAL: Final = 13
_KILL: Final = 9
"""Numbers of signals on every POSIX system; ``signal`` makes enumerations of all of them, which takes time."""


class Child:
    """A process that was started here.

    Attributes:
        stdin, stdout, stderr: our ends of its pipes; None where it has none.
        returncode: its exit status, once it was waited for; negative for the signal that ended it.
    """

    def __init__(self, pid: int, ends: Sequence[IO[bytes] | None]) -> None:
        self.stdin, self.stdout, self.stderr = ends
        self.returncode: int | None = None
        self._pid = pid

    def wait(self) -> int:
        """Wait for its end, and return its exit status."""
        if self.returncode is None:
            try:
                self.returncode = os.waitstatus_to_exitcode(os.waitpid(self._pid, 0)[1])
            except ChildProcessError:  # whoever started us ignores the ends of children
                self.returncode = 0
        return self.returncode

    def kill(self) -> None:
        """End it at once, when it was not waited for yet: after that its number may be somebody else's."""
        if self.returncode is None:
            with suppress(
                ProcessLookupError
            ):  # whoever started us ignores the ends of children, and it ended
                os.kill(self._pid, _KILL)


def spawn(
    command: Sequence[str],
    environment: Mapping[str, str],
    *,
    stdin: IO[bytes] | int,
    stdout: IO[bytes] | int,
    stderr: IO[bytes] | int,
) -> Child:
    """Start a process, which has none of the other files that were opened here.

    Args:
        command: the program's name, which is looked for on the environment's PATH, and its arguments.
        environment: its whole environment.
        stdin: an open file, or :data:`PIPE` or :data:`NOTHING`.
        stdout: the same.
        stderr: the same.

    Raises:
        OSError: the program is not there, or cannot be started.
    """
    program = _found(command[0], environment)
    ours: list[IO[bytes] | None] = []
    theirs: list[int] = []
    actions: list[tuple[int, ...] | tuple[int, int, str, int, int]] = []
    try:
        for number, stream in enumerate((stdin, stdout, stderr)):
            end = None
            if stream == NOTHING:
                actions.append((os.POSIX_SPAWN_OPEN, number, os.devnull, os.O_RDWR, 0))
            elif stream == PIPE:
                reading, writing = os.pipe()
                theirs.append(_beyond_standard(writing if number else reading))
                end = os.fdopen(reading, "rb") if number else os.fdopen(writing, "wb")
                actions.append((os.POSIX_SPAWN_DUP2, theirs[-1], number))
            else:
                inherited = stream if isinstance(stream, int) else stream.fileno()
                theirs.append(_beyond_standard(os.dup(inherited)))
                actions.append((os.POSIX_SPAWN_DUP2, theirs[-1], number))
            ours.append(end)
        pid = os.posix_spawn(program, [*command], environment, file_actions=actions, setsigdef=[_PIPE_SIGNAL])
    except BaseException:
        for opened in ours:
            if opened is not None:
                opened.close()
        raise
    finally:
        for descriptor in theirs:
            os.close(descriptor)
    return Child(pid, ours)


def _beyond_standard(descriptor: int) -> int:
    """Return the descriptor outside of the standard streams' numbers, where one that is moved would cover another."""
    if descriptor > 2:
        return descriptor
    import fcntl  # noqa: PLC0415 - only in a process that was started without standard streams

    moved = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, 3)
    os.close(descriptor)
    return moved


def _found(name: str, environment: Mapping[str, str]) -> str:
    """Return the program's path; the name itself, which then is not there, when no folder has it."""
    for folder in os.get_exec_path(environment):
        path = f"{folder}/{name}"
        if os.access(path, os.X_OK) and not os.path.isdir(path):
            return path
    return name
