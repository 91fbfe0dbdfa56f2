"""Questions about history: ancestry, ranges of commits, and what changed between two of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tagboat.sandbox.forge.git.child import Git

_STATES = {"A": "added", "D": "removed", "M": "modified", "R": "renamed", "C": "copied", "T": "changed"}


@dataclass(frozen=True, slots=True)
class Distance:
    """Where ``head`` stands seen from ``base``: GitHub's four words, and the two counts."""

    merge_base: str
    ahead: int
    behind: int

    @property
    def status(self) -> str:
        """``identical``, ``ahead``, ``behind`` or ``diverged``."""
        if self.ahead and self.behind:
            return "diverged"
        if self.ahead:
            return "ahead"
        return "behind" if self.behind else "identical"


@dataclass(frozen=True, slots=True)
class FileChange:
    """One file between two commits."""

    path: str
    previous: str | None
    status: str
    blob: str
    additions: int
    deletions: int


def distance(git: Git, base: str, head: str) -> Distance | None:
    """How far two commits (full SHAs) are apart, or None when they share no history."""
    merge_base = git.ask("merge-base", base, head, fine=(0, 1)).decode().strip()
    if not merge_base:
        return None
    behind, ahead = git.ask("rev-list", "--count", "--left-right", f"{base}...{head}").split()
    return Distance(merge_base, int(ahead), int(behind))


def is_ancestor(git: Git, older: str, newer: str) -> bool:
    """Whether ``older`` is reachable from ``newer`` (full SHAs)."""
    return not git.ask("rev-list", "--max-count=1", older, f"^{newer}")


def list_commits(
    git: Git,
    start: str,
    *,
    without: str | None = None,
    skip: int = 0,
    limit: int | None = None,
    where: Iterable[str] = (),
) -> list[str]:
    """SHAs from ``start`` backwards, newest first; ``where`` are further filters for ``git rev-list``."""
    options = [f"--skip={skip}", *([] if limit is None else [f"--max-count={limit}"])]
    paths = [option for option in where if not option.startswith("--")]
    options += [option for option in where if option.startswith("--")]
    span = [start, *([f"^{without}"] if without else [])]
    printed = git.ask("rev-list", *options, *span, "--", *paths, extra={"GIT_LITERAL_PATHSPECS": "1"})
    return printed.decode().split()


def changes(git: Git, old: str | None, new: str) -> list[FileChange]:
    """The files that differ between two commits; without ``old``, the whole of a root commit."""
    span = [old, new] if old else ["--root", new]
    options = (
        "-r",
        "-z",
        "--raw",
        "--numstat",
        "--find-renames",
        "--no-textconv",
        "--no-ext-diff",
        "--no-commit-id",
    )
    fields = iter(git.ask("diff-tree", *options, *span).decode(errors="surrogateescape").split("\0"))
    facts: dict[str, tuple[str, str, str | None]] = {}
    counted: list[FileChange] = []
    for field in fields:
        if field.startswith(":"):
            _, _, before, after, letter = field.split(" ")
            previous = next(fields) if letter[0] in "RC" else None
            path = next(fields)
            facts[path] = (_STATES[letter[0]], before if letter == "D" else after, previous)
        elif field:
            added, deleted, path = field.split("\t", 2)
            if not path:
                next(fields)
                path = next(fields)
            status, blob, previous = facts[path]
            counted.append(FileChange(path, previous, status, blob, _number(added), _number(deleted)))
    return counted


def _number(field: str) -> int:
    return int(field) if field.isdigit() else 0
