"""Workflow runs, their jobs, and what stands beside a commit: check runs, suites and statuses."""

from __future__ import annotations

import json
from collections.abc import Sequence

from tagboat.sandbox.actions.model import Note, StepFact
from tagboat.sandbox.forge.git.objects import Commit
from tagboat.sandbox.forge.model import Account, CheckRun, Job, Repository, Run, Status, Suite, Workflow
from tagboat.sandbox.forge.shapes.commits import simple_commit
from tagboat.sandbox.forge.shapes.links import Json, Links, node_id
from tagboat.sandbox.forge.shapes.people import app, simple_user
from tagboat.sandbox.forge.shapes.repositories import minimal_repository


def workflow(links: Links, full_name: str, found: Workflow) -> Json:
    """The schema ``workflow``."""
    page = links.page(full_name)
    file_name = found.path.rsplit("/", 1)[-1]
    return {
        "id": found.id,
        "node_id": node_id("Workflow", found.id),
        "name": found.name,
        "path": found.path,
        "state": "active",
        "created_at": found.created,
        "updated_at": found.created,
        "url": f"{links.repository(full_name)}/actions/workflows/{found.id}",
        "html_url": f"{page}/blob/HEAD/{found.path}",
        "badge_url": f"{page}/workflows/{file_name}/badge.svg",
    }


def run(
    links: Links,
    repository: Repository,
    found: Run,
    *,
    of: Workflow,
    owner: Account,
    actor: Account,
    head: Commit | None,
) -> Json:
    """The schema ``workflow-run``."""
    api = links.repository(repository.full_name)
    url = f"{api}/actions/runs/{found.id}"
    short = minimal_repository(links, repository, owner)
    return {
        "id": found.id,
        "name": of.name,
        "node_id": node_id("WorkflowRun", found.id),
        "head_branch": found.branch,
        "head_sha": found.sha,
        "path": of.path,
        "display_title": found.title,
        "run_number": found.number,
        "run_attempt": found.attempt,
        "event": found.event,
        "status": found.status,
        "conclusion": found.conclusion,
        "workflow_id": of.id,
        "check_suite_id": found.suite_id,
        "check_suite_node_id": node_id("CheckSuite", found.suite_id),
        "url": url,
        "html_url": f"{links.page(repository.full_name)}/actions/runs/{found.id}",
        "pull_requests": [],
        "created_at": found.created,
        "updated_at": found.updated,
        "run_started_at": found.started,
        "actor": simple_user(links, actor),
        "triggering_actor": simple_user(links, actor),
        "referenced_workflows": [],
        **_run_links(api, found),
        "head_commit": simple_commit(head) if head else None,
        "repository": short,
        "head_repository": short,
    }


def _run_links(api: str, found: Run) -> Json:
    url = f"{api}/actions/runs/{found.id}"
    return {
        **{f"{part}_url": f"{url}/{part}" for part in ("jobs", "logs", "artifacts", "cancel", "rerun")},
        "check_suite_url": f"{api}/check-suites/{found.suite_id}",
        "previous_attempt_url": f"{url}/attempts/{found.attempt - 1}" if found.attempt > 1 else None,
        "workflow_url": f"{api}/actions/workflows/{found.workflow_id}",
    }


def job(links: Links, full_name: str, found: Job, *, of: Run, workflow_name: str) -> Json:
    """The schema ``job``; where GitHub's own runner would stand, there is none."""
    api = links.repository(full_name)
    return {
        "id": found.id,
        "run_id": of.id,
        "workflow_name": workflow_name,
        "head_branch": of.branch,
        "run_url": f"{api}/actions/runs/{of.id}",
        "run_attempt": found.attempt,
        "node_id": node_id("CheckRun", found.id),
        "head_sha": of.sha,
        "url": f"{api}/actions/jobs/{found.id}",
        "html_url": f"{links.page(full_name)}/actions/runs/{of.id}/job/{found.id}",
        "status": found.status,
        "conclusion": found.conclusion,
        "created_at": found.created,
        "started_at": found.started,
        "completed_at": found.completed,
        "name": found.name,
        "steps": [],
        "check_run_url": f"{api}/check-runs/{found.check_run_id}",
        "labels": ["ubuntu-latest"],
        **dict.fromkeys(("runner_id", "runner_name", "runner_group_id", "runner_group_name")),
    }


def executed(steps: Sequence[StepFact], labels: list[str]) -> Json:
    """What a job's JSON tells once a machine executes it."""
    return {
        "steps": [
            {
                "name": step.name,
                "status": "queued" if step.status == "pending" else step.status,
                "conclusion": step.conclusion,
                "number": step.number,
                "started_at": step.started,
                "completed_at": step.completed,
            }
            for step in steps
        ],
        "labels": labels,
        "runner_id": 1,
        "runner_name": "tagboat-sandbox",
        "runner_group_id": 1,
        "runner_group_name": "GitHub Actions",
    }


def annotation(found: Note) -> Json:
    """The schema ``check-annotation``."""
    return {
        "path": found.path,
        "blob_href": "",
        "start_line": found.start_line,
        "end_line": found.end_line,
        "start_column": None,
        "end_column": None,
        "annotation_level": found.level,
        "title": found.title,
        "message": found.message,
        "raw_details": "",
    }


def check_run(
    links: Links, full_name: str, found: CheckRun, app_owner: Account, *, annotations: int = 0
) -> Json:
    """The schema ``check-run``."""
    url = f"{links.repository(full_name)}/check-runs/{found.id}"
    page = f"{links.page(full_name)}/runs/{found.id}"
    output = json.loads(found.output)
    return {
        "id": found.id,
        "head_sha": found.sha,
        "node_id": node_id("CheckRun", found.id),
        "external_id": found.external_id,
        "url": url,
        "html_url": page,
        "details_url": found.details_url or page,
        "status": found.status,
        "conclusion": found.conclusion,
        "started_at": found.started,
        "completed_at": found.completed,
        "output": {
            **{part: output.get(part) for part in ("title", "summary", "text")},
            "annotations_count": annotations,
            "annotations_url": f"{url}/annotations",
        },
        "name": found.name,
        "check_suite": {"id": found.suite_id},
        "app": app(links, found.app, app_owner),
        "pull_requests": [],
    }


def suite_state(checks: Sequence[CheckRun]) -> tuple[str, str | None]:
    """A suite's status and conclusion, which follow from its check runs: the worst one decides."""
    if not checks:
        return "queued", None
    if any(check.status != "completed" for check in checks):
        return ("queued" if all(check.status == "queued" for check in checks) else "in_progress"), None
    worst = ("failure", "timed_out", "cancelled", "action_required", "stale", "success", "neutral", "skipped")
    found = {check.conclusion for check in checks}
    return "completed", next((word for word in worst if word in found), "success")


def suite(
    links: Links,
    repository: Repository,
    found: Suite,
    *,
    checks: Sequence[CheckRun],
    owner: Account,
    head: Commit,
) -> Json:
    """The schema ``check-suite``."""
    url = f"{links.repository(repository.full_name)}/check-suites/{found.id}"
    status, conclusion = suite_state(checks)
    return {
        "id": found.id,
        "node_id": node_id("CheckSuite", found.id),
        "head_branch": found.branch,
        "head_sha": found.sha,
        "status": status,
        "conclusion": conclusion,
        "url": url,
        "before": head.parents[0] if head.parents else None,
        "after": found.sha,
        "pull_requests": [],
        "app": app(links, found.app, owner),
        "created_at": found.created,
        "updated_at": found.updated,
        "rerequestable": True,
        "runs_rerequestable": True,
        "latest_check_runs_count": len(checks),
        "check_runs_url": f"{url}/check-runs",
        "head_commit": simple_commit(head),
        "repository": minimal_repository(links, repository, owner),
    }


def _status_fields(links: Links, full_name: str, found: Status, creator: Account) -> Json:
    return {
        "url": f"{links.repository(full_name)}/statuses/{found.sha}",
        "avatar_url": simple_user(links, creator)["avatar_url"],
        "id": found.id,
        "node_id": node_id("StatusContext", found.id),
        "state": found.state,
        "description": found.description,
        "target_url": found.target_url,
        "context": found.context,
        "created_at": found.created,
        "updated_at": found.updated,
    }


def status(links: Links, full_name: str, found: Status, creator: Account) -> Json:
    """The schema ``status``."""
    return {**_status_fields(links, full_name, found, creator), "creator": simple_user(links, creator)}


def combined_status(
    links: Links,
    repository: Repository,
    sha: str,
    *,
    newest: Sequence[Status],
    owner: Account,
    creators: dict[str, Account],
) -> Json:
    """The schema ``combined-commit-status``: failure or error anywhere, else pending (also when there is none)."""
    states = {each.state for each in newest}
    state = (
        "failure" if states & {"failure", "error"} else ("success" if states == {"success"} else "pending")
    )
    api = links.repository(repository.full_name)
    return {
        "state": state,
        "statuses": [
            _status_fields(links, repository.full_name, each, creators[each.creator]) for each in newest
        ],
        "sha": sha,
        "total_count": len(newest),
        "repository": minimal_repository(links, repository, owner),
        "commit_url": f"{api}/commits/{sha}",
        "url": f"{api}/commits/{sha}/status",
    }
