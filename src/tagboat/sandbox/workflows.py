"""Orders about workflows that a running sandbox's forge executes: switched on, followed, approved.

Everything goes over the sandbox's own HTTPS with its CA and its token; a process of any kind may call these functions.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from tagboat.errors import UnavailableError
from tagboat.sandbox.addresses import Addresses
from tagboat.sandbox.control import call, fetch, order

_TURN_SECONDS: Final = 20


@dataclass(frozen=True, slots=True)
class RanJob:
    """A job of an executed run; ``permissions`` are those of its token."""

    id: int
    name: str
    status: str
    conclusion: str | None
    environment: str = ""
    summary: str = ""
    outputs: Mapping[str, str] = field(default_factory=dict)
    permissions: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ExecutedRun:
    """An executed run; ``note`` says why it could not start or was ended, ``waits_for`` names environments."""

    id: int
    repository: str
    attempt: int
    path: str
    title: str
    event: str
    status: str
    conclusion: str | None
    note: str
    waits_for: tuple[str, ...]
    jobs: tuple[RanJob, ...]

    def job(self, name: str) -> RanJob:
        """The job of this name."""
        return next(each for each in self.jobs if each.name == name)


def enable(addresses: Addresses, full_name: str, *, enabled: bool = True) -> None:
    """Let pushes and dispatches in a repository run its workflows on this machine, or not any more.

    Raises:
        InvalidError: There is no such repository.
        UnavailableError: The sandbox does not answer.
    """
    _order(addresses, "PUT", "switch", {"repository": full_name, "enabled": enabled})


def set_secret(
    addresses: Addresses, full_name: str, name: str, value: str, *, environment: str = "", hidden: bool = True
) -> None:
    """A secret, or with ``hidden`` false a variable, of a repository or of one of its environments."""
    what = {
        "repository": full_name,
        "name": name,
        "value": value,
        "environment": environment,
        "hidden": hidden,
    }
    _order(addresses, "PUT", "secrets", what)


def set_environment(
    addresses: Addresses,
    full_name: str,
    name: str,
    *,
    reviewers: Sequence[str] = (),
    refs: Sequence[str] = (),
) -> None:
    """An environment: who has to agree, and from which branches (``main``) and tags (``tag:v*``) it may be used."""
    what = {"repository": full_name, "name": name, "reviewers": list(reviewers), "refs": list(refs)}
    _order(addresses, "PUT", "environments", what)


def stand_in(addresses: Addresses, label: str) -> None:
    """Let this machine play the runners whose label matches, although it is none of theirs; their logs say so."""
    _order(addresses, "PUT", "stand-ins", {"label": label})


def open_pull_request(
    addresses: Addresses,
    full_name: str,
    head: str,
    *,
    base: str | None = None,
    number: int = 1,
    action: str = "opened",
) -> tuple[int, ...]:
    """A pull request between two branches; returns the numbers of the runs that it starts."""
    what = {"repository": full_name, "head": head, "base": base, "number": number, "action": action}
    return tuple(_order(addresses, "POST", "pull-requests", what)["runs"])


def runs(addresses: Addresses, full_name: str = "") -> list[ExecutedRun]:
    """The newest runs of a repository, or of all."""
    query = f"?repository={full_name}" if full_name else ""
    return [_run(each) for each in _order(addresses, "GET", f"runs{query}")["runs"]]


def run(addresses: Addresses, number: int) -> ExecutedRun:
    """A run as it stands."""
    return _run(_order(addresses, "GET", f"runs/{number}"))


def wait(
    addresses: Addresses,
    number: int,
    *,
    until: Sequence[str] = ("completed", "waiting"),
    seconds: float = 600.0,
    clock: Callable[[], float] = time.monotonic,
) -> ExecutedRun:
    """A run once it is completed, waits for an approval, or one of its jobs is in one of these states.

    Raises:
        UnavailableError: It did not come to that in time.
    """
    end = clock() + seconds
    wanted = "".join(f"&for={state}" for state in until)
    while True:
        turn = min(_TURN_SECONDS, max(end - clock(), 0.0))
        body = fetch(addresses, f"actions/runs/{number}/wait?seconds={turn:.1f}{wanted}")
        found = _run(json.loads(body))
        states = {job.status for job in found.jobs} - {"completed", "waiting"}
        waits = bool(found.waits_for) and "waiting" in until
        if found.status == "completed" or waits or states & set(until):
            return found
        if clock() >= end:
            raise UnavailableError(
                f"run {number} is still {found.status} after {seconds:g} seconds",
                remedy=f"look at it: tagboat sandbox actions run {number}",
            )


def dispatch(
    addresses: Addresses,
    full_name: str,
    workflow: str,
    *,
    ref: str = "main",
    inputs: Mapping[str, str] | None = None,
) -> int:
    """Start a workflow by its file's name; returns the number of the run.

    Raises:
        InvalidError: There is no such workflow, reference or input; in GitHub's words.
        UnavailableError: The sandbox does not answer.
    """
    what = {"ref": ref, "inputs": dict(inputs or {}), "return_run_details": True}
    place = f"repos/{full_name}/actions/workflows/{workflow}/dispatches"
    return int(json.loads(call(addresses, "POST", place, what))["workflow_run_id"])


def cancel(addresses: Addresses, full_name: str, number: int) -> None:
    """End a run; what wants to run ``always()`` still does.

    Raises:
        InvalidError: There is none, or it is over.
        UnavailableError: The sandbox does not answer.
    """
    call(addresses, "POST", f"repos/{full_name}/actions/runs/{number}/cancel")


def rerun(addresses: Addresses, full_name: str, number: int, *, failed: bool = False) -> None:
    """Run all jobs once more, or with ``failed`` those that did not succeed and what waits for them.

    Raises:
        InvalidError: There is no such run, or it is still going.
        UnavailableError: The sandbox does not answer.
    """
    deed = "rerun-failed-jobs" if failed else "rerun"
    call(addresses, "POST", f"repos/{full_name}/actions/runs/{number}/{deed}")


def review(
    addresses: Addresses,
    number: int,
    environment: str,
    *,
    state: str = "approved",
    login: str = "",
    comment: str = "",
) -> str:
    """Decide in the name of a reviewer (the first, unless named) about an environment; returns the reviewer.

    Raises:
        InvalidError: No job of the run waits for it, or that account is no reviewer.
    """
    what = {
        "environment": environment,
        "state": state,
        "comment": comment,
        **({"login": login} if login else {}),
    }
    return str(_order(addresses, "POST", f"runs/{number}/review", what)["login"])


def log(addresses: Addresses, job: int, *, start: int = 0) -> str:
    """What a job has logged so far, from a position in bytes."""
    return fetch(addresses, f"actions/jobs/{job}/log?from={start}").decode(errors="replace")


def _run(told: Mapping[str, Any]) -> ExecutedRun:
    jobs = tuple(RanJob(**job) for job in told["jobs"])
    return ExecutedRun(**{**told, "jobs": jobs, "waits_for": tuple(told["waits_for"])})


def _order(
    addresses: Addresses, method: str, path: str, what: Mapping[str, object] | None = None
) -> dict[str, Any]:
    return order(addresses.forge, addresses, method, f"actions/{path}", what or {})
