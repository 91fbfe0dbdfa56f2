"""Locks that the kernel gives up when their holder ends in any way, so that a killed release is taken over at once."""

from __future__ import annotations

import fcntl
import os
import socket
import time
from pathlib import Path
from types import TracebackType

from tagboat.errors import AlreadyRunningError

_LOOK_SECONDS = 0.25
"""Longer than ``tagboat status`` holds a lock to see whether it is free."""


class FileLock:
    """A file that one process holds and has its name in; enter it to hold it."""

    def __init__(self, path: Path, what: str) -> None:
        self._path = path
        self._what = what
        self._descriptor: int | None = None

    def __enter__(self) -> FileLock:
        """Take the lock.

        Raises:
            AlreadyRunningError: another process holds it; it is named.
        """
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        if not _taken(descriptor):
            holder = os.pread(descriptor, 4096, 0).decode("utf-8", "replace").strip()
            os.close(descriptor)
            raise AlreadyRunningError(
                f"{self._what} is running already: {holder or 'its holder has just started'}",
                remedy="wait for it (tagboat status), or stop that process; its state is kept",
            )
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"process {os.getpid()} on {socket.gethostname()}\n".encode(), 0)
        self._descriptor = descriptor
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give the lock up."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def _taken(descriptor: int) -> bool:
    """Take the lock; somebody who only looks whether it is held has it for a moment."""
    end = time.monotonic() + _LOOK_SECONDS
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > end:
                return False
            time.sleep(0.01)
        else:
            return True
