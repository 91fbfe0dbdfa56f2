"""Reads a job's files for it: the runner sees more than the job does, and must not be led there by a link."""

from __future__ import annotations

import os
import stat
from io import BufferedReader
from pathlib import Path
from typing import Final

from tagboat.errors import StepFailedError

_READ: Final = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC
"""Without waiting: a pipe in a file's place would otherwise keep the runner for ever."""


def opened(path: Path, own: Path, hidden: Path | None) -> BufferedReader:
    """A file that a job names, open for reading.

    Args:
        path: The file.
        own: The job's directory.
        hidden: The folder of which the job sees nothing but ``own``; None where there is none.

    Raises:
        StepFailedError: There is no such file, or it lies where the job does not see it.
    """
    try:
        handle = os.open(path, _READ)
    except OSError as problem:
        raise StepFailedError(f"{path}: {problem.strerror}") from problem
    file = os.fdopen(handle, "rb")
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        file.close()
        raise StepFailedError(f"{path}: this is no file")
    real = _place(handle, path)
    if hidden is not None and real.is_relative_to(hidden) and not real.is_relative_to(own):
        file.close()
        raise StepFailedError(f"{path}: this job has no such file; it would be one of the sandbox's own")
    return file


def read_plain(path: Path, most: int) -> bytes:
    """At most so many bytes of a file that is no link; none where there is no such file."""
    try:
        handle = os.open(path, _READ | os.O_NOFOLLOW)
    except OSError:
        return b""
    with os.fdopen(handle, "rb") as file:
        return file.read(most) if stat.S_ISREG(os.fstat(handle).st_mode) else b""


def _place(handle: int, path: Path) -> Path:
    """Where an open file really is: asked of the kernel, so that nobody can exchange it in between."""
    try:
        return Path(os.readlink(f"/proc/self/fd/{handle}"))  # noqa: PTH115 - text, no path to be followed
    except OSError:
        return path.resolve()
