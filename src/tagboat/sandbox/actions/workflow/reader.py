"""A workflow file, from bytes to ``Workflow``: everything is honoured, or refused with its line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePosixPath
from typing import Final

from tagboat.sandbox.actions.document import Node, read_document
from tagboat.sandbox.actions.permissions import RESTRICTED, limited
from tagboat.sandbox.actions.workflow.jobs import (
    read_concurrency,
    read_defaults,
    read_jobs,
    read_permissions,
)
from tagboat.sandbox.actions.workflow.model import Called, Job, Triggers, Workflow
from tagboat.sandbox.actions.workflow.sheet import Sheet
from tagboat.sandbox.actions.workflow.starts import read_triggers

FOLDER: Final = ".github/workflows"
MOST_NESTED: Final = 4
_FIELDS: Final = ("name", "run-name", "on", "permissions", "env", "defaults", "concurrency", "jobs")

Fetch = Callable[[str], bytes | None]
"""The bytes of a file of the repository at the commit that runs."""


def read_workflow(content: bytes, path: str) -> Workflow:
    """The workflow in these bytes.

    Raises:
        InvalidError: With every mistake and everything that this sandbox does not have, each with its line.
    """
    sheet = Sheet(path)
    document = read_document(content, path)
    fields = sheet.fields(document, _FIELDS)
    for required in ("on", "jobs"):
        if required not in fields:
            sheet.wrong(document, f"Required property is missing: {required}")
    found = Workflow(
        path=path,
        name=sheet.maybe(fields, "name") or path,
        title=sheet.maybe(fields, "run-name", "run-name"),
        triggers=read_triggers(sheet, fields["on"]) if "on" in fields else Triggers(),
        jobs=read_jobs(sheet, fields["jobs"]) if "jobs" in fields else {},
        permissions=read_permissions(sheet, fields.get("permissions")),
        env=sheet.mapping(fields.get("env"), "env"),
        defaults=read_defaults(sheet, fields.get("defaults")),
        concurrency=read_concurrency(sheet, fields.get("concurrency"), "concurrency"),
    )
    sheet.settle()
    return found


def permissions_of(workflow: Workflow, job: Job, limit: dict[str, str] | None) -> dict[str, str]:
    """What a job asks for: its own, else the workflow's, else what its caller has or the repository's default."""
    for said in (job.permissions, workflow.permissions):
        if said is not None:
            return dict(said)
    return dict(RESTRICTED if limit is None else limit)


def read_with_callees(content: bytes, path: str, fetch: Fetch) -> dict[str, Workflow]:
    """A workflow and all that it calls, by path; permissions are held against those of the callers.

    Raises:
        InvalidError: One of them cannot be read, or calls what does not exist or more than it may give.
    """
    found = {path: read_workflow(content, path)}
    sheet = Sheet(path)
    _follow(sheet, found[path], found, fetch, None, ())
    sheet.settle()
    return found


def _follow(
    sheet: Sheet,
    workflow: Workflow,
    found: dict[str, Workflow],
    fetch: Fetch,
    limit: dict[str, str] | None,
    callers: tuple[str, ...],
) -> None:
    for job in workflow.jobs.values():
        wanted = permissions_of(workflow, job, limit)
        if limit is not None:
            for problem in limited(wanted, limit)[1]:
                sheet.wrong(
                    Node(None, job.line),
                    f"Error calling workflow '{workflow.path}'. The nested job '{job.id}' is {problem}.",
                )
        if job.uses is None:
            continue
        callee = _callee(sheet, workflow, job, found, fetch)
        if callee and len(callers) + 1 >= MOST_NESTED:
            sheet.wrong(Node(None, job.line), f"job '{job.id}' calls more than {MOST_NESTED} workflows deep")
        elif callee and callee.path not in (*callers, workflow.path):
            _follow(sheet, callee, found, fetch, wanted, (*callers, workflow.path))
        elif callee:
            sheet.wrong(Node(None, job.line), f"job '{job.id}' calls '{callee.path}' in a circle")


def _callee(
    sheet: Sheet, workflow: Workflow, job: Job, found: dict[str, Workflow], fetch: Fetch
) -> Workflow | None:
    path = str(PurePosixPath(job.uses or ""))
    where = Sheet(workflow.path)
    node = Node(None, job.line)
    if path not in found:
        content = fetch(path)
        if content is None:
            where.wrong(node, f'error parsing called workflow "{job.uses}": workflow was not found.')
            sheet.mistakes += where.mistakes
            return None
        found[path] = read_workflow(content, path)
    called = found[path].triggers.called
    if called is None:
        where.wrong(node, f'error parsing called workflow "{job.uses}": no `workflow_call` in its `on`')
    else:
        _check_call(where, node, job, called)
    sheet.mistakes += where.mistakes
    return found[path] if called else None


def _check_call(sheet: Sheet, node: Node, job: Job, called: Called) -> None:
    for name in sorted(job.given.keys() - called.inputs.keys()):
        sheet.wrong(node, f"Invalid input, {name} is not defined in the referenced workflow.")
    for entry in called.inputs.values():
        if entry.required and entry.name not in job.given:
            sheet.wrong(node, f"Input {entry.name} is required, but not provided while calling.")
    if isinstance(job.secrets, str):
        return
    given = set(job.secrets or {})
    for name in sorted(given - called.secrets.keys()):
        sheet.wrong(node, f"Invalid secret, {name} is not defined in the referenced workflow.")
    for name, required in called.secrets.items():
        if required and name not in given:
            sheet.wrong(node, f"Secret {name} is required, but not provided while calling.")
