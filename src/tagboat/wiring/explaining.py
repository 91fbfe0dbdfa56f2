"""Evidence about a repository on this machine: one commit, held against the next releases."""

from __future__ import annotations

from dataclasses import dataclass

from tagboat.adapters.git.history import LocalHistory
from tagboat.core.commit import Commit
from tagboat.errors import UsageError
from tagboat.planner.commit_evidence import CommitEvidence, commit_evidence
from tagboat.wiring.planning import Ask, asked


@dataclass(frozen=True, slots=True)
class ExplainedCommit:
    """A commit and what it is for each component.

    Attributes:
        commit: the commit.
        head: the commit that the releases are planned from.
        components: what it is for each component.
    """

    commit: Commit
    head: str
    components: tuple[CommitEvidence, ...]


def explained_commit(ask: Ask, revision: str) -> ExplainedCommit:
    """Return what a commit counts for.

    Args:
        ask: the repository, and the releases to hold it against.
        revision: the commit: an id, a short id, a branch or a tag.

    Raises:
        UsageError: it names no commit; else as :func:`tagboat.wiring.planning.planned`.
    """
    history = LocalHistory(ask.path)
    try:
        found = asked(history, ask)
        id_ = history.resolve(revision)
        if id_ is None:
            raise UsageError(
                f"{revision[:100]!a} names no commit",
                remedy="give a commit's id, or a branch or tag of this repository",
            )
        commit = next(iter(history.commits(id_, paths=True)))
        evidence = commit_evidence(history, found.planning, found.wanted, commit)
        return ExplainedCommit(commit, found.wanted.head, evidence)
    finally:
        history.close()
