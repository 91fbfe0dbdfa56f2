"""The guard of CI: green, on an allowed branch, for exactly the tagged commit, and no job skipped in silence."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from harbour import Answer, Project, until
from projects import configured, flit

from tagboat.sandbox.control import Job, change_workflow_run


def checked(project: Project, code: str) -> Answer:
    """Release a tag whose CI is not right; see the code, and that nothing was written."""
    project.tag("v1.0")
    answer = project.release("--tag", "v1.0")
    assert answer.codes() == {code}, (answer.out, answer.err)
    assert answer.remedy
    assert answer.step("ci-green")["state"] in ("failed", "waiting")
    assert project.journal() == []
    return answer


def test_no_run_at_all_is_refused(project: Project) -> None:
    answer = checked(project, "ci-missing")
    assert answer.exit == 3
    assert f"a CI run for {project.head[:12]} on main is missing" in answer.cause
    assert "run CI on this commit" in answer.remedy


@pytest.mark.parametrize(
    ("conclusion", "code", "reason"),
    [
        ("failure", "ci-failed", "ci.yml failed for"),
        ("timed_out", "ci-failed", "ci.yml timed out for"),
        ("cancelled", "ci-cancelled", "ci.yml was cancelled for"),
        ("skipped", "ci-skipped", "ci.yml was skipped for"),
    ],
)
def test_a_run_that_did_not_succeed_is_refused(
    project: Project, conclusion: str, code: str, reason: str
) -> None:
    run = project.green(conclusion=conclusion)
    answer = checked(project, code)
    assert answer.exit == 3
    assert reason in answer.cause
    assert f"/actions/runs/{run.id}" in answer.cause


def test_a_green_run_with_a_skipped_job_is_refused_and_names_the_job(project: Project) -> None:
    project.green(jobs=[Job("test"), Job("docs", "completed", "skipped")])
    answer = checked(project, "ci-jobs-skipped")
    assert answer.exit == 3
    assert "counts as green, but docs is skipped, not success" in answer.cause
    assert "jobs" in answer.remedy


def test_a_job_that_is_expected_to_be_skipped_may_be(launch: Callable[..., Project]) -> None:
    project = launch()
    project.commit(flit(project.name, tagboat='jobs = { "docs*" = "skipped" }'))
    project.push()
    project.green(jobs=[Job("test"), Job("docs (html)", "completed", "skipped")])
    project.tag("v1.0")
    assert project.tagboat("check", "--tag", "v1.0").exit == 0


def test_a_run_for_another_commit_is_refused(project: Project) -> None:
    earlier = project.head
    project.green()
    project.commit({"x.txt": "x"})
    project.push()
    answer = checked(project, "ci-other-commit")
    assert answer.exit == 3
    assert earlier[:12] in answer.cause
    assert "tag the commit that CI validated" in answer.remedy


def test_a_run_on_another_branch_is_refused(project: Project) -> None:
    project.green(branch="feature")
    answer = checked(project, "ci-other-branch")
    assert answer.exit == 3
    assert "push on feature: success" in answer.cause


def test_a_pull_request_s_run_proves_nothing(project: Project) -> None:
    project.green(event="pull_request")
    answer = checked(project, "ci-other-branch")
    assert answer.exit == 3
    assert "pull_request on main: success" in answer.cause


def test_an_expected_workflow_that_did_not_run_is_refused(launch: Callable[..., Project]) -> None:
    project = launch()
    project.commit(flit(project.name, tagboat='checks = ["ci.yml", "wheels.yml"]'))
    project.push()
    project.green()
    answer = checked(project, "ci-missing")
    assert "a run of wheels.yml" in answer.cause
    assert "others ran there: ci.yml" in answer.cause


def test_the_newest_attempt_counts(project: Project) -> None:
    run = project.green(conclusion="failure")
    change_workflow_run(project.harbour.addresses, run.id, again=True)
    project.tag("v1.0")
    assert project.tagboat("check", "--tag", "v1.0").exit == 0


@pytest.mark.parametrize("state", ["queued", "in_progress"])
def test_a_run_that_does_not_end_in_time_means_come_back_later(project: Project, state: str) -> None:
    project.green(status=state, conclusion=None)
    answer = checked(project, "ci-running")
    assert (answer.exit, answer.json["result"]) == (5, "waiting")
    assert f"ci.yml is {state.replace('_', ' ')} for" in answer.cause
    assert "start again" in answer.remedy
    assert answer.step("ci-green")["state"] == "waiting"


def test_a_queued_run_that_turns_green_within_the_wait_is_enough(launch: Callable[..., Project]) -> None:
    project = launch()
    files: dict[str, Any] = flit(project.name)
    text = str(files["pyproject.toml"]).replace(
        configured(project.name), configured(project.name, policy={"ci-wait": 4})
    )
    project.commit({**files, "pyproject.toml": text})
    project.push()
    run = project.green(status="queued", conclusion=None)
    project.tag("v1.0")
    project.harbour.faults.add("forge", "list-jobs", "delay", value=0.01, times=1)
    process = project.start("--tag", "v1.0", "--dry-run")
    until(lambda: list(project.state.glob("logs/ci-green*")), "the guard waits")
    change_workflow_run(project.harbour.addresses, run.id)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
