"""Staging and publishing: the same bytes are found, other bytes are a conflict, nothing is sent twice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from harbour import Project
from projects import configured, flit


def uploads(project: Project, service: str) -> list[tuple[str, str]]:
    """The accepted uploads of an index: key and result."""
    return [(line["key"], line["result"]) for line in project.journal() if line["service"] == service]


def test_the_very_same_files_on_the_staging_index_are_found_and_not_sent(project: Project) -> None:
    tag = project.ready()
    built = project.tagboat("build", "--tag", tag, "--out", project.state.with_name("out"))
    assert built.exit == 0, built.err
    for path in project.state.with_name("out").iterdir():
        if path.suffix in (".whl", ".gz"):
            kind = "bdist_wheel" if path.suffix == ".whl" else "sdist"
            project.upload("testpypi", "1.0", path.name, path.read_bytes(), kind)
    staged = uploads(project, "testpypi")
    assert len(staged) == 2
    answer = project.release("--tag", tag, state=project.state.with_name("fresh"))
    assert answer.exit == 0, answer.err
    assert "version-staged" in answer.codes()
    rows = [row for row in answer.json["steps"] if row["key"].startswith("upload:testpypi:")]
    assert [(row["state"], row["found"]) for row in rows] == [("succeeded", True)] * 2
    assert uploads(project, "testpypi") == staged


@pytest.mark.parametrize("index", ["testpypi", "pypi"])
def test_other_bytes_under_our_name_are_a_conflict_and_stay_untouched(project: Project, index: str) -> None:
    tag = project.ready()
    if index == "testpypi":
        project.publish("testpypi", "1.0", "value = 2\n")
    else:
        project.harbour.faults.add("pypi", "upload", "status", value=403, times=1)
        assert project.release("--tag", tag).exit in (4, 6)
        project.publish("pypi", "1.0", "value = 2\n")
    before = uploads(project, index)
    there = project.harbour.files(index, project.name)
    answer = project.release("--tag", tag)
    assert (answer.exit, answer.json["result"]) == (7, "conflict"), answer.err
    assert index in answer.cause
    assert answer.remedy
    assert uploads(project, index)[: len(before)] == before
    assert project.harbour.files(index, project.name).items() >= there.items()
    if index == "testpypi":
        assert uploads(project, "pypi") == []


@pytest.mark.parametrize(("stale", "status"), [pytest.param(1, 0, marks=pytest.mark.long), (2, 6)])
def test_a_staging_index_that_lags_is_asked_as_often_as_the_policy_says(
    launch: Callable[..., Project], stale: int, status: int
) -> None:
    project = launch()
    files = flit(project.name)
    text = str(files["pyproject.toml"]).replace(
        configured(project.name), configured(project.name, policy={"staging-tries": 2})
    )
    tag = project.ready("1.0", {**files, "pyproject.toml": text})
    asked_before = 4  # by the guards of version and of credentials, and before each of the two uploads
    project.harbour.faults.add("testpypi", "simple", "stale", value=2, times=asked_before + stale)
    answer = project.release("--tag", tag)
    assert answer.exit == status, answer.err
    staged = answer.step("staged-install:")
    if not status:
        assert staged["state"] == "succeeded"
        return
    assert staged["state"] == "failed"
    assert "staging-lag" in answer.codes()
    assert "after 2 looks" in staged["reason"]
    assert uploads(project, "pypi") == []
    assert project.releases()[0]["draft"]
    sent = uploads(project, "testpypi")
    again = project.tagboat("resume")
    assert again.exit == 0, again.err
    assert uploads(project, "testpypi") == sent


@pytest.mark.parametrize(
    ("version", "prerelease"), [("2.0rc1", True), pytest.param("2.0", False, marks=pytest.mark.long)]
)
def test_a_pre_release_is_marked_and_never_latest(project: Project, version: str, prerelease: bool) -> None:
    assert project.release("--tag", project.ready()).exit == 0
    tag = project.ready(version, flit(project.name, version))
    answer = project.release("--tag", tag, state=project.state.with_name("second"))
    assert answer.exit == 0, answer.err
    newest = next(release for release in project.releases() if release["tag_name"] == tag)
    assert newest["prerelease"] is prerelease
    assert latest(project) == ("v1.0" if prerelease else tag)


@pytest.mark.long
def test_a_lower_final_version_is_not_made_latest(launch: Callable[..., Project]) -> None:
    lines = 'lines = { main = ">=2", "1.x" = "==1.*" }'
    project = launch()
    assert project.release("--tag", project.ready("2.0", flit(project.name, "2.0", tagboat=lines))).exit == 0
    project.git("switch", "--quiet", "-c", "1.x")
    project.commit(flit(project.name, "1.9", tagboat=lines))
    project.push("HEAD:refs/heads/1.x")
    project.green(branch="1.x")
    project.tag("v1.9")
    answer = project.release("--tag", "v1.9", state=project.state.with_name("second"))
    assert answer.exit == 0, answer.err
    assert latest(project) == "v2.0"


def latest(project: Project) -> str:
    found: dict[str, Any] = project.harbour.api("GET", f"/repos/{project.repository}/releases/latest")
    return str(found["tag_name"])


@pytest.mark.parametrize(
    "operation",
    [
        "upload",
        *(
            pytest.param(name, marks=pytest.mark.long)
            for name in ("create-release", "update-release", "upload-asset")
        ),
    ],
)
def test_an_answer_that_is_lost_is_looked_for_and_nothing_is_sent_twice(
    project: Project, operation: str
) -> None:
    tag = project.ready()
    service = "pypi" if operation == "upload" else "forge"
    project.harbour.faults.add(service, operation, "drop-after")
    answer = project.release("--tag", tag)
    assert answer.exit == 0, answer.err
    keys = [(line["service"], line["key"]) for line in project.journal() if line["result"] != "updated"]
    assert len(keys) == len(set(keys))


def test_a_token_without_the_right_is_denied_and_named(project: Project) -> None:
    tag = project.ready()
    project.harbour.faults.add("testpypi", "upload", "status", value=403, times=1)
    answer = project.release("--tag", tag)
    assert answer.exit in (4, 6), answer.err
    assert "testpypi" in answer.cause
    assert answer.remedy
    again = project.release("--tag", tag)
    assert again.exit == 0, again.err
