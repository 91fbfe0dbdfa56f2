"""What docs/planning.md promises of the keys that a project configures itself."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest
from berth import Call
from harbour import environment

HEAD = "[components.acme]\npath = 'a'\n"


def git(root: Path, *words: str) -> None:
    subprocess.run(["git", *words], cwd=root, env=environment(), capture_output=True, timeout=60, check=True)


def repository(
    root: Path, config: str, tags: Sequence[str], messages: Sequence[str], branch: str = "main"
) -> None:
    """A repository of the components a and b, released as the tags say, with commits that change files of a."""
    root.mkdir()
    git(root, "init", "--quiet", "--initial-branch=main")
    for name in ("a/pyproject.toml", "b/pyproject.toml", "a/api/x.py"):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"[project]\nname = '{'acme' if name[0] == 'a' else 'bold'}'\nversion = '0.0.0'\n")
    (root / "tagboat.toml").write_text(config)
    git(root, "add", "-A")
    git(root, "commit", "--quiet", "-m", "chore: begin")
    for tag in tags:
        git(root, "tag", tag)
    git(root, "switch", "--quiet", "-C", branch)
    for number, message in enumerate(messages):
        (root / "a" / "api" / "x.py").write_text(str(number))
        git(root, "add", "-A")
        git(root, "commit", "--quiet", "-m", message)


@pytest.mark.parametrize(
    ("config", "tag", "message", "branch", "version"),
    [
        ("", "v1.2.0", "feat: x", "main", "1.3.0"),
        ("versions.zero-holds = true", "v0.3.2", "feat!: x", "main", "0.4.0"),
        ("versions.breaking-below-one = 'minor'", "v0.3.2", "feat!: x", "main", "0.4.0"),
        ("versions.minor-below-one = 'patch'", "v0.3.2", "feat: x", "main", "0.3.3"),
        ("versions = { levels = { docs = 'none' }, releases = 'level' }", "v1.2.0", "docs: x", "main", ""),
        ("versions = { levels = { docs = 'none' }, releases = 'level' }", "v1.2.0", "fix: x", "main", "1.2.1"),
        ("trains = { 'next$' = 'rc' }", "v1.2.0", "feat: x", "next", "1.3.0rc1"),
        ("trains = { 'next$' = 'rc' }", "v1.2.0", "feat: x", "main", "1.3.0"),
        ("lines = { main = '>=2.4', '2.3.x' = '==2.3.*' }", "v2.3.3", "fix: x", "2.3.x", "2.3.4"),
        ("versions = { scheme = 'calver', pattern = 'YYYY.0M.MICRO' }", "v2026.01.0", "fix: x", "main", "2026.02.0"),
        ("versions = { scheme = 'semver', train = 'beta' }", "v1.2.0", "fix: x", "main", "1.2.1-beta.1"),
        ("versions = { strategy = 'paths', paths = [{ patterns = ['api/**'], level = 'minor' }] }", "v1.2.0", "x", "main", "1.3.0"),
        ("messages.rules = [{ pattern = '^Merge of bot', skip = true }]", "v1.2.0", "Merge of bot: x", "main", ""),
        ("messages.rules = [{ pattern = '^Speed', type = 'perf', level = 'minor' }]", "v1.2.0", "Speed up", "main", "1.3.0"),
        ("messages.types = ['fix']", "v1.2.0", "feat: x", "main", ""),
        ("versions.release-as = '9.0.0'", "v1.2.0", "fix: x", "main", "9.0.0"),
        ("ignored-tags = ['^v1']", "v1.2.0", "feat: x", "main", "0.1.0"),
        ("exclude = ['a/api']", "v1.2.0", "feat: x", "main", ""),
        ("changelog.sections = [{ type = 'fix', title = 'Fixed' }]", "v1.2.0", "docs: x", "main", ""),
    ],
)  # fmt: skip
def test_a_key_changes_the_version_as_it_says(
    call: Call, tmp_path: Path, config: str, tag: str, message: str, branch: str, version: str
) -> None:
    root = tmp_path / "work"
    later = [tag, "v2.4.0"] if branch == "2.3.x" else [tag]
    repository(root, HEAD + config, later, [message], branch)
    (acme,) = call("plan", "--repo", root, "--as-of", "2026-02-03", "--json").json["components"]
    assert acme["version"] == version, acme


def test_linked_components_get_one_version(call: Call, tmp_path: Path) -> None:
    bold = "[components.bold]\npath = 'b'\ntag = 'b{version}'\n"
    repository(
        tmp_path / "work", f"linked = [['acme', 'bold']]\n{HEAD}{bold}", ["v1.0.0", "b1.0.0"], ["feat: x"]
    )
    found = call("plan", "--repo", tmp_path / "work", "--json").json["components"]
    assert {one["component"]: one["version"] for one in found} == {"acme": "1.1.0", "bold": "1.1.0"}


def edits(call: Call, root: Path) -> dict[str, list[str]]:
    (acme,) = call("plan", "--repo", root, "--edits", "--json").json["components"]
    return {edit["path"]: [place["after"] for place in edit["places"]] for edit in acme["edits"]}


def test_files_are_edited_as_they_are_listed(call: Call, tmp_path: Path) -> None:
    files = "[[components.acme.files]]\n[[components.acme.files]]\npath = '/README'\nkind = 'pattern'\nsearch = 'is {last}'\n"
    root = tmp_path / "work"
    repository(root, HEAD + files, [], [])
    (root / "README").write_text("it is 1.0.0\n")
    (root / "a" / "pyproject.toml").write_text("[project]\nname = 'acme'\nversion = '1.0.0'\n")
    git(root, "add", "-A")
    git(root, "commit", "--quiet", "-m", "chore: more")
    git(root, "tag", "v1.0.0")
    git(root, "commit", "--quiet", "--allow-empty", "-m", "fix: x")
    found = edits(call, root)
    assert (found["README"], found["a/pyproject.toml"]) == (["1.0.1"], ["1.0.1"])


def test_no_file_is_edited_where_none_is_listed(call: Call, tmp_path: Path) -> None:
    repository(tmp_path / "work", f"{HEAD}files = []\nchangelog.path = ''", ["v1.0.0"], ["fix: x"])
    assert edits(call, tmp_path / "work") == {}


def test_the_changelog_is_written_in_its_format_where_it_is_said_to_be(call: Call, tmp_path: Path) -> None:
    changelog = "changelog = { format = 'keep-a-changelog', path = 'docs/NEWS.md' }\nfiles = []"
    repository(tmp_path / "work", HEAD + changelog, ["v1.0.0"], ["fix: x"])
    (section,) = edits(call, tmp_path / "work")["a/docs/NEWS.md"]
    assert "### Fixed" in section
