"""Linked components, asked for together and one by one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from berth import Call

from tagboat.testing.drawings import Drawing, Drawn, into_git

RULES = b"""[tool.tagboat]
linked = [["core", "extras"]]

[tool.tagboat.components.core]
path = "core"
tag = "core-v{version}"
versions.strategy = "default"

[tool.tagboat.components.extras]
path = "extras"
tag = "extras-v{version}"
versions.strategy = "default"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    files = {b"pyproject.toml": RULES} | {
        f"{name}/pyproject.toml".encode(): f'[project]\nname = "{name}"\nversion = "1.0.0"\n'.encode()
        for name in ("core", "extras")
    }
    commits = (
        Drawn("begin", (), b"feat: begin", files),
        Drawn("feat", ("begin",), b"feat: in core", {**files, b"core/new.py": b"1"}),
    )
    into_git(Drawing(commits, tags={"core-v1.0.0": "begin", "extras-v1.0.0": "begin"}), tmp_path / "work")
    return tmp_path / "work"


def versions(call: Call, folder: Path, *words: str) -> list[str]:
    data = json.loads(call("plan", "--repo", folder, "--json", *words).out)
    return [found["version"] for found in data["components"]]


def test_one_component_has_the_groups_version(call: Call, folder: Path) -> None:
    assert versions(call, folder) == ["1.1.0", "1.1.0"]
    assert versions(call, folder, "--component", "extras") == ["1.1.0"]
    told = call("explain", "version", "extras", "--repo", folder).out
    assert "its version is linked with core's, which is 1.1.0\n     rule: pyproject.toml:2" in told


@pytest.mark.parametrize("taken", ["core=1.1.0", "extras=1.1.0"])
def test_a_version_that_one_of_them_has_is_passed_over(call: Call, folder: Path, taken: str) -> None:
    assert versions(call, folder, "--taken", taken) == ["1.1.1", "1.1.1"]
    assert versions(call, folder, "--component", "extras", "--taken", taken) == ["1.1.1"]
    assert call("plan", "--repo", folder, "--component", "extras", "--taken", "other=1.1.0").exit == 2


def test_a_person_chooses_for_the_group_or_is_refused(call: Call, folder: Path) -> None:
    assert versions(call, folder, "--release-as", "extras=1.4.0") == ["1.4.0", "1.4.0"]
    said = call("plan", "--repo", folder, "--release-as", "extras=1.0.5")
    assert said.exit == 2
    assert "1.0.5 was asked for extras, but its version is linked with core's, which is 1.1.0" in said.err
