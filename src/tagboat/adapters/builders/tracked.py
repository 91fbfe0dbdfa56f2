"""Whether a build left the tree as the tag has it: every file of the written tree, before and after."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class _Mark:
    """What tells a file apart: its content's digest, its permission to be run, and the kernel's own bookkeeping."""

    digest: str
    executable: bool
    kernel: tuple[int, int, int]


class TrackedFiles:
    """The files of a freshly written tree; all of them are tracked, because nothing else was written yet."""

    def __init__(self, tree: Path) -> None:
        self._tree = tree
        self._marks = {path: _mark(tree / path, None) for path in _files(tree)}

    @property
    def paths(self) -> frozenset[str]:
        """Their paths in the tree, with ``/``."""
        return frozenset(self._marks)

    def rewritten(self) -> list[str]:
        """Return the tracked files whose content or mode is no longer the tag's, or that are gone, sorted."""
        changed = []
        for path, before in self._marks.items():
            try:
                after = _mark(self._tree / path, before)
            except FileNotFoundError:
                changed.append(f"{path} (removed)")
                continue
            if (after.digest, after.executable) != (before.digest, before.executable):
                changed.append(path)
        return sorted(changed)


def _files(tree: Path) -> Iterator[str]:
    """Walk the tree without following links and without git's own folder."""
    folders = [""]
    while folders:
        prefix = folders.pop()
        with os.scandir(tree / prefix) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    if entry.name != ".git":
                        folders.append(f"{prefix}{entry.name}/")
                elif entry.name != ".git":
                    yield f"{prefix}{entry.name}"


def _mark(path: Path, known: _Mark | None) -> _Mark:
    """Mark a file; content is read again only when the kernel's bookkeeping says that it may have changed."""
    status = path.lstat()
    kernel = (status.st_ino, status.st_size, status.st_ctime_ns)
    if known is not None and known.kernel == kernel:
        return known
    if stat.S_ISLNK(status.st_mode):
        content = b"link:" + os.fsencode(path.readlink())
    elif stat.S_ISREG(status.st_mode):
        content = path.read_bytes()
    else:
        content = b"special"
    return _Mark(hashlib.sha256(content).hexdigest(), bool(status.st_mode & 0o111), kernel)


def omitted_and_named(tracked: Iterable[str], packed: Set[str], output: str) -> list[str]:
    """Return the tracked files that an sdist lacks and that a failed build's output names, sorted."""
    lacking = sorted(set(tracked) - packed)
    whole = [path for path in lacking if path in output]
    return whole or [path for path in lacking if f"{path.rsplit('/', 1)[-1]}'" in output]
