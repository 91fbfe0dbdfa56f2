"""Where a secret could be seen: the arguments of processes, and every file below a folder."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path


def texts(folder: Path) -> Iterator[tuple[Path, bytes]]:
    """Every file below a folder, and what wheels hold."""
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            data = path.read_bytes()
            yield path, data
            if zipfile.is_zipfile(path):
                with zipfile.ZipFile(path) as archive:
                    yield from ((path / name, archive.read(name)) for name in archive.namelist())


def arguments_below(pid: int) -> Iterator[bytes]:
    """The command line of a process and of all that it started; other processes may hold secrets of their own."""
    parents = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(path.parent.name)] = int(path.read_text().rpartition(")")[2].split()[1])
        except (OSError, ValueError, IndexError):
            continue
    ours = {pid}
    while more := {child for child, parent in parents.items() if parent in ours} - ours:
        ours |= more
    for each in ours:
        try:
            yield Path(f"/proc/{each}/cmdline").read_bytes()
        except OSError:
            continue
