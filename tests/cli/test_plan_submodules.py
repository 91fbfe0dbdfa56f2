"""Components in submodules: their commits are another repository's, and the plan says so."""

from __future__ import annotations

from pathlib import Path

import pytest
from berth import Call
from drawn import readable

from tagboat.testing.drawings import Drawing, Drawn, into_git
from tagboat.testing.histories import git

OWN = """
[tool.tagboat.components.{name}]
path = "{path}"
tag = "{name}-v{{version}}"
versions.releases = "notes"
"""
FILES = {b"sail/pyproject.toml": b'[project]\nname = "sail"\nversion = "1.0.0"\n', b"sail/x": b"1"}


def made(folder: Path, **components: str) -> Path:
    """Make a repository with the submodule libs/oar."""
    table = "".join(OWN.format(name=name, path=path) for name, path in components.items())
    into_git(Drawing([Drawn("0", (), b"feat: begin", {**FILES, b"pyproject.toml": table.encode()})]), folder)
    git(folder, "checkout", "-q", "-f")
    git(folder, "update-index", "--add", "--cacheinfo", f"160000,{git(folder, 'rev-parse', 'HEAD')},libs/oar")
    identity = ("-c", "user.name=demo", "-c", "user.email=demo@invalid")
    git(folder, *identity, "commit", "-q", "-m", "feat: a submodule")
    return folder


@pytest.mark.parametrize("command", ["plan", "changelog"])
def test_each_component_in_a_submodule_is_told_with_what_to_do(
    call: Call, tmp_path: Path, command: str
) -> None:
    work = made(tmp_path / "work", oar="libs/oar", rudder="libs/oar/inner", sail="sail")
    said = call(command, "--repo", work)
    assert said.exit == 2
    assert "oar: libs/oar is a submodule" in said.err
    assert "rudder: libs/oar/inner lies in the submodule libs/oar" in said.err
    assert "plan it in the submodule's own repository" in said.err
    assert "sail:" not in said.err
    readable(said)


def test_the_others_are_planned_when_they_alone_are_asked_for(call: Call, tmp_path: Path) -> None:
    work = made(tmp_path / "work", oar="libs/oar", sail="sail")
    said = call("plan", "--repo", work, "--component", "sail")
    assert said.exit == 0, said.err
    assert "sail" in said.out


def test_a_folder_beside_a_submodule_is_none(call: Call, tmp_path: Path) -> None:
    work = made(tmp_path / "work", oars="libs/oars", sail="sail")
    assert call("plan", "--repo", work).exit == 0


def test_a_component_without_a_folder_is_told_where_its_plan_is_empty(call: Call, tmp_path: Path) -> None:
    work = made(tmp_path / "work", oar="libs/oar2", sail="sail", hull="sai")
    said = call("plan", "--repo", work, "--json")
    told = {row["component"]: row["warnings"] for row in said.json["components"]}
    assert "no folder" not in str(told["sail"])
    (oar,), (hull,) = told["oar"], told["hull"]
    assert "no folder libs/oar2" in oar
    assert "pyproject.toml:" in oar
    assert "no folder sai," in hull
    checked = call("config", "check", work)
    assert checked.exit == 2
    assert "the component oar has no folder libs/oar2; " in checked.err
    assert "the component hull has no folder sai" in checked.err
    assert "sail has" not in checked.err


def test_release_please_s_packages_are_looked_at_too(call: Call, tmp_path: Path) -> None:
    work = made(tmp_path / "work")
    (work / "release-please-config.json").write_text('{"packages": {"libs/oar": {"component": "oar"}}}')
    git(work, "add", "release-please-config.json")
    identity = ("-c", "user.name=demo", "-c", "user.email=demo@invalid")
    git(work, *identity, "commit", "-q", "-m", "chore: configure")
    said = call("plan", "--repo", work)
    assert said.exit == 2
    assert 'release-please-config.json: packages."libs/oar"' in said.err
