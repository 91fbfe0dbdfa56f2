"""Configuration that lies in the work tree otherwise than in the commit that is planned: a plan reads the commit alone."""

from __future__ import annotations

import os
import stat
from collections.abc import Collection, Iterator, Mapping

from tagboat.adapters.git.place import bare, git_dir_of
from tagboat.config.document import LIMIT
from tagboat.config.project import Tree


class Watched(Collection[str]):
    """The files of a tree, with a note of each one that was asked for.

    Attributes:
        seen: path → its bytes, or None when the tree has no such file; the bytes of a file that was looked for and
            never read are not known, and it is not here.
    """

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self.seen: dict[str, bytes | None] = {}

    @property
    def tree(self) -> Tree:
        """The same tree, watched."""
        return Tree(self, self._read)

    def _read(self, path: str) -> bytes:
        content = self._tree.read(path)
        self.seen[path] = content
        return content

    def __contains__(self, path: object) -> bool:
        found = path in self._tree.paths
        if not found and isinstance(path, str):
            self.seen[path] = None
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._tree.paths)

    def __len__(self) -> int:
        return len(self._tree.paths)


def uncommitted(path: str | os.PathLike[str], seen: Mapping[str, bytes | None]) -> tuple[str, ...]:
    """Return the files that lie in the work tree otherwise than they were seen in the commit, sorted.

    Line ends do not count, as git may change them when it checks files out. Links are not followed.

    Args:
        path: the repository, or a folder in it.
        seen: path → its bytes in the commit, or None when it is not there.
    """
    folder = git_dir_of(path)
    root, _, name = folder.rpartition("/")
    if bare(folder) and name != ".git":
        return ()
    return tuple(sorted(file for file, content in seen.items() if _differs(f"{root}/{file}", content, file)))


def _differs(path: str, content: bytes | None, file: str) -> bool:
    try:
        status = os.lstat(path)
    except (OSError, ValueError):
        return content is not None and "/" not in file  # folders may be left out of a sparse check-out
    if not stat.S_ISREG(status.st_mode) or status.st_size > LIMIT:
        return False
    if content is None:
        return True
    try:
        with open(path, "rb") as opened:
            return _plain(opened.read(LIMIT + 1)) != _plain(content)
    except OSError:
        return False


def _plain(content: bytes) -> bytes:
    return content.replace(b"\r\n", b"\n")
