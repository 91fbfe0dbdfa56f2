"""The jobs and steps of a workflow file, and what stands both at its top and in a job."""

from __future__ import annotations

import re

from tagboat.workflows.fields import Fields, data_of, is_expression
from tagboat.workflows.model import (
    NONE,
    Concurrency,
    Container,
    Data,
    Environment,
    Job,
    Matrix,
    Permissions,
    Step,
    Text,
)
from tagboat.workflows.nodes import Node

_ID = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,99}")
_EVERY = {"read-all": "read", "write-all": "write"}


def job_of(name: Text, fields: Fields) -> Job:
    """Return one job."""
    if not _ID.fullmatch(name):
        fields.notes.mistake(
            name.line, f"{name[:80]!a} is no job's name: letters, digits, '-' and '_', and no digit first"
        )
    labels, group = _runner(fields)
    strategy = fields.table("strategy")
    shell, directory = shell_of(fields)
    job = Job(
        id=name,
        line=name.line,
        name=fields.text("name"),
        needs=fields.texts("needs"),
        condition=fields.text("if"),
        labels=labels,
        group=group,
        matrix=_matrix(strategy),
        fail_fast=strategy.text("fail-fast"),
        max_parallel=strategy.text("max-parallel"),
        environment=_environment(fields),
        permissions=permissions_of(fields),
        concurrency=concurrency_of(fields),
        outputs=fields.pairs("outputs"),
        env=fields.pairs("env"),
        uses=fields.text("uses"),
        inputs=fields.pairs("with"),
        secrets=_secrets(fields),
        inherits_secrets=_inherits(fields),
        services=_services(fields),
        container=_container(fields),
        timeout_minutes=fields.text("timeout-minutes"),
        continue_on_error=fields.text("continue-on-error"),
        shell=shell,
        directory=directory,
        steps=tuple(_step(inner) for inner in fields.tables("steps")),
    )
    strategy.rest()
    fields.rest()
    _whole(fields, job)
    return job


def _whole(fields: Fields, job: Job) -> None:
    """Note what a job lacks: it calls a workflow, or it has a runner and steps."""
    if job.uses and ("steps" in fields or "runs-on" in fields):
        fields.notes.mistake(job.line, f"{fields.place} has both 'uses' and what a job of its own steps has")
    if not job.uses and "runs-on" not in fields:
        fields.notes.mistake(job.line, f"{fields.place} has neither 'runs-on' nor 'uses'")
    if not job.uses and not job.steps:
        fields.notes.mistake(job.line, f"{fields.place} has no steps")


def permissions_of(fields: Fields) -> Permissions | None:
    """Return the permissions of a workflow or job; None where it says nothing."""
    node = fields.get("permissions")
    if node is None:
        return None
    line = fields.line_of("permissions")
    if node.kind == "scalar" and node.value is not None:
        if node.text not in _EVERY:
            fields.notes.mistake(
                node.line, f"permissions must be a table, read-all or write-all, not {node.text[:50]!a}"
            )
        return Permissions(line, every=_EVERY.get(node.text, ""))
    scopes = fields.pairs("permissions")
    for scope, level in scopes.items():
        if level not in {"read", "write", "none"}:
            fields.notes.mistake(level.line, f"permissions.{scope[:50]} must be read, write or none")
    return Permissions(line, scopes=scopes)


def concurrency_of(fields: Fields) -> Concurrency | None:
    """Return the concurrency of a workflow or job; None where it says nothing."""
    node = fields.get("concurrency")
    if node is None:
        return None
    if node.kind == "scalar":
        return Concurrency(node.line, Text(node.text, node.line))
    table = fields.table("concurrency")
    found = Concurrency(fields.line_of("concurrency"), table.text("group"), table.text("cancel-in-progress"))
    table.rest()
    return found


def shell_of(fields: Fields) -> tuple[Text, Text]:
    """Return the default shell and working directory of a workflow or job."""
    defaults = fields.table("defaults")
    run = defaults.table("run")
    found = run.text("shell"), run.text("working-directory")
    run.rest()
    defaults.rest()
    return found


def _runner(fields: Fields) -> tuple[tuple[Text, ...], Text]:
    node = fields.get("runs-on")
    if node is None or node.kind != "table":
        return fields.texts("runs-on"), NONE
    table = fields.table("runs-on")
    found = table.texts("labels"), table.text("group")
    table.rest()
    return found


def _matrix(strategy: Fields) -> Matrix | None:
    node = strategy.get("matrix")
    if node is None:
        return None
    line = strategy.line_of("matrix")
    if is_expression(node):
        return Matrix(line, expression=Text(node.text, node.line))
    table = strategy.table("matrix")
    axes: dict[str, Text | tuple[Data, ...]] = {}
    for name, value in table.entries():
        if name in {"include", "exclude"}:
            continue
        if is_expression(value):
            axes[str(name)] = Text(value.text, value.line)
        elif value.kind == "list":
            axes[str(name)] = tuple(data_of(item) for item in value.items)
        else:
            strategy.notes.mistake(value.line, f"{table.place}.{name[:50]} must be a list")
    return Matrix(line, axes=axes, include=_entries(table, "include"), exclude=_entries(table, "exclude"))


def _entries(table: Fields, key: str) -> Text | tuple[dict[str, Data], ...]:
    node = table.get(key)
    if node is not None and is_expression(node):
        return Text(node.text, node.line)
    return tuple({str(name): data_of(value) for name, value in row.entries()} for row in table.tables(key))


def _environment(fields: Fields) -> Environment | None:
    node = fields.get("environment")
    if node is None:
        return None
    if node.kind == "scalar":
        return Environment(node.line, Text(node.text, node.line))
    table = fields.table("environment")
    found = Environment(fields.line_of("environment"), table.text("name"), table.text("url"))
    table.rest()
    return found


def _inherits(fields: Fields) -> bool:
    node = fields.get("secrets")
    return node is not None and node.kind == "scalar" and node.value == "inherit"


def _secrets(fields: Fields) -> dict[str, Text]:
    return {} if _inherits(fields) else dict(fields.pairs("secrets"))


def _services(fields: Fields) -> tuple[Container, ...]:
    node = fields.get("services")
    if node is not None and is_expression(node):
        return (Container(Text("", node.line), node.line, Text(node.text, node.line)),)
    return tuple(_image(fields, name, body) for name, body in fields.table("services").entries())


def _container(fields: Fields) -> Container | None:
    node = fields.get("container")
    return None if node is None else _image(fields, Text("container", fields.line_of("container")), node)


def _image(fields: Fields, name: Text, body: Node) -> Container:
    if body.kind == "scalar":
        return Container(name, name.line, Text(body.text, body.line))
    return Container(
        name, name.line, Fields(fields.notes, body, f"{fields.place}.{name}"[:100]).text("image")
    )


def _step(fields: Fields) -> Step:
    step = Step(
        line=fields.line,
        id=fields.text("id"),
        name=fields.text("name"),
        condition=fields.text("if"),
        uses=fields.text("uses"),
        inputs=fields.pairs("with"),
        run=fields.text("run"),
        shell=fields.text("shell"),
        env=fields.pairs("env"),
        working_directory=fields.text("working-directory"),
        continue_on_error=fields.text("continue-on-error"),
        timeout_minutes=fields.text("timeout-minutes"),
    )
    if ("uses" in fields) == ("run" in fields):
        fields.notes.mistake(fields.line, f"{fields.place} must have either 'uses' or 'run'")
    fields.rest()
    return step
