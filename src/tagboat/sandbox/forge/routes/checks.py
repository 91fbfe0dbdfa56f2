"""What stands beside a commit: check runs, their suites, and statuses of the older kind."""

from __future__ import annotations

import json
import re

from tagboat.sandbox.actions.model import Note
from tagboat.sandbox.forge.calls import Answer, Call, endpoint
from tagboat.sandbox.forge.git.objects import read_commit
from tagboat.sandbox.forge.git.refs import kind_of
from tagboat.sandbox.forge.model import CheckRun, Repository, Status, Suite, now
from tagboat.sandbox.forge.refusals import Refusal, invalid, no_commit, not_found
from tagboat.sandbox.forge.routes import REPOSITORY, Route
from tagboat.sandbox.forge.routes.commits import commit_of
from tagboat.sandbox.forge.runs import State, suite_of
from tagboat.sandbox.forge.shapes import checks as shapes
from tagboat.sandbox.forge.shapes.links import Json

_STATES = ("error", "failure", "pending", "success")


@endpoint("list-check-runs")
def list_check_runs(call: Call) -> Answer:
    """The check runs of a commit; of several with one name in one suite, the newest (unless ``filter=all``)."""
    repository = call.repository("checks")
    sha = commit_of(call, repository).sha
    return _check_runs(
        call, repository, call.forge.records.all(CheckRun, repository_id=repository.id, sha=sha)
    )


@endpoint("list-suite-check-runs")
def list_suite_check_runs(call: Call) -> Answer:
    """The check runs of one suite."""
    repository = call.repository("checks")
    suite = _suite(call, repository)
    return _check_runs(call, repository, call.forge.records.all(CheckRun, suite_id=suite.id))


@endpoint("get-check-run")
def get_check_run(call: Call) -> Answer:
    """One check run."""
    repository = call.repository("checks")
    return Answer(_shown(call, repository, _check_run(call, repository)))


@endpoint("list-annotations")
def list_annotations(call: Call) -> Answer:
    """What a check run's steps said about files, and why they failed."""
    check = _check_run(call, call.repository("checks"))
    found = call.forge.records.all(Note, check_run_id=check.id)
    return Answer([shapes.annotation(each) for each in call.page(found)])


@endpoint("create-check-run")
def create_check_run(call: Call) -> Answer:
    """A check run of the app that asks; people cannot make any, as on GitHub."""
    repository = call.repository("checks", "write")
    if call.caller.kind != "installation":
        raise Refusal(403, "You must authenticate via a GitHub App.")
    body, sha = call.body, call.body.text("head_sha")
    if kind_of(call.git(repository), sha) != "commit":
        raise no_commit(sha)
    state = _state(call, State("queued", None))
    app = call.caller.login.removesuffix("[bot]")
    with call.forge.records.together():
        check = call.forge.records.add(
            CheckRun,
            repository_id=repository.id,
            suite_id=suite_of(call.forge.records, repository, sha, app, None).id,
            sha=sha,
            name=body.text("name"),
            status=state.status,
            conclusion=state.conclusion,
            external_id=body.maybe_text("external_id") or "",
            details_url=body.maybe_text("details_url"),
            output=_output(call, "{}"),
            app=app,
            started=body.maybe_text("started_at") or now(),
            completed=(body.maybe_text("completed_at") or now()) if state.finished else None,
        )
        call.forge.accept("create-check-run", f"{repository.full_name}/check-runs/{check.id}")
    return Answer(_shown(call, repository, check), 201)


@endpoint("update-check-run")
def update_check_run(call: Call) -> Answer:
    """A check run further on."""
    repository = call.repository("checks", "write")
    check = _check_run(call, repository)
    if call.caller.kind != "installation" or check.app != call.caller.login.removesuffix("[bot]"):
        raise Refusal(
            403, "Invalid app_id `0` - check run can only be modified by the GitHub App that created it."
        )
    state = _state(call, State(check.status, check.conclusion))
    completed = check.completed or call.body.maybe_text("completed_at") or now()
    with call.forge.records.together():
        check = call.forge.records.change(
            check,
            name=call.body.maybe_text("name") or check.name,
            status=state.status,
            conclusion=state.conclusion,
            output=_output(call, check.output),
            completed=completed if state.finished else None,
        )
        key = f"{repository.full_name}/check-runs/{check.id}"
        call.forge.accept("update-check-run", key, result="updated")
    return Answer(_shown(call, repository, check))


@endpoint("list-check-suites")
def list_check_suites(call: Call) -> Answer:
    """The suites of a commit, one for each run of Actions and one for each other app."""
    repository = call.repository("checks")
    sha = commit_of(call, repository).sha
    suites = call.forge.records.all(Suite, repository_id=repository.id, sha=sha)
    shown = [_shown_suite(call, repository, suite) for suite in call.page(suites)]
    return Answer({"total_count": len(suites), "check_suites": shown})


@endpoint("get-check-suite")
def get_check_suite(call: Call) -> Answer:
    """One suite."""
    repository = call.repository("checks")
    return Answer(_shown_suite(call, repository, _suite(call, repository)))


@endpoint("get-combined-status")
def get_combined_status(call: Call) -> Answer:
    """The statuses of a commit, the newest of each context, and what follows from them together."""
    repository = call.repository("statuses")
    sha = commit_of(call, repository).sha
    newest: dict[str, Status] = {}
    for status in call.forge.records.all(Status, repository_id=repository.id, sha=sha):
        newest[status.context] = status
    creators = {status.creator: call.forge.account(status.creator) for status in newest.values()}
    data = shapes.combined_status(
        call.links,
        repository,
        sha,
        newest=list(newest.values()),
        owner=call.forge.owner_of(repository),
        creators=creators,
    )
    return Answer(data)


@endpoint("list-statuses")
def list_statuses(call: Call) -> Answer:
    """All statuses of a commit, newest first."""
    repository = call.repository("statuses")
    sha = commit_of(call, repository).sha
    found = call.forge.records.newest(Status, repository_id=repository.id, sha=sha)
    return Answer([_shown_status(call, repository, status) for status in call.page(found)])


@endpoint("create-status")
def create_status(call: Call) -> Answer:
    """A status for a commit."""
    repository = call.repository("statuses", "write")
    body, sha = call.body, call.path("sha")
    if not re.fullmatch(r"[0-9a-f]{40}", sha) or kind_of(call.git(repository), sha) != "commit":
        raise Refusal(422, f"No commit found for SHA: {sha}")
    if body.text("state") not in _STATES:
        raise invalid("Status", "state", "inclusion")
    moment = now()
    with call.forge.records.together():
        status = call.forge.records.add(
            Status,
            repository_id=repository.id,
            sha=sha,
            state=body.text("state"),
            context=body.maybe_text("context") or "default",
            description=body.maybe_text("description"),
            target_url=body.maybe_text("target_url"),
            creator=call.caller.login,
            created=moment,
            updated=moment,
        )
        call.forge.accept("create-status", f"{repository.full_name}/statuses/{sha}")
    return Answer(_shown_status(call, repository, status), 201)


def _check_runs(call: Call, repository: Repository, checks: list[CheckRun]) -> Answer:
    if call.query("filter", "latest") == "latest":
        newest = {(check.suite_id, check.name): check for check in checks}
        checks = [check for check in checks if newest[check.suite_id, check.name] is check]
    if call.query("check_name"):
        checks = [check for check in checks if check.name == call.query("check_name")]
    if call.query("status"):
        checks = [check for check in checks if check.status == call.query("status")]
    shown = [_shown(call, repository, check) for check in call.page(checks)]
    return Answer({"total_count": len(checks), "check_runs": shown})


def _check_run(call: Call, repository: Repository) -> CheckRun:
    found = call.forge.records.get(CheckRun, id=call.number("check_run"), repository_id=repository.id)
    if found is None:
        raise not_found()
    return found


def _suite(call: Call, repository: Repository) -> Suite:
    found = call.forge.records.get(Suite, id=call.number("suite"), repository_id=repository.id)
    if found is None:
        raise not_found()
    return found


def _state(call: Call, before: State) -> State:
    """The state that the body asks for; a conclusion alone completes, as documented."""
    conclusion = call.body.maybe_text("conclusion") or before.conclusion
    completed = "completed" if call.body.maybe_text("conclusion") else before.status
    return State.checked(call.body.maybe_text("status") or completed, conclusion, of="CheckRun")


def _output(call: Call, before: str) -> str:
    if "output" not in call.body:
        return before
    given = call.body.fields("output")
    return json.dumps({part: given.maybe_text(part) for part in ("title", "summary", "text")})


def _shown(call: Call, repository: Repository, check: CheckRun) -> Json:
    count = len(call.forge.records.all(Note, check_run_id=check.id))
    return shapes.check_run(
        call.links, repository.full_name, check, call.forge.owner_of(repository), annotations=count
    )


def _shown_suite(call: Call, repository: Repository, suite: Suite) -> Json:
    head = read_commit(call.git(repository), suite.sha)
    if head is None:
        raise not_found()
    checks = call.forge.records.all(CheckRun, suite_id=suite.id)
    owner = call.forge.owner_of(repository)
    return shapes.suite(call.links, repository, suite, checks=checks, owner=owner, head=head)


def _shown_status(call: Call, repository: Repository, status: Status) -> Json:
    return shapes.status(call.links, repository.full_name, status, call.forge.account(status.creator))


_COMMIT = f"{REPOSITORY}/commits/{{ref:.+}}"

ROUTES: list[Route] = [
    ("GET", f"{_COMMIT}/check-runs", list_check_runs),
    ("GET", f"{_COMMIT}/check-suites", list_check_suites),
    ("GET", f"{_COMMIT}/status", get_combined_status),
    ("GET", f"{_COMMIT}/statuses", list_statuses),
    ("POST", f"{REPOSITORY}/statuses/{{sha}}", create_status),
    ("POST", f"{REPOSITORY}/check-runs", create_check_run),
    ("GET", f"{REPOSITORY}/check-runs/{{check_run:\\d+}}", get_check_run),
    ("GET", f"{REPOSITORY}/check-runs/{{check_run:\\d+}}/annotations", list_annotations),
    ("PATCH", f"{REPOSITORY}/check-runs/{{check_run:\\d+}}", update_check_run),
    ("GET", f"{REPOSITORY}/check-suites/{{suite:\\d+}}", get_check_suite),
    ("GET", f"{REPOSITORY}/check-suites/{{suite:\\d+}}/check-runs", list_suite_check_runs),
]
