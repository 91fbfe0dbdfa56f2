"""``resume`` continues what was called and nothing else; a version is released by one process at a time."""

from __future__ import annotations

from pathlib import Path

import pytest
from harbour import Project, kill, run, until

pytestmark = pytest.mark.slow


def test_a_resumed_dry_run_stays_dry(project: Project) -> None:
    tag = project.ready()
    dry = project.release("--tag", tag, "--dry-run")
    assert dry.exit == 0, dry.err
    before = project.journal()
    status = run(["status", "--state", project.state], project.work, project.env)
    assert status.json["result"] == "succeeded"
    assert "dry run" in status.json["reason"]
    assert not status.json["next"]
    resumed = project.tagboat("resume")
    assert resumed.exit == 0, resumed.err
    assert resumed.json["dry_run"]
    assert project.journal() == before


def test_a_release_after_a_dry_run_in_the_same_state_publishes(project: Project) -> None:
    tag = project.ready()
    assert project.release("--tag", tag, "--dry-run").exit == 0
    released = project.release("--tag", tag)
    assert released.exit == 0, released.err
    assert project.harbour.files("pypi", project.name)


def test_a_build_is_not_resumed_into_a_release(project: Project, tmp_path: Path) -> None:
    tag = project.ready()
    built = project.tagboat("build", str(project.work), "--tag", tag, "--out", tmp_path / "out")
    assert built.exit == 0, built.err
    before = project.journal()
    resumed = project.tagboat("resume")
    assert (resumed.exit, resumed.json["error"]["code"]) == (2, "usage")
    assert "tagboat build" in resumed.remedy
    assert project.journal() == before


def test_a_second_start_with_another_state_directory_is_refused(project: Project) -> None:
    tag = project.ready()
    project.harbour.faults.add("testpypi", "upload", "delay", value=20)
    first = project.start("--tag", tag)
    try:
        until(lambda: not project.harbour.faults.pending(), "the first upload")
        second = project.release("--tag", tag, state=project.state.with_name("elsewhere"))
    finally:
        kill(first)
    assert (second.exit, second.json["error"]["code"]) == (7, "already-running")
    assert f"process {first.pid}" in second.cause


def test_a_check_after_a_release_does_not_undo_its_being_done(project: Project) -> None:
    tag = project.ready()
    assert project.release("--tag", tag).exit == 0
    project.tagboat("check", str(project.work), "--tag", tag)
    status = run(["status", "--state", project.state], project.work, project.env)
    assert status.json["result"] == "succeeded"


@pytest.mark.parametrize("tag", ["..", ".", "../../x", "-x", ""])
def test_an_odd_tag_makes_no_folder(project: Project, tag: str, tmp_path: Path) -> None:
    home = {**project.env, "XDG_STATE_HOME": str(tmp_path / "states")}
    answer = run(["check", project.work, f"--tag={tag}"], project.work, home)
    assert answer.exit == 2
    assert not (tmp_path / "states").exists()
