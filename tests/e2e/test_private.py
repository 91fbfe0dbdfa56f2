"""A private project never asks a public index for anything, neither by its build nor by its installations.

The sandbox's ``testpypi`` plays the private index; its ``pypi`` stays the public one, counts who comes, and helps nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from harbour import Project
from projects import flit, module

VISITS = 10_000
CONFIGURED = """
[tool.tagboat.components.{name}]
targets = ["testpypi"]

[tool.tagboat.indexes.testpypi]
upload = "https://packages.example/legacy/"
simple = "https://packages.example/simple/"
staging = false
private = true

[tool.tagboat.policy]
ci-wait = 0
"""


def private_files(name: str, extra: str = "") -> dict[str, str | bytes]:
    files = flit(name, extra=extra)
    head = str(files["pyproject.toml"]).split("[tool.tagboat", 1)[0]
    return {**files, "pyproject.toml": head + CONFIGURED.format(name=name)}


@pytest.fixture
def asked(launch: Callable[..., Project]) -> Iterator[tuple[Project, Callable[[], int]]]:
    """A private project whose public index answers every question with a failure, and the number of questions."""
    project = launch()
    faults = project.harbour.faults
    faults.add("pypi", "*", "status", value=503, times=VISITS)

    def visits() -> int:
        return VISITS - sum(fault.times for fault in faults.pending() if fault.service == "pypi")

    yield project, visits
    faults.clear()


def test_a_private_release_asks_no_public_index(asked: tuple[Project, Callable[[], int]]) -> None:
    project, visits = asked
    tag = project.ready("1.0", private_files(project.name))
    answer = project.release("--tag", tag)
    assert answer.exit == 0, answer.err
    assert visits() == 0
    secret = project.harbour.addresses.token.encode()
    kept = [path for path in project.state.rglob("*") if path.is_file() and secret in path.read_bytes()]
    assert kept == []
    assert set(project.harbour.files("testpypi", project.name)) == {
        f"{module(project.name)}-1.0.tar.gz",
        f"{module(project.name)}-1.0-py3-none-any.whl",
    }


def test_a_private_dependency_is_not_looked_for_elsewhere(
    asked: tuple[Project, Callable[[], int]],
) -> None:
    """Anybody could have put such a name on a public index."""
    project, visits = asked
    needs = 'dependencies = ["tiny-secret-that-is-nowhere"]'
    answer = project.release("--tag", project.ready("1.0", private_files(project.name, needs)))
    assert answer.exit == 3, answer.err
    assert "tiny-secret-that-is-nowhere" in answer.cause
    assert visits() == 0
    assert project.journal() == []


def test_a_private_component_that_says_no_targets_is_not_released(project: Project) -> None:
    files = private_files(project.name)
    text = str(files["pyproject.toml"]).replace('targets = ["testpypi"]', "")
    answer = project.release("--tag", project.ready("1.0", {**files, "pyproject.toml": text}))
    assert (answer.exit, answer.json["result"]) == (2, "invalid"), answer.err
    assert "needs 'targets'" in answer.cause
    assert project.journal() == []
