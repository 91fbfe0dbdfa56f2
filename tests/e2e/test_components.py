"""Several components in one repository: a pure package, a C extension in two shards, a metapackage over both."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from harbour import Answer, Project, kill, until
from projects import toolkit

from tagboat.adapters.uv import find_python
from tagboat.errors import RefusedError

pytestmark = pytest.mark.needs("gcc")


def lacks(python: str) -> bool:
    try:
        find_python(python)
    except RefusedError:
        return True
    return False


two_pythons = pytest.mark.skipif(
    any(lacks(python) for python in ("3.11", "3.12")), reason="this machine lacks Python 3.11 or 3.12"
)


@pytest.fixture
def fleet(launch: Callable[..., Project]) -> Project:
    project = launch({"README.md": "x\n"})
    project.commit(toolkit(project.name))
    project.push()
    project.green()
    return project


def order(project: Project, service: str) -> list[str]:
    """The distributions of an index in the order in which they were published."""
    flat = project.name.replace("-", "_")
    keys = [line["key"] for line in project.harbour.journal() if line["service"] == service]
    return [key for key in keys if key.startswith((flat, project.name))]


def released(project: Project, *tags: str, state: str = "state") -> Answer:
    arguments = [word for tag in tags for word in ("--tag", tag)]
    answer = project.release(*arguments, state=project.state.with_name(state))
    assert answer.exit == 0, answer.err
    return answer


def test_a_pure_component_is_released_alone_with_one_build(fleet: Project) -> None:
    fleet.tag("pathfinder-v1.4")
    answer = released(fleet, "pathfinder-v1.4")
    assert [row["key"] for row in answer.json["steps"] if row["key"].startswith("build:")] == [
        "build:pathfinder:default"
    ]
    assert {row["component"] for row in answer.json["releases"]} == {"pathfinder"}
    flat = fleet.name.replace("-", "_")
    assert order(fleet, "pypi") == [
        f"{flat}_pathfinder-1.4.tar.gz",
        f"{flat}_pathfinder-1.4-py3-none-any.whl",
    ]


@pytest.mark.long
@pytest.mark.slow
@two_pythons
def test_each_component_is_released_alone_in_turn(fleet: Project) -> None:
    fleet.tag("pathfinder-v1.4")
    fleet.tag("v13.0")
    released(fleet, "pathfinder-v1.4", state="one")
    bindings = released(fleet, "bindings=v13.0", state="two")
    assert "tag-shared" in bindings.codes()
    build_only = bindings.step("build:pathfinder:default@")
    assert build_only["state"] == "succeeded"
    assert {row["component"] for row in bindings.json["manifest"]} == {"bindings"}
    assert sum("manylinux" in row["file"] for row in bindings.json["manifest"]) == 2
    assert not [
        row
        for row in bindings.json["steps"]
        if row["key"].startswith("upload:pypi:") and "pathfinder" in row["key"]
    ]
    meta = fleet.release("--tag", "meta=v13.0", state=fleet.state.with_name("three"))
    assert (meta.exit, meta.codes()) == (3, {"release-published"}), meta.err
    assert "components that share a tag (bindings) are released together" in meta.remedy


@pytest.mark.slow
@two_pythons
def test_all_components_are_released_together_in_the_order_of_their_needs(fleet: Project) -> None:
    fleet.tag("pathfinder-v1.4")
    fleet.tag("v13.0")
    answer = released(fleet, "meta=v13.0", "bindings=v13.0", "pathfinder=pathfinder-v1.4")
    flat = fleet.name.replace("-", "_")
    names = list(dict.fromkeys(key.split("-")[0] for key in order(fleet, "pypi")))
    assert names == [f"{flat}_pathfinder", f"{flat}_bindings", flat]
    assert [row["component"] for row in answer.json["releases"]] == ["pathfinder", "bindings", "meta"]
    tags = {release["tag_name"]: release for release in fleet.releases()}
    assert set(tags) == {"pathfinder-v1.4", "v13.0"}
    assert not any(release["draft"] for release in tags.values())


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--component", "pathfinder", "--tag", "v13.0"), "pathfinder"),
        (("--component", "bindings", "--tag", "pathfinder-v1.4"), "pathfinder"),
        (("--tag", "pathfinder=v13.0"), "pathfinder"),
        (("--tag", "v13.0"), "bindings or of meta"),
        (("--tag", "nonsuch=v13.0"), "nonsuch"),
        (("--tag", "bindings=v13.0", "--tag", "bindings=v13.1"), "two tags"),
    ],
)
def test_a_component_and_a_tag_that_do_not_fit_are_invalid_input(
    fleet: Project, arguments: tuple[str, ...], words: str
) -> None:
    for tag in ("pathfinder-v1.4", "v13.0", "v13.1"):
        fleet.tag(tag)
    answer = fleet.release(*arguments)
    assert answer.exit == 2, answer.err
    assert words in answer.cause
    assert answer.remedy
    assert fleet.journal() == []


@pytest.mark.long
@pytest.mark.slow
@two_pythons
def test_a_killed_release_of_several_components_goes_on_from_another_machine(fleet: Project) -> None:
    fleet.tag("pathfinder-v1.4")
    fleet.tag("v13.0")
    tags = ("--tag", "pathfinder-v1.4", "--tag", "bindings=v13.0", "--tag", "meta=v13.0")
    fleet.harbour.faults.add("pypi", "upload", "delay", value=0.5)
    process = fleet.start(*tags)
    until(lambda: not fleet.harbour.faults.pending(), "the first upload to the final index", 120)
    kill(process)
    answer = fleet.release(*tags, state=fleet.state.with_name("elsewhere"))
    assert answer.exit == 0, answer.err
    assert all(row["found"] for row in answer.json["steps"] if row["key"].startswith("build:"))
    for index in ("testpypi", "pypi"):
        sent = order(fleet, index)
        assert len(sent) == len(set(sent)) == 7
