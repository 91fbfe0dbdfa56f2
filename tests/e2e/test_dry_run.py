"""A dry run: all of the checks and the build, no write anywhere, and an honest list of what it could not see."""

from __future__ import annotations

from pathlib import Path

from harbour import Project, sha256


def snapshot(folder: Path) -> dict[str, tuple[int, str]]:
    """Every file of a folder with its modification time and content."""
    return {
        str(path.relative_to(folder)): (path.stat().st_mtime_ns, sha256(path))
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_a_dry_run_writes_nothing_outside_and_says_what_it_left_out(project: Project) -> None:
    tag = project.ready()
    project.write({"dirty.txt": "not committed\n"})
    before = snapshot(project.work)
    journal = project.harbour.journal()
    answer = project.release("--tag", tag, "--dry-run")
    assert answer.exit == 0, answer.err
    assert project.harbour.journal() == journal
    assert snapshot(project.work) == before
    assert answer.json["dry_run"] is True
    assert len(answer.json["not_covered"]) >= 3
    states = {row["phase"]: set() for row in answer.json["steps"]}
    for row in answer.json["steps"]:
        states[row["phase"]].add(row["state"])
    assert states["stage"] == states["publish"] == states["confirm"] == {"planned"}
    assert states["build"] == states["verify"] == {"succeeded"}
    assert {row["role"] for row in answer.json["manifest"]} == {"sdist", "wheel", "archive", "checksum"}


def test_a_dry_run_s_build_is_what_the_release_then_publishes(project: Project) -> None:
    tag = project.ready()
    dry = project.release("--tag", tag, "--dry-run")
    real = project.release("--tag", tag)
    assert real.exit == 0, real.err
    assert real.json["manifest_digest"] == dry.json["manifest_digest"]
    assert real.step("build:")["reused"]


def test_a_release_leaves_the_user_s_repository_as_it_was(project: Project) -> None:
    tag = project.ready()
    project.write({"dirty.txt": "not committed\n"})
    before = snapshot(project.work)
    refs = project.git("for-each-ref")
    assert project.release("--tag", tag).exit == 0
    assert project.git("for-each-ref") == refs
    assert snapshot(project.work) == before
