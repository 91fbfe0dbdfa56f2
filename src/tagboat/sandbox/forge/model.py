"""What the forge keeps beside git: accounts, releases, workflow runs, checks and statuses, as plain records.

Moments are ISO 8601 in UTC to the second, as GitHub writes them. A record's ``id`` is 0 until it is stored.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime


def now() -> str:
    """This moment, as GitHub writes it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(frozen=True, slots=True)
class Account:
    """A user, an organisation or a bot; one with ``all_rights`` administers every repository."""

    id: int
    login: str
    kind: str
    all_rights: bool
    created: str


@dataclass(frozen=True, slots=True)
class Token:
    """A credential, kept by its SHA-256 alone.

    ``kind`` is ``classic`` (acts with all rights of its account), ``fine-grained`` or ``installation`` (what a workflow
    gets); the latter two carry ``permissions``, a JSON object such as ``{"contents": "write"}``, and reach only the
    ``repositories`` of a JSON list of full names, or all when that is None.
    """

    id: int
    digest: str
    login: str
    kind: str
    permissions: str | None
    repositories: str | None


@dataclass(frozen=True, slots=True)
class Grant:
    """What an account may do in a repository that is not its own: ``read``, ``write`` or ``admin``."""

    id: int
    repository_id: int
    login: str
    level: str


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository's settings; its objects and references live in git."""

    id: int
    owner: str
    name: str
    private: bool
    default_branch: str
    description: str | None
    immutable_releases: bool
    latest_release: int | None
    created: str
    updated: str
    pushed: str

    @property
    def full_name(self) -> str:
        """``OWNER/REPO``."""
        return f"{self.owner}/{self.name}"


@dataclass(frozen=True, slots=True)
class Asset:
    """A file of a release; its bytes are the blob ``sha256``.

    ``state`` is ``uploaded``, or ``starter`` for what a cut upload leaves behind.
    """

    id: int
    release_id: int
    name: str
    label: str | None
    content_type: str
    size: int
    sha256: str | None
    state: str
    downloads: int
    uploader: str
    created: str
    updated: str


@dataclass(frozen=True, slots=True)
class Release:
    """A release; a draft stands under ``slug`` (``untagged-…``) until it is published."""

    id: int
    repository_id: int
    tag: str
    target: str
    name: str | None
    body: str | None
    draft: bool
    prerelease: bool
    immutable: bool
    slug: str
    author: str
    created: str
    published: str | None
    updated: str
    assets: tuple[Asset, ...] = ()


@dataclass(frozen=True, slots=True)
class Workflow:
    """A workflow file that has run."""

    id: int
    repository_id: int
    path: str
    name: str
    created: str


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a workflow, in its newest attempt."""

    id: int
    repository_id: int
    workflow_id: int
    suite_id: int
    number: int
    attempt: int
    branch: str | None
    sha: str
    event: str
    status: str
    conclusion: str | None
    actor: str
    title: str
    created: str
    updated: str
    started: str


@dataclass(frozen=True, slots=True)
class Job:
    """One job of one attempt of a run."""

    id: int
    run_id: int
    check_run_id: int
    attempt: int
    name: str
    status: str
    conclusion: str | None
    created: str
    started: str
    completed: str | None


@dataclass(frozen=True, slots=True)
class Issue:
    """An issue; ``number`` counts in its repository, ``closed`` is when it was closed."""

    id: int
    repository_id: int
    number: int
    title: str
    body: str | None
    author: str
    created: str
    updated: str
    closed: str | None


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment on an issue."""

    id: int
    issue_id: int
    body: str
    author: str
    created: str


@dataclass(frozen=True, slots=True)
class Suite:
    """The check runs of one app for one commit; its state follows from theirs."""

    id: int
    repository_id: int
    sha: str
    branch: str | None
    app: str
    created: str
    updated: str


@dataclass(frozen=True, slots=True)
class CheckRun:
    """A check on a commit; ``output`` is JSON (title, summary, text)."""

    id: int
    repository_id: int
    suite_id: int
    sha: str
    name: str
    status: str
    conclusion: str | None
    external_id: str
    details_url: str | None
    output: str
    app: str
    started: str | None
    completed: str | None


@dataclass(frozen=True, slots=True)
class Status:
    """A commit status of the older kind; the newest of each context counts."""

    id: int
    repository_id: int
    sha: str
    state: str
    context: str
    description: str | None
    target_url: str | None
    creator: str
    created: str
    updated: str


@dataclass(frozen=True, slots=True)
class Past:
    """How a release or a reference was before one write, for reads that shall lag behind.

    ``name`` is the release's id or the reference's full name; ``before`` is its JSON or SHA, None if it did not exist.
    """

    id: int
    repository_id: int
    kind: str
    name: str
    before: str | None


@dataclass(frozen=True, slots=True)
class KnownRef:
    """A reference as it stood when its last change was journalled."""

    id: int
    repository_id: int
    name: str
    sha: str


@dataclass(frozen=True, slots=True)
class BurnedTag:
    """A tag name that an immutable release used, and that no other release may use again."""

    id: int
    repository_id: int
    tag: str
