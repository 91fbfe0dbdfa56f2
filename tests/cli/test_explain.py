"""explain version, commit and setting, config show --effective, and the warning of what is not committed."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from berth import Call
from harbour import environment

OWN = """\
[components.core]
path = "core"
tag = "core-v{version}"
exclude = ["core/docs"]

[components.core.versions]
breaking-below-one = "minor"
levels = { feat = "minor", fix = "patch" }

[[components.core.messages.rules]]
pattern = "^Sync "
skip = true

[[components.core.messages.rules]]
pattern = "^Speed up"
type = "perf"

[components.extras]
path = "extras"
tag = "extras-v{version}"
"""
RELEASE_PLEASE = {
    "bump-minor-pre-major": True,
    "unheard-of": 1,
    "packages": {".": {"release-type": "python", "component": "acme", "include-component-in-tag": False}},
}


class Repository:
    def __init__(self, root: Path) -> None:
        self.root = root
        root.mkdir()
        self.git("init", "--quiet", "--initial-branch=main")

    def git(self, *words: str) -> str:
        done = subprocess.run(
            ["git", *words],
            cwd=self.root,
            env=environment(),
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        return done.stdout.strip()

    def commit(self, message: str, **files: str) -> str:
        for name, content in files.items():
            path = self.root / name.replace("__", "/").replace("_", ".")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content)
        self.git("add", "-A")
        self.git("commit", "--quiet", "--allow-empty", "-m", message)
        return self.git("rev-parse", "HEAD")


@pytest.fixture
def two(tmp_path: Path) -> Repository:
    """Two components with a configuration of their own, released once."""
    made = Repository(tmp_path / "two")
    made.commit("chore: begin", tagboat_toml=OWN, core__a_py="1", extras__b_py="1")
    made.git("tag", "core-v0.1.0")
    made.git("tag", "extras-v0.1.0")
    return made


@pytest.fixture
def foreign(tmp_path: Path) -> Repository:
    """A project that release-please plans."""
    made = Repository(tmp_path / "foreign")
    project = '[project]\nname = "acme"\nversion = "0.1.0"\n'
    made.commit("chore: begin", pyproject_toml=project)
    (made.root / "release-please-config.json").write_text(json.dumps(RELEASE_PLEASE))
    made.commit("chore: configure")
    made.git("tag", "v0.1.0")
    return made


def test_a_version_is_explained_by_commit_rule_and_place(call: Call, two: Repository) -> None:
    commit = two.commit("feat!: another shape", core__a_py="2")
    said = call("explain", "version", "core", "--repo", two.root, "--json")
    (core,) = said.json["components"]
    assert (core["version"], core["last_tag"]) == ("0.2.0", "core-v0.1.0")
    reason = core["reasons"][0]
    assert (reason["commit"], reason["place"]) == (commit, "tagboat.toml:7")
    assert reason["rule"] == "breaking is minor while the major version is 0"
    text = call("explain", "version", "--repo", two.root).out
    assert f"commit {commit[:12]}  feat!: another shape" in text
    assert "rule: tagboat.toml:7" in text
    assert "extras: nothing to release" in text


def test_a_component_that_does_not_exist_is_answered_with_the_near_one(call: Call, two: Repository) -> None:
    said = call("explain", "version", "extra", "--repo", two.root)
    assert said.exit == 2
    assert "did you mean 'extras'?" in said.err


def verdicts(call: Call, repository: Repository, commit: str) -> dict[str, tuple[str, str, str]]:
    data = call("explain", "commit", commit, "--repo", repository.root, "--json").json
    return {one["component"]: (one["verdict"], one["why"], one["place"]) for one in data["components"]}


def test_a_commit_counts_for_the_component_whose_files_it_changes(call: Call, two: Repository) -> None:
    commit = two.commit("fix: less", core__a_py="2")
    data = call("explain", "commit", commit[:9], "--repo", two.root, "--json").json
    core, extras = data["components"]
    assert (data["commit"], data["title"]) == (commit, "fix: less")
    assert (core["counts"], core["version"], core["noted"]) == (True, "0.1.1", True)
    assert core["reasons"][0]["place"] == "tagboat.toml:8"
    assert (extras["verdict"], extras["why"]) == ("elsewhere", "it changes no file in extras")
    assert extras["place"] == "tagboat.toml:19"
    text = call("explain", "commit", commit, "--repo", two.root).out
    assert "core: counts: it is read as fix: less" in text
    assert "goes into 0.1.1, with an entry in the notes" in text
    assert "extras: does not count (elsewhere)" in text


def test_a_commit_that_does_not_count_is_told_the_rule(call: Call, two: Repository) -> None:
    excluded = two.commit("docs: more", core__docs__a_md="1")
    unread = two.commit("some words", core__a_py="2")
    skipped = two.commit("Sync everything", core__a_py="3")
    ruled = two.commit("Speed up", core__a_py="4")
    undone = two.commit("feat: not for long", extras__b_py="2")
    two.git("revert", "--no-edit", undone)
    revert = two.git("rev-parse", "HEAD")
    assert verdicts(call, two, excluded)["core"] == (
        "excluded",
        "all its files lie in folders that do not count: core/docs",
        "tagboat.toml:4",
    )
    assert verdicts(call, two, unread)["core"] == ("unread", "there is no type and colon", "")
    left_out = ("left-out", "the rule 1 for messages leaves it out (^Sync )", "tagboat.toml:10")
    assert verdicts(call, two, skipped)["core"] == left_out
    counts = (
        "counts",
        "it is read as perf: Speed up, by the rule 2 for messages (^Speed up)",
        "tagboat.toml:10",
    )
    assert verdicts(call, two, ruled)["core"] == counts
    verdict, why, _ = verdicts(call, two, undone)["extras"]
    assert (verdict, why) == ("reverted", f'{revert[:12]} Revert "feat: not for long" takes it back')
    assert verdicts(call, two, revert)["extras"][0] == "left-out"


def test_where_files_decide_the_version_a_commit_is_told_so(call: Call, two: Repository) -> None:
    paths = "[components.core]\npath = 'core'\nversions = { strategy = 'paths', paths = [{ patterns = ['**'] }] }\n"
    commit = two.commit("some words", tagboat_toml=paths, core__a_py="2")
    verdict, why, place = verdicts(call, two, commit)["core"]
    assert (verdict, place) == ("unread", "tagboat.toml:3")
    assert why.endswith("its files decide, whatever its message says")


def test_a_commit_that_is_released_or_lies_elsewhere_is_told_where(call: Call, two: Repository) -> None:
    two.git("switch", "--quiet", "-c", "side")
    side = two.commit("feat: aside", core__a_py="2")
    two.git("switch", "--quiet", "main")
    verdict, why, _ = verdicts(call, two, "core-v0.1.0")["core"]
    assert (verdict, why) == ("released", "it is in the last release, core-v0.1.0, or in an earlier one")
    assert verdicts(call, two, side)["core"][0] == "unreachable"
    assert verdicts(call, two, side)["extras"][0] == "elsewhere"


def test_what_a_merge_brings_twice_counts_once(call: Call, two: Repository) -> None:
    two.git("switch", "--quiet", "-c", "side")
    side = two.commit("fix: the same", core__a_py="2")
    two.git("switch", "--quiet", "main")
    two.commit("chore: go on", core__c_py="1")
    two.git("cherry-pick", side)
    picked = two.git("rev-parse", "HEAD")
    two.git("merge", "--quiet", "--no-edit", "side")
    found = {commit: verdicts(call, two, commit)["core"][0] for commit in (side, picked)}
    assert sorted(found.values()) == ["counts", "repeated"]


def test_what_names_no_commit_is_a_mistake(call: Call, two: Repository) -> None:
    said = call("explain", "commit", "nothing", "--repo", two.root)
    assert said.exit == 2
    assert "'nothing' names no commit" in said.err


def test_a_setting_is_explained_with_its_place_and_meaning(call: Call, two: Repository) -> None:
    data = call("explain", "setting", "core.versions.levels.fix", "--repo", two.root, "--json").json
    assert data["setting"] == {
        "component": "core",
        "key": "versions.levels.fix",
        "value": "patch",
        "place": "tagboat.toml:8",
        "stage": "planning",
    }
    assert data["meaning"].startswith("Type of change")
    said = call("explain", "setting", "policy.ci-wait", "--repo", two.root)
    assert said.out.startswith("policy.ci-wait = 600\n  from: default\n  for: release\n  Seconds to wait")


def test_an_unknown_setting_is_answered_with_the_near_one(call: Call, two: Repository) -> None:
    said = call("explain", "setting", "core.versions.level", "--repo", two.root)
    assert said.exit == 2
    assert "did you mean 'core.versions.levels'?" in said.err


def test_every_effective_value_has_its_place(call: Call, foreign: Repository) -> None:
    data = call("config", "show", foreign.root, "--effective", "--json").json
    found = {
        f"{row['component']}.{row['key']}".lstrip("."): (row["value"], row["place"])
        for row in data["settings"]
    }
    place = "release-please-config.json: bump-minor-pre-major"
    assert found["acme.versions.breaking-below-one"] == ("minor", place)
    assert found["acme.messages.reverts"] == (False, "release-please's default")
    assert found["acme.versions.scheme"] == ("pep440", "default")
    assert found["acme.distributions"] == (["acme"], "the project's files")
    assert found["policy.ci-wait"] == (600, "default")
    assert len(found) == len(data["settings"])
    assert any(remark["place"].endswith("unheard-of") for remark in data["remarks"])
    said = call("config", "show", foreign.root, "--effective")
    rows = [line.split(maxsplit=2) for line in said.out.splitlines()]
    assert ["versions.breaking-below-one", "minor", place] in rows
    assert "not carried over: release-please-config.json: unheard-of" in said.err


def test_own_values_are_shown_with_their_lines(call: Call, two: Repository) -> None:
    data = call("config", "show", two.root, "--effective", "--json").json
    rows = {(row["component"], row["key"]): row["place"] for row in data["settings"]}
    assert rows["core", "messages.rules"] == "tagboat.toml:10"
    assert rows["extras", "tag"] == "tagboat.toml:20"
    assert rows["extras", "targets"] == "default"
    assert [row["component"] for row in data["settings"] if row["key"] == "tag"] == ["core", "extras"]


def test_a_repository_without_a_python_project_shows_what_it_is_planned_by(
    call: Call, tmp_path: Path
) -> None:
    made = Repository(tmp_path / "bare")
    made.commit("chore: begin", a_txt="1")
    data = call("config", "show", made.root, "--effective", "--json").json
    assert {row["stage"] for row in data["settings"]} == {"planning"}
    assert "no Python project" in data["unreleased"]


@pytest.mark.parametrize(
    "words", [("plan", "--repo"), ("config", "show", "--effective")], ids=lambda words: words[0]
)
def test_configuration_that_is_not_committed_is_warned_of(
    call: Call, two: Repository, words: tuple[str, ...]
) -> None:
    assert "differs in the work tree" not in call(*words, two.root).err
    (two.root / "tagboat.toml").write_bytes(OWN.replace("\n", "\r\n").encode())
    assert "differs in the work tree" not in call(*words, two.root).err
    (two.root / "tagboat.toml").write_text(OWN.replace("minor", "patch"))
    (two.root / "cz.toml").write_text("[tool.commitizen]\n")
    said = call(*words, two.root)
    assert said.exit == 0
    assert "warning: tagboat.toml differs in the work tree" in said.err
    assert "warning: cz.toml differs in the work tree" in said.err


def test_what_is_planned_from_an_older_commit_is_not_held_against_the_work_tree(
    call: Call, two: Repository
) -> None:
    two.commit("chore: other", tagboat_toml=OWN.replace("minor", "patch"))
    data = call("plan", "--repo", two.root, "--until", "HEAD~1", "--json").json
    assert data["uncommitted"] == []


def test_links_and_folders_in_the_work_tree_are_no_configuration(call: Call, two: Repository) -> None:
    (two.root / "cz.toml").mkdir()
    (two.root / "tagboat.toml").unlink()
    (two.root / "tagboat.toml").symlink_to("/dev/zero")
    assert call("plan", "--repo", two.root, "--json").json["uncommitted"] == []
