"""Rules about gates: what decides about a release can fail, and what publishes waits for it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from tagboat.core.verdict import Verdict
from tagboat.workflows.audit.flaw import Flaw, View
from tagboat.workflows.audit.publishing import publishes, said
from tagboat.workflows.model import Job, Step, Text, Workflow

_SWALLOWS: Final = re.compile(
    r"\|\|[ \t]*(?:true|:|exit[ \t]+0|/bin/true)(?![\w./-])|^[ \t]*set[ \t]+\+e\b", re.MULTILINE
)
_ALWAYS: Final = re.compile(r"\balways\s*\(\s*\)|\bfailure\s*\(\s*\)|!\s*cancelled\s*\(\s*\)")
_RESULT: Final = re.compile(
    r"\bneeds\s*(?:\.\s*[\w*-]+|\[[^\]]+\])\s*\.\s*result\b|\btoJSON\s*\(\s*needs\b", re.IGNORECASE
)
_EXPECTS: Final = re.compile(r"success|skipped|alls-green", re.IGNORECASE)


def swallowed(view: View) -> Iterator[Flaw]:
    """A job or step on which a release depends goes on, and counts as green, when it fails."""
    for workflow, job in view.each_job():
        if not view.decisive(workflow, job):
            continue
        if _on(job.continue_on_error):
            yield _cannot_fail(workflow, job.continue_on_error.line or job.line, f"job {job.id} may fail")
        for step in job.steps:
            if _on(step.continue_on_error):
                line = step.continue_on_error.line or step.line
                yield _cannot_fail(workflow, line, f"a step of job {job.id} may fail")
            found = _SWALLOWS.search(said(step))
            if found:
                words = " ".join(found[0].split())
                flaw = _cannot_fail(workflow, step.line, f"a command of job {job.id} may fail ({words})")
                # Often it is a command that may fail; only where something is published nothing may.
                yield flaw if any(map(publishes, job.steps)) else replace(flaw, verdict=Verdict.WARN)


def unconditional(view: View) -> Iterator[Flaw]:
    """A publishing job starts whatever became of the jobs before it."""
    for workflow, job in view.each_job():
        asks = _ALWAYS.search(job.condition)
        if asks and job.needs and view.is_publishing(workflow, job) and not _RESULT.search(job.condition):
            yield Flaw(
                "publish-without-gate",
                Verdict.FAIL,
                workflow.file,
                job.condition.line or job.line,
                f"job {job.id} publishes even if what it needs has failed: if says {' '.join(asks[0].split())}",
                "leave it out, or compare each needed job's result with 'success'",
            )


def skipped_gates(view: View) -> Iterator[Flaw]:
    """A job that stands for all others takes a skipped one for a success, as the forge does."""
    for workflow, job in view.each_job():
        if not job.needs or job.uses or not _ALWAYS.search(job.condition):
            continue
        if view.is_publishing(workflow, job) or not _is_gate(job):
            continue
        texts = " ".join([job.condition, *(_all(step) for step in job.steps)])
        if not _EXPECTS.search(texts):
            yield Flaw(
                "gate-counts-skipped",
                Verdict.WARN,
                workflow.file,
                job.line,
                f"job {job.id} stands for {', '.join(job.needs)[:120]}, and is green when they were skipped",
                "let it fail unless each result is 'success', or 'skipped' where that is expected",
            )


def _is_gate(job: Job) -> bool:
    """Whether a job does nothing but look at others: it has no action but such as compare results."""
    return all(not step.uses or "alls-green" in step.uses for step in job.steps)


def _all(step: Step) -> str:
    return " ".join([step.run, step.condition, step.uses, *step.inputs.values(), *step.env.values()])


def _on(said_: Text) -> bool:
    return bool(said_) and said_.strip().lower() != "false"


def _cannot_fail(workflow: Workflow, line: int, what: str) -> Flaw:
    return Flaw(
        "gate-cannot-fail",
        Verdict.FAIL,
        workflow.file,
        line,
        f"{what}, and a release that depends on it goes on",
        "let it fail; what is allowed to fail belongs into a job that no release waits for",
    )
