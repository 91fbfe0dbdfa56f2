"""Rules about secrets: what publishes has an identity, and nothing that lasts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from tagboat.core.verdict import Verdict
from tagboat.workflows.audit.flaw import Flaw, View
from tagboat.workflows.audit.publishing import PUBLISHES, publishes, said
from tagboat.workflows.model import Job, Step, Text, Workflow

_VARIABLES: Final = re.compile(
    r"(?:TWINE_(?:PASSWORD|USERNAME)|UV_PUBLISH_(?:TOKEN|PASSWORD|USERNAME)|FLIT_(?:PASSWORD|USERNAME)"
    r"|HATCH_INDEX_(?:AUTH|USER)|POETRY_(?:PYPI_TOKEN_\w+|HTTP_BASIC_\w+)|PDM_PUBLISH_(?:PASSWORD|USERNAME)"
    r"|MATURIN_(?:PYPI_TOKEN|PASSWORD|USERNAME)|(?:TEST_?)?PYPI(?:_API)?_(?:TOKEN|PASSWORD)|TAGBOAT_(?:TEST)?PYPI_TOKEN)"
)
_INPUTS: Final = ("password", "token", "api-token", "api_token", "repository-password")
_SECRET: Final = re.compile(r"\bsecrets\s*(?:\.|\[)\s*(?!GITHUB_TOKEN\b|'GITHUB_TOKEN)", re.IGNORECASE)
_OPTIONS: Final = re.compile(r"(?:--password|--token)[ =][\"']?\$\{?\{? ?\w")
_SHORT: Final = re.compile(r" -p ?[\"']?\$\{?\{? ?\w")
_COMMAND: Final = re.compile(r"[^\n;&|]+")


def lasting_secrets(view: View) -> Iterator[Flaw]:
    """A publishing job is given a password or a token, which lasts until somebody revokes it."""
    for workflow, job in view.each_job():
        publishing = [step for step in job.steps if publishes(step)]
        places = [(workflow.env, "every job"), (job.env, f"job {job.id}")] if publishing else []
        for env, whom in places:
            yield from (_flaw(workflow, job, key, env[key], whom) for key in _variables(env))
        for step in job.steps:
            whom = f"a step of job {job.id}"
            for key in _variables(step.env):
                yield _flaw(workflow, job, key, step.env[key], whom)
            if step in publishing:
                yield from _of_step(workflow, job, step)


def _of_step(workflow: Workflow, job: Job, step: Step) -> Iterator[Flaw]:
    for key in (key for key in _INPUTS if step.inputs.get(key)):
        yield _flaw(workflow, job, key, step.inputs[key], f"the publishing step of job {job.id}")
    found = _OPTIONS.search(said(step)) or next(filter(None, map(_short, _COMMAND.findall(said(step)))), None)
    if found:
        yield _flaw(workflow, job, found[0].strip().split()[0], step.run, f"a command of job {job.id}")


def _short(command: str) -> re.Match[str] | None:
    """Return where a command that publishes is given ``-p``, which means other things to other commands."""
    publishing = PUBLISHES.search(command)
    return _SHORT.search(command, publishing.end()) if publishing else None


def inherited_secrets(view: View) -> Iterator[Flaw]:
    """A called workflow gets every secret of the repository."""
    for workflow, job in view.each_job():
        if job.inherits_secrets:
            yield Flaw(
                "secrets-inherit",
                view.grave(workflow),
                workflow.file,
                job.line,
                f"job {job.id} hands every secret of the repository to {job.uses}",
                "name the secrets that it needs under 'secrets', or none",
            )


def _variables(env: Mapping[str, Text]) -> list[str]:
    return [key for key, value in env.items() if value and _VARIABLES.fullmatch(key)]


def _flaw(workflow: Workflow, job: Job, key: str, value: Text, whom: str) -> Flaw:
    beside = workflow.permission(job, "id-token") == "write"
    also = ", although the job has an identity (id-token: write)" if beside else ""
    kind = "a lasting secret" if _SECRET.search(value) else "a lasting credential"
    return Flaw(
        "workflow-lasting-secret",
        Verdict.FAIL,
        workflow.file,
        value.line,
        f"{whom} gets {kind} by {key}{also}",
        "register a Trusted Publisher with the index, take the secret out and revoke it",
    )
