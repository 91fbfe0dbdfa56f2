"""A repository's history as planning reads it: in place, without a copy, with nothing run and nothing fetched."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from tagboat.config.project import Tree
from tagboat.core.commit import Commit
from tagboat.core.record import Record


class TagRef(Record):
    """A tag and the commit that it peels to."""

    name: str
    commit: str


class PathDiff(Record):
    """One file that differs between two commits.

    Attributes:
        path: relative to the root.
        status: ``A`` added, ``D`` removed, ``M`` modified, ``T`` of another type.
    """

    path: str
    status: str


class History(Protocol):
    """Where commits, tags and files are read."""

    def tags(self) -> Sequence[TagRef]:
        """Return every tag that peels to a commit."""
        ...

    def broken_tags(self) -> Sequence[str]:
        """Return the names of the tags whose object is not there; no other is missing for it."""
        ...

    def merged_tags(self, head: str) -> frozenset[str]:
        """Return the names of the tags that ``head`` can reach; it takes a walk through the whole history."""
        ...

    def time(self, commit: str) -> int:
        """Return the committer's time, in seconds since 1970."""
        ...

    def last_change(self, head: str, path: str, *, without: str = "") -> str | None:
        """Return the newest commit that changed a file, or None; the history of ``without`` does not count."""
        ...

    def resolve(self, revision: str) -> str | None:
        """Return the commit that a branch, tag, id or ``HEAD`` names, or None."""
        ...

    def branch(self) -> str:
        """Return the branch that is checked out, or "" when none is."""
        ...

    def remote(self) -> str:
        """Return the address of the remote ``origin``, or "" when there is none."""
        ...

    def shallow(self) -> bool:
        """Tell whether the history is cut off (a shallow clone)."""
        ...

    def commits(
        self, *until: str, without: Sequence[str] = (), paths: bool = False, ordered: bool = False
    ) -> Iterator[Commit]:
        """Yield the commits that can be reached from ``until`` and not from ``without``, newest first.

        Args:
            until: commits.
            without: commits whose history does not count.
            paths: say which files each commit changed, against its first parent.
            ordered: no commit comes before any of its children (``--topo-order``).

        Raises:
            StepFailedError: an object is missing or damaged.
        """
        ...

    def tree(self, commit: str) -> Tree:
        """Return the files of a commit, each read when it is asked for."""
        ...

    def read(self, commit: str, path: str) -> bytes | None:
        """Return a file's content, or None when it is not there."""
        ...

    def diff(self, before: str, after: str) -> Sequence[PathDiff]:
        """Return the files that differ between two commits."""
        ...

    def branches(self) -> Mapping[str, str]:
        """Return every branch and the commit at its head: the local ones, and those of ``origin`` that are not local."""
        ...

    def abbreviated(self, commits: Sequence[str]) -> Sequence[str]:
        """Return each id as short as git shows it in this repository (``--abbrev-commit``)."""
        ...
