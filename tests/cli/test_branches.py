"""The branch that a plan is made for: trains and release lines depend on it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from berth import Call

from tagboat.testing.drawings import Drawing, Drawn, into_git
from tagboat.testing.histories import git

RULES = b"""[project]
name = "acme"
version = "1.0.0"

[tool.tagboat.components.acme]
trains = { "next$" = "rc" }
"""
DRAWING = Drawing(
    (
        Drawn("begin", (), b"feat: begin", {b"pyproject.toml": RULES}),
        Drawn("main", ("begin",), b"fix: on main"),
        Drawn("next", ("begin",), b"feat: on next"),
    ),
    tags={"v1.0.0": "begin"},
    branches={"main": "main", "next": "next"},
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    ids = into_git(DRAWING, tmp_path / "work")
    git(tmp_path / "work", "checkout", "-q", "-f", "main")
    git(tmp_path / "work", "update-ref", "refs/remotes/origin/next", ids["next"])
    return tmp_path / "work"


@pytest.mark.parametrize("until", ["next", "origin/next", "refs/heads/next"])
def test_until_a_branch_is_released_from_that_branch(call: Call, folder: Path, until: str) -> None:
    assert call("plan", "--repo", folder, "--until", until).out.startswith("acme 1.0.0 → 1.1.0rc1 ")
    assert "## [1.1.0rc1]" in call("changelog", "--repo", folder, "--until", until, "--repository", "a/b").out
    assert "1.1.0rc1" in call("explain", "version", "--repo", folder, "--until", until).out


def test_what_the_branch_that_is_checked_out_holds_is_released_from_it(call: Call, folder: Path) -> None:
    git(folder, "checkout", "-q", "-f", "next")
    said = call("plan", "--repo", folder, "--until", git(folder, "rev-parse", "HEAD"))
    assert said.out.startswith("acme 1.0.0 → 1.1.0rc1 ")
    assert "no branch is known" not in said.out


def test_without_a_branch_trains_are_warned_of_and_one_can_be_named(call: Call, folder: Path) -> None:
    git(folder, "checkout", "-q", "-f", "--detach", "next")
    (found,) = json.loads(call("plan", "--repo", folder, "--json").out)["components"]
    assert found["version"] == "1.1.0"
    assert any(warning.startswith("no branch is known") for warning in found["warnings"])
    for words in (["plan"], ["explain", "version"], ["explain", "commit", "HEAD"]):
        assert "1.1.0rc1" in call(*words, "--repo", folder, "--branch", "next").out
    (found,) = json.loads(call("plan", "--repo", folder, "--branch", "next", "--json").out)["components"]
    assert (found["version"], found["warnings"]) == ("1.1.0rc1", [])


def test_another_branchs_commit_has_no_branch(call: Call, folder: Path) -> None:
    said = call("plan", "--repo", folder, "--until", "next~0")
    assert "no branch is known" in said.out
