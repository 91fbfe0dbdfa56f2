"""What only a sandbox has: repositories, tokens and workflow runs made to order, under ``/_sandbox/``.

All of it needs the sandbox's own token. None of it is journalled: the journal tells what clients did.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable

from tagboat.sandbox.actions.gates import environment_of
from tagboat.sandbox.actions.model import Review
from tagboat.sandbox.actions.service import ACTIONS
from tagboat.sandbox.forge.access import LEVELS, digest
from tagboat.sandbox.forge.calls import Answer, Call, Endpoint, endpoint
from tagboat.sandbox.forge.fields import Fields
from tagboat.sandbox.forge.git.refs import kind_of
from tagboat.sandbox.forge.model import Grant, Repository, Run, Token, now
from tagboat.sandbox.forge.refusals import Refusal, invalid, no_commit, not_found
from tagboat.sandbox.forge.routes import Route
from tagboat.sandbox.forge.runs import Play, PlayedJob, State, change, play
from tagboat.sandbox.frame import has_token

_CONTROL = "/_sandbox"
_KINDS = ("classic", "fine-grained", "installation")
_REVIEWS = ("approved", "rejected", "pending")


def control(handler: Callable[[Call], Answer]) -> Endpoint:
    """Declare a control handler."""

    def guarded(call: Call) -> Answer:
        if not has_token(call.request):
            raise Refusal(401, "This is for whoever holds the sandbox's own token.")
        return handler(call)

    return endpoint("control")(guarded)


def create_repository(call: Call) -> Answer:
    """A repository of anybody, unless it is there already."""
    owner, slash, name = call.body.text("repository").partition("/")
    if not slash or not owner or not name:
        raise invalid("Repository", "repository", "invalid")
    found = call.forge.records.matching(Repository, owner=owner, name=name)
    repository = found or call.forge.add_repository(
        owner,
        name,
        private=call.body.flag("private"),
        branch=call.body.maybe_text("default_branch") or "main",
    )
    if "immutable_releases" in call.body:
        call.forge.records.change(repository, immutable_releases=call.body.flag("immutable_releases"))
    clone_url = f"{call.links.page(repository.full_name)}.git"
    return Answer(
        {"id": repository.id, "full_name": repository.full_name, "clone_url": clone_url},
        200 if found else 201,
    )


def create_token(call: Call) -> Answer:
    """A token for an account, with what it may do and where."""
    body, kind = call.body, call.body.maybe_text("kind") or "classic"
    if kind not in _KINDS:
        raise invalid("Token", "kind", "invalid")
    permissions = body.raw("permissions")
    levels = permissions.values() if isinstance(permissions, dict) else ()
    if any(level not in LEVELS for level in levels):
        raise invalid("Token", "permissions", "invalid")
    account = call.forge.account(body.text("login"), kind="Bot" if kind == "installation" else "User")
    secret = f"{kind}_{secrets.token_urlsafe(24)}"
    call.forge.records.add(
        Token,
        digest=digest(secret),
        login=account.login,
        kind=kind,
        permissions=json.dumps(permissions) if isinstance(permissions, dict) else None,
        repositories=json.dumps(body.texts("repositories")) if "repositories" in body else None,
    )
    for grant in body.objects("grants"):
        repository = _repository(call, grant.text("repository"))
        level = grant.text("level")
        call.forge.records.add(Grant, repository_id=repository.id, login=account.login, level=level)
    return Answer({"token": secret, "login": account.login}, 201)


def play_run(call: Call) -> Answer:
    """A workflow run with its jobs, in whatever state."""
    body, repository = call.body, _repository(call, call.body.text("repository"))
    sha = body.text("sha")
    if kind_of(call.git(repository), sha) != "commit":
        raise no_commit(sha)
    state = _state(body, State())
    path = body.maybe_text("workflow") or ".github/workflows/ci.yml"
    wanted = Play(
        path=path,
        name=body.maybe_text("name") or path.rsplit("/", 1)[-1].rsplit(".", 1)[0],
        branch=body.maybe_text("branch") or repository.default_branch,
        event=body.maybe_text("event") or "push",
        sha=sha,
        title=body.maybe_text("title") or "Played in the sandbox",
        actor=call.forge.account(repository.owner).login,
        state=state,
        jobs=_jobs(body, state) or (PlayedJob("test", state),),
    )
    run = play(call.forge.records, repository, wanted)
    _keep_logs(call, run)
    return Answer(_told(run), 201)


def change_run(call: Call) -> Answer:
    """A workflow run further on, or run again."""
    run = call.forge.records.get(Run, id=call.number("run"))
    if run is None:
        raise not_found()
    state = _state(call.body, State(run.status, run.conclusion))
    again = call.body.flag("again")
    run = change(call.forge.records, run, state, _jobs(call.body, state), again=again)
    _keep_logs(call, run)
    return Answer(_told(run))


def review_run(call: Call) -> Answer:
    """What a person says to a run's deployment to these environments."""
    run, state = call.forge.records.get(Run, id=call.number("run")), call.body.text("state")
    repository = call.forge.records.get(Repository, id=run.repository_id) if run else None
    if run is None or repository is None:
        raise not_found()
    if state not in _REVIEWS:
        raise invalid("Review", "state", "invalid")
    login, moment = call.forge.account(call.body.text("user")).login, now()
    for name in call.body.texts("environments"):
        call.forge.records.add(
            Review, run_id=run.id, attempt=run.attempt, login=login, state=state, created=moment,
            environment_id=environment_of(call.forge.records, repository, name).id,
            comment=call.body.maybe_text("comment") or "",
        )  # fmt: skip
    return Answer({"state": state}, 201)


def set_rate_limit(call: Call) -> Answer:
    """A limit of requests for each caller that is enforced from now on, or null for none."""
    call.forge.rates.limit = call.body.number("limit") if call.body.raw("limit") is not None else None
    return Answer({"limit": call.forge.rates.limit})


def documentation(call: Call) -> Answer:
    """Where errors point to."""
    return Answer({"message": "This is a sandbox; its interface is GitHub's.", "root": call.links.api})


def named_repository(call: Call) -> Repository:
    """The repository that the body's ``repository`` names.

    Raises:
        Refusal: 404, there is none.
    """
    return _repository(call, call.body.text("repository"))


def _repository(call: Call, full_name: str) -> Repository:
    owner, _, name = full_name.partition("/")
    found = call.forge.records.matching(Repository, owner=owner, name=name)
    if found is None:
        raise Refusal(404, f"there is no repository {full_name} here")
    return found


def _state(fields: Fields, before: State) -> State:
    status = fields.maybe_text("status") or ("completed" if "conclusion" in fields else before.status)
    conclusion = fields.maybe_text("conclusion") or before.conclusion or "success"
    return State.checked(status, conclusion, of="WorkflowRun")


def _jobs(fields: Fields, state: State) -> tuple[PlayedJob, ...]:
    return tuple(PlayedJob(job.text("name"), _state(job, state)) for job in fields.objects("jobs"))


def _keep_logs(call: Call, run: Run) -> None:
    """Keep the logs that came with the jobs, where those of executed jobs are kept."""
    book = call.request.app[ACTIONS].book
    for job in call.body.objects("jobs"):
        if text := job.maybe_text("log"):
            book.keep_log(run, job.text("name"), text, step=job.maybe_text("step") or "Run")


def _told(run: Run) -> dict[str, object]:
    return {"id": run.id, "attempt": run.attempt, "status": run.status, "conclusion": run.conclusion}


ROUTES: list[Route] = [
    ("POST", f"{_CONTROL}/repositories", control(create_repository)),
    ("POST", f"{_CONTROL}/tokens", control(create_token)),
    ("POST", f"{_CONTROL}/runs", control(play_run)),
    ("PATCH", f"{_CONTROL}/runs/{{run:\\d+}}", control(change_run)),
    ("POST", f"{_CONTROL}/runs/{{run:\\d+}}/reviews", control(review_run)),
    ("PUT", f"{_CONTROL}/rate-limit", control(set_rate_limit)),
    ("GET", f"{_CONTROL}/documentation", endpoint("control")(documentation)),
]
