"""The folder that a build works in: the same path each time where that can be, because compilers write it down.

Debug information holds the folder that a compiler ran in, so two builds in two folders would differ. One path is
kept for this user and held by a lock; a second build at the same time gets a folder of a random name.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def workplace() -> Iterator[Path]:
    """Yield an empty folder of our own and remove what is in it afterwards."""
    fixed = Path(tempfile.gettempdir()) / f"tagboat-build-{os.getuid()}"
    descriptor = _hold(fixed)
    if descriptor is None:
        with tempfile.TemporaryDirectory(prefix="tagboat-build-", ignore_cleanup_errors=True) as name:
            yield Path(name)
        return
    try:
        yield fixed
    finally:
        _empty(fixed)
        os.close(descriptor)


def _hold(folder: Path) -> int | None:
    """Make and lock the folder; nothing when it is somebody else's, or another build holds it."""
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return None
    status = os.fstat(descriptor)
    if status.st_uid == os.getuid() and not status.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        with suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if _empty(folder):
                return descriptor
    os.close(descriptor)
    return None


def _empty(folder: Path) -> bool:
    """Remove everything in the folder; tell whether that worked, which a child of a killed build may prevent."""
    for entry in folder.iterdir():
        if entry.is_dir() and not entry.is_symlink():
            for inner, _, _ in os.walk(entry):
                with suppress(OSError):
                    Path(inner).chmod(0o700)
            shutil.rmtree(entry, ignore_errors=True)
        else:
            with suppress(OSError):
                entry.unlink()
    return not any(folder.iterdir())
