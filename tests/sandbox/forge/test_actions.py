"""Workflow runs that are played to order, and what stands beside a commit."""

from __future__ import annotations

from typing import Any

import pytest
from forge_world import World

from tagboat.errors import InvalidError
from tagboat.sandbox import control
from tagboat.sandbox.control import Job


def head(world: World) -> str:
    return world.git("rev-parse", "HEAD").stdout.strip()


def runs(world: World, query: str = "") -> list[Any]:
    told = world.client.get(f"{world.path}/actions/runs{query}").json
    assert told["total_count"] >= len(told["workflow_runs"])
    return told["workflow_runs"]


def test_a_played_run_is_seen_with_its_jobs_and_checks(world: World) -> None:
    jobs = [Job("lint"), Job("docs", "completed", "skipped")]
    played = control.play_workflow_run(world.addresses, world.repository, sha=head(world), jobs=jobs)
    (run,) = runs(world, f"?head_sha={head(world)}&branch=main&event=push&status=success")
    assert (run["id"], run["status"], run["conclusion"]) == (played.id, "completed", "success")
    assert (run["name"], run["path"]) == ("ci", ".github/workflows/ci.yml")
    assert run["head_commit"]["id"] == head(world)
    assert world.client.get(f"{world.path}/actions/runs/{run['id']}").json == run
    told = world.client.get(f"{world.path}/actions/runs/{run['id']}/jobs").json["jobs"]
    assert [(job["name"], job["conclusion"]) for job in told] == [("lint", "success"), ("docs", "skipped")]
    assert world.client.get(f"{world.path}/actions/jobs/{told[0]['id']}").json == told[0]
    checks = world.client.get(f"{world.path}/commits/main/check-runs").json["check_runs"]
    assert {(check["name"], check["app"]["slug"]) for check in checks} == {
        ("lint", "github-actions"),
        ("docs", "github-actions"),
    }
    suites = world.client.get(f"{world.path}/commits/main/check-suites").json["check_suites"]
    assert [(suite["id"], suite["conclusion"]) for suite in suites] == [(run["check_suite_id"], "success")]
    of_suite = world.client.get(f"{world.path}/check-suites/{run['check_suite_id']}/check-runs").json
    assert of_suite["total_count"] == 2


def test_a_run_goes_on_from_queued_to_completed(world: World) -> None:
    played = control.play_workflow_run(world.addresses, world.repository, sha=head(world), status="queued")
    assert runs(world)[0]["conclusion"] is None
    assert runs(world, "?status=completed") == []
    control.change_workflow_run(world.addresses, played.id, status="in_progress")
    assert [run["id"] for run in runs(world, "?status=in_progress")] == [played.id]
    (suite,) = world.client.get(f"{world.path}/commits/main/check-suites").json["check_suites"]
    assert (suite["status"], suite["conclusion"]) == ("in_progress", None)
    done = control.change_workflow_run(world.addresses, played.id, conclusion="failure")
    assert (done.status, done.conclusion) == ("completed", "failure")
    (job,) = world.client.get(f"{world.path}/actions/runs/{played.id}/jobs").json["jobs"]
    assert (job["status"], job["conclusion"]) == ("completed", "failure")
    suites = world.client.get(f"{world.path}/commits/main/check-suites").json["check_suites"]
    assert suites[0]["conclusion"] == "failure"


def test_a_second_attempt_leaves_the_first_one_readable(world: World) -> None:
    jobs = [Job("test", "completed", "failure")]
    run = control.play_workflow_run(
        world.addresses, world.repository, sha=head(world), conclusion="failure", jobs=jobs
    )
    again = control.change_workflow_run(world.addresses, run.id, again=True)
    assert again.attempt == 2
    place = f"{world.path}/actions/runs/{run.id}"
    assert world.client.get(place).json["conclusion"] == "success"
    first = world.client.get(f"{place}/attempts/1").json
    assert (first["run_attempt"], first["conclusion"]) == (1, "failure")
    assert world.client.get(f"{place}/attempts/3").status == 404
    assert world.client.get(f"{place}/attempts/1/jobs").json["jobs"][0]["conclusion"] == "failure"
    assert world.client.get(f"{place}/jobs").json["total_count"] == 1
    assert world.client.get(f"{place}/jobs?filter=all").json["total_count"] == 2


def test_runs_are_found_by_workflow_and_narrowed(world: World) -> None:
    old, play = head(world), control.play_workflow_run
    play(world.addresses, world.repository, sha=old)
    new = world.commit("second")
    world.push()
    play(world.addresses, world.repository, sha=new, conclusion="cancelled")
    play(world.addresses, world.repository, sha=new, branch="topic", event="pull_request")
    play(world.addresses, world.repository, sha=new, workflow=".github/workflows/docs.yml", name="Docs")
    assert len(runs(world)) == 4
    assert len(runs(world, f"?head_sha={new}")) == 3
    assert len(runs(world, "?branch=topic")) == 1
    assert len(runs(world, "?event=pull_request")) == 1
    assert len(runs(world, "?status=cancelled")) == 1
    workflows = world.client.get(f"{world.path}/actions/workflows").json["workflows"]
    assert [workflow["name"] for workflow in workflows] == ["ci", "Docs"]
    for name in ("docs.yml", workflows[1]["id"]):
        told = world.client.get(f"{world.path}/actions/workflows/{name}/runs").json
        assert [run["name"] for run in told["workflow_runs"]] == ["Docs"]
        assert world.client.get(f"{world.path}/actions/workflows/{name}").json == workflows[1]
    assert world.client.get(f"{world.path}/actions/workflows/none.yml").status == 404
    assert world.client.get(f"{world.path}/actions/runs/{10**9}").status == 404


def test_a_dispatched_workflow_waits_as_queued(world: World) -> None:
    control.play_workflow_run(world.addresses, world.repository, sha=head(world))
    place = f"{world.path}/actions/workflows/ci.yml/dispatches"
    assert world.client.post(place, {"ref": "main"}).status == 204
    assert world.client.post(place, {"ref": "nowhere"}).status == 422
    newest = runs(world)[0]
    assert (newest["event"], newest["status"]) == ("workflow_dispatch", "queued")
    assert world.journal()[-1].operation == "dispatch-workflow"


def test_what_cannot_be_played_is_refused(world: World) -> None:
    with pytest.raises(InvalidError, match="No commit found"):
        control.play_workflow_run(world.addresses, world.repository, sha="1" * 40)
    with pytest.raises(InvalidError, match="conclusion"):
        control.play_workflow_run(world.addresses, world.repository, sha=head(world), conclusion="green")
    with pytest.raises(InvalidError, match="Not Found"):
        control.change_workflow_run(world.addresses, 10**9)


def test_statuses_add_up_by_their_newest_of_each_context(world: World) -> None:
    sha, place = head(world), f"{world.path}/commits/main/status"
    empty = world.client.get(place).json
    assert (empty["state"], empty["total_count"]) == ("pending", 0)
    for state, context in (("failure", "a"), ("success", "b"), ("success", "a")):
        made = world.client.post(f"{world.path}/statuses/{sha}", {"state": state, "context": context})
        assert (made.status, made.json["creator"]["login"]) == (201, "tagboat")
    assert world.client.get(place).json["state"] == "success"
    world.client.post(f"{world.path}/statuses/{sha}", {"state": "error", "context": "c"})
    assert world.client.get(place).json["state"] == "failure"
    assert len(world.client.get(f"{world.path}/commits/main/statuses").json) == 4
    assert world.client.post(f"{world.path}/statuses/{sha}", {"state": "fine"}).status == 422
    assert world.client.post(f"{world.path}/statuses/{'1' * 40}", {"state": "success"}).status == 422


def test_only_an_app_makes_check_runs_and_only_its_own_it_changes(world: World) -> None:
    place = f"{world.path}/check-runs"
    asked = {"name": "scan", "head_sha": head(world), "status": "in_progress"}
    refused = world.client.post(place, asked)
    assert (refused.status, refused.json["message"]) == (403, "You must authenticate via a GitHub App.")
    rights = {"permissions": {"checks": "write"}, "repositories": [world.repository]}
    app = world.client.bearing(
        control.create_token(world.addresses, "scanner[bot]", kind="installation", **rights)
    )
    other = world.client.bearing(
        control.create_token(world.addresses, "other[bot]", kind="installation", **rights)
    )
    made = app.post(place, asked).json
    assert (made["status"], made["conclusion"], made["app"]["slug"]) == ("in_progress", None, "scanner")
    assert other.patch(f"{place}/{made['id']}", {"conclusion": "success"}).status == 403
    done = app.patch(
        f"{place}/{made['id']}", {"conclusion": "neutral", "output": {"title": "T", "summary": "S"}}
    ).json
    assert (done["status"], done["conclusion"], done["output"]["title"]) == ("completed", "neutral", "T")
    assert world.client.get(f"{place}/{made['id']}").json == done
    app.post(place, {**asked, "conclusion": "failure"})
    latest = world.client.get(f"{world.path}/commits/main/check-runs?check_name=scan").json
    assert [check["conclusion"] for check in latest["check_runs"]] == [None]
    everything = world.client.get(f"{world.path}/commits/main/check-runs?filter=all&status=completed").json
    assert everything["total_count"] == 1
    assert world.client.get(f"{world.path}/commits/nowhere/check-runs").status == 422
