"""Which steps, jobs and workflows publish packages, which do so by an identity, and which build them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Final

from tagboat.workflows.model import Step, Workflow

PUBLISHES: Final = re.compile(
    r"\b(?:tagboat (?:publish|release)\b|uv publish\b|twine upload\b|flit publish\b|hatch publish\b|poetry publish\b"
    r"|pdm publish\b|maturin (?:publish|upload)\b)"
)
"""A command that publishes, in whatever way."""
_BY_IDENTITY: Final = re.compile(
    r"\b(?:tagboat (?:publish|release)|(?:uv|pdm) publish|maturin (?:publish|upload))\b"
)
ACTION: Final = "pypa/gh-action-pypi-publish"
"""The action that publishes by an identity."""
_BUILDS: Final = re.compile(
    r"\b(?:python3? -m build\b|pyproject-build\b|uv build\b|cibuildwheel\b|pip3? wheel\b|hatch build\b|flit build\b"
    r"|poetry build\b|pdm build\b|maturin build\b|tagboat build\b|setup\.py (?:sdist|bdist_wheel)\b)[^\n;&|]*"
)
_BUILDING: Final = ("pypa/cibuildwheel", "pyo3/maturin-action", "hynek/build-and-inspect-python-package")


def action_of(step: Step) -> str:
    """Return ``owner/name`` of the action that a step uses, in lower case; "" for none."""
    return step.uses.partition("@")[0].lower()


def said(step: Step) -> str:
    """Return what a step runs, without comments, each command on one line, and with one blank where there are several."""
    text = re.sub(r"(?m)(?:^|(?<=\s))#[^\n]*$", "", step.run)
    return re.sub(r"[ \t]+", " ", re.sub(r"\\\r?\n", " ", text))


def publishes(step: Step) -> bool:
    """Whether a step publishes packages, in whatever way."""
    return "pypi-publish" in action_of(step) or PUBLISHES.search(said(step)) is not None


def publishes_by_identity(step: Step) -> bool:
    """Whether a step publishes packages by a tool that knows Trusted Publishing."""
    return action_of(step) == ACTION or _BY_IDENTITY.search(said(step)) is not None


def built_by(step: Step) -> str:
    """Return the command or action by which a step builds packages; "" when it builds none."""
    action = action_of(step)
    if action.startswith(_BUILDING):
        return action
    found = _BUILDS.search(said(step))
    return " ".join(found[0].split()) if found else ""


def publishing_jobs(workflows: Mapping[str, Workflow]) -> dict[str, frozenset[str]]:
    """Return the jobs of each file that publish packages, themselves or in a workflow that they call."""
    found = {
        path: {str(job.id) for job in workflow.jobs if any(map(publishes, job.steps))}
        for path, workflow in workflows.items()
    }
    waiting = [path for path, ids in found.items() if ids]
    callers: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for path, workflow in workflows.items():
        for job in workflow.jobs:
            if job.uses.startswith("./"):
                callers[job.uses.removeprefix("./")].append((path, str(job.id)))
    while waiting:
        for path, job_id in callers[waiting.pop()]:
            if not found[path]:
                waiting.append(path)
            found[path].add(job_id)
    return {path: frozenset(ids) for path, ids in found.items()}


def needed(workflow: Workflow, ids: Collection[str]) -> set[str]:
    """Return every job that the given jobs wait for, directly or not."""
    return _reached({str(job.id): [str(need) for need in job.needs] for job in workflow.jobs}, ids)


def waiting(workflow: Workflow, ids: Collection[str]) -> set[str]:
    """Return every job that waits for the given jobs, directly or not."""
    behind: dict[str, list[str]] = defaultdict(list)
    for job in workflow.jobs:
        for need in job.needs:
            behind[str(need)].append(str(job.id))
    return _reached(behind, ids)


def _reached(graph: Mapping[str, Sequence[str]], ids: Collection[str]) -> set[str]:
    found: set[str] = set()
    left = list(ids)
    while left:
        for name in graph.get(left.pop(), ()):
            if name not in found:
                found.add(name)
                left.append(name)
    return found
