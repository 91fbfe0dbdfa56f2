"""The lock that tells whether a sandbox is up: held by its process for life, so a recycled process id proves nothing."""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path

from tagboat.errors import AlreadyRunningError

FILE = "sandbox.lock"
_LOOK_SECONDS = 0.5
"""Longer than anybody holds the lock only to see whether it is free (``holder``)."""


class ProcessLock:
    """Held from ``acquire`` to ``release`` or the death of the process, whichever comes first."""

    def __init__(self, directory: Path) -> None:
        self._path = directory / FILE
        self._handle: int | None = None

    def acquire(self) -> None:
        """Take the lock.

        Raises:
            AlreadyRunningError: A sandbox of this directory is up.
        """
        handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        end = time.monotonic() + _LOOK_SECONDS
        while not _locked(handle):
            if time.monotonic() > end:
                os.close(handle)
                raise AlreadyRunningError(
                    f"the sandbox in {self._path.parent} is already up",
                    remedy="use it, or take it down first",
                )
            time.sleep(0.005)
        os.ftruncate(handle, 0)
        os.write(handle, str(os.getpid()).encode())
        self._handle = handle

    def release(self) -> None:
        """Give the lock back."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None


def _locked(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def holder(directory: Path) -> int | None:
    """The process id of the sandbox that is up in this directory, or None."""
    try:
        handle = os.open(directory / FILE, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        written = os.pread(handle, 20, 0)
        return int(written) if written.isdigit() else None
    else:
        return None
    finally:
        os.close(handle)
