"""Which steps, jobs and workflows publish packages, and which build them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from tagboat.workflows.model import Job, Step, Workflow

_PUBLISHES: Final = re.compile(
    r"\b(?:tagboat (?:publish|release)\b|uv publish\b|twine upload\b|flit publish\b|hatch publish\b|poetry publish\b"
    r"|pdm publish\b|maturin (?:publish|upload)\b)"
)
_BUILDS: Final = re.compile(
    r"\b(?:python3? -m build\b|pyproject-build\b|uv build\b|cibuildwheel\b|pip3? wheel\b|hatch build\b|flit build\b"
    r"|poetry build\b|pdm build\b|maturin build\b|tagboat build\b|setup\.py (?:sdist|bdist_wheel)\b)[^\n;&|]*"
)
_BUILDING: Final = ("pypa/cibuildwheel", "pyo3/maturin-action", "hynek/build-and-inspect-python-package")


def action_of(step: Step) -> str:
    """Return ``owner/name`` of the action that a step uses, in lower case; "" for none."""
    return step.uses.partition("@")[0].lower()


def said(step: Step) -> str:
    """Return what a step runs, without comments, and with one blank where there are several."""
    return re.sub(r"[ \t]+", " ", re.sub(r"(?m)(?:^|(?<=\s))#[^\n]*$", "", step.run))


def publishes(step: Step) -> bool:
    """Whether a step publishes packages."""
    return "pypi-publish" in action_of(step) or _PUBLISHES.search(said(step)) is not None


def built_by(step: Step) -> str:
    """Return the command or action by which a step builds packages; "" when it builds none."""
    action = action_of(step)
    if action.startswith(_BUILDING):
        return action
    found = _BUILDS.search(said(step))
    return " ".join(found[0].split()) if found else ""


def is_publishing(workflows: Mapping[str, Workflow], job: Job, depth: int = 0) -> bool:
    """Whether a job, or the workflow that it calls, publishes packages."""
    if any(map(publishes, job.steps)):
        return True
    called = workflows.get(job.uses.removeprefix("./")) if job.uses.startswith("./") else None
    return called is not None and depth < 4 and leads_to_publishing(workflows, called, depth + 1)


def leads_to_publishing(workflows: Mapping[str, Workflow], workflow: Workflow, depth: int = 0) -> bool:
    """Whether a job of a workflow publishes packages."""
    return any(is_publishing(workflows, job, depth) for job in workflow.jobs)


def needed(workflow: Workflow, job: Job) -> tuple[Job, ...]:
    """Return every job that a job waits for, directly or not."""
    found: dict[str, Job] = {}
    waiting = list(job.needs)
    while waiting:
        need = workflow.job(waiting.pop())
        if need is not None and need.id not in found:
            found[need.id] = need
            waiting += need.needs
    return tuple(found.values())
