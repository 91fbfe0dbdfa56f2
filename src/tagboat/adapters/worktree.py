"""The user's own repository, read where it is, and never written.

Only plumbing that runs nothing is used: references and objects are read, configuration only as text; the index and
the work tree's state are left alone, as looking at them could run a filter or fsmonitor that the repository configures.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from tagboat.adapters.git.child import Git
from tagboat.adapters.git.objects import Objects
from tagboat.adapters.git.place import bare, git_dir_of
from tagboat.adapters.git.references import Reference, read_references
from tagboat.adapters.git.tree import SUBMODULE, read_tree
from tagboat.ports.repository import TreeEntry

LARGEST: Final = 16 << 20
"""The most bytes that are read of a file in the work tree."""


class Worktree:
    """A repository on this machine, given by any path in it.

    Args:
        path: the root, a folder below it, or a bare repository.

    Attributes:
        root: the folder that holds ``.git``; of a bare repository, itself.

    Raises:
        RefusedError: ``path`` is in no git repository.
    """

    def __init__(self, path: Path) -> None:
        git_dir = Path(git_dir_of(path))
        self.bare = bare(git_dir) and git_dir.name != ".git"
        self.root = git_dir if self.bare else git_dir.parent
        self._git = Git(git_dir)
        self._objects = Objects(self._git)
        self._known: Mapping[str, Reference] | None = None

    def head_commit(self) -> str | None:
        """Return the commit that is checked out, or None before the first one."""
        done = self._git.run("rev-parse", "--verify", "--quiet", "HEAD^{commit}", fine=(0, 1, 128))
        return done.stdout.decode("ascii", "replace").strip() or None

    def branch(self) -> str | None:
        """Return the branch that is checked out, or None for a detached HEAD."""
        done = self._git.run("symbolic-ref", "--quiet", "--short", "HEAD", fine=(0, 1, 128))
        return done.stdout.decode("utf-8", "surrogateescape").strip() or None

    def remote_branch(self) -> str | None:
        """Return what was the default branch of the remote ``origin`` when it was cloned, or None."""
        done = self._git.run("symbolic-ref", "--quiet", "refs/remotes/origin/HEAD", fine=(0, 1, 128))
        name = done.stdout.decode("utf-8", "surrogateescape").strip()
        return name.removeprefix("refs/remotes/origin/") or None

    def tags(self) -> Sequence[str]:
        """Return the names of all tags that peel to a commit."""
        return [tag.name for reference in self._references().values() if (tag := reference.as_tag())]

    def remote_url(self, remote: str = "origin") -> str | None:
        """Return the URL of a remote as it is configured, or None; credentials in it are left out."""
        done = self._git.run("config", "--get", f"remote.{remote}.url", fine=(0, 1))
        url = done.stdout.decode("utf-8", "replace").strip()
        return re.sub(r"(?<=://)[^/@]*@", "", url) or None

    def files(self) -> Sequence[TreeEntry]:
        """Return every file of the commit that is checked out, sorted by path; empty before the first commit."""
        head = self.head_commit()
        return read_tree(self._git, head) if head else ()

    def read(self, path: str) -> bytes | None:
        """Return a file's content in the commit that is checked out, or None when it is not there."""
        for entry in self.files():
            if entry.path == path and entry.mode != SUBMODULE:
                return self._objects.read(entry.blob, "blob")
        return None

    def read_work_file(self, path: str) -> bytes | None:
        """Return a file's content as it lies in the work tree, or None when it is not there.

        Only a plain file of at most sixteen mebibytes that is really inside the root counts as there.
        """
        if self.bare:
            return None
        root = self.root.resolve()
        found = (root / path).resolve()
        if not found.is_relative_to(root) or not found.is_file() or found.stat().st_size > LARGEST:
            return None
        with os.fdopen(os.open(found, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC), "rb") as file:
            return file.read(LARGEST)

    def close(self) -> None:
        """End the child that reads objects."""
        self._objects.close()

    def _references(self) -> Mapping[str, Reference]:
        if self._known is None:
            self._known = read_references(self._git, self._objects)
        return self._known
