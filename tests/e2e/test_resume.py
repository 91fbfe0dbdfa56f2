"""A release that was killed goes on: from its state, or from nothing but the world; nothing is done twice."""

from __future__ import annotations

import signal
import subprocess
from pathlib import Path

import pytest
from harbour import Project, answer_of, command, kill, run, until

WRITES = [
    ("forge", "create-release"),
    ("forge", "upload-asset"),
    ("testpypi", "upload"),
    ("pypi", "upload"),
    ("forge", "update-release"),
]


def killed(project: Project, tag: str, service: str, operation: str) -> None:
    """Start a release and kill it in the middle of its first write of this kind."""
    project.harbour.faults.add(service, operation, "delay", value=0.3)
    process = project.start("--tag", tag)
    until(lambda: not project.harbour.faults.pending(), f"{service} {operation}")
    kill(process)


def once(project: Project, tag: str) -> None:
    """See that everything is there, and that nothing was sent twice."""
    writes = [
        (line["service"], line["key"])
        for line in project.journal()
        if line["operation"] in ("upload", "create-release", "upload-asset")
    ]
    assert len(writes) == len(set(writes)), writes
    files = project.harbour.files("pypi", project.name)
    assert len(files) == 2
    assert files == project.harbour.files("testpypi", project.name)
    (release,) = project.releases()
    assert (release["draft"], release["tag_name"]) == (False, tag)
    digests = {asset["name"]: asset["digest"].removeprefix("sha256:") for asset in release["assets"]}
    assert files.items() <= digests.items()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("service", "operation"),
    [one if one == ("pypi", "upload") else pytest.param(*one, marks=pytest.mark.long) for one in WRITES],
)
def test_a_killed_release_is_resumed_from_its_state(project: Project, service: str, operation: str) -> None:
    tag = project.ready()
    killed(project, tag, service, operation)
    seen = run(["status", "--state", project.state], project.work, project.env)
    assert seen.exit == 0
    assert seen.json["result"] == "unknown"
    assert "unknown" in {row["state"] for row in seen.json["steps"]}
    assert seen.json["next"] == f"tagboat resume --state {project.state}"
    resumed = run(["resume", "--state", project.state], project.work, project.env)
    assert resumed.exit == 0, resumed.err
    assert "results are reused" in resumed.err
    assert "looked up first" in resumed.err
    assert resumed.step("build:")["reused"]
    once(project, tag)
    ended = run(["status", "--state", project.state], project.work, project.env)
    assert ended.json["result"] == "succeeded"
    assert run(["ledger", "verify", project.state], project.work, project.env).exit == 0


@pytest.mark.slow
@pytest.mark.parametrize(
    ("service", "operation"), [pytest.param("testpypi", "upload", marks=pytest.mark.long), ("pypi", "upload")]
)
def test_a_killed_release_goes_on_from_another_machine_with_the_same_bytes(
    project: Project, service: str, operation: str
) -> None:
    tag = project.ready()
    killed(project, tag, service, operation)
    answer = project.release("--tag", tag, state=project.state.with_name("elsewhere"))
    assert answer.exit == 0, answer.err
    assert answer.step("adopt")["reason"].startswith("adopts the build")
    assert answer.step("build:")["found"]
    once(project, tag)


@pytest.mark.slow
def test_a_draft_without_its_manifest_is_emptied_and_built_again_on_another_machine(project: Project) -> None:
    tag = project.ready()
    killed(project, tag, "forge", "upload-asset")
    answer = project.release("--tag", tag, state=project.state.with_name("elsewhere"))
    assert answer.exit == 0, answer.err
    assert not answer.step("build:")["found"]
    once(project, tag)


def test_a_release_that_is_done_is_found_done(project: Project) -> None:
    tag = project.ready()
    first = project.release("--tag", tag)
    assert first.exit == 0, first.err
    before = project.journal()
    again = project.release("--tag", tag)
    assert again.exit == 0, again.err
    assert again.json["manifest_digest"] == first.json["manifest_digest"]
    fresh = project.release("--tag", tag, state=project.state.with_name("elsewhere"))
    assert fresh.exit == 0, fresh.err
    assert all(
        row["found"]
        for row in fresh.json["steps"]
        if row["key"].startswith(("upload:", "asset:", "draft:", "undraft:", "ledger-asset:"))
    )
    assert project.journal() == before


def test_a_second_start_is_refused_and_names_the_first(project: Project) -> None:
    tag = project.ready()
    project.harbour.faults.add("forge", "list-runs", "delay", value=20)
    process = project.start("--tag", tag)
    try:
        until(lambda: not project.harbour.faults.pending(), "the first runs")
        second = project.release("--tag", tag)
    finally:
        kill(process)
    assert (second.exit, second.json["error"]["code"]) == (7, "already-running")
    assert f"process {process.pid}" in second.cause
    assert second.remedy
    third = project.release("--tag", tag)
    assert third.exit == 0, third.err


def test_a_first_interrupt_stops_after_the_step_and_the_state_is_kept(project: Project) -> None:
    tag = project.ready()
    project.harbour.faults.add("testpypi", "upload", "delay", value=1)
    process = project.start("--tag", tag)
    until(lambda: not project.harbour.faults.pending(), "the upload begins")
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    answer = answer_of(process.returncode, out, err)
    assert (answer.exit, answer.json["result"]) == (130, "interrupted")
    assert answer.remedy.startswith("tagboat resume")
    resumed = project.tagboat("resume")
    assert resumed.exit == 0, resumed.err
    once(project, tag)


def test_a_state_that_holds_nothing_cannot_be_resumed(project: Project, tmp_path: Path) -> None:
    answer = project.tagboat("resume", state=tmp_path / "nothing")
    assert answer.exit == 2
    assert "holds no release" in answer.cause
    assert not (tmp_path / "nothing").exists()


def test_a_ledger_that_was_changed_is_named_by_its_first_bad_entry(project: Project) -> None:
    tag = project.ready()
    assert project.release("--tag", tag, "--dry-run").exit == 0
    changed = project.state.with_name("ledger.jsonl")
    exported = subprocess.run(
        command("ledger", "export", project.state),
        env=project.env,
        cwd=project.work,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    ).stdout.splitlines()
    exported[3] = exported[3].replace('"attempt":', '"attempt":7')
    changed.write_text("\n".join(exported) + "\n")
    answer = run(["ledger", "verify", changed], project.work, project.env)
    assert answer.exit == 7
    assert "entry 4 of" in answer.cause
