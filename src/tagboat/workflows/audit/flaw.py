"""What a rule finds in a workflow file, and what the rules look at."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from tagboat.core.verdict import Verdict
from tagboat.workflows.audit.publishing import needed, publishing_jobs
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
        publishing: path to the jobs that publish, themselves or in a workflow that they call.
        deciding: path to those and the jobs that they wait for.
        releasing: the files that are part of a release: those that publish or shall, those that they call, and so on.
    """

    workflows: Mapping[str, Workflow]
    release: str
    tags: tuple[Cost, ...]
    publishing: Mapping[str, frozenset[str]]
    deciding: Mapping[str, frozenset[str]]
    releasing: frozenset[str]

    def publishes(self, workflow: Workflow) -> bool:
        """Whether something is published by a workflow, or by one that it calls, or it is the one that shall."""
        return workflow.file == self.release or bool(self.publishing[workflow.file])

    def is_publishing(self, workflow: Workflow, job: Job) -> bool:
        """Whether a job publishes, itself or in the workflow that it calls."""
        return job.id in self.publishing[workflow.file]

    def grave(self, workflow: Workflow) -> Verdict:
        """What counts as a mistake in a release, and as a warning elsewhere."""
        return Verdict.FAIL if workflow.file in self.releasing else Verdict.WARN

    def decisive(self, workflow: Workflow, job: Job) -> bool:
        """Whether a release depends on how a job ends: it publishes, or one that does waits for it."""
        return job.id in self.deciding[workflow.file]

    def each_job(self) -> Iterator[tuple[Workflow, Job]]:
        """Yield every job with its workflow."""
        for workflow in self.workflows.values():
            for job in workflow.jobs:
                yield workflow, job


def view_of(workflows: Mapping[str, Workflow], release: str, tags: Sequence[Cost] = ()) -> View:
    """Return what the rules look at, with all that they ask several times found once."""
    publishing = publishing_jobs(workflows)
    deciding = {path: ids | needed(workflows[path], ids) for path, ids in publishing.items()}
    starting = [path for path, ids in publishing.items() if ids or path == release]
    return View(workflows, release, tuple(tags), publishing, deciding, _with_called(workflows, starting))


def _with_called(workflows: Mapping[str, Workflow], paths: Sequence[str]) -> frozenset[str]:
    """Return the files, those that they call, those that these call, and so on."""
    found, left = set(paths), list(paths)
    while left:
        workflow = workflows.get(left.pop())
        for job in workflow.jobs if workflow else ():
            called = job.uses.removeprefix("./")
            if job.uses.startswith("./") and called not in found:
                found.add(called)
                left.append(called)
    return frozenset(found)


Rule = Callable[[View], Iterator[Flaw]]
"""A rule: it yields what it finds, in any order."""
