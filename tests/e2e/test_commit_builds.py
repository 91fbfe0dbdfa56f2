"""What CI builds of a commit that no tag names: the same builds, and nothing that a release would take."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from harbour import Project
from projects import flit

SHARDS = 'shards = [{ name = "source", wheel = false }, { name = "wheel", sdist = false }]'


def build(project: Project, commit: str, out: Path, *more: str) -> Path:
    state = out.with_name(f"state-{out.name}")
    answer = project.tagboat("build", "--commit", commit, *more, "--out", out, state=state)
    assert answer.exit == 0, answer.err
    return out


def test_a_commit_of_no_branch_is_built_and_no_release_takes_it(
    launch: Callable[..., Project], tmp_path: Path
) -> None:
    project = launch()
    tag = project.ready("1.0", flit(project.name, tagboat=SHARDS))
    project.git("checkout", "--quiet", "-b", "topic")
    merge = project.commit({"README.md": "# Changed\n"})
    project.push("HEAD:refs/pull/1/merge")
    out = build(project, merge, tmp_path / "wheel", "--shard", "wheel")
    record = json.loads((out / "shard.json").read_text())
    assert (record["commit"], record["untagged"]) == (merge, True)
    assert [file["file"] for file in record["artifacts"]] == [
        f"{project.name.replace('-', '_')}-1.0-py3-none-any.whl"
    ]
    refused = project.tagboat("gather", out, "--tag", tag, "--out", tmp_path / "dist")
    assert refused.exit == 3, refused.err
    assert "was built from a commit without a tag" in refused.cause


def test_the_very_commit_of_a_tag_built_without_it_is_refused_too(
    launch: Callable[..., Project], tmp_path: Path
) -> None:
    project = launch()
    tag = project.ready("1.0", flit(project.name))
    out = build(project, "HEAD", tmp_path / "out")
    assert json.loads((out / "shard.json").read_text())["commit"] == project.head
    refused = project.tagboat("gather", out, "--tag", tag, "--out", tmp_path / "dist")
    assert refused.exit == 3, refused.err
    assert "was built from a commit without a tag" in refused.cause
    assert not (tmp_path / "dist" / "manifest.json").exists()


def test_what_is_no_commit_of_the_project_is_refused(project: Project, tmp_path: Path) -> None:
    out = ("--out", tmp_path / "out")
    assert project.tagboat("build", "--commit", "main", *out).exit == 2
    assert project.tagboat("build", *out).exit == 2
    assert project.tagboat("build", "--commit", "0" * 39 + "1", "--tag", "v1.0", *out).exit == 2
    absent = project.tagboat("build", "--commit", "0" * 39 + "1", *out)
    assert absent.exit == 3, absent.err
