"""What the workflows of the user's own folder cost: as they are, and as ``tagboat init --workflows`` would write them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tagboat.config.model import Component
from tagboat.core.text import plain
from tagboat.errors import ConfigError, RefusedError, UsageError
from tagboat.wiring.workflows import Asked, Found, found_in
from tagboat.workflows.cost import Cost, cost
from tagboat.workflows.event import Event
from tagboat.workflows.model import Data, Workflow
from tagboat.workflows.reader import read_workflow
from tagboat.workflows.recorded import read_names, sizes
from tagboat.workflows.writing.files import FOLDER, write
from tagboat.workflows.writing.project import Project

_VERSION = "1.0.0"
"""Any version: which jobs a tag starts depends on its form alone."""


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that happens, and the jobs that it starts.

    Attributes:
        what: for people: ``tag v1.0.0``.
        component: whose release it is; "" for what is about all of them.
        before: with the files as they are; None where nothing of this kind can happen.
        after: with the files that Tagboat would write.
    """

    what: str
    component: str
    before: Cost | None
    after: Cost | None


@dataclass(frozen=True, slots=True)
class Costs:
    """What everything costs.

    Attributes:
        rows: one for each event.
        no_after: why no file can be written; "" when they can.
        sources: the number of workflow files that were read.
    """

    rows: tuple[Row, ...]
    no_after: str
    sources: int


def costs(
    asked: Asked, components: Sequence[str], assumed: Mapping[str, int], recorded: Path | None
) -> Costs:
    """Count what a tag of each component, a push and a release start.

    Args:
        asked: where.
        components: only these; all without a name.
        assumed: job to how many its matrix makes.
        recorded: a file with the jobs of a run, as the forge lists them.

    Raises:
        ConfigError: a workflow file, the configuration or the recorded run cannot be read.
        UsageError: a component is not configured, or an assumption fits no job.
    """
    found = found_in(asked)
    chosen = _chosen(found, components)
    before = read_all(found.there)
    after, no_after = _after(found, before)
    _known_jobs(assumed, before, after or {})
    names = read_names(str(recorded), recorded.read_bytes()) if recorded else ()
    told = [(files, sizes(files, names)) if files is not None else None for files in (before, after)]

    def count(side: int, event: Event | None) -> Cost | None:
        files = told[side]
        return cost(files[0], event, assumed, files[1]) if files and event else None

    events = _events(found, chosen, (before, after))
    rows = tuple(Row(what, name, count(0, one), count(1, other)) for what, name, one, other in events)
    return Costs(rows, no_after, len(before))


def read_all(there: Mapping[str, bytes]) -> dict[str, Workflow]:
    """Return what every workflow file says.

    Raises:
        ConfigError: with the mistakes of all of them.
    """
    found, mistakes = {}, []
    for path, data in sorted(there.items()):
        if path.startswith(FOLDER):
            try:
                found[path] = read_workflow(path, data)
            except ConfigError as error:
                mistakes.append(error)
    if mistakes:
        raise ConfigError("\n".join(error.cause for error in mistakes), remedy=mistakes[0].remedy)
    return found


def _chosen(found: Found, names: Sequence[str]) -> list[Component]:
    known = {component.name: component for component in found.config.components}
    strange = [name for name in names if name not in known]
    if strange:
        raise UsageError(
            f"there is no component {plain(', '.join(strange))}",
            remedy=f"name one of {', '.join(known)}",
        )
    return [known[name] for name in names or known]


def _after(found: Found, before: Mapping[str, Workflow]) -> tuple[dict[str, Workflow] | None, str]:
    try:
        files = write(found.project, found.there).files
    except (ConfigError, RefusedError) as error:
        return None, error.cause
    written = {path: text.encode() for path, text in files.items() if path.startswith(FOLDER)}
    return {**before, **read_all(written)}, ""


def _known_jobs(assumed: Mapping[str, int], *sides: Mapping[str, Workflow]) -> None:
    ids = {str(job.id) for files in sides for workflow in files.values() for job in workflow.jobs}
    strange = [key for key in assumed if key.rpartition(":")[2].rpartition("/")[2] not in ids]
    if strange:
        raise UsageError(
            f"no workflow has the job {plain(', '.join(strange))}",
            remedy="name a job by its id, one of a called workflow as CALLER/JOB, of one file as FILE:JOB",
        )


_Pair = tuple[str, str, Event | None, Event | None]


def _events(
    found: Found, chosen: Sequence[Component], sides: Sequence[Mapping[str, Workflow] | None]
) -> Iterator[_Pair]:
    repository, branch = found.project.repository, found.project.branch
    for component in chosen:
        tag = component.tag.replace("{version}", _VERSION)
        event = Event("push", f"refs/tags/{tag}", repository, default_branch=branch)
        yield (
            f"tag {tag} of {component.name}{', handed over' if found.project.receives else ''}",
            component.name,
            event,
            replace(event, outputs=_first(found.project, component)),
        )
    event = Event("push", f"refs/heads/{branch}", repository, default_branch=branch)
    yield f"push to {branch}", "", event, event
    for component in chosen:
        one, other = (_dispatch(found, component, files or {}) for files in sides)
        if one or other:
            yield f"release of {component.name}, started by hand", component.name, one, other
    for component in chosen:
        event = Event(
            "release",
            f"refs/tags/{component.tag.replace('{version}', _VERSION)}",
            repository,
            default_branch=branch,
        )
        if any(workflow.trigger("release") for files in sides for workflow in (files or {}).values()):
            yield f"forge release of {component.name} made public", component.name, event, event


def _first(project: Project, component: Component) -> Mapping[str, Mapping[str, Data]]:
    """Return what the jobs that Tagboat writes say in a release's first run, where nothing is there to be adopted."""
    handed_over = "true" if project.receives else "false"
    return {"check": {"adopted": "false", "handed-over": handed_over, "component": component.name}}


def _dispatch(found: Found, component: Component, files: Mapping[str, Workflow]) -> Event | None:
    """Return the start of the configured release workflow by hand; None where it cannot be started so."""
    file = found.config.workflows.release
    workflow = files.get(f"{FOLDER}{file}")
    trigger = workflow.trigger("workflow_dispatch") if workflow else None
    if trigger is None:
        return None
    wanted: dict[str, Data] = {
        "component": component.name,
        "tag": component.tag.replace("{version}", _VERSION),
        "dry-run": False,
    }
    inputs = {name: value for name, value in wanted.items() if any(i.name == name for i in trigger.inputs)}
    ref, project = f"refs/heads/{found.project.branch}", found.project
    return Event(
        "workflow_dispatch", ref, project.repository, file, inputs, project.branch, _first(project, component)
    )
