"""What a rule finds in a workflow file, and what the rules look at."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from tagboat.core.verdict import Verdict
from tagboat.workflows.audit.publishing import is_publishing, leads_to_publishing, needed
from tagboat.workflows.cost import Cost
from tagboat.workflows.model import Job, Workflow


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing that is wrong at one place.

    Attributes:
        code: its stable name; those of another tool are ``TOOL:NAME``.
        verdict: ``FAIL`` blocks, ``WARN`` does not.
        file: the path in the repository.
        line: where it stands, from 1; 0 for the file as a whole.
        reason: the fact, with what stands there.
        remedy: what to do about it.
        tools: who found it.
    """

    code: str
    verdict: Verdict
    file: str
    line: int
    reason: str
    remedy: str
    tools: tuple[str, ...] = ("tagboat",)

    @property
    def blocks(self) -> bool:
        """Whether a release must not go on with it."""
        return self.verdict is Verdict.FAIL


@dataclass(frozen=True, slots=True)
class View:
    """All that the rules may look at.

    Attributes:
        workflows: path to what the file says.
        release: the path of the configured release workflow, there or not.
        tags: what a pushed tag of each form that the components have starts.
    """

    workflows: Mapping[str, Workflow]
    release: str = ""
    tags: tuple[Cost, ...] = ()

    def publishes(self, workflow: Workflow) -> bool:
        """Whether something is published by a workflow, or by one that it calls, or it is the one that shall."""
        return workflow.file == self.release or leads_to_publishing(self.workflows, workflow)

    def in_release(self, workflow: Workflow) -> bool:
        """Whether a workflow is part of a release: it publishes, or one that publishes calls it."""
        if self.publishes(workflow):
            return True
        callers = (one for one in self.workflows.values() if self.publishes(one))
        return any(job.uses == f"./{workflow.file}" for one in callers for job in one.jobs)

    def grave(self, workflow: Workflow) -> Verdict:
        """What counts as a mistake in a release, and as a warning elsewhere."""
        return Verdict.FAIL if self.in_release(workflow) else Verdict.WARN

    def decisive(self, workflow: Workflow, job: Job) -> bool:
        """Whether a release depends on how a job ends: it publishes, or one that does waits for it."""
        publishing = [one for one in workflow.jobs if is_publishing(self.workflows, one)]
        return any(job in (one, *needed(workflow, one)) for one in publishing)

    def each_job(self) -> Iterator[tuple[Workflow, Job]]:
        """Yield every job with its workflow."""
        for workflow in self.workflows.values():
            for job in workflow.jobs:
                yield workflow, job


Rule = Callable[[View], Iterator[Flaw]]
"""A rule: it yields what it finds, in any order."""
