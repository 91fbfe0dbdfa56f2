"""Orders for a running sandbox's forge: repositories, tokens and workflow runs that a rehearsal or a test needs.

Trusted publishing has its orders in ``trust``: publishers at the indexes, identities for jobs.

Everything goes over the sandbox's own HTTPS with its CA and its token; a process of any kind may call these functions.
"""

from __future__ import annotations

import json
import ssl
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from tagboat.errors import InvalidError, UnavailableError
from tagboat.sandbox.addresses import Addresses

TIME_LIMIT: Final = 30.0
"""Seconds that an order may take."""


@dataclass(frozen=True, slots=True)
class Job:
    """A job of a workflow run; without a state it has the run's, and with a log one step, ``step``, that wrote it."""

    name: str
    status: str | None = None
    conclusion: str | None = None
    log: str | None = None
    step: str | None = None


@dataclass(frozen=True, slots=True)
class PlayedRun:
    """A workflow run as the forge now tells of it."""

    id: int
    attempt: int
    status: str
    conclusion: str | None


def create_repository(
    addresses: Addresses,
    full_name: str,
    *,
    private: bool = False,
    default_branch: str = "main",
    immutable_releases: bool = False,
) -> str:
    """Make ``OWNER/REPO``, or leave it when it is there; returns the URL for ``git push`` and ``git clone``.

    Raises:
        InvalidError: The name is not one.
        UnavailableError: The sandbox does not answer.
    """
    what = {
        "repository": full_name,
        "private": private,
        "default_branch": default_branch,
        "immutable_releases": immutable_releases,
    }
    return str(order(addresses.forge, addresses, "POST", "repositories", what)["clone_url"])


def create_token(
    addresses: Addresses,
    login: str,
    *,
    kind: str = "classic",
    permissions: Mapping[str, str] | None = None,
    repositories: Sequence[str] | None = None,
    grants: Mapping[str, str] | None = None,
) -> str:
    """Make a token for an account (made when missing); returns the secret.

    Args:
        addresses: The running sandbox.
        login: The account's name; an app's ends in ``[bot]``.
        kind: ``classic``, ``fine-grained``, or ``installation`` (what a workflow gets).
        permissions: For the latter two, such as ``{"contents": "write"}``; what is not named is not allowed.
        repositories: The only repositories that the token reaches; all when None.
        grants: What the account may do in repositories of others: ``{"OWNER/REPO": "read" | "write" | "admin"}``.

    Raises:
        InvalidError: Something in the order does not exist.
        UnavailableError: The sandbox does not answer.
    """
    what: dict[str, object] = {"login": login, "kind": kind}
    if permissions is not None:
        what["permissions"] = dict(permissions)
    if repositories is not None:
        what["repositories"] = list(repositories)
    what["grants"] = [{"repository": name, "level": level} for name, level in (grants or {}).items()]
    return str(order(addresses.forge, addresses, "POST", "tokens", what)["token"])


def play_workflow_run(
    addresses: Addresses,
    full_name: str,
    *,
    sha: str,
    workflow: str = ".github/workflows/ci.yml",
    name: str | None = None,
    branch: str | None = None,
    event: str = "push",
    status: str = "completed",
    conclusion: str | None = "success",
    jobs: Sequence[Job] = (),
) -> PlayedRun:
    """Let a workflow run appear for a commit, with its jobs and their check runs.

    Args:
        addresses: The running sandbox.
        full_name: The repository.
        sha: The commit, pushed before.
        workflow: The workflow's file in the repository.
        name: The workflow's name; by default its file's.
        branch: By default the default branch.
        event: What started it.
        status: In GitHub's words.
        conclusion: In GitHub's words, for a completed run.
        jobs: By default one, ``test``, in the run's state.

    Raises:
        InvalidError: The commit or a word does not exist.
        UnavailableError: The sandbox does not answer.
    """
    what = {
        "repository": full_name,
        "sha": sha,
        "workflow": workflow,
        "name": name,
        "branch": branch,
        "event": event,
    }
    whole = {**what, **_state(status, conclusion), "jobs": _jobs(jobs)}
    return PlayedRun(**order(addresses.forge, addresses, "POST", "runs", whole))


def change_workflow_run(
    addresses: Addresses,
    run: int,
    *,
    status: str = "completed",
    conclusion: str | None = "success",
    jobs: Sequence[Job] = (),
    again: bool = False,
) -> PlayedRun:
    """Let a run go on to another state; ``again`` makes a new attempt of it. Without ``jobs`` all follow the run.

    Raises:
        InvalidError: The run or a word does not exist.
        UnavailableError: The sandbox does not answer.
    """
    what = {**_state(status, conclusion), "jobs": _jobs(jobs), "again": again}
    return PlayedRun(**order(addresses.forge, addresses, "PATCH", f"runs/{run}", what))


def review_workflow_run(
    addresses: Addresses,
    run: int,
    *,
    environments: Sequence[str],
    user: str,
    state: str = "approved",
    comment: str = "",
) -> None:
    """Let a person approve or reject a run's deployment to these environments.

    Raises:
        InvalidError: The run or a word does not exist.
        UnavailableError: The sandbox does not answer.
    """
    what = {"environments": list(environments), "user": user, "state": state, "comment": comment}
    order(addresses.forge, addresses, "POST", f"runs/{run}/reviews", what)


def set_rate_limit(addresses: Addresses, limit: int | None) -> None:
    """Refuse what goes beyond this many requests an hour and caller; None lifts the limit.

    Raises:
        UnavailableError: The sandbox does not answer.
    """
    order(addresses.forge, addresses, "PUT", "rate-limit", {"limit": limit})


def order(
    service: str, addresses: Addresses, method: str, path: str, what: Mapping[str, object]
) -> dict[str, Any]:
    """Give an order to one service of a sandbox, by its address, and return its answer.

    Raises:
        InvalidError: The sandbox refuses the order, and says why.
        UnavailableError: It does not answer.
    """
    answer: dict[str, Any] = json.loads(_sent(service, addresses, method, path, json.dumps(what).encode()))
    return answer


def fetch(addresses: Addresses, path: str) -> bytes:
    """What stands below a path of the forge's controls, as it is.

    Raises:
        InvalidError: The sandbox refuses to tell, and says why.
        UnavailableError: It does not answer.
    """
    return _sent(addresses.forge, addresses, "GET", path, None)


def call(addresses: Addresses, method: str, path: str, what: Mapping[str, object] | None = None) -> bytes:
    """What the forge's own interface answers to the sandbox's token, for a path such as ``repos/OWNER/NAME``.

    Raises:
        InvalidError: The forge refuses, and says why.
        UnavailableError: It does not answer.
    """
    body = None if what is None else json.dumps(what).encode()
    return _sent(addresses.api, addresses, method, path, body, below="")


def _sent(
    service: str, addresses: Addresses, method: str, path: str, body: bytes | None, below: str = "_sandbox/"
) -> bytes:
    request = urllib.request.Request(  # noqa: S310 - the address of a sandbox is https on this machine
        f"{service}/{below}{path}",
        data=body,
        method=method,
        headers={"Authorization": f"token {addresses.token}", "Content-Type": "application/json"},
    )
    trust = urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=addresses.ca))
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), trust)
    try:
        with opener.open(request, timeout=TIME_LIMIT) as response:
            answer: bytes = response.read()
    except urllib.error.HTTPError as refusal:
        with refusal:
            said = _message(refusal.read())
        raise InvalidError(f"the sandbox refused {path}: {said}") from refusal
    except OSError as problem:
        raise UnavailableError(
            f"the sandbox at {service} does not answer: {problem}",
            remedy="tagboat sandbox up --dir DIR",
        ) from problem
    return answer


def _message(body: bytes) -> str:
    """What a refusal says: its words alone where they are in the shape of the forge's errors."""
    text = body.decode(errors="replace").strip()
    try:
        found = json.loads(text)
        told = [found["message"], *found.get("errors", ())]
    except (ValueError, KeyError, TypeError, AttributeError):
        return text
    return "; ".join(each if isinstance(each, str) else json.dumps(each) for each in told)


def _state(status: str, conclusion: str | None) -> dict[str, str | None]:
    return {"status": status, "conclusion": conclusion if status == "completed" else None}


def _jobs(jobs: Sequence[Job]) -> list[dict[str, str]]:
    return [{key: value for key, value in asdict(job).items() if value is not None} for job in jobs]
