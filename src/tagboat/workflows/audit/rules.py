"""The audit: every rule, over every workflow file of a project."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Final

from tagboat.core.verdict import Verdict
from tagboat.errors import ConfigError
from tagboat.workflows.audit import artifacts, credentials, gates, jobs, texts, triggers
from tagboat.workflows.audit.flaw import Flaw, Rule, view_of
from tagboat.workflows.cost import Cost, cost
from tagboat.workflows.evaluation import ExpressionError
from tagboat.workflows.event import Event
from tagboat.workflows.model import Trigger, Workflow
from tagboat.workflows.reader import read_workflow

RULES: Final[tuple[Rule, ...]] = (
    triggers.tag_starts_ci,
    triggers.tag_starts_more,
    triggers.publish_beside,
    triggers.workflow_run,
    artifacts.cross_run,
    artifacts.duplicate_build,
    credentials.lasting_secrets,
    credentials.inherited_secrets,
    gates.swallowed,
    gates.unconditional,
    gates.skipped_gates,
    jobs.runs_project,
    jobs.guards,
    jobs.cut_off,
    texts.misspelt,
    texts.unpinned,
    texts.injected,
)


def audit(
    files: Mapping[str, bytes],
    release: str,
    tags: Sequence[str],
    repository: str,
) -> list[Flaw]:
    """Return what is wrong with workflow files, the blocking first, then by place.

    Args:
        files: path to bytes.
        release: the path of the configured release workflow, there or not.
        tags: a tag of each component.
        repository: ``owner/name``.
    """
    workflows: dict[str, Workflow] = {}
    found: list[Flaw] = []
    for path, data in sorted(files.items()):
        try:
            workflows[path] = read_workflow(path, data)
        except ConfigError as error:
            found.append(_unreadable(path, error))
    events = [Event("push", f"refs/tags/{tag}", repository) for tag in dict.fromkeys(tags)]
    started = [one for event in events for one in _started(workflows, event, found)]
    view = view_of(workflows, release, started)
    found += [flaw for rule in RULES for flaw in rule(view)]
    return in_order(found)


def readable(files: Mapping[str, bytes]) -> dict[str, Workflow]:
    """Return what those files say that can be read."""
    found = {}
    for path, data in sorted(files.items()):
        with suppress(ConfigError):
            found[path] = read_workflow(path, data)
    return found


def in_order(flaws: Sequence[Flaw]) -> list[Flaw]:
    """Return flaws once each, the blocking first, then by place."""
    return sorted(dict.fromkeys(flaws), key=lambda flaw: (not flaw.blocks, flaw.file, flaw.line, flaw.code))


def _started(workflows: Mapping[str, Workflow], event: Event, found: list[Flaw]) -> Iterator[Cost]:
    """Yield what an event starts; where an expression is none, file by file, so that the others are judged."""
    try:
        yield cost(workflows, event)
    except ConfigError:
        for path in workflows:
            try:
                yield cost(_alone(workflows, path), event)
            except ConfigError as error:
                found.append(_unreadable(path, error))


def _alone(workflows: Mapping[str, Workflow], path: str) -> dict[str, Workflow]:
    """Return the workflows, of which only one starts by itself."""
    return {
        name: workflow if name == path else replace(workflow, triggers=_called(workflow))
        for name, workflow in workflows.items()
    }


def _called(workflow: Workflow) -> tuple[Trigger, ...]:
    return tuple(trigger for trigger in workflow.triggers if trigger.name == "workflow_call")


def _unreadable(path: str, error: ConfigError) -> Flaw:
    remedy = error.remedy or "correct it; nothing else in this file was judged"
    if isinstance(error, ExpressionError):
        return Flaw("workflow-unreadable", Verdict.FAIL, error.file, error.line, error.said, remedy)
    return Flaw("workflow-unreadable", Verdict.FAIL, path, 0, error.cause, remedy)
