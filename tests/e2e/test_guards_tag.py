"""The guards of the tag: it exists, its commit is on an allowed branch, it has not moved."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from harbour import Project, until
from projects import flit


def refused(project: Project, *arguments: str) -> tuple[str, str]:
    """Release, see that it is refused and that nothing was written, and return cause and remedy."""
    answer = project.release(*arguments)
    assert (answer.exit, answer.json["result"]) == (3, "refused"), answer.err
    assert answer.remedy
    assert project.journal() == []
    return answer.cause, answer.remedy


def test_a_missing_tag_is_refused_with_the_commands_that_make_it(project: Project) -> None:
    project.green()
    cause, remedy = refused(project, "--tag", "v1.0")
    assert f"the tag v1.0 does not exist on {project.repository}" in cause
    assert "git push origin refs/tags/v1.0" in remedy


def test_a_tag_that_was_not_pushed_does_not_exist(project: Project) -> None:
    project.green()
    project.git("tag", "v1.0")
    cause, _ = refused(project, "--tag", "v1.0")
    assert "does not exist" in cause


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("annotated", ("-a", "-m", "One")),
        ("lightweight", ("--no-sign",)),
        pytest.param("signed", ("-s", "-m", "One"), marks=pytest.mark.needs("ssh-keygen")),
    ],
)
def test_each_kind_of_tag_is_peeled_to_its_commit(
    project: Project, tmp_path: Path, kind: str, options: tuple[str, ...]
) -> None:
    if kind == "signed":
        key = tmp_path / "key"
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], check=True, timeout=30)
        project.git("config", "gpg.format", "ssh")
        project.git("config", "user.signingkey", str(key))
    project.green()
    project.tag("v1.0", *options)
    answer = project.tagboat("check", "--tag", "v1.0")
    assert answer.exit == 0, answer.err
    assert answer.step("tag-exists")["reason"] == f"v1.0 ({kind}) is {project.head[:12]}"
    assert answer.json["releases"][0]["commit"] == project.head


def test_a_commit_that_is_not_on_the_default_branch_is_refused(project: Project) -> None:
    project.git("switch", "--quiet", "-c", "elsewhere")
    project.commit({"x.txt": "x"})
    project.push("HEAD:refs/heads/elsewhere")
    project.green(branch="main")
    project.tag("v1.0")
    answer = project.release("--tag", "v1.0")
    assert answer.exit == 3, answer.err
    assert answer.codes() == {"not-reachable"}
    assert f"{project.head[:12]} cannot be reached from main" in answer.cause
    assert "merge it into main" in answer.remedy


def test_a_release_line_allows_its_branch_and_its_versions_alone(launch: Callable[..., Project]) -> None:
    lines = 'lines = { main = ">=2", "1.x" = "==1.*" }'
    project = launch()
    project.git("switch", "--quiet", "-c", "1.x")
    project.commit(flit(project.name, "1.1", tagboat=lines))
    project.push("HEAD:refs/heads/1.x")
    project.green(branch="1.x")
    project.tag("v1.1")
    assert project.tagboat("check", "--tag", "v1.1").exit == 0
    project.commit(flit(project.name, "2.0", tagboat=lines))
    project.push("HEAD:refs/heads/1.x")
    project.green(branch="1.x")
    project.tag("v2.0")
    answer = project.release("--tag", "v2.0")
    assert answer.exit == 3
    assert {"not-reachable", "ci-other-branch"} <= answer.codes()


def test_a_version_that_no_release_line_holds_is_refused(launch: Callable[..., Project]) -> None:
    project = launch()
    project.ready("0.5", flit(project.name, "0.5", tagboat='lines = { main = ">=1" }'))
    answer = project.release("--tag", "v0.5")
    assert answer.exit == 3
    assert "line-missing" in answer.codes()
    assert "lines" in answer.remedy


def test_a_tag_that_moves_between_two_starts_is_a_conflict(project: Project) -> None:
    project.tag("v1.0")
    assert project.release("--tag", "v1.0").exit == 3  # no CI run yet
    project.commit({"x.txt": "x"})
    project.push()
    project.green()
    project.tag("v1.0", "-f", "-a", "-m", "moved")
    answer = project.release("--tag", "v1.0")
    assert (answer.exit, answer.json["error"]["code"]) == (7, "stale-plan"), answer.err
    assert "fresh --state" in answer.remedy
    assert project.journal() == []


def test_a_tag_that_moves_while_the_build_runs_stops_the_publishing_half(project: Project) -> None:
    project.ready()
    project.harbour.faults.add("forge", "list-runs", "delay", value=4)
    process = project.start("--tag", "v1.0")
    until(lambda: not project.harbour.faults.pending(), "the CI guard asks")
    project.commit({"x.txt": "x"})
    project.push()
    project.tag("v1.0", "-f", "-a", "-m", "moved")
    _, err = process.communicate(timeout=60)
    assert process.returncode == 7, err
    assert project.journal() == []


@pytest.mark.parametrize(
    "tag", ["../v1.0", "v1 0", "-v1.0", "v1.0..", "refs/tags/v1.0", "nonsense", "v1.0+local"]
)
def test_an_odd_tag_is_invalid_input(project: Project, tag: str) -> None:
    if tag in ("nonsense", "v1.0+local"):
        project.tag(tag)
    answer = project.release(f"--tag={tag}")
    assert answer.exit == 2, answer.err
    assert answer.remedy
