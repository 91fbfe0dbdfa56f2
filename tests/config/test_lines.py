import pytest
from packaging.version import Version

from tagboat.config.lines import allowed_branches
from tagboat.config.model import Component

LINES = Component("x", lines={"main": ">=13", "12.9.x": "==12.9.*", "next": ">=14"})


@pytest.mark.parametrize(
    ("version", "branches"),
    [
        ("13.0", ["main"]),
        ("12.9.7", ["12.9.x"]),
        ("12.9.7.post1", ["12.9.x"]),
        ("12.9.7rc1", ["12.9.x"]),
        ("13.0rc1", ["main"]),
        ("13.0.dev3", ["main"]),
        ("14.1", ["main", "next"]),
        ("12.8", []),
        ("1!2.0", ["main", "next"]),
    ],
)
def test_a_version_belongs_to_the_lines_that_hold_it(version: str, branches: list[str]) -> None:
    assert allowed_branches(LINES, Version(version), "trunk") == branches


def test_without_lines_every_version_comes_from_the_default_branch() -> None:
    component = Component("x")
    assert allowed_branches(component, Version("1.0rc1"), "trunk") == ["trunk"]


def test_a_pre_release_is_not_held_by_the_line_before_it() -> None:
    component = Component("x", lines={"main": ">=2", "1.x": "<2"})
    assert allowed_branches(component, Version("2.0rc1"), "main") == ["main"]


def test_an_empty_specifier_holds_everything() -> None:
    assert allowed_branches(Component("x", lines={"main": ""}), Version("2.0.dev1"), "main") == ["main"]
