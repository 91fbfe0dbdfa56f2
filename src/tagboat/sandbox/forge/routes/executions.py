"""What one can do with runs that are executed: run them again, cancel them, read their logs."""

from __future__ import annotations

import asyncio
import io
import re
import zipfile
from pathlib import Path

from aiohttp import web

from tagboat.errors import InvalidError
from tagboat.sandbox.actions.log import step_files, whole_log
from tagboat.sandbox.actions.model import JobFact, StepFact
from tagboat.sandbox.actions.service import ACTIONS, Actions
from tagboat.sandbox.forge.calls import Answer, Call, endpoint
from tagboat.sandbox.forge.forge import FORGE, Forge
from tagboat.sandbox.forge.model import Job, Repository, Run
from tagboat.sandbox.forge.refusals import Refusal, not_found
from tagboat.sandbox.forge.routes import Route
from tagboat.sandbox.forge.routes.actions import RUN, job_of, run_of
from tagboat.sandbox.forge.runs import State, change
from tagboat.sandbox.forge.signatures import genuine, redirect
from tagboat.sandbox.frame import operation

_ODD = re.compile(r'[<>:"/\\|?*\x00-\x1f]')


def actions_of(call: Call) -> Actions:
    """The forge's CI."""
    return call.request.app[ACTIONS]


@endpoint("rerun")
def rerun(call: Call) -> Answer:
    """All jobs once more."""
    repository, run = _ended(call)
    return _again(call, repository, run, None)


@endpoint("rerun-failed-jobs")
def rerun_failed(call: Call) -> Answer:
    """The jobs that did not succeed once more, and those that wait for them."""
    repository, run = _ended(call)
    return _again(call, repository, run, set())


@endpoint("rerun-job")
def rerun_job(call: Call) -> Answer:
    """One job once more, and those that wait for it."""
    repository = call.repository("actions", "write")
    run, job = job_of(call, repository)
    if run.status != "completed":
        raise Refusal(403, "The workflow run containing this job is already running")
    fact = actions_of(call).book.fact(job.id)
    return _again(call, repository, run, {fact.key} if fact else set())


def _ended(call: Call) -> tuple[Repository, Run]:
    repository = call.repository("actions", "write")
    run = run_of(call, repository)
    if run.status != "completed":
        raise Refusal(403, "The workflow run containing this job is already running")
    return repository, run


def _again(call: Call, repository: Repository, run: Run, keys: set[str] | None) -> Answer:
    if actions_of(call).book.execution(run) is None:
        change(call.forge.records, run, State("queued", None), (), again=True)
    else:
        try:
            actions_of(call).again(run, keys=keys, login=call.caller.login)
        except InvalidError as problem:
            raise Refusal(403, problem.cause) from problem
    call.forge.accept("rerun", f"{repository.full_name}/runs/{run.id}", result="updated")
    return Answer({}, 201)


@endpoint("cancel-run")
def cancel(call: Call) -> Answer:
    """End a run; steps that want to run ``always()`` still do."""
    return _cancel(call, force=False)


@endpoint("force-cancel-run")
def force_cancel(call: Call) -> Answer:
    """End a run at once."""
    return _cancel(call, force=True)


def _cancel(call: Call, *, force: bool) -> Answer:
    repository = call.repository("actions", "write")
    run = run_of(call, repository)
    if run.status == "completed":
        raise Refusal(409, "Cannot cancel a workflow run that is completed.")
    live = actions_of(call).live(run)
    if live is None:
        change(call.forge.records, run, State("completed", "cancelled"), (), again=False)
    else:
        live.cancel(force=force)
    call.forge.accept("cancel-run", f"{repository.full_name}/runs/{run.id}", result="updated")
    return Answer({}, 202)


@endpoint("get-job-log")
def job_log(call: Call) -> Answer:
    """The way to the log of one job."""
    repository = call.repository("actions")
    _, job = job_of(call, repository)
    if actions_of(call).book.fact(job.id) is None or job.status != "completed":
        raise not_found()
    return redirect(call, f"/_sandbox/logs/jobs/{job.id}.txt")


@endpoint("get-run-logs")
def run_logs(call: Call) -> Answer:
    """The way to an archive with the logs of all jobs of an attempt."""
    repository = call.repository("actions")
    run = run_of(call, repository)
    attempt = call.number("attempt") if "attempt" in call.request.match_info else run.attempt
    if not actions_of(call).book.jobs(run, attempt):
        raise not_found()
    return redirect(call, f"/_sandbox/logs/runs/{run.id}-{attempt}.zip")


@operation("download-log", read=True)
async def download_job_log(request: web.Request) -> web.StreamResponse:
    """The text, for whoever was given the signed address."""
    genuine(request)
    fact = request.app[ACTIONS].book.fact(int(request.match_info["job"]))
    if fact is None:
        raise web.HTTPNotFound
    body = await asyncio.to_thread(whole_log, Path(fact.log))
    return web.Response(body=body, content_type="text/plain", charset="utf-8")


@operation("download-log", read=True)
async def download_run_logs(request: web.Request) -> web.StreamResponse:
    """The archive, for whoever was given the signed address."""
    genuine(request)
    run = request.app[FORGE].records.get(Run, id=int(request.match_info["run"]))
    if run is None:
        raise web.HTTPNotFound
    jobs = request.app[ACTIONS].book.jobs(run, int(request.match_info["attempt"]))
    named = [(job, fact, _step_names(request.app[FORGE], job)) for job, fact in jobs]
    body = await asyncio.to_thread(_archive, named)
    return web.Response(body=body, content_type="application/zip")


def _step_names(forge: Forge, job: Job) -> dict[int, str]:
    return {step.number: step.name for step in forge.records.all(StepFact, job_id=job.id)}


def _archive(jobs: list[tuple[Job, JobFact, dict[int, str]]]) -> bytes:
    """GitHub's layout: a file for each job at the top, a folder for each with a file for each step."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, (job, fact, names) in enumerate(jobs):
            title = _ODD.sub("_", job.name)
            archive.writestr(f"{number}_{title}.txt", whole_log(Path(fact.log)))
            for step, path in step_files(Path(fact.log)).items():
                name = _ODD.sub("_", names.get(step, "step"))[:100]
                archive.writestr(f"{title}/{step}_{name}.txt", path.read_bytes())
    return made.getvalue()


ROUTES: list[Route] = [
    ("POST", f"{RUN}/rerun", rerun),
    ("POST", f"{RUN}/rerun-failed-jobs", rerun_failed),
    ("POST", f"{RUN.rpartition('/runs/')[0]}/jobs/{{job:\\d+}}/rerun", rerun_job),
    ("POST", f"{RUN}/cancel", cancel),
    ("POST", f"{RUN}/force-cancel", force_cancel),
    ("GET", f"{RUN.rpartition('/runs/')[0]}/jobs/{{job:\\d+}}/logs", job_log),
    ("GET", f"{RUN}/logs", run_logs),
    ("GET", f"{RUN}/attempts/{{attempt:\\d+}}/logs", run_logs),
    ("GET", "/_sandbox/logs/jobs/{job:\\d+}.txt", download_job_log),
    ("GET", "/_sandbox/logs/runs/{run:\\d+}-{attempt:\\d+}.zip", download_run_logs),
]
