"""Whether an index's Trusted Publisher will accept a workflow: who publishes, from which job, by what right.

An index compares an identity's claims with what it was told of the project: the repository, the workflow's file, the
environment (observed behaviour of PyPI). A workflow must also get an identity at all, and use nothing else beside it. The
index's own settings cannot be read by anybody else, so what is compared is what the project configures.

The checks: the file is there; it can be read; it starts on releases, and on nothing else; a job publishes; in the right
environment; with the right to ask for an identity; by a tool that knows Trusted Publishing; without a password or token
beside it; and without a second tool that would want one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tagboat.core.publisher import Publisher
from tagboat.core.tag import TagGrammar
from tagboat.errors import ConfigError
from tagboat.ports.trial import PublishingJob
from tagboat.workflows.audit.publishing import ACTION, publishes_by_identity, said
from tagboat.workflows.filters import plain_beginning, taken
from tagboat.workflows.model import Job, Text, Workflow
from tagboat.workflows.reader import read_workflow

FOLDER: Final = ".github/workflows"
"""Where the forge reads workflows."""

_TWINE: Final = re.compile(r"\btwine upload\b")
_PASSWORDS: Final = ("password", "token", "api_token", "repository_password", "user", "username")
# What the tools that know identities would take in an identity's place.
_VARIABLES: Final = re.compile(
    r"(?:TWINE_(?:PASSWORD|USERNAME)|UV_PUBLISH_(?:TOKEN|PASSWORD|USERNAME)|PDM_PUBLISH_(?:PASSWORD|USERNAME)"
    r"|MATURIN_(?:PYPI_TOKEN|PASSWORD|USERNAME)|TAGBOAT_(?:TEST)?PYPI_TOKEN)"
)
_VERSIONS: Final = ("1", "1.0", "1.2.3", "2.0rc1", "1.0.post1", "10.20.30")


@dataclass(frozen=True, slots=True)
class Mismatch:
    """Something that will keep the index from accepting the workflow, or, where no file tells, may keep it."""

    said: str
    certain: bool = True


def mismatches(
    publisher: Publisher, data: bytes | None, repository: str, tags: Sequence[str] = ()
) -> tuple[Mismatch, ...]:
    """Return all that stands between a workflow and the publisher.

    Args:
        publisher: what the index is to know.
        data: the workflow's file; None when it is not there.
        repository: ``owner/name`` where the workflow really runs, as the forge or the git remote says.
        tags: the forms of the tags whose push starts the workflow; none where a person starts it.
    """
    return tuple(_mismatches(publisher, data, repository, tags))


def path_of(publisher: Publisher) -> str:
    """Return the workflow's path in the repository."""
    return f"{FOLDER}/{publisher.workflow}"


def has_publishing_step(data: bytes | None) -> bool:
    """Tell whether a step of a workflow file publishes by an identity, as far as it can be read."""
    if data is None:
        return False
    try:
        workflow = read_workflow("", data)
    except ConfigError:
        return False
    return any(map(publishes_by_identity, (step for job in workflow.jobs for step in job.steps)))


def publishing_job(
    publisher: Publisher, data: bytes | None, *, repository: str, ref: str, commit: str, by_tag: bool
) -> PublishingJob | None:
    """Return the job that would publish, as its identity would tell of it; None where there is none to tell of.

    Args:
        publisher: whose environment tells the job among several.
        data: the workflow's file.
        repository: ``owner/name`` where it runs.
        ref: the reference that a run is for.
        commit: the commit of that run.
        by_tag: whether a pushed tag starts it, and not a person.
    """
    try:
        workflow = read_workflow(path_of(publisher), data or b"")
    except ConfigError:
        return None
    jobs = _publishing_jobs(publisher, workflow)
    if not jobs or "${{" in _environment(jobs[0]):
        return None
    job = jobs[0]
    return PublishingJob(
        repository,
        publisher.workflow,
        str(_environment(job)),
        "push" if by_tag else "workflow_dispatch",
        ref,
        commit,
        identity=workflow.permission(job, "id-token") == "write",
        called=job.uses.removeprefix("./") if job.uses.startswith("./") else "",
    )


def _mismatches(
    publisher: Publisher, data: bytes | None, repository: str, tags: Sequence[str]
) -> Iterator[Mismatch]:
    named = f"{publisher.owner}/{publisher.repository}"
    owner, _, name = repository.partition("/")
    # An index compares owners without case, and names letter by letter (observed in PyPI's source).
    if (publisher.owner.casefold(), publisher.repository) != (owner.casefold(), name):
        yield Mismatch(f"the workflow runs in {repository}, and the publisher names {named}")
    path = path_of(publisher)
    if data is None:
        yield Mismatch(f"{path} is not there")
        return
    try:
        workflow = read_workflow(path, data)
    except ConfigError as error:
        yield Mismatch(error.cause)
        return
    yield from _triggers(workflow, tags)
    jobs = _publishing_jobs(publisher, workflow)
    if not jobs:
        yield Mismatch(f"{path}: no job publishes")
    for job in jobs:
        yield from _job(publisher, workflow, job)


def _triggers(workflow: Workflow, tags: Sequence[str]) -> Iterator[Mismatch]:
    meant = {"workflow_dispatch", "workflow_call", *(["push"] if tags else [])}
    for trigger in workflow.triggers:
        if trigger.name not in meant:
            # A job's own 'if' may keep it from publishing then.
            yield Mismatch(f"{_at(workflow, trigger.name)} {trigger.name} starts it, too", certain=False)
    if not tags:
        if workflow.trigger("workflow_dispatch") is None:
            yield Mismatch(f"{workflow.file}: nobody can start it: 'on' has no workflow_dispatch")
    else:
        yield from _tags(workflow, tags)


def _tags(workflow: Workflow, tags: Sequence[str]) -> Iterator[Mismatch]:
    push = workflow.trigger("push")
    if push is None or not push.tags:
        yield Mismatch(f"{workflow.file}: no tag starts it: on.push has no tags")
        return
    grammars = [TagGrammar(template) for template in tags]
    for pattern in (pattern for pattern in push.tags if not pattern.startswith("!")):
        if not any(_within(pattern, grammar) for grammar in grammars):
            yield Mismatch(f"{_at(workflow, pattern)} the tag pattern {pattern!r} takes more than releases")
    for grammar in grammars:
        samples = [grammar.template.replace("{version}", version) for version in _VERSIONS]
        if not any(taken(push.tags, sample) for sample in samples):
            wanted = grammar.template.replace("{version}", "*")
            yield Mismatch(f"{workflow.file}:{push.line}: no tag pattern takes {wanted}")
    if push.branches:
        yield Mismatch(f"{_at(workflow, push.branches[0])} a push to a branch starts it, too")


def _within(pattern: str, grammar: TagGrammar) -> bool:
    """Whether all tags of a pattern begin, as far as it says it plainly, as the grammar's tags do."""
    prefix = grammar.template.split("{version}")[0]
    plain = plain_beginning(pattern)
    return plain.startswith(prefix) if prefix else plain[:1].isdigit() or pattern.startswith("[0-9]")


def _publishing_jobs(publisher: Publisher, workflow: Workflow) -> tuple[Job, ...]:
    """Return the jobs that are meant: those of the environment, else whichever publish or could."""
    meant = [
        job
        for job in workflow.jobs
        if any(map(publishes_by_identity, job.steps)) or workflow.permission(job, "id-token") == "write"
    ]
    named = [job for job in workflow.jobs if _fits(_environment(job), publisher.environment)]
    publishing = [job for job in meant if any(map(publishes_by_identity, job.steps))]
    return tuple(named or publishing or meant)


def _job(publisher: Publisher, workflow: Workflow, job: Job) -> Iterator[Mismatch]:
    here = f"{workflow.file}:{job.line}: job {job.id}"
    environment = _environment(job)
    if not environment:
        yield Mismatch(f"{here} runs in no environment, and the publisher names {publisher.environment}")
    elif _fits(environment, publisher.environment):
        pass
    elif "${{" in environment:
        yield Mismatch(f"{here} runs in the environment {environment}, which no file tells", certain=False)
    else:
        yield Mismatch(f"{here} runs in {environment}, and the publisher names {publisher.environment}")
    if workflow.permission(job, "id-token") != "write":
        yield Mismatch(f"{here} gets no identity: it needs 'id-token: write' under permissions")
    if job.uses:
        yield Mismatch(
            f"{here} calls {job.uses}: the index would see that file's name, not {publisher.workflow}"
        )
        return
    if not any(map(publishes_by_identity, job.steps)):
        yield Mismatch(f"{here} has no step that publishes with an identity, such as 'tagboat publish'")
    yield from _credentials(workflow, job)


def _credentials(workflow: Workflow, job: Job) -> Iterator[Mismatch]:
    for key in _variables(workflow.env):
        yield Mismatch(
            f"{_at(workflow, workflow.env[key])} {key} gives every job a credential beside the identity"
        )
    for key in _variables(job.env):
        yield Mismatch(
            f"{_at(workflow, job.env[key])} {key} gives job {job.id} a credential beside the identity"
        )
    for step in job.steps:
        here = f"{workflow.file}:{step.line}: a step of job {job.id}"
        publishes = publishes_by_identity(step)
        given = [key for key in _PASSWORDS if publishes and step.inputs.get(key)]
        given += _variables(step.env)
        if given:
            yield Mismatch(f"{here} is given {', '.join(given)}: a credential beside the identity")
        if _TWINE.search(said(step)):
            yield Mismatch(f"{here} runs 'twine upload' beside the publishing step")
        if "pypi-publish" in step.uses and not publishes:
            yield Mismatch(f"{here} uses {step.uses.partition('@')[0]} instead of {ACTION}")


def _variables(env: Mapping[str, Text]) -> list[str]:
    return [key for key, value in env.items() if value and _VARIABLES.fullmatch(key)]


def _environment(job: Job) -> str:
    return job.environment.name if job.environment else ""


def _fits(environment: str, wanted: str) -> bool:
    """Whether it is the environment that is wanted, or an expression that names it as one of those it may come to."""
    literal = "'" + wanted.replace("'", "''") + "'"
    if "${{" in environment:
        return bool(wanted) and literal.casefold() in environment.casefold()
    return environment.casefold() == wanted.casefold()


def _at(workflow: Workflow, text: Text) -> str:
    return f"{workflow.file}:{text.line}:"
