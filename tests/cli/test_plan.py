"""plan and changelog, on repositories as users have them: what they say, and how they end."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from berth import Call
from drawn import DAY, FILES, readable

from tagboat.testing.drawings import Drawing, Drawn, into_git
from tagboat.testing.histories import git


def test_a_plan_is_told_with_its_reasons(call: Call, folder: Path) -> None:
    said = call("plan", "--repo", folder, *DAY)
    assert said.exit == 0
    lines = said.out.splitlines()
    assert lines[0] == "acme 1.0.0 → 2.0.0 (major), tag v2.0.0"
    assert lines[1].split()[0] == "major"
    assert "feat: more" in lines[1]
    assert any("fix(core): mend" in line for line in lines)
    assert "  not counted: 1" in lines
    assert any("just words" in line for line in lines)
    assert "rules: defaults" in said.err
    assert "digest: " in said.err
    readable(said)


def test_the_answer_holds_everything_as_data(call: Call, folder: Path) -> None:
    answer = call("plan", "--repo", folder, "--json", *DAY).json
    assert answer["command"] == "plan"
    assert answer["head"] == git(folder, "rev-parse", "HEAD")
    assert (answer["branch"], answer["date"], answer["dialect"]) == ("main", "2024-02-29", "defaults")
    (component,) = answer["components"]
    assert (component["component"], component["last"], component["last_tag"]) == ("acme", "1.0.0", "v1.0.0")
    assert (component["version"], component["tag"], component["level"]) == ("2.0.0", "v2.0.0", "major")
    assert component["reasons"][0]["commit"] == answer["head"]
    assert [change["type"] for change in component["changes"]] == ["feat", "fix"]
    assert [unread["title"] for unread in component["unread"]]
    assert component["section"].startswith(
        "## 2.0.0 (2024-02-29)\n\n\n### ⚠ BREAKING CHANGES\n\n* not the same\n"
    )
    assert component["edits"] == []
    assert "\x1b" not in str(answer)


def test_two_plans_of_one_state_are_equal_to_the_byte(call: Call, folder: Path) -> None:
    first, second = (call("plan", "--repo", folder, "--json", "--edits", *DAY) for _ in range(2))
    assert first.out == second.out
    from_below = call("plan", "--repo", folder / "acme", "--json", "--edits", *DAY)
    assert from_below.out == first.out


def test_edits_are_told_with_their_lines(call: Call, folder: Path) -> None:
    said = call("plan", "--repo", folder, "--edits", *DAY)
    assert "  pyproject.toml:3  " in said.out
    assert "  acme/__init__.py:1  " in said.out
    assert "  CHANGELOG.md:" in said.out


@pytest.mark.parametrize(
    "changelog",
    [
        FILES[b"CHANGELOG.md"],
        FILES[b"CHANGELOG.md"].rstrip(b"\n"),
        FILES[b"CHANGELOG.md"].replace(b"\n", b"\r\n"),
        b"# Changelog\n\x0cpage\n\xe2\x80\xa8 line\x0b\x1c\x1b[1m\r\n\xc3\xa4 \rend\n\n## 1.0.0\n\x0cpage\r\n\x85 \rend\n".replace(
            b"\x85", b"\xc2\x85"
        ),
        b"",
        None,
    ],
    ids=["usual", "no end", "windows", "odd line ends", "empty", "none"],
)
def test_the_patch_applies(call: Call, folder: Path, changelog: bytes | None) -> None:
    path = folder / "CHANGELOG.md"
    path.unlink() if changelog is None else path.write_bytes(changelog)
    git(
        folder,
        "-c",
        "core.autocrlf=false",
        "commit",
        "-q",
        "-a",
        "-m",
        "docs: other changelog",
        "--allow-empty",
    )
    done = subprocess.run(
        [sys.executable, "-m", "tagboat", "plan", "--repo", str(folder), "--diff", *DAY],
        capture_output=True,
        check=True,
        timeout=60,
    )
    for words in (["--check"], []):
        subprocess.run(["git", "apply", *words], cwd=folder, input=done.stdout, check=True, timeout=60)
    assert 'version = "2.0.0"' in (folder / "pyproject.toml").read_text()
    assert (folder / "acme/__init__.py").read_bytes() == b'__version__ = "2.0.0"'
    after = path.read_bytes()
    assert b"## 2.0.0 (2024-02-29)" in after
    assert all(line in after for line in (changelog or b"").split(b"\n") if line)


def test_the_patch_names_odd_files_as_git_does(call: Call, tmp_path: Path) -> None:
    odd = [
        b'q"b\\/version.py',
        b'a "b"\\/version.py',
        b"new\nline/version.py",
        "größe/version.py".encode(),
        b"plain/version.py",
    ]
    config = b'{"packages": {".": {"release-type": "python", "component": "acme"}}}'
    files = {b"release-please-config.json": config, **dict.fromkeys(odd, b'__version__ = "1.0.0"\n')}
    drawing = Drawing([Drawn("begin", (), b"feat: begin", files)])
    into_git(drawing, tmp_path / "work")
    git(tmp_path / "work", "checkout", "-q", "-f")
    said = call("plan", "--repo", tmp_path / "work", "--diff", "--release-as", "2.0.0")
    git(tmp_path / "work", "apply", content=said.out)
    changed = [path for path in odd if b"2.0.0" in (tmp_path / "work" / path.decode()).read_bytes()]
    assert changed == odd


def test_there_is_something_to_release_or_not(call: Call, folder: Path) -> None:
    assert call("plan", "--repo", folder, "--exit-code", "--json").json["result"] == "changes"
    assert call("plan", "--repo", folder, "--exit-code").exit == 10
    git(folder, "tag", "v2.0.0")
    said = call("plan", "--repo", folder, "--exit-code")
    assert said.exit == 0
    assert "acme 2.0.0: nothing to release" in said.out
    git(folder, "commit", "-q", "--allow-empty", "-m", "chore: nobody sees this")
    assert call("plan", "--repo", folder, "--exit-code").exit == 0


def test_strict_refuses_what_does_not_count(call: Call, folder: Path) -> None:
    said = call("plan", "--repo", folder, "--strict", "--json")
    assert (said.exit, said.json["error"]["code"]) == (3, "refused")
    assert "just words" in said.json["error"]["cause"]
    assert "there is no type" in said.json["error"]["cause"]
    assert call("plan", "--repo", folder, "--strict", "--since", "HEAD~1").exit == 0


def test_a_plan_goes_stale_when_something_under_it_moves(call: Call, folder: Path) -> None:
    digest = call("plan", "--repo", folder, "--json", *DAY).json["digest"]
    assert call("plan", "--repo", folder, "--expect", digest, *DAY).exit == 0
    assert call("plan", "--repo", folder, "--expect", digest, "--edits", *DAY).exit == 0
    moved = call("plan", "--repo", folder, "--expect", digest, "--json", "--as-of", "2024-03-01")
    assert (moved.exit, moved.json["error"]["code"]) == (7, "stale-plan")
    git(folder, "commit", "-q", "--allow-empty", "-m", "fix: late")
    assert call("plan", "--repo", folder, "--expect", digest, *DAY).exit == 7
    git(folder, "reset", "-q", "--hard", "HEAD~1")
    assert call("plan", "--repo", folder, "--expect", digest, *DAY).exit == 0
    git(folder, "tag", "v1.5.0", "HEAD~1")
    assert call("plan", "--repo", folder, "--expect", digest, *DAY).exit == 7


def test_a_person_chooses_the_version(call: Call, folder: Path) -> None:
    (component,) = call("plan", "--repo", folder, "--release-as", "5.0.0", "--json").json["components"]
    assert (component["version"], component["tag"]) == ("5.0.0", "v5.0.0")
    assert any("5.0.0" in str(reason) for reason in component["reasons"])
    named = call("plan", "--repo", folder, "--release-as", "acme=5.0.0", "--json").json["components"]
    assert named[0]["version"] == "5.0.0"
    for wrong in ("0.9.0", "1.0.0", "nonsense", "other=2.0.0"):
        said = call("plan", "--repo", folder, "--release-as", wrong, "--json")
        assert said.exit == 2, wrong
        assert said.json["error"]["remedy"], wrong


def test_taken_versions_are_passed_over(call: Call, folder: Path) -> None:
    taken = ("--taken", "2.0.0", "--taken", "acme=2.0.1")
    (component,) = call("plan", "--repo", folder, *taken, "--json").json["components"]
    assert component["version"] not in {"2.0.0", "2.0.1", ""}


def test_the_window_can_be_chosen(call: Call, folder: Path) -> None:
    def version(*words: str) -> str:
        (component,) = call("plan", "--repo", folder, "--json", *words).json["components"]
        assert isinstance(component["version"], str)
        return component["version"]

    assert version("--until", "HEAD~1") == "1.0.1"
    assert version("--until", "v1.0.0") == ""
    assert version("--since", "HEAD~1") not in {"", "1.0.1"}
    assert version("--since", "v1.0.0", "--until", "HEAD~2") == "1.0.1"


def test_a_base_beside_the_history_ends(call: Call, folder: Path) -> None:
    git(folder, "checkout", "-q", "-b", "side", "HEAD~2")
    git(folder, "commit", "-q", "--allow-empty", "-m", "feat: aside")
    git(folder, "tag", "v9.0.0")
    git(folder, "checkout", "-q", "main")
    (component,) = call("plan", "--repo", folder, "--since", "side", "--json").json["components"]
    assert [change["subject"] for change in component["changes"]] == ["more"]
    (component,) = call("plan", "--repo", folder, "--json").json["components"]
    assert (component["last"], component["version"]) == ("1.0.0", "2.0.0")


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (["--component", "nothing"], 2),
        (["--since", "nowhere"], 2),
        (["--until", "nowhere"], 2),
        (["--until", "--all"], 2),
        (["--since", "HEAD@{99}"], 2),
        (["--as-of", "yesterday"], 2),
        (["--expect", "1234"], 7),
    ],
)
def test_what_cannot_be_asked_is_said(call: Call, folder: Path, words: list[str], status: int) -> None:
    said = call("plan", "--repo", folder, *words)
    assert (said.exit, said.out) == (status, "")
    readable(said)
    assert words[1] in said.err


@pytest.mark.parametrize("command", ["plan", "changelog"])
def test_no_repository_and_no_commit_are_refused(call: Call, tmp_path: Path, command: str) -> None:
    (tmp_path / "nothing").mkdir()
    git(tmp_path, "init", "-q", "unborn")
    for name in ("nothing", "unborn"):
        said = call(command, "--repo", tmp_path / name, "--json")
        assert (said.exit, said.json["error"]["code"]) == (3, "refused"), name
        assert said.json["error"]["remedy"]
    assert call(command, "--repo", tmp_path / "missing").exit == 2


def test_a_repository_without_anything_to_build_is_planned(call: Call, tmp_path: Path) -> None:
    into_git(Drawing([Drawn("one", (), b"feat: begin")]), tmp_path / "bare.git", bare=True)
    (component,) = call("plan", "--repo", tmp_path / "bare.git", "--json").json["components"]
    assert (component["last"], component["version"]) == ("", "0.1.0")


def test_a_broken_configuration_is_told_with_its_file(call: Call, tmp_path: Path) -> None:
    files = {b"release-please-config.json": b'{"packages": {".": {"release-type": 5}}}'}
    into_git(Drawing([Drawn("one", (), b"feat: begin", files)]), tmp_path / "work")
    said = call("plan", "--repo", tmp_path / "work", "--json")
    assert (said.exit, said.json["error"]["code"]) == (2, "config")
    assert "release-please-config.json" in said.json["error"]["cause"]


def test_names_of_any_bytes_end_in_an_answer(call: Call, folder: Path) -> None:
    head = git(folder, "rev-parse", "HEAD")
    (folder / ".git/HEAD").write_bytes(b"ref: refs/heads/\xff\xfe\n")
    (folder / ".git/packed-refs").write_bytes(
        b"# pack-refs with: peeled fully-peeled sorted \n"
        + f"{head} refs/heads/".encode()
        + b"\xff\xfe\n"
        + f"{head} refs/tags/v1.5.0".encode()
        + b"\xff\n"
    )
    for words in (["--json"], ["--edits", "--verbose"], ["--diff"]):
        done = subprocess.run(
            [sys.executable, "-m", "tagboat", "plan", "--repo", str(folder), *words],
            capture_output=True,
            check=False,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr


COMPONENTS = Drawing(
    (
        Drawn(
            "begin",
            (),
            b"feat: begin",
            {
                b"a/pyproject.toml": b'[project]\nname = "a"\nversion = "1.0.0"\n',
                b"a/b/pyproject.toml": b'[project]\nname = "b"\nversion = "1.0.0"\n',
            },
        ),
        Drawn("b", ("begin",), b"feat: only b", {b"a/b/x": b"1"}),
    ),
    tags={"a-v1.0.0": "begin", "b-v1.0.0": "begin"},
)
CONFIG = b'{"packages": {"a": {"release-type": "python", "component": "a"}, "a/b": {"release-type": "python", "component": "b"}}}'


def test_one_component_is_planned_as_among_all(call: Call, tmp_path: Path) -> None:
    begin, only_b = COMPONENTS.commits
    files = {**(begin.files or {}), b"release-please-config.json": CONFIG}
    changed = Drawn("b", ("begin",), only_b.message, {**files, b"a/b/x": b"1"})
    drawing = Drawing([Drawn("begin", (), begin.message, files), changed], tags=COMPONENTS.tags)
    into_git(drawing, tmp_path / "work")
    whole = call("plan", "--repo", tmp_path / "work", "--json").json["components"]
    assert [(one["component"], one["version"]) for one in whole] == [("a", ""), ("b", "1.1.0")]
    for one in whole:
        alone = call("plan", "--repo", tmp_path / "work", "--component", one["component"], "--json")
        assert alone.json["components"] == [one]
        notes = call("changelog", "--all", "--repo", tmp_path / "work", "--component", one["component"])
        assert ("only b" in notes.out) == (one["component"] == "b")
    said = call("plan", "--repo", tmp_path / "work", "--release-as", "3.0.0", "--json")
    assert said.exit == 2
    assert "a, b" in said.json["error"]["remedy"]


def test_past_notes_of_one_component_leave_out_what_is_anothers(call: Call, tmp_path: Path) -> None:
    begin, only_b = COMPONENTS.commits
    files = {**(begin.files or {}), b"release-please-config.json": CONFIG}
    changed = Drawn("b", ("begin",), only_b.message, {**files, b"a/b/x": b"1"})
    tags = {"a-v1.0.0": "begin", "a-v1.1.0": "b", "b-v1.1.0": "b"}
    into_git(Drawing([Drawn("begin", (), begin.message, files), changed], tags=tags), tmp_path / "work")
    for words in ([], ["--component", "a"], ["--component", "b"]):
        rows = call("changelog", "--all", "--repo", tmp_path / "work", "--json", *words).json["changelogs"]
        assert rows
        for row in rows:
            assert ("only b" in "".join(row["sections"])) == (row["component"] == "b")


def test_the_changelog_is_what_would_be_released(call: Call, folder: Path) -> None:
    said = call("changelog", "--repo", folder, *DAY)
    section = call("plan", "--repo", folder, "--json", *DAY).json["components"][0]["section"]
    assert said.out.strip() == section
    assert call("changelog", "--repo", folder, "--json", *DAY).json["changelogs"] == [
        {"component": "acme", "sections": [section], "warnings": []}
    ]


def test_the_whole_changelog_has_every_release_newest_first(call: Call, folder: Path) -> None:
    said = call("changelog", "--repo", folder, "--all", "--repository", "acme/boat", *DAY)
    headings = [line for line in said.out.splitlines() if line.startswith("## ")]
    assert len(headings) == 2
    assert headings[0].startswith("## [2.0.0](https://")
    assert headings[0].endswith("/acme/boat/compare/v1.0.0...v2.0.0) (2024-02-29)")
    assert headings[1] == "## 1.0.0 (2023-11-14)"


def test_nothing_to_release_is_said_beside_an_empty_changelog(call: Call, folder: Path) -> None:
    git(folder, "tag", "v2.0.0")
    said = call("changelog", "--repo", folder)
    assert (said.exit, said.out) == (0, "")
    assert "acme: nothing to release" in said.err
