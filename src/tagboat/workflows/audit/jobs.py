"""Rules about the jobs that publish: where they run, what they run, and that nothing cuts them off."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from tagboat.core.verdict import Verdict
from tagboat.errors import ConfigError
from tagboat.workflows.audit.flaw import Flaw, View
from tagboat.workflows.audit.publishing import action_of, built_by, publishes, said, waiting
from tagboat.workflows.evaluation import interpolate
from tagboat.workflows.model import Job, Step, Text, Workflow
from tagboat.workflows.values import Open, truth

_RUNS: Final = re.compile(
    r"\buv (?:sync|run)\b|\bmake\b|\b(?:pytest|tox|nox)\b"
    r"|\bsetup\.py\b|(?:^|[\s;&|])(?:bash |sh |python3? )?\.?/?(?:ci|scripts?|tools?)/[\w./-]+|^[ \t]*\./[\w./-]+",
    re.MULTILINE,
)
_INSTALLS: Final = re.compile(r"\bpip3? install\b")
_OWN: Final = re.compile(r"\s(?:-e|-r|--editable|--requirement)\s|\s\.(?:\s|\[|$)")
_BY_HASH: Final = "--require-hashes"
_GUARD: Final = re.compile(
    r"github\.repository(?:_owner|_id)?\b|github\.event\.repository\.(?:fork|full_name)\b"
)


def runs_project(view: View) -> Iterator[Flaw]:
    """A job that may publish checks out or runs the project's code, which then could publish anything."""
    for workflow, job in view.each_job():
        if not any(map(publishes, job.steps)):
            continue
        for step in job.steps:
            what = _project_code(step)
            if what:
                yield Flaw(
                    "publish-runs-code",
                    Verdict.FAIL,
                    workflow.file,
                    step.line,
                    f"job {job.id} publishes, and {what}: code of the project gets the right to publish",
                    "build in a job without id-token and secrets, and take its files as an artifact of this run",
                )


def _project_code(step: Step) -> str:
    if action_of(step) == "actions/checkout":
        return "checks the project out"
    built = built_by(step)
    if built:
        return f"builds ({built[:60]})"
    if publishes(step):
        return ""
    found = _RUNS.search(said(step))
    if found:
        return f"runs {' '.join(found[0].split())[:60]}"
    for line in said(step).splitlines():
        installs = _INSTALLS.search(line)
        if installs and _BY_HASH not in line and _OWN.search(line, installs.end()):
            return f"runs {line.strip()[:60]}"
    return ""


def guards(view: View) -> Iterator[Flaw]:
    """A publishing job has no environment, or runs in forks."""
    for workflow, job in view.each_job():
        if not any(map(publishes, job.steps)):
            continue
        if job.environment is None:
            yield Flaw(
                "publish-without-environment",
                Verdict.WARN,
                workflow.file,
                job.line,
                f"job {job.id} publishes in no environment: nobody has to approve it, and any branch may",
                "give it an environment with reviewers and allowed tags, and name that to the index",
            )
        if job.id not in _guarded(workflow):
            yield Flaw(
                "publish-in-forks",
                Verdict.WARN,
                workflow.file,
                job.line,
                f"job {job.id} publishes, and starts in forks, too",
                "say if: github.repository == 'OWNER/NAME'",
            )


def _guarded(workflow: Workflow) -> set[str]:
    """Return the jobs that are kept from forks by their ``if``, or wait for one that is."""
    own = {str(job.id) for job in workflow.jobs if _GUARD.search(job.condition)}
    return own | waiting(workflow, own)


def cut_off(view: View) -> Iterator[Flaw]:
    """A second start cancels a release, or runs beside it."""
    for workflow in view.workflows.values():
        jobs = [job for job in workflow.jobs if view.is_publishing(workflow, job)]
        parts = workflow.jobs if workflow.file in view.releasing else jobs
        for group in filter(
            None, (workflow.concurrency if parts else None, *(job.concurrency for job in parts))
        ):
            if _cancels(group.cancel_in_progress):
                yield Flaw(
                    "release-cancelled",
                    Verdict.FAIL,
                    workflow.file,
                    group.cancel_in_progress.line or group.line,
                    "a second start cancels a release that is under way, with some files published and others not",
                    "say cancel-in-progress: false",
                )
        called = workflow.trigger("workflow_call") and len(workflow.triggers) == 1
        if jobs and not called and not any((workflow.concurrency, *(job.concurrency for job in jobs))):
            yield _beside(workflow, jobs[0])


def _cancels(said_: Text) -> bool:
    """Whether what stands there may be true when a release is started; a pull request is none."""
    if not said_.strip():
        return False
    for name in ("push", "workflow_dispatch", "release"):
        try:
            value = interpolate(said_, {"github": Open({"event_name": name, "ref_type": "tag"})})
        except ConfigError:
            return True
        if (value.strip().lower() != "false") if isinstance(value, str) else truth(value) is not False:
            return True
    return False


def _beside(workflow: Workflow, job: Job) -> Flaw:
    return Flaw(
        "release-twice",
        Verdict.WARN,
        workflow.file,
        job.line,
        f"two runs can publish at the same time: neither the workflow nor job {job.id} has a concurrency group",
        "give the workflow a concurrency group named after the tag, with cancel-in-progress: false",
    )
