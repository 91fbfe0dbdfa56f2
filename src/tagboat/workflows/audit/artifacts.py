"""Rules about files: those that are published were built once, in the run that publishes them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Final

from tagboat.core.verdict import Verdict
from tagboat.workflows.audit.flaw import Flaw, View
from tagboat.workflows.audit.publishing import action_of, built_by, said
from tagboat.workflows.model import Job, Step, Workflow

_LOOKUPS: Final = re.compile(
    r"\bgh run (?:download|list|view|watch)\b|\blookup[-_]run[-_]id\b"
    r"|\$\{\{\s*(?:inputs|needs|steps|env|vars)\.(?:[\w-]+\.)*run[-_]id\s*\}\}",
    re.IGNORECASE,
)
_ASKS: Final = re.compile(r"\b(?:gh api|curl|wget)\b")
_RUNS: Final = re.compile(r"actions/(?:runs|artifacts|workflows)\b")
_OWN: Final = re.compile(r"\bgithub\.run_id\b|\bGITHUB_RUN_ID\b")
_OWN_ALONE: Final = re.compile(r"\s*\$\{\{\s*github\.run_id\s*\}\}\s*")
"""This very run."""
_ACTIONS: Final = re.compile(
    r"(?:dawidd6/action-download-artifact|aochmann/actions-download-artifact|.*lookup-run-id.*)"
)


def cross_run(view: View) -> Iterator[Flaw]:
    """Files or states are taken from another run, which nobody can say was this commit's."""
    for workflow, job in view.each_job():
        for step in job.steps:
            how = _crosses(step)
            if how:
                yield Flaw(
                    "cross-run-artifact",
                    view.grave(workflow),
                    workflow.file,
                    step.line,
                    f"job {job.id} looks into another run ({how}): it may be of another commit, and it expires",
                    "build in this run and hand the files on as its own artifact",
                )


def _crosses(step: Step) -> str:
    action, run = action_of(step), step.inputs.get("run-id", "")
    if action == "actions/download-artifact" and run and not _OWN_ALONE.fullmatch(run):
        return f"download-artifact with run-id {run[:60]}"
    if _ACTIONS.fullmatch(action):
        return action
    for line in said(step).splitlines():
        if _OWN.search(line):
            continue
        found = _LOOKUPS.search(line)
        if found:
            return found[0][:80]
        asks = _ASKS.search(line)
        if asks and _RUNS.search(line, asks.end()):
            return line[asks.start() :].strip()[:80]
    return ""


def duplicate_build(view: View) -> Iterator[Flaw]:
    """Several jobs that one tag starts build the same distributions."""
    told: set[tuple[str, int]] = set()
    shown: dict[int, str] = {}
    for started in view.tags:
        places: dict[tuple[str, ...], dict[str, tuple[Workflow, Job, Step]]] = defaultdict(dict)
        for count in (count for count in started.counts if count.least):
            for key, place in _builds(view, count.workflow, count.job, shown):
                places[key].setdefault(f"{count.workflow.rpartition('/')[2]}: {count.job}", place)
        for key, found in places.items():
            workflow, _, step = list(found.values())[-1]
            if len(found) > 1 and (workflow.file, step.line) not in told:
                told.add((workflow.file, step.line))
                yield Flaw(
                    "duplicate-build",
                    Verdict.WARN,
                    workflow.file,
                    step.line,
                    f"a pushed tag {started.event.short} runs {key[0][:80]!a} in {len(found)} jobs: {'; '.join(found)[:300]}",
                    "build once, and hand the files on: bytes that differ can then never be confused",
                )


def _builds(
    view: View, path: str, name: str, shown: dict[int, str]
) -> Iterator[tuple[tuple[str, ...], tuple[Workflow, Job, Step]]]:
    """Yield what a started job builds, as far as the files tell, with the place that says so.

    Args:
        view: the files.
        path: the file that was started.
        name: the job, behind those that call its file.
        shown: what was said of jobs before, by their identity: a large matrix is called from many places.
    """
    workflow, job, given = view.workflows[path], None, list[str]()
    for own in name.split("/"):
        if job is not None:
            given.append(_told(job, shown))
            called = view.workflows.get(job.uses.removeprefix("./"))
            if called is None:
                return
            workflow = called
        job = workflow.job(own)
        if job is None:
            return
    for step in job.steps if job else ():
        built = built_by(step)
        if built and job is not None:
            inputs = repr([*sorted(step.inputs.items()), *sorted(step.env.items()), *sorted(job.env.items())])
            where = step.working_directory or job.directory or workflow.directory
            yield (built, str(where), inputs, _told(job, shown), *given), (workflow, job, step)


def _told(job: Job, shown: dict[int, str]) -> str:
    """Return what a job says of machines, and of what it gives to a file that it calls.

    A matrix that only tells Pythons apart builds the same pure wheel.
    """
    if id(job) not in shown:
        matrix = (dict(job.matrix.axes), job.matrix.include) if job.matrix else ()
        shown[id(job)] = repr((" ".join(job.labels), matrix, sorted(job.inputs.items())))
    return shown[id(job)]
