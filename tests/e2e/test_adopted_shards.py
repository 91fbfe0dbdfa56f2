"""Shards that another tool filled are handed over by name; a forged Manifest is handed to nobody."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from harbour import Project
from projects import flit, wheel

from tagboat.engine.release import read_manifest

TABLES = """
shards = [{ name = "source", wheel = false }, { name = "wheel", sdist = false, builder = "adopt" }]
reproduce = true
"""


@pytest.fixture
def project(launch: Callable[..., Project]) -> Project:
    project = launch()
    project.ready("1.0", flit(project.name, tagboat=TABLES))
    return project


@pytest.fixture
def wheelhouse(project: Project, tmp_path: Path) -> Path:
    """What another tool leaves."""
    folder = tmp_path / "wheelhouse"
    folder.mkdir()
    deed = "import sys, flit_core.buildapi as back_end; back_end.build_wheel(sys.argv[1])"
    subprocess.run([sys.executable, "-c", deed, folder], cwd=project.work, check=True, timeout=60)
    return folder


@pytest.mark.slow
def test_gather_takes_an_adopted_shard_by_name_and_a_forged_manifest_is_not_published(
    project: Project, wheelhouse: Path, tmp_path: Path
) -> None:
    built = project.tagboat(
        "build", "--tag", "v1.0", "--shard", "source", "--out", tmp_path / "source", state=tmp_path / "b"
    )
    assert built.exit == 0, built.err
    words = ["--tag", "v1.0", "--from", f"wheel={wheelhouse}", "--out", tmp_path / "dist"]
    gathered = project.tagboat("gather", tmp_path / "source", *words, state=tmp_path / "g")
    assert gathered.exit == 0, gathered.err
    assert [row["key"] for row in gathered.json["steps"] if row["key"].startswith("rebuild:")] == [
        f"rebuild:{project.name}:source"
    ]
    file = tmp_path / "dist" / "manifest.json"
    manifest = read_manifest(file.read_bytes())
    name, content = wheel(project.name, "99.0", "value = 99\n")
    (file.parent / name).write_bytes(content)
    extra = replace(
        next(a for a in manifest.artifacts if a.role == "wheel"),
        file=name,
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
    )
    listed = tuple(sorted((*manifest.artifacts, extra), key=lambda a: a.file))
    file.write_text(replace(manifest, artifacts=listed).text)
    answer = project.tagboat("publish", "--manifest", file, state=tmp_path / "p")
    assert answer.exit == 7, answer.err
    assert name in answer.cause
    assert project.journal() == []
    file.write_text(json.dumps(json.loads(manifest.text)))
    answer = project.tagboat("publish", "--manifest", file, state=tmp_path / "p2")
    assert (answer.exit, "damaged or edited" in answer.cause) == (7, True), answer.err
    assert project.journal() == []


@pytest.mark.slow
def test_a_release_takes_an_adopted_shard_by_component_and_name(project: Project, wheelhouse: Path) -> None:
    answer = project.release("--tag", "v1.0", "--from", f"{project.name}/wheel={wheelhouse}")
    assert answer.exit == 0, answer.err
    assert len(project.harbour.files("pypi", project.name)) == 2


def test_a_folder_for_no_shard_is_invalid_input(project: Project, wheelhouse: Path) -> None:
    answer = project.release("--tag", "v1.0", "--from", f"windows={wheelhouse}")
    assert answer.exit == 2, answer.err
    assert f"{project.name}/wheel" in answer.remedy
    answer = project.release("--tag", "v1.0", "--from", wheelhouse)
    assert (answer.exit, "fills no shard" in answer.cause) == (2, True), answer.err
