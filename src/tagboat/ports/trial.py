"""A trial of a Trusted Publisher, in a place where it costs nothing: an index that is told of it, and a job that asks.

Only a rehearsal has one. The real indexes can be asked by the real job alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from tagboat.core.publisher import Publisher


@dataclass(frozen=True, slots=True)
class PublishingJob:
    """The job of a workflow that would ask an index for a token, as its identity would tell of it.

    Attributes:
        repository: ``owner/name`` where it runs.
        workflow: the file's name in ``.github/workflows``.
        environment: "" for a job without one.
        event: what starts the run.
        ref: the full reference that the run is for.
        commit: the commit of the run.
        identity: whether it gets an identity at all.
        called: path of the reusable workflow in the same repository that its steps stand in; "" for none.
    """

    repository: str
    workflow: str
    environment: str
    event: str
    ref: str
    commit: str
    identity: bool
    called: str = ""


class PublisherTrial(Protocol):
    """Tries publishers against an index that is not a real one."""

    def refusal(self, index: str, publisher: Publisher, job: PublishingJob) -> str:
        """Let the index trust the publisher, let the job ask for a token; return why it gets none, "" when it does.

        Raises:
            UnavailableError: the index does not answer.
        """
        ...
