"""Orders for a running sandbox about trusted publishing: publishers at its indexes, identities for CI jobs.

A job that runs in the sandbox is given what GitHub gives a job with ``id-token: write``::

    identity = grant_identity(addresses, GitHubJob("acme/boat", sha, workflow="release.yml", environment="pypi"))
    environment |= identity.environment()       # GITHUB_ACTIONS and the two ACTIONS_ID_TOKEN_REQUEST_ variables
    ...
    end_identity(addresses, identity)           # when the job is over

and the index is told beforehand whom to trust::

    add_publisher(addresses, "pypi", "boat", PublisherOrder("acme/boat", "release.yml", environment="pypi"), create=True)

Everything goes over the sandbox's own HTTPS with its CA and its token, as in ``control``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tagboat.sandbox.addresses import Addresses, IndexAddress
from tagboat.sandbox.control import order


@dataclass(frozen=True, slots=True)
class GitHubJob:
    """A job of a GitHub workflow, as its identity tokens tell of it.

    Attributes:
        repository: ``OWNER/NAME``; its numbers are those of the sandbox's forge, when it is there.
        sha: the commit.
        ref: the full reference that the run is for.
        workflow: the file's name of the run's own workflow.
        environment: "" for a job without one.
        event: what started the run.
        called: ``OWNER/NAME/.github/workflows/FILE@REF`` of the reusable workflow that the job stands in; "" for none.
        more: further claims, or others than those made up: ``actor``, ``run_id``, ``repository_visibility``, ``sub``...
    """

    repository: str
    sha: str
    ref: str = "refs/heads/main"
    workflow: str = "release.yml"
    environment: str = ""
    event: str = "push"
    called: str = ""
    more: Mapping[str, str] = field(default_factory=dict)

    def claims(self) -> dict[str, str]:
        """What the identity provider is told; it makes up the rest."""
        called = {"job_workflow_ref": self.called} if self.called else {}
        return {
            "repository": self.repository,
            "sha": self.sha,
            "ref": self.ref,
            "workflow_file": self.workflow,
            "environment": self.environment,
            "event_name": self.event,
            **called,
            **self.more,
        }


@dataclass(frozen=True, slots=True)
class GitLabJob:
    """A job of a GitLab pipeline; ``ref_path`` is the full reference, ``config_file`` the path of the pipeline's file."""

    project_path: str
    sha: str
    ref_path: str = "refs/heads/main"
    config_file: str = ".gitlab-ci.yml"
    environment: str = ""
    more: Mapping[str, str] = field(default_factory=dict)

    def claims(self) -> dict[str, str]:
        """What the identity provider is told; it makes up the rest."""
        names = ("project_path", "sha", "ref_path", "config_file", "environment")
        return {**{name: getattr(self, name) for name in names}, **self.more}


@dataclass(frozen=True, slots=True)
class JobIdentity:
    """What a job asks for tokens with; ``grant`` is the number to end it by."""

    grant: int
    request_url: str
    request_token: str = field(repr=False)

    def environment(self) -> dict[str, str]:
        """The variables that GitHub gives a job with ``id-token: write``."""
        return {
            "GITHUB_ACTIONS": "true",
            "ACTIONS_ID_TOKEN_REQUEST_URL": self.request_url,
            "ACTIONS_ID_TOKEN_REQUEST_TOKEN": self.request_token,
        }


@dataclass(frozen=True, slots=True)
class PublisherOrder:
    """Whom an index shall trust.

    Attributes:
        repository: ``OWNER/NAME``, on GitLab ``NAMESPACE/PROJECT``.
        workflow: the file's name; on GitLab the path of the pipeline's file.
        environment: "" for any.
        issuer: ``github`` or ``gitlab``.
    """

    repository: str
    workflow: str
    environment: str = ""
    issuer: str = "github"


def grant_identity(addresses: Addresses, job: GitHubJob) -> JobIdentity:
    """Let a GitHub job ask for identity tokens until ``end_identity``, for six hours at most.

    Raises:
        InvalidError: The job lacks something.
        UnavailableError: The sandbox does not answer.
    """
    told = order(addresses.identity, addresses, "POST", "grants", job.claims())
    number = int(told["grant"])
    return JobIdentity(number, f"{addresses.identity}/token/{number}?api-version=2.0", str(told["secret"]))


def end_identity(addresses: Addresses, identity: JobIdentity) -> None:
    """End what ``grant_identity`` began: its job is over.

    Raises:
        InvalidError: It was ended before.
        UnavailableError: The sandbox does not answer.
    """
    order(addresses.identity, addresses, "DELETE", f"grants/{identity.grant}", {})


def issue_token(addresses: Addresses, job: GitHubJob | GitLabJob, audience: str) -> str:
    """An identity token at once: GitLab hands it to a job in a variable (``PYPI_ID_TOKEN``).

    Raises:
        InvalidError: The job lacks something.
        UnavailableError: The sandbox does not answer.
    """
    what = {"issuer": _issuer(job), "audience": audience, "claims": job.claims()}
    return str(order(addresses.identity, addresses, "POST", "tokens", what)["token"])


def claims_of(addresses: Addresses, job: GitHubJob | GitLabJob) -> dict[str, str]:
    """All claims that a token of this job would carry about it.

    Raises:
        InvalidError: The job lacks something.
        UnavailableError: The sandbox does not answer.
    """
    what = {"issuer": _issuer(job), "claims": job.claims()}
    return order(addresses.identity, addresses, "POST", "claims", what)


def add_publisher(
    addresses: Addresses,
    index: str,
    project: str,
    publisher: PublisherOrder,
    *,
    pending: bool = False,
    create: bool = False,
) -> int:
    """Let a workflow publish a project; returns the publisher's number.

    Args:
        addresses: The running sandbox.
        index: ``pypi`` or ``testpypi``.
        project: The project, which has to exist unless one of the other two is said.
        publisher: Whom to trust.
        pending: The project does not exist; the publisher's first token creates it.
        create: Make the project when it is missing, without a file.

    Raises:
        InvalidError: The project is not as it has to be, or the publisher is none.
        UnavailableError: The sandbox does not answer.
    """
    what = {
        "project": project,
        "issuer": publisher.issuer,
        "repository": publisher.repository,
        "workflow": publisher.workflow,
        "environment": publisher.environment,
        "pending": pending,
        "create": create,
    }
    return int(order(_index(addresses, index), addresses, "POST", "publishers", what)["id"])


def list_publishers(addresses: Addresses, index: str) -> list[dict[str, Any]]:
    """All publishers of an index, pending ones last: ``id``, ``kind``, ``repository``, ``workflow``, ``environment``...

    Raises:
        UnavailableError: The sandbox does not answer.
    """
    listed: list[dict[str, Any]] = order(_index(addresses, index), addresses, "POST", "list-publishers", {})[
        "publishers"
    ]
    return listed


def remove_publisher(addresses: Addresses, index: str, number: int) -> None:
    """Forget a publisher, and all tokens that it has.

    Raises:
        InvalidError: There is none of this number.
        UnavailableError: The sandbox does not answer.
    """
    order(_index(addresses, index), addresses, "POST", "remove-publisher", {"id": number})


def origin_of(addresses: Addresses, index: str, filename: str) -> dict[str, str] | None:
    """The publisher that uploaded a file; None when a person did.

    Raises:
        UnavailableError: The sandbox does not answer.
    """
    told: dict[str, str] | None = order(
        _index(addresses, index), addresses, "POST", "origin", {"filename": filename}
    )["origin"]
    return told


def _issuer(job: GitHubJob | GitLabJob) -> str:
    return "gitlab" if isinstance(job, GitLabJob) else "github"


def _index(addresses: Addresses, index: str) -> str:
    chosen: IndexAddress = {"pypi": addresses.pypi, "testpypi": addresses.testpypi}[index]
    return chosen.simple.removesuffix("/simple/")
