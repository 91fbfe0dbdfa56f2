"""A workflow file's text becomes a :class:`~tagboat.workflows.model.Workflow`, or all its mistakes are told.

The shapes are those of GitHub's workflow syntax. A key that is not known here is kept as ``unread`` and is no mistake: the
forge may know more than this reader does.
"""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter

from tagboat.workflows.fields import Fields, Notes
from tagboat.workflows.jobs import concurrency_of, job_of, permissions_of, shell_of
from tagboat.workflows.model import Job, Text, Workflow
from tagboat.workflows.nodes import Node, read_nodes
from tagboat.workflows.triggers import triggers_of


def read_workflow(file: str, data: bytes) -> Workflow:
    """Return what a workflow file says.

    Args:
        file: its path, for messages.
        data: its bytes.

    Raises:
        ConfigError: it is no workflow; every mistake is told as ``file:line: what is wrong``.
    """
    notes = Notes(file)
    node = read_nodes(file, data)
    if node.kind != "table":
        notes.mistake(node.line, "a workflow must be a table with 'on' and 'jobs'")
        notes.settle()
    fields = Fields(notes, node, "")
    shell, directory = shell_of(fields)
    workflow = Workflow(
        file=file,
        name=fields.text("name"),
        run_name=fields.text("run-name"),
        triggers=triggers_of(fields),
        permissions=permissions_of(fields),
        env=fields.pairs("env"),
        concurrency=concurrency_of(fields),
        shell=shell,
        directory=directory,
        jobs=_jobs(fields),
        unread=(),
    )
    fields.rest()
    _references(notes, workflow.jobs)
    notes.settle()
    return _with_unread(workflow, notes)


def _with_unread(workflow: Workflow, notes: Notes) -> Workflow:
    from dataclasses import replace  # noqa: PLC0415 - only where something is unread

    return replace(workflow, unread=tuple(notes.unread)) if notes.unread else workflow


def _jobs(fields: Fields) -> tuple[Job, ...]:
    node = fields.get("jobs")
    if node is None or (node.kind == "table" and not node.entries):
        fields.notes.mistake(fields.line_of("jobs"), "there are no 'jobs'")
        return ()
    table = fields.table("jobs")
    return tuple(_job(fields.notes, name, body) for name, body in table.entries())


def _job(notes: Notes, name: Text, body: Node) -> Job:
    return job_of(name, Fields(notes, body, f"jobs.{name if name.isprintable() else ascii(name)}"[:100]))


def _references(notes: Notes, jobs: tuple[Job, ...]) -> None:
    names = {str(job.id): job for job in jobs}
    for job in jobs:
        for need in job.needs:
            if need not in names:
                notes.mistake(need.line, f"jobs.{job.id}.needs names {need[:80]!a}, and there is no such job")
    waits = {name: [str(need) for need in job.needs if need in names] for name, job in names.items()}
    try:
        TopologicalSorter(waits).prepare()
    except CycleError as error:
        circle = [names[name] for name in error.args[1]]
        first = min(circle, key=lambda job: job.line)
        notes.mistake(first.line, f"jobs.{first.id} waits for itself through its 'needs'")
