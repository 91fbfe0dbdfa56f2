"""A release that the forge's workflow publishes, from the real command to the sandbox's forge and indexes."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from forge_ci import CiRun
from harbour import Project, kill, until
from projects import configured, flit

from tagboat.engine.jobs import receive
from tagboat.engine.summary import read_ledger
from tagboat.errors import RefusedError
from tagboat.sandbox import control, player
from tagboat.steps.vouching import handed_over
from tagboat.testing.workflow import publishing_workflow
from tagboat.wiring.handed import Given, open_manifest
from tagboat.wiring.places import Places, sandbox_places
from tagboat.wiring.session import Wish, open_release

WORKFLOW = ".github/workflows/publish.yml"


@pytest.fixture
def project(launch: Callable[..., Project]) -> Project:
    """A tiny package whose releases are handed over; its commit is green and has no tag."""
    return handing(launch(), "tag")


@pytest.fixture
def dispatching(launch: Callable[..., Project]) -> Project:
    """The same, whose workflow the tag does not start by itself."""
    return handing(launch(), "dispatch")


def handing(made: Project, trigger: str) -> Project:
    policy = {"remote-start": 2, "remote-wait": 2}
    workflows = f'[tool.tagboat.workflows]\nrelease = "publish.yml"\ntrigger = "{trigger}"\n\n'
    tables = f'pipeline = "remote-release"\n\n{workflows}'
    files = flit(made.name)
    text = str(files["pyproject.toml"])
    head = text[: text.index("[tool.tagboat.")]
    project = f"{head}[tool.tagboat]\n{tables}{configured(made.name, policy=policy)}"
    made.commit({"pyproject.toml": project, WORKFLOW: publishing_workflow(by_tag=trigger == "tag")})
    made.push()
    made.green()
    return made


def hand_over(project: Project, *words: str) -> Any:
    return project.release("--tag", "v1.0", "--commit", "HEAD", *words)


def play(project: Project, **fields: Any) -> control.PlayedRun:
    return project.green(workflow=WORKFLOW, branch="v1.0", **fields)


def publish(project: Project) -> None:
    """What the workflow does once nothing fails."""
    flat = project.name.replace("-", "_")
    names = [f"{flat}-1.0.tar.gz", f"{flat}-1.0-py3-none-any.whl"]
    addresses = project.harbour.addresses
    player.publish_draft(
        addresses,
        project.repository,
        tag="v1.0",
        sha=project.head,
        workflow="publish.yml",
        uploads={addresses.testpypi.upload: names, addresses.pypi.upload: names},
    )


def tag_of(project: Project) -> dict[str, Any]:
    found: dict[str, Any] = project.harbour.api("GET", f"/repos/{project.repository}/git/ref/tags/v1.0")
    return found


def test_a_run_that_fails_is_told_run_again_and_the_release_goes_on(project: Project) -> None:
    waiting = hand_over(project)
    assert (waiting.exit, waiting.json["result"]) == (6, "partial")
    assert "no run of publish.yml for v1.0 appeared within 2 seconds" in waiting.cause
    assert tag_of(project)["object"]["type"] == "tag"
    secret = "pypi-" + "Ag" * 20
    failing = [
        control.Job("build", conclusion="success"),
        control.Job("publish", log=f"Uploading\nlogin {secret}\nHTTP 403 Forbidden", step="Publish"),
    ]
    run = play(project, conclusion="failure", jobs=failing)
    failed = project.tagboat("resume")
    assert failed.exit == 6
    assert "its job publish failed in the step 'Publish'" in failed.cause
    assert "HTTP 403 Forbidden" in failed.cause
    assert secret not in failed.out + failed.err
    assert f"/actions/runs/{run.id}" in failed.remedy
    logs = failed.step("capture-logs:")
    assert logs["state"] == "succeeded"
    again = project.tagboat("resume --rerun")
    assert again.exit == 5, again.cause
    assert "running again what failed" in again.err
    assert re.search(r"follow-run:\S+\s+publish: queued", again.err)
    publish(project)
    done = project.tagboat("resume")
    assert done.exit == 0, done.err
    assert f"run {run.id}, attempt 2" in done.step("follow-run:")["reason"]
    assert done.json["urls"][f"follow-run:{project.name}"].endswith(f"/actions/runs/{run.id}")
    flat = project.name.replace("-", "_")
    on_index = done.json["urls"][f"arrived:pypi:{project.name}"]
    assert sorted(on_index) == [f"{flat}-1.0-py3-none-any.whl", f"{flat}-1.0.tar.gz"]
    (release,) = project.releases()
    assert not release["draft"]
    assert done.json["urls"][f"undraft:{project.name}"] == release["html_url"]
    kept = {e.body["receipt"]["facts"].get("sha256") for e in captured(project)}
    stored = {path.name: path.read_text() for path in (project.state / "logs" / "files").iterdir()}
    assert kept == set(stored)
    assert len(stored) == 2
    assert not any(secret in text for text in stored.values())


def test_the_workflows_jobs_take_what_was_handed_over_and_build_nothing(
    project: Project, tmp_path: Path
) -> None:
    assert hand_over(project).exit == 6
    permissions = {"contents": "read", "actions": "read", "checks": "read", "metadata": "read"}
    reads = control.create_token(
        project.harbour.addresses, "github-actions[bot]", kind="installation", permissions=permissions
    )
    there = replace(sandbox_places(project.harbour.directory), forge_token=reads)
    wish = Wish(project.work, there, project.repository, ("v1.0",), (), tmp_path / "reader")
    with open_release(wish) as run:
        assert run.adoption() is None
        digest = handed_over(run.ports, run.derived.prepare)
        with pytest.raises(
            RefusedError, match=f"hands the build {digest} over, and the forge does not hold it"
        ):
            receive(run)
    writes = control.create_token(
        project.harbour.addresses,
        "github-actions[bot]",
        kind="installation",
        permissions={"contents": "write", "metadata": "read"},
    )
    wish = replace(wish, places=replace(there, forge_token=writes), state=tmp_path / "receiver")
    with open_release(wish) as run:
        assert receive(run).digest == digest
    ci = CiRun(project, tmp_path / "ci")
    received = ci.job("receive", "gather", "--handed-over", "--tag", "v1.0", "--out", "release")
    assert received.exit == 0, received.err
    assert ci.outputs["receive"]["manifest-digest"] == digest
    assert not [step for step in received.json["steps"] if step["phase"] in ("build", "verify")]
    folder = ci.artifact(ci.machine / "release", "release")
    ci.finish(folder)
    project.green(workflow=WORKFLOW, branch="v1.0")
    done = project.tagboat("resume")
    assert done.exit == 0, done.err
    uploads = [(row["service"], row["key"]) for row in project.journal() if row["operation"] == "upload"]
    assert len(uploads) == len(set(uploads)) == 4


def test_files_that_are_handed_over_come_from_the_forge_alone(project: Project, tmp_path: Path) -> None:
    (tmp_path / "shard").mkdir()
    words = ("gather", tmp_path / "shard", "--handed-over", "--tag", "v1.0", "--out", "release")
    answer = CiRun(project, tmp_path / "ci").job("receive", *words)
    assert answer.exit == 2
    assert "no shards can be given" in answer.cause


def dispatches(project: Project) -> int:
    key = f"{project.repository}/runs/"
    return sum(
        line["operation"] == "dispatch-workflow" and line["key"].startswith(key)
        for line in project.harbour.journal()
    )


def test_a_workflow_that_the_tag_does_not_start_is_dispatched_on_it_once(dispatching: Project) -> None:
    waiting = hand_over(dispatching)
    assert waiting.exit == 5, waiting.err
    assert "publish.yml is still queued after 2 seconds" in waiting.cause
    assert waiting.step("dispatch-run:")["reason"].startswith("started publish.yml on v1.0 (run ")
    publish(dispatching)
    done = dispatching.tagboat("resume")
    assert done.exit == 0, done.err
    assert dispatches(dispatching) == 1
    (run,) = (
        run
        for run in dispatching.harbour.api("GET", f"/repos/{dispatching.repository}/actions/runs")[
            "workflow_runs"
        ]
        if run["event"] == "workflow_dispatch"
    )
    assert (run["head_branch"], run["head_sha"]) == ("v1.0", dispatching.head)


@pytest.mark.parametrize("kind", ["drop-before", pytest.param("drop-after", marks=pytest.mark.long)])
def test_a_dispatch_whose_answer_is_lost_is_looked_for_and_not_sent_again(
    dispatching: Project, kind: str
) -> None:
    dispatching.harbour.faults.add("forge", "dispatch-workflow", kind)
    first = hand_over(dispatching)
    if kind == "drop-before":
        assert first.exit == 6
        assert "whether publish.yml was started is not known" in first.cause
        assert dispatches(dispatching) == 0
        assert dispatching.tagboat("resume").exit == 5
    assert dispatches(dispatching) == 1
    publish(dispatching)
    done = dispatching.tagboat("resume")
    assert done.exit == 0, done.err
    assert dispatches(dispatching) == 1


def test_a_workflow_that_asks_for_more_than_a_release_says_stops_it_before_anything_is_built(
    dispatching: Project,
) -> None:
    more = publishing_workflow(by_tag=False).replace(
        "    inputs:\n", "    inputs:\n      who: {required: true}\n"
    )
    dispatching.commit({WORKFLOW: more})
    dispatching.push()
    dispatching.green()
    answer = hand_over(dispatching)
    assert answer.exit == 3, answer.err
    assert "it asks for who, and a release says only component, tag, dry-run" in answer.cause
    assert dispatching.releases() == []


def captured(project: Project) -> list[Any]:
    entries = read_ledger(project.state / "ledger.sqlite")
    return [
        e
        for e in entries
        if e.event == "outcome" and e.step.startswith("capture-logs") and e.body["receipt"]["facts"]
    ]


def test_a_tag_at_another_commit_is_a_conflict_and_nothing_is_written(project: Project) -> None:
    first = project.head
    project.tag("v1.0")
    head = project.commit({"README.md": "# Another\n"})
    project.push()
    project.green()
    answer = hand_over(project)
    assert answer.exit == 7
    assert first in answer.cause
    assert head in answer.cause
    assert project.releases() == []


def test_a_tag_that_is_there_already_is_handed_over(project: Project) -> None:
    project.tag("v1.0", "-m", "by hand", "-a")
    assert project.release("--tag", "v1.0").exit == 6
    publish(project)
    done = project.tagboat("resume")
    assert done.exit == 0, done.err
    assert "made by somebody else" in done.step("push-tag:")["reason"]


@pytest.mark.parametrize("conclusion", ["cancelled", pytest.param("timed_out", marks=pytest.mark.long)])
def test_a_run_that_does_not_succeed_fails_the_release(project: Project, conclusion: str) -> None:
    assert hand_over(project).exit == 6
    play(project, conclusion=conclusion)
    answer = project.tagboat("resume")
    assert answer.exit == 6
    assert conclusion.replace("_", " ") in answer.cause
    assert project.harbour.journal()
    assert all(release["draft"] for release in project.releases())
    assert "done" not in {e.event for e in read_ledger(project.state / "ledger.sqlite")}


def test_runs_of_other_workflows_and_of_the_time_before_the_tag_are_not_its_run(project: Project) -> None:
    project.green(workflow=WORKFLOW, branch="main", event="workflow_dispatch")
    answer = hand_over(project)
    assert answer.exit == 6
    assert "no run of publish.yml" in answer.cause


def test_what_a_workflow_publishes_of_its_own_is_named_file_by_file(project: Project) -> None:
    assert hand_over(project).exit == 6
    other = project.publish("pypi", "1.0", "value = 2\n")
    flat = project.name.replace("-", "_")
    addresses = project.harbour.addresses
    names = [f"{flat}-1.0.tar.gz", f"{flat}-1.0-py3-none-any.whl"]
    player.publish_draft(
        addresses,
        project.repository,
        tag="v1.0",
        sha=project.head,
        workflow="publish.yml",
        uploads={addresses.testpypi.upload: names, addresses.pypi.upload: names[:1]},
    )
    answer = project.tagboat("resume")
    assert answer.exit == 6
    assert "remote-differs" in answer.codes()
    assert re.search(rf"{re.escape(other)} on pypi is [0-9a-f]{{64}}, we built [0-9a-f]{{64}}", answer.cause)
    assert all(release["draft"] for release in project.releases())


@pytest.mark.long
def test_a_release_that_is_killed_while_it_follows_goes_on_following(project: Project) -> None:
    assert hand_over(project).exit == 6
    run = play(project, status="in_progress", conclusion=None)
    process = project.start("--tag", "v1.0", "--commit", "HEAD")
    mark = f"/actions/runs/{run.id}"
    until(lambda: mark in logged(project), "the run's address is in the step's log")
    kill(process)
    control.change_workflow_run(project.harbour.addresses, run.id, status="in_progress", conclusion=None)
    publish(project)
    done = project.tagboat("resume")
    assert done.exit == 0, done.err
    assert sum(line["operation"] == "create-ref" for line in refs(project)) == 1


def logged(project: Project) -> str:
    return "".join(path.read_text() for path in (project.state / "logs").glob("follow-run*.log"))


def refs(project: Project) -> list[dict[str, Any]]:
    key = f"{project.repository} refs/tags/v1.0"
    return [line for line in project.harbour.journal() if line["key"] == key]


def test_the_workflow_s_own_jobs_take_the_files_that_were_handed_over(project: Project) -> None:
    """Another identity finds the build that the tag names; its publish job uploads, and follows nothing."""
    assert hand_over(project).exit == 6
    run = play(project, status="in_progress", conclusion=None)
    places, folder = runner(project), project.state.parent / "runner"
    wish = Wish(project.work, places, project.repository, ("v1.0",), (), folder / "check", command="check")
    with open_release(wish) as job:
        manifest = job.adoption()
    assert manifest is not None
    assert manifest.text == (project.state / "manifest.json").read_text()
    (release,) = project.releases()
    for asset in release["assets"]:
        (folder / asset["name"]).write_bytes(project.harbour.download(asset))
    given = Given(folder / "tagboat-manifest.json")
    with open_manifest(given, places, folder / "publish") as (job, same):
        kinds = {step.kind for step in job.plan_publish(same).steps}
        assert not kinds & {"push-tag", "follow-run"}
        job.publish(same)
    control.change_workflow_run(project.harbour.addresses, run.id)
    done = project.tagboat("resume")
    assert done.exit == 0, done.err
    assert done.step("undraft:")["found"] is True


def test_a_draft_of_another_identity_is_no_build_of_ours_without_the_tag(project: Project) -> None:
    assert hand_over(project).exit == 6
    project.harbour.api("DELETE", f"/repos/{project.repository}/git/refs/tags/v1.0")
    project.tag("v1.0")
    folder = project.state.parent / "runner"
    wish = Wish(project.work, runner(project), project.repository, ("v1.0",), (), folder, command="check")
    with open_release(wish) as job:
        assert job.adoption() is None


def runner(project: Project) -> Places:
    """Where a job of the workflow publishes, with the token of a job."""
    permissions = {"contents": "write", "actions": "read", "checks": "read", "metadata": "read"}
    token = control.create_token(
        project.harbour.addresses, "github-actions[bot]", kind="installation", permissions=permissions
    )
    return replace(sandbox_places(project.harbour.directory), forge_token=token)


def test_a_commit_says_nothing_to_a_pipeline_that_makes_no_tag(launch: Callable[..., Project]) -> None:
    project = launch()
    project.green()
    answer = project.release("--tag", "v1.0", "--commit", "HEAD")
    assert answer.exit == 2
    assert "makes no tag" in answer.cause
    odd = project.release("--tag", "v1.0", "--commit", "main~1")
    assert odd.exit == 2
