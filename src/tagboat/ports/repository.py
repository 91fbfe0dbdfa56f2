"""A project's git history, read from the engine's own bare mirror."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol


class TagKind(StrEnum):
    """How a tag is stored; for a release only the commit counts."""

    LIGHTWEIGHT = "lightweight"
    ANNOTATED = "annotated"
    SIGNED = "signed"


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag and the commit that it peels to."""

    name: str
    commit: str
    kind: TagKind


@dataclass(frozen=True, slots=True)
class TreeEntry:
    """One file of a commit's tree.

    Attributes:
        path: relative to the tree's root, with ``/``.
        mode: git's mode: ``100644``, ``100755``, ``120000`` (symbolic link) or ``160000`` (submodule).
        blob: the object id of its content.
    """

    path: str
    mode: str
    blob: str


class Repository(Protocol):
    """The engine's bare mirror of the project; nothing here runs what the repository configures."""

    def refresh(self) -> None:
        """Fetch all branches and tags from the project's remote.

        Raises:
            UnavailableError: the remote did not answer.
            DeniedError: it refused our credential.
        """
        ...

    def tag(self, name: str) -> Tag | None:
        """Return the tag, or None when there is none of this name."""
        ...

    def tags(self) -> Sequence[Tag]:
        """Return every tag that peels to a commit."""
        ...

    def default_branch(self) -> str:
        """Return the short name of the remote's default branch."""
        ...

    def branch_head(self, branch: str) -> str | None:
        """Return the commit at the head of ``branch``, or None when there is no such branch."""
        ...

    def is_ancestor(self, commit: str, of: str) -> bool:
        """Tell whether ``commit`` is ``of`` or can be reached from it."""
        ...

    def commit_time(self, commit: str) -> int:
        """Return the committer's time in seconds since 1970, for SOURCE_DATE_EPOCH."""
        ...

    def tree(self, commit: str) -> Sequence[TreeEntry]:
        """Return every file of the commit, sorted by path."""
        ...

    def read(self, commit: str, path: str) -> bytes | None:
        """Return a file's content at the commit, or None when it is not there (or is a folder)."""
        ...

    def write_tree(self, commit: str, destination: Path) -> None:
        """Write the commit's tree for building into the new folder ``destination``.

        It is a git checkout of its own, HEAD at the commit, with the tag history that setuptools-scm and hatch-vcs
        read; no filter, hook or attribute of the project's ran, modes are 0644 and 0755, and the committer's time
        is every file's time.
        """
        ...

    def archive(self, commit: str, prefix: str, destination: Path) -> None:
        """Write the commit's files as ``destination`` (``.tar.gz``) below the folder ``prefix``, byte-stable.

        The same commit gives the same bytes on every machine and git version; export attributes are not applied.
        """
        ...
