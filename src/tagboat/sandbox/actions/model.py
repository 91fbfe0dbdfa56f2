"""What the forge keeps of workflows that it runs for real, beside the runs and jobs that it has anyway.

Fields whose names end in ``json`` hold JSON. Moments are ISO 8601 in UTC. A record's ``id`` is 0 until it is stored.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Switch:
    """Whether pushes and dispatches in a repository run its workflows; where there is none they do not."""

    id: int
    repository_id: int
    enabled: bool


@dataclass(frozen=True, slots=True)
class Execution:
    """One attempt of a run that is executed: what it was started with, and what became of it.

    ``origin_json`` is the ``events.Origin``; ``note`` says why it could not be started or was ended from outside.
    """

    id: int
    run_id: int
    attempt: int
    origin_json: str
    note: str
    started: str
    conclusion: str | None


@dataclass(frozen=True, slots=True)
class JobFact:
    """What a job's record has no room for; ``key`` is its place in the run (``build[0]/compile``)."""

    id: int
    job_id: int
    run_id: int
    attempt: int
    key: str
    labels_json: str
    environment: str
    result: str
    outputs_json: str
    log: str
    summary: str
    permissions_json: str


@dataclass(frozen=True, slots=True)
class StepFact:
    """One step of a job."""

    id: int
    job_id: int
    number: int
    name: str
    status: str
    conclusion: str | None
    started: str | None
    completed: str | None


@dataclass(frozen=True, slots=True)
class Artifact:
    """A zip file that a run keeps; its bytes are the blob ``sha256``."""

    id: int
    repository_id: int
    run_id: int
    attempt: int
    name: str
    size: int
    sha256: str
    created: str
    expires: str
    gone: bool


@dataclass(frozen=True, slots=True)
class Environment:
    """A deployment environment; ``policy`` is ``all``, ``protected`` or ``custom`` (then its ``RefPolicy`` count)."""

    id: int
    repository_id: int
    name: str
    wait_minutes: int
    reviewers_json: str
    no_self_review: bool
    policy: str
    created: str
    updated: str


@dataclass(frozen=True, slots=True)
class RefPolicy:
    """A pattern of branches or tags that may deploy to an environment."""

    id: int
    environment_id: int
    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class Review:
    """What somebody decided about a waiting environment."""

    id: int
    run_id: int
    attempt: int
    environment_id: int
    login: str
    state: str
    comment: str
    created: str


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret or a variable (``hidden`` tells them apart) of a repository or of one of its environments."""

    id: int
    repository_id: int
    environment: str
    name: str
    value: str
    hidden: bool


@dataclass(frozen=True, slots=True)
class Note:
    """An annotation of a check run."""

    id: int
    check_run_id: int
    level: str
    message: str
    title: str
    path: str
    start_line: int
    end_line: int


@dataclass(frozen=True, slots=True)
class StandIn:
    """A pattern of runner labels that this machine plays although it is none of theirs."""

    id: int
    label: str


@dataclass(frozen=True, slots=True)
class Lent:
    """A token (or a grant of the identity provider) that a job holds; it is over with the job, or the sandbox's next start."""

    id: int
    token_id: int
    grant: int


KINDS: tuple[type, ...] = (
    Switch,
    Execution,
    JobFact,
    StepFact,
    Artifact,
    Environment,
    RefPolicy,
    Review,
    Secret,
    Note,
    StandIn,
    Lent,
)
