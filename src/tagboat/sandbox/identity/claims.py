"""What identity tokens say: the claims of GitHub Actions and of GitLab, filled up from the little that a job is.

Sources: GitHub's "OpenID Connect reference" (claims, default subject, times) and GitLab's "OpenID Connect ID token
authentication using ID tokens". Numbers are text in both, as there.
"""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from tagboat.errors import InvalidError

Claims = dict[str, object]

GITHUB: Final = "github"
GITLAB: Final = "gitlab"
KINDS: Final = (GITHUB, GITLAB)

GITHUB_SECONDS: Final = 300
GITLAB_SECONDS: Final = 3600
_GITHUB_BEFORE: Final = 600
_GITLAB_BEFORE: Final = 5


@dataclass(frozen=True, slots=True)
class Numbers:
    """The numbers that the forge knows owner and repository by."""

    owner: str
    repository: str


def github(job: Mapping[str, object], numbers: Numbers) -> Claims:
    """The claims of a GitHub Actions job but for issuer, audience and times.

    ``job`` needs ``repository`` and ``sha``; every claim that it names wins over what is made up here. An empty
    ``environment`` is left out, as GitHub does for a job without one.

    Raises:
        InvalidError: One of the two is missing, or a claim is no text.
    """
    given = _texts(job, needed=("repository", "sha"))
    repository, ref = given["repository"], given.get("ref", "refs/heads/main")
    owner = repository.partition("/")[0]
    workflow_ref = f"{repository}/.github/workflows/{given.pop('workflow_file', 'release.yml')}@{ref}"
    made = {
        "ref": ref,
        "sha": given["sha"],
        "repository": repository,
        "repository_owner": owner,
        "repository_owner_id": numbers.owner,
        "run_id": "1",
        "run_number": "1",
        "run_attempt": "1",
        "repository_visibility": "public",
        "repository_id": numbers.repository,
        "actor_id": numbers.owner,
        "actor": owner,
        "workflow": workflow_ref.rpartition("@")[0].rpartition("/")[2].rpartition(".")[0],
        "head_ref": "",
        "base_ref": "",
        "event_name": "push",
        "ref_protected": "false",
        "ref_type": "tag" if ref.startswith("refs/tags/") else "branch",
        "workflow_ref": workflow_ref,
        "workflow_sha": given["sha"],
        "job_workflow_ref": given.get("workflow_ref", workflow_ref),
        "job_workflow_sha": given["sha"],
        "runner_environment": "github-hosted",
    } | given
    if not made.setdefault("environment", ""):
        del made["environment"]
    made.setdefault("sub", _github_subject(made))
    return dict(made)


def gitlab(job: Mapping[str, object], numbers: Numbers, server: str) -> Claims:
    """The claims of a GitLab job but for issuer, audience and times.

    ``job`` needs ``project_path`` and ``sha``; ``server`` is GitLab's host name, with which ``ci_config_ref_uri`` begins.

    Raises:
        InvalidError: One of the two is missing, or a claim is no text.
    """
    given = _texts(job, needed=("project_path", "sha"))
    path, ref_path = given["project_path"], given.get("ref_path", "refs/heads/main")
    namespace = path.rpartition("/")[0]
    kind = "tag" if ref_path.startswith("refs/tags/") else "branch"
    ref = ref_path.split("/", 2)[-1]
    made = {
        "namespace_id": numbers.owner,
        "namespace_path": namespace,
        "project_id": numbers.repository,
        "project_path": path,
        "user_id": numbers.owner,
        "user_login": namespace.partition("/")[0],
        "user_email": f"{namespace.partition('/')[0]}@users.noreply.localhost",
        "pipeline_id": "1",
        "pipeline_source": "push",
        "job_id": "1",
        "ref": ref,
        "ref_type": kind,
        "ref_path": ref_path,
        "ref_protected": "false",
        "runner_id": "1",
        "runner_environment": "gitlab-hosted",
        "sha": given["sha"],
        "project_visibility": "public",
        "ci_config_ref_uri": f"{server}/{path}//{given.pop('config_file', '.gitlab-ci.yml')}@{ref_path}",
        "ci_config_sha": given["sha"],
        "sub": f"project_path:{path}:ref_type:{kind}:ref:{ref}",
    } | given
    if not made.setdefault("environment", ""):
        del made["environment"]
    return dict(made)


def stamped(claims: Mapping[str, object], *, kind: str, issuer: str, audience: str, now: float) -> Claims:
    """The claims with issuer, audience, times and an identifier of their own, as a token carries them."""
    before, lifetime = (
        (_GITHUB_BEFORE, GITHUB_SECONDS) if kind == GITHUB else (_GITLAB_BEFORE, GITLAB_SECONDS)
    )
    identifier = str(uuid.UUID(bytes=secrets.token_bytes(16), version=4))
    times = {"nbf": int(now) - before, "iat": int(now), "exp": int(now) + lifetime}
    return {"jti": identifier, "iss": issuer, "aud": audience, **times, **claims}


def _texts(job: Mapping[str, object], *, needed: tuple[str, ...]) -> dict[str, str]:
    wrong = sorted(name for name, value in job.items() if not isinstance(value, str))
    missing = [name for name in needed if not str(job.get(name, "")).strip("/")]
    if wrong or missing:
        told = [f"{name} is missing" for name in missing] + [f"{name} is no text" for name in wrong]
        raise InvalidError(f"no job to identify: {', '.join(told)}")
    return {name: str(value) for name, value in job.items()}


def _github_subject(claims: Mapping[str, str]) -> str:
    """GitHub's default template: the environment, else a pull request, else the reference."""
    start = f"repo:{claims['repository']}"
    if claims.get("environment"):
        return f"{start}:environment:{claims['environment'].replace(':', '%3A')}"
    if claims["event_name"] == "pull_request":
        return f"{start}:pull_request"
    return f"{start}:ref:{claims['ref']}"
