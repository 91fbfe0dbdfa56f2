"""A release in parts: shards on several machines, gathered, published and confirmed elsewhere."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from harbour import Answer, Project
from projects import flit

SHARDS = 'shards = [{ name = "source", wheel = false }, { name = "wheel", sdist = false }]'


@dataclass
class Yard:
    """A tag whose sdist and wheel are built on two machines."""

    project: Project
    tag: str
    root: Path

    def build(self, shard: str, folder: str = "", tag: str = "") -> Path:
        out = self.root / (folder or shard)
        state = self.root / f"state-{folder or shard}"
        answer = self.project.tagboat(
            "build", "--tag", tag or self.tag, "--shard", shard, "--out", out, state=state
        )
        assert answer.exit == 0, answer.err
        return out

    def gather(self, *folders: Path, state: str = "state-gather") -> Answer:
        arguments = ["--tag", self.tag, "--out", self.root / "dist"]
        return self.project.tagboat("gather", *folders, *arguments, state=self.root / state)

    def publish(self, state: str = "state-publish") -> Answer:
        return self.project.tagboat("publish", "--manifest", self.manifest, state=self.root / state)

    def confirm(self, state: str = "state-confirm") -> Answer:
        return self.project.tagboat("confirm", "--manifest", self.manifest, state=self.root / state)

    @property
    def manifest(self) -> Path:
        return self.root / "dist" / "manifest.json"


@pytest.fixture
def yard(launch: Callable[..., Project], tmp_path: Path) -> Yard:
    project = launch()
    return Yard(project, project.ready("1.0", flit(project.name, tagboat=SHARDS)), tmp_path)


@pytest.mark.slow
def test_two_machines_build_a_third_gathers_a_fourth_publishes_a_fifth_confirms(yard: Yard) -> None:
    folders = [yard.build("source"), yard.build("wheel")]
    assert {path.name for path in folders[0].iterdir()} == {"shard.json", *_names(folders[0])}
    assert yard.project.tagboat("check", "--tag", yard.tag, state=yard.root / "state-check").exit == 0
    gathered = yard.gather(*folders)
    assert gathered.exit == 0, gathered.err
    assert {shard["shard"] for shard in json.loads(yard.manifest.read_text())["shards"]} == {
        "source",
        "wheel",
        "source-archive",
    }
    assert yard.project.journal() == []
    published = yard.publish()
    assert published.exit == 0, published.err
    assert published.json["manifest"] == gathered.json["manifest"]
    confirmed = yard.confirm()
    assert confirmed.exit == 0, confirmed.err
    made = {
        row["file"]: row["sha256"] for row in gathered.json["manifest"] if row["role"] in ("sdist", "wheel")
    }
    assert yard.project.harbour.files("pypi", yard.project.name) == made


def test_a_missing_a_double_and_an_unexpected_shard_are_refused_together(yard: Yard) -> None:
    source = yard.build("source")
    twice = yard.root / "twice"
    shutil.copytree(source, twice)
    answer = yard.gather(source, twice)
    assert answer.exit == 3, answer.err
    name = yard.project.name
    assert f"{name}/source is given twice" in answer.cause
    assert f"{name}/wheel is missing" in answer.cause
    foreign = yard.root / "foreign"
    shutil.copytree(source, foreign)
    record = json.loads((foreign / "shard.json").read_text())
    (foreign / "shard.json").write_text(json.dumps({**record, "shard": "windows"}))
    answer = yard.gather(source, foreign, state="state-2")
    assert answer.exit == 3
    assert f"{name}/windows is not part of this release" in answer.cause
    assert not yard.manifest.exists()


@pytest.mark.long
def test_a_shard_of_another_plan_is_refused(yard: Yard) -> None:
    source = yard.build("source")
    yard.project.ready("1.1", flit(yard.project.name, "1.1", tagboat=SHARDS))
    other = yard.build("wheel", "other", tag="v1.1")
    answer = yard.gather(source, other)
    assert answer.exit == 3, answer.err
    assert "was built from" in answer.cause
    assert "was built for the plan" in answer.cause


@pytest.mark.long
def test_a_file_that_was_changed_on_its_way_to_gather_is_a_conflict(yard: Yard) -> None:
    source, wheel = yard.build("source"), yard.build("wheel")
    path = next(wheel.glob("*.whl"))
    path.write_bytes(path.read_bytes() + b"x")
    answer = yard.gather(source, wheel)
    assert answer.exit == 7, answer.err
    assert path.name in answer.cause


def test_a_file_that_was_changed_before_publishing_is_a_conflict_and_nothing_is_sent(yard: Yard) -> None:
    assert yard.gather(yard.build("source"), yard.build("wheel")).exit == 0
    path = next((yard.root / "dist").glob("*.whl"))
    path.write_bytes(path.read_bytes() + b"x")
    answer = yard.publish()
    assert answer.exit == 7, answer.err
    assert path.name in answer.cause
    assert yard.project.journal() == []


@pytest.mark.long
def test_a_manifest_that_was_changed_is_a_conflict_and_nothing_is_sent(yard: Yard) -> None:
    assert yard.gather(yard.build("source"), yard.build("wheel")).exit == 0
    data = json.loads(yard.manifest.read_text())
    yard.manifest.write_text(json.dumps({**data, "plan": "0" * 64}))
    assert yard.publish().exit == 7
    yard.manifest.write_text("{}")
    assert yard.publish().exit == 7
    assert yard.project.journal() == []


def test_a_folder_that_is_no_shard_is_invalid_input(yard: Yard) -> None:
    answer = yard.gather(yard.root)
    assert answer.exit == 2
    assert "shard.json" in answer.cause


def test_an_unknown_shard_is_invalid_input_and_the_known_ones_are_named(yard: Yard) -> None:
    answer = yard.project.tagboat("build", "--tag", yard.tag, "--shard", "sourc", "--out", yard.root / "out")
    assert answer.exit == 2
    assert f"{yard.project.name}/source" in answer.remedy


@pytest.mark.slow
def test_drift_after_the_release_is_named_place_by_place(yard: Yard) -> None:
    project = yard.project
    assert yard.gather(yard.build("source"), yard.build("wheel")).exit == 0
    assert yard.publish().exit == 0
    release = project.releases()[0]
    asset = next(asset for asset in release["assets"] if asset["name"].endswith(".whl"))
    project.harbour.api("DELETE", f"/repos/{project.repository}/releases/assets/{asset['id']}")
    project.harbour.index_control(
        "pypi", "yank", {"project": project.name, "version": "1.0", "reason": "oops"}
    )
    project.publish("testpypi", "1.0.0")
    answer = yard.confirm()
    assert answer.exit == 3, answer.err
    assert answer.codes() == {"forge-drift", "index-drift"}
    assert f"{asset['name']} is absent" in answer.cause
    assert "is yanked" in answer.cause
    assert "is not of this build" in answer.cause


@pytest.mark.long
@pytest.mark.slow
def test_a_tag_that_moved_after_its_release_is_drift(yard: Yard) -> None:
    assert yard.gather(yard.build("source"), yard.build("wheel")).exit == 0
    assert yard.publish().exit == 0
    released = yard.project.head
    yard.project.commit({"x.txt": "x"})
    yard.project.push()
    yard.project.tag(yard.tag, "-f", "-a", "-m", "moved")
    answer = yard.confirm()
    assert (answer.exit, answer.codes()) == (3, {"forge-drift"}), answer.err
    assert f"the tag is now {yard.project.head[:12]}, it was {released[:12]}" in answer.cause


def _names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir() if path.name != "shard.json"}
