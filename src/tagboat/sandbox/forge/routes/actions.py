"""Workflows, their runs, and the jobs of these."""

from __future__ import annotations

import json

from tagboat.errors import InvalidError
from tagboat.sandbox.actions.model import Execution, JobFact, StepFact
from tagboat.sandbox.actions.service import ACTIONS
from tagboat.sandbox.forge.calls import Answer, Call, endpoint
from tagboat.sandbox.forge.git.objects import Commit, read_commit, read_commits
from tagboat.sandbox.forge.git.refs import find_ref
from tagboat.sandbox.forge.model import Job, Repository, Run, Workflow
from tagboat.sandbox.forge.refusals import Refusal, not_found
from tagboat.sandbox.forge.routes import REPOSITORY, Route
from tagboat.sandbox.forge.runs import Play, PlayedJob, State, play
from tagboat.sandbox.forge.shapes import checks as shapes
from tagboat.sandbox.forge.shapes.links import Json

_ACTIONS = f"{REPOSITORY}/actions"
RUN = f"{_ACTIONS}/runs/{{run:\\d+}}"
"""The path of one run."""


@endpoint("list-workflows")
def list_workflows(call: Call) -> Answer:
    """The workflows that have run."""
    repository = call.repository("actions")
    found = call.forge.records.all(Workflow, repository_id=repository.id)
    shown = [shapes.workflow(call.links, repository.full_name, each) for each in call.page(found)]
    return Answer({"total_count": len(found), "workflows": shown})


@endpoint("get-workflow")
def get_workflow(call: Call) -> Answer:
    """One workflow by its number or its file's name."""
    repository = call.repository("actions")
    return Answer(shapes.workflow(call.links, repository.full_name, _workflow(call, repository)))


@endpoint("list-workflow-runs")
def list_workflow_runs(call: Call) -> Answer:
    """The runs of one workflow, newest first."""
    repository = call.repository("actions")
    return _runs(call, repository, workflow_id=_workflow(call, repository).id)


@endpoint("list-runs")
def list_runs(call: Call) -> Answer:
    """The runs of a repository, newest first, narrowed by the query."""
    return _runs(call, call.repository("actions"))


@endpoint("get-run")
def get_run(call: Call) -> Answer:
    """One run in its newest attempt."""
    repository = call.repository("actions")
    return Answer(_shown(call, repository, [run_of(call, repository)])[0])


@endpoint("get-run")
def get_attempt(call: Call) -> Answer:
    """One run in one attempt; an earlier one has the state that its jobs ended with."""
    repository = call.repository("actions")
    run, attempt = run_of(call, repository), call.number("attempt")
    if not 1 <= attempt <= run.attempt:
        raise not_found()
    shown = _shown(call, repository, [run])[0]
    if attempt < run.attempt:
        execution = call.forge.records.get(Execution, run_id=run.id, attempt=attempt)
        jobs = call.forge.records.all(Job, run_id=run.id, attempt=attempt)
        failed = next(
            (job.conclusion for job in jobs if job.conclusion not in ("success", "skipped")), "success"
        )
        conclusion = execution.conclusion if execution else failed
        shown |= {"run_attempt": attempt, "status": "completed", "conclusion": conclusion}
    return Answer(shown)


@endpoint("list-jobs")
def list_jobs(call: Call) -> Answer:
    """The jobs of a run: of its newest attempt, of all with ``filter=all``, or of the attempt in the path."""
    repository = call.repository("actions")
    run = run_of(call, repository)
    jobs = call.forge.records.all(Job, run_id=run.id)
    if "attempt" in call.request.match_info:
        jobs = [job for job in jobs if job.attempt == call.number("attempt")]
    elif call.query("filter", "latest") == "latest":
        jobs = [job for job in jobs if job.attempt == run.attempt]
    shown = [_job(call, repository, run, job) for job in call.page(jobs)]
    return Answer({"total_count": len(jobs), "jobs": shown})


@endpoint("get-job")
def get_job(call: Call) -> Answer:
    """One job."""
    repository = call.repository("actions")
    run, job = job_of(call, repository)
    return Answer(_job(call, repository, run, job))


def job_of(call: Call, repository: Repository) -> tuple[Run, Job]:
    """The job in the path, with its run.

    Raises:
        Refusal: 404, there is none.
    """
    job = call.forge.records.get(Job, id=call.number("job"))
    run = call.forge.records.get(Run, id=job.run_id, repository_id=repository.id) if job else None
    if job is None or run is None:
        raise not_found()
    return run, job


@endpoint("dispatch-workflow")
def dispatch(call: Call) -> Answer:
    """A run on demand; where no workflows run it appears as queued, and somebody has to play it."""
    repository = call.repository("actions", "write")
    workflow, asked = _workflow(call, repository), call.body.text("ref")
    git, actions = call.git(repository), call.request.app[ACTIONS]
    ref = next((name for name in _refs(asked) if find_ref(git, name)), None)
    commit = read_commit(git, ref) if ref else None
    if ref is None or commit is None:
        raise Refusal(422, f"No ref found for: {asked}")
    given = call.body.raw("inputs") or {}
    if not isinstance(given, dict):
        raise Refusal(422, "Invalid request.\n\nFor 'properties/inputs', this is not an object.")
    if actions.enabled(repository):
        try:
            run = actions.dispatch(repository, workflow.path, ref, commit, given, call.caller.login)
        except InvalidError as problem:
            raise Refusal(422, problem.cause) from problem
    else:
        run = _played(call, repository, workflow, ref, commit)
    call.forge.accept("dispatch-workflow", f"{repository.full_name}/runs/{run.id}")
    if call.body.flag("return_run_details"):
        url = f"{call.links.repository(repository.full_name)}/actions/runs/{run.id}"
        page = f"{call.links.page(repository.full_name)}/actions/runs/{run.id}"
        return Answer({"workflow_run_id": run.id, "run_url": url, "html_url": page})
    return Answer(status=204)


def _refs(asked: str) -> list[str]:
    if asked.startswith("refs/"):
        return [asked]
    return [f"refs/heads/{asked}", f"refs/tags/{asked}"]


def _played(call: Call, repository: Repository, workflow: Workflow, ref: str, commit: Commit) -> Run:
    state = State("queued", None)
    wanted = Play(
        path=workflow.path,
        name=workflow.name,
        branch=ref.split("/", 2)[-1],
        event="workflow_dispatch",
        sha=commit.sha,
        title=workflow.name,
        actor=call.caller.login,
        state=state,
        jobs=(PlayedJob("dispatched", state),),
    )
    return play(call.forge.records, repository, wanted)


@endpoint("get-actions-permissions")
def get_permissions(call: Call) -> Answer:
    """Whether workflows run in this repository."""
    repository = call.repository("administration")
    enabled = call.request.app[ACTIONS].enabled(repository)
    return Answer({"enabled": enabled, **({"allowed_actions": "all"} if enabled else {})})


@endpoint("put-actions-permissions")
def put_permissions(call: Call) -> Answer:
    """Let workflows run in this repository, or not."""
    repository = call.repository("administration", "write")
    call.request.app[ACTIONS].enable(repository, enabled=call.body.flag("enabled"))
    call.forge.accept("put-actions-permissions", repository.full_name, result="updated")
    return Answer(status=204)


def _workflow(call: Call, repository: Repository) -> Workflow:
    wanted = call.path("workflow")
    for workflow in call.forge.records.all(Workflow, repository_id=repository.id):
        if wanted in (str(workflow.id), workflow.path.rsplit("/", 1)[-1]):
            return workflow
    raise not_found()


def run_of(call: Call, repository: Repository) -> Run:
    """The run in the path.

    Raises:
        Refusal: 404, there is none.
    """
    run = call.forge.records.get(Run, id=call.number("run"), repository_id=repository.id)
    if run is None:
        raise not_found()
    return run


def _runs(call: Call, repository: Repository, **where: int) -> Answer:
    narrowed = {"head_sha": "sha", "branch": "branch", "event": "event", "actor": "actor"}
    wanted: dict[str, str | int] = {
        field: call.query(name) for name, field in narrowed.items() if call.query(name)
    }
    if call.query("check_suite_id").isdigit():
        wanted["suite_id"] = int(call.query("check_suite_id"))
    runs = call.forge.records.newest(Run, repository_id=repository.id, **where, **wanted)
    status = call.query("status")
    found = [run for run in runs if not status or status in (run.status, run.conclusion)]
    return Answer({"total_count": len(found), "workflow_runs": _shown(call, repository, call.page(found))})


def _shown(call: Call, repository: Repository, runs: list[Run]) -> list[Json]:
    records, owner = call.forge.records, call.forge.owner_of(repository)
    workflows = {workflow.id: workflow for workflow in records.all(Workflow, repository_id=repository.id)}
    shas = sorted({run.sha for run in runs})
    heads: dict[str, Commit | None] = dict(zip(shas, read_commits(call.git(repository), shas), strict=True))
    return [
        shapes.run(
            call.links,
            repository,
            run,
            of=workflows[run.workflow_id],
            owner=owner,
            actor=call.forge.account(run.actor),
            head=heads[run.sha],
        )
        for run in runs
    ]


def _job(call: Call, repository: Repository, run: Run, job: Job) -> Json:
    workflow = call.forge.records.get(Workflow, id=run.workflow_id)
    shown = shapes.job(
        call.links, repository.full_name, job, of=run, workflow_name=workflow.name if workflow else ""
    )
    fact = call.forge.records.get(JobFact, job_id=job.id)
    if fact:
        steps = call.forge.records.all(StepFact, job_id=job.id)
        shown |= shapes.executed(sorted(steps, key=lambda step: step.number), json.loads(fact.labels_json))
    return shown


ROUTES: list[Route] = [
    ("GET", f"{_ACTIONS}/permissions", get_permissions),
    ("PUT", f"{_ACTIONS}/permissions", put_permissions),
    ("GET", f"{_ACTIONS}/workflows", list_workflows),
    ("GET", f"{_ACTIONS}/workflows/{{workflow}}", get_workflow),
    ("GET", f"{_ACTIONS}/workflows/{{workflow}}/runs", list_workflow_runs),
    ("POST", f"{_ACTIONS}/workflows/{{workflow}}/dispatches", dispatch),
    ("GET", f"{_ACTIONS}/runs", list_runs),
    ("GET", RUN, get_run),
    ("GET", f"{RUN}/jobs", list_jobs),
    ("GET", f"{RUN}/attempts/{{attempt:\\d+}}", get_attempt),
    ("GET", f"{RUN}/attempts/{{attempt:\\d+}}/jobs", list_jobs),
    ("GET", f"{_ACTIONS}/jobs/{{job:\\d+}}", get_job),
]
