"""The guards of the version: not taken, newer than the others on its line, and the index can be asked."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from harbour import Answer, Project
from projects import configured, flit


def checked(project: Project, version: str, code: str) -> Answer:
    """Release a version that may not be; see the code, and that nothing was written beyond what was there."""
    tag = project.ready(version, flit(project.name, version))
    before = project.journal()
    answer = project.release("--tag", tag)
    assert code in answer.codes(), answer.err
    assert answer.remedy
    assert project.journal() == before
    return answer


@pytest.mark.parametrize(("there", "wanted"), [("1.2", "1.2"), ("1.2", "1.2.0"), ("1.2.0", "1.2")])
def test_a_version_that_the_index_has_in_any_spelling_is_taken(
    project: Project, there: str, wanted: str
) -> None:
    project.publish("pypi", there)
    answer = checked(project, wanted, "version-taken")
    assert answer.exit == 3
    assert f"{wanted} is taken on pypi" in answer.cause
    assert "release the next version" in answer.remedy


def test_a_yanked_version_is_taken_as_well(project: Project) -> None:
    project.publish("pypi", "1.2")
    project.harbour.index_control(
        "pypi", "yank", {"project": project.name, "version": "1.2", "reason": "bad"}
    )
    answer = checked(project, "1.2", "version-taken")
    assert answer.exit == 3
    assert "1.2 is taken on pypi (yanked)" in answer.cause


def test_a_version_older_than_the_index_s_newest_is_refused(project: Project) -> None:
    project.publish("pypi", "1.3")
    answer = checked(project, "1.2.9", "version-older")
    assert answer.exit == 3
    assert "1.2.9 is older than 1.3" in answer.cause
    assert "lines" in answer.remedy


def test_an_older_line_with_a_range_of_its_own_may_go_on(launch: Callable[..., Project]) -> None:
    project = launch()
    project.publish("pypi", "2.0")
    project.publish("pypi", "1.1")
    project.git("switch", "--quiet", "-c", "1.x")
    project.commit(flit(project.name, "1.2", tagboat='lines = { main = ">=2", "1.x" = "==1.*" }'))
    project.push("HEAD:refs/heads/1.x")
    project.green(branch="1.x")
    project.tag("v1.2")
    assert project.tagboat("check", "--tag", "v1.2").exit == 0


def test_an_index_that_is_down_stops_the_release(project: Project) -> None:
    tag = project.ready()
    project.harbour.faults.add("pypi", "simple", "status", value=503, times=1000)
    answer = project.release("--tag", tag)
    assert (answer.exit, answer.json["result"]) == (8, "unavailable"), answer.err
    assert answer.remedy
    assert project.journal() == []


def test_an_index_that_is_down_is_passed_over_when_the_policy_says_so(launch: Callable[..., Project]) -> None:
    project = launch()
    files = flit(project.name)
    text = str(files["pyproject.toml"]).replace(
        configured(project.name), configured(project.name, policy={"index-down": "go"})
    )
    tag = project.ready("1.0", {**files, "pyproject.toml": text})
    project.harbour.faults.add("pypi", "simple", "status", value=503, times=1000)
    answer = project.tagboat("check", "--tag", tag)
    assert answer.exit == 0, answer.err
    assert "index-down" in answer.codes()


def test_a_project_that_is_archived_takes_no_release(project: Project) -> None:
    project.publish("pypi", "0.9")
    order = {"project": project.name, "status": "archived", "reason": "over"}
    project.harbour.index_control("pypi", "project-status", order)
    answer = checked(project, "1.0", "project-archived")
    assert answer.exit == 3


def test_files_missing_on_an_index_whose_window_is_closed_are_refused(project: Project) -> None:
    tag = project.ready()
    assert project.release("--tag", tag).exit == 0
    wheel = next(name for name in project.harbour.files("pypi", project.name) if name.endswith(".whl"))
    project.harbour.index_control("pypi", "delete", {"filename": wheel})
    project.harbour.index_control("pypi", "age", {"project": project.name, "version": "1.0", "days": 15})
    before = project.journal()
    again = project.release("--tag", tag, state=project.state.with_name("fresh"))
    assert (again.exit, again.codes() - {"version-staged"}) == (6, {"window-closed"}), again.err
    assert wheel in again.cause
    assert "release the next version" in again.remedy
    assert project.journal() == before
