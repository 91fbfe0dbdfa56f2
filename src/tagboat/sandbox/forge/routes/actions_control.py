"""What only a sandbox has, for workflows: switched on, given secrets, followed, approved, told who stands in."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

from aiohttp import web

from tagboat.sandbox.actions.expressions import Value
from tagboat.sandbox.actions.gates import environment_of, reviewers
from tagboat.sandbox.actions.log import step_files
from tagboat.sandbox.actions.model import Environment, RefPolicy, Review, Secret, StandIn
from tagboat.sandbox.actions.service import ACTIONS
from tagboat.sandbox.forge.calls import Answer, Call
from tagboat.sandbox.forge.forge import FORGE
from tagboat.sandbox.forge.git.child import Git
from tagboat.sandbox.forge.git.objects import Commit, Person, read_commit
from tagboat.sandbox.forge.git.refs import NOTHING, find_ref, move_ref
from tagboat.sandbox.forge.git.write import write_commit
from tagboat.sandbox.forge.model import Repository, Run, now
from tagboat.sandbox.forge.refusals import Refusal, not_found
from tagboat.sandbox.forge.routes import Route
from tagboat.sandbox.forge.routes.control import control, named_repository
from tagboat.sandbox.frame import has_token, operation

_ACTIONS = "/_sandbox/actions"
_MOST_SECONDS = 60.0


def switch(call: Call) -> Answer:
    """Let the workflows of a repository run, or not."""
    repository, enabled = named_repository(call), call.body.flag("enabled", default=True)
    call.request.app[ACTIONS].enable(repository, enabled=enabled)
    return Answer({"repository": repository.full_name, "enabled": enabled})


def put_secret(call: Call) -> Answer:
    """A secret, or with ``hidden`` false a variable, of a repository or of one of its environments."""
    repository, body = named_repository(call), call.body
    key: dict[str, str | int | bool] = {
        "repository_id": repository.id,
        "environment": body.maybe_text("environment") or "",
        "name": body.text("name").upper(),
        "hidden": body.flag("hidden", default=True),
    }
    if key["environment"]:
        environment_of(call.forge.records, repository, str(key["environment"]))
    if str(key["name"]).startswith("GITHUB_"):
        raise Refusal(422, "Secret names must not start with GITHUB_.")
    found = call.forge.records.get(Secret, **key)
    value = body.maybe_text("value") or ""
    if found:
        call.forge.records.change(found, value=value)
    else:
        call.forge.records.add(Secret, **key, value=value)
    return Answer({"name": key["name"]})


def put_environment(call: Call) -> Answer:
    """An environment with reviewers by their names, and patterns of branches and tags (``tag:v*``)."""
    repository, records, body = named_repository(call), call.forge.records, call.body
    found = environment_of(records, repository, body.text("name"))
    people = [call.forge.account(login).login for login in body.texts("reviewers")]
    patterns = body.texts("refs")
    with records.together():
        for policy in records.all(RefPolicy, environment_id=found.id):
            records.remove(policy)
        for pattern in patterns:
            kind, colon, name = pattern.partition(":")
            told = (
                {"name": name, "kind": kind}
                if colon and kind in ("branch", "tag")
                else {"name": pattern, "kind": "branch"}
            )
            records.add(RefPolicy, environment_id=found.id, **told)
        records.change(
            found, reviewers_json=json.dumps(people), policy="custom" if patterns else "all", updated=now()
        )
    return Answer({"id": found.id, "name": found.name})


def stand_in(call: Call) -> Answer:
    """A pattern of labels that this machine plays from now on."""
    label = call.body.text("label")
    if call.forge.records.get(StandIn, label=label) is None:
        call.forge.records.add(StandIn, label=label)
    return Answer({"labels": [each.label for each in call.forge.records.all(StandIn)]})


def pull_request(call: Call) -> Answer:
    """A pull request between two branches, opened or moved on: its runs start beside its head."""
    repository, body = named_repository(call), call.body
    git, login = call.git(repository), body.maybe_text("login") or repository.owner
    head_name = body.text("head")
    base_name = body.maybe_text("base") or repository.default_branch
    head, base = read_commit(git, f"refs/heads/{head_name}"), read_commit(git, f"refs/heads/{base_name}")
    if head is None or base is None:
        raise not_found()
    number = body.number("number", 1)
    merge = _merged(git, base, head, number)
    payload: dict[str, Value] = {
        "number": number,
        "action": body.maybe_text("action") or "opened",
        "base": base_name,
        "head": head_name,
    }
    runs = call.request.app[ACTIONS].opened(
        repository, payload, merge=merge, head=head, login=call.forge.account(login).login
    )
    return Answer({"number": number, "merge": merge.sha, "runs": [run.id for run in runs]}, 201)


def _merged(git: Git, base: Commit, head: Commit, number: int) -> Commit:
    """The test merge of a pull request, under ``refs/pull/N/merge`` as on GitHub."""
    done, said = git.agrees("merge-tree", "--write-tree", base.sha, head.sha)
    if not done:
        raise Refusal(409, f"Merge conflict {said}".strip())
    tree = git.ask("merge-tree", "--write-tree", base.sha, head.sha).decode().split("\n", 1)[0]
    person = Person("GitHub", "noreply@localhost", head.committer.date)
    message = f"Merge {head.sha} into {base.sha}"
    sha = write_commit(
        git, tree=tree, parents=[base.sha, head.sha], message=message, author=person, committer=person
    )
    for name, target in ((f"refs/pull/{number}/head", head.sha), (f"refs/pull/{number}/merge", sha)):
        before = find_ref(git, name)
        move_ref(git, name, target, before.sha if before else NOTHING)
    merge = read_commit(git, sha)
    if merge is None:
        raise not_found()
    return merge


def review(call: Call) -> Answer:
    """A decision about an environment that jobs of a run wait for, in the name of one of its reviewers."""
    run = _run(call)
    wanted, state = call.body.text("environment").lower(), call.body.maybe_text("state") or "approved"
    live = call.request.app[ACTIONS].live(run)
    gates = [gate for gate in (live.gates if live else ()) if gate.environment.name.lower() == wanted]
    if not gates or state not in ("approved", "rejected"):
        raise Refusal(
            422, f"no job of run {run.id} waits for the environment {call.body.text('environment')}"
        )
    environment: Environment = gates[0].environment
    people = reviewers(environment)
    login = call.body.maybe_text("login") or people[0]
    if login not in people:
        raise Refusal(422, f"{login} is no reviewer of {environment.name}: {', '.join(people)}")
    call.forge.records.add(
        Review, run_id=run.id, attempt=run.attempt, environment_id=environment.id, login=login, state=state,
        comment=call.body.maybe_text("comment") or "", created=now(),
    )  # fmt: skip
    for gate in gates:
        gate.decide(state)
    return Answer({"environment": environment.name, "state": state, "login": login})


def tell(call: Call) -> Answer:
    """A run with its jobs, why it could not start, what it waits for, and its jobs' summaries."""
    return Answer(_told(call.request, _run(call)))


@operation("control", read=True)
async def wait(request: web.Request) -> web.StreamResponse:
    """The same once the run is completed, or waits for somebody, or the time is over."""
    if not has_token(request):
        raise web.HTTPUnauthorized
    actions, records = request.app[ACTIONS], request.app[FORGE].records
    number = int(request.match_info["run"])
    wanted = request.query.getall("for", ["completed"])
    seconds = min(float(request.query.get("seconds", "30")), _MOST_SECONDS)

    def reached() -> bool:
        run = records.get(Run, id=number)
        waits = run is not None and (live := actions.live(run)) is not None and bool(live.gates)
        idle = run is not None and run.status == "completed" and actions.live(run) is None
        jobs = {job.status for job, _ in actions.book.jobs(run)} if run else set()
        return (
            run is None
            or idle
            or (waits and "waiting" in wanted)
            or bool(jobs & set(wanted) - {"completed", "waiting"})
        )

    try:
        async with asyncio.timeout(seconds):
            while not reached():
                await actions.book.bell.wait()
    except TimeoutError:
        pass
    run = records.get(Run, id=number)
    if run is None:
        raise web.HTTPNotFound
    return web.json_response(_told(request, run))


@operation("control", read=True)
async def log(request: web.Request) -> web.StreamResponse:
    """The log of a job as far as it is there, or with ``step`` that of one step."""
    if not has_token(request):
        raise web.HTTPUnauthorized
    fact = request.app[ACTIONS].book.fact(int(request.match_info["job"]))
    if fact is None:
        raise web.HTTPNotFound
    files = step_files(Path(fact.log))
    chosen = request.query.get("step")
    body = b"".join(
        path.read_bytes() for number, path in files.items() if chosen is None or str(number) == chosen
    )
    return web.Response(body=body[int(request.query.get("from", "0")) :], content_type="text/plain")


def _told(request: web.Request, run: Run) -> dict[str, object]:
    actions = request.app[ACTIONS]
    execution, live = actions.book.execution(run), actions.live(run)
    origin = actions.book.origin(run)
    gates = live.gates if live else ()
    repository = request.app[FORGE].records.get(Repository, id=run.repository_id)
    return {
        "id": run.id,
        "repository": repository.full_name if repository else "",
        "attempt": run.attempt,
        "path": origin.path if origin else "",
        "title": run.title,
        "event": run.event,
        "status": run.status,
        "conclusion": run.conclusion,
        "note": execution.note if execution else "",
        "waits_for": sorted({gate.environment.name for gate in gates if not gate.decided.is_set()}),
        "jobs": [
            {
                "id": job.id,
                "name": job.name,
                "status": job.status,
                "conclusion": job.conclusion,
                "environment": fact.environment,
                "summary": fact.summary,
                "outputs": json.loads(fact.outputs_json),
                "permissions": json.loads(fact.permissions_json),
            }
            for job, fact in actions.book.jobs(run)
        ],
    }


def _run(call: Call) -> Run:
    run = call.forge.records.get(Run, id=call.number("run"))
    if run is None:
        raise not_found()
    return run


def list_runs(call: Call) -> Answer:
    """The runs of a repository, or of all, newest first."""
    where = {}
    if call.query("repository"):
        owner, _, name = call.query("repository").partition("/")
        found = call.forge.records.matching(Repository, owner=owner, name=name)
        if found is None:
            raise not_found()
        where = {"repository_id": found.id}
    runs = call.forge.records.newest(Run, 50, **where)
    return Answer({"runs": [_told(call.request, run) for run in runs]})


ROUTES: list[Route] = [
    ("PUT", f"{_ACTIONS}/switch", control(switch)),
    ("PUT", f"{_ACTIONS}/secrets", control(put_secret)),
    ("PUT", f"{_ACTIONS}/environments", control(put_environment)),
    ("PUT", f"{_ACTIONS}/stand-ins", control(stand_in)),
    ("POST", f"{_ACTIONS}/pull-requests", control(pull_request)),
    ("GET", f"{_ACTIONS}/runs", control(list_runs)),
    ("GET", f"{_ACTIONS}/runs/{{run:\\d+}}", control(tell)),
    ("GET", f"{_ACTIONS}/runs/{{run:\\d+}}/wait", wait),
    ("POST", f"{_ACTIONS}/runs/{{run:\\d+}}/review", control(review)),
    ("GET", f"{_ACTIONS}/jobs/{{job:\\d+}}/log", log),
]
