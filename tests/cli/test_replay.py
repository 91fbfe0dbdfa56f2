"""replay: of a list of releases, of releases that are found, and of drafts on branches."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from berth import Call, Said

from tagboat.testing.drawings import Drawing, Drawn, into_git
from tagboat.testing.histories import git

HEAD = b"# Changelog\n"
FIRST = b"\n## [1.1.0](https://forge.invalid/acme/boat/compare/v1.0.0...v1.1.0) (2023-11-16)\n\n\n### Features\n\n* new ([ID](https://forge.invalid/acme/boat/commit/FULL))\n"
SECOND = b"\n## 1.2.0 (2023-11-18)\n\n\n### Bug Fixes\n\n* by hand\n"
PYPROJECT = {b"pyproject.toml": b'[project]\nname = "acme"\nversion = "1.0.0"\n'}


@pytest.fixture
def made(tmp_path: Path) -> tuple[Path, dict[str, str]]:
    """Two releases after the first: one as planned, one by hand."""
    begin = (Drawn("begin", (), b"feat: begin", PYPROJECT), Drawn("new", ("begin",), b"feat: new"))
    ids = into_git(Drawing(begin), tmp_path / "draft")
    first = FIRST.replace(b"ID", ids["new"][:7].encode()).replace(b"FULL", ids["new"].encode())
    drawing = Drawing(
        (
            *begin,
            Drawn(
                "out", ("new",), b"chore(main): release 1.1.0", {**PYPROJECT, b"CHANGELOG.md": HEAD + first}
            ),
            Drawn("fix", ("out",), b"fix: repair"),
            Drawn("odd", ("fix",), b"some words"),
            Drawn("late", ("odd",), b"chore: release", {**PYPROJECT, b"CHANGELOG.md": HEAD + SECOND + first}),
        ),
        tags={"v1.0.0": "begin", "v1.1.0": "out", "v1.2.0": "late"},
    )
    return tmp_path / "work", dict(into_git(drawing, tmp_path / "work"))


def rows(said: Said) -> list[dict[str, Any]]:
    assert said.exit == 0, said.err
    return [json.loads(line) for line in said.out.splitlines()]


def listed(folder: Path, *lines: object) -> Path:
    file = folder.parent / "releases.jsonl"
    file.write_text(
        "\n".join(line if isinstance(line, str) else json.dumps(line, ensure_ascii=False) for line in lines)
        + "\n"
    )
    return file


def test_a_list_of_releases_is_replayed_line_by_line(call: Call, made: tuple[Path, dict[str, str]]) -> None:
    folder, ids = made
    row = {
        "previous_tag": "v1.0.0",
        "tag": "v1.1.0",
        "base": ids["new"],
        "repository": "acme/boat",
        "more": "\u2028",
    }
    other = {"previous_tag": "v1.1.0", "tag": "v1.2.0", "base": ids["odd"]}
    found = rows(call("replay", folder, "--releases", listed(folder, row, "", other, row), "--json"))
    assert [one["tag"] for one in found] == ["v1.1.0", "v1.2.0", "v1.1.0"]
    assert [one["version"] for one in found] == ["1.1.0", "1.1.1", "1.1.0"]
    assert found[0] == found[2]
    assert "/acme/boat/compare/v1.0.0...v1.1.0) (2023-11-" in found[0]["section"]
    assert "### Bug Fixes\n\n* repair" in found[1]["section"]
    assert [one["title"] for one in found[1]["unparsed"]] == ["some words"]
    assert found[1]["reasons"][0]["commit"] == ids["fix"]
    told = call("replay", folder, "--releases", listed(folder, other))
    assert told.out.split() == ["v1.2.0", "1.1.1"]


def test_broken_lines_are_all_told_with_their_numbers(call: Call, made: tuple[Path, dict[str, str]]) -> None:
    folder, ids = made
    good = {"previous_tag": "v1.0.0", "tag": "v1.1.0", "base": ids["new"]}
    broken = [
        "{\u2028",
        "[]",
        "5",
        json.dumps({**good, "base": 5}),
        json.dumps({"tag": "v1.1.0"}),
        "[" * 100_000,
    ]
    file = listed(folder, good, *broken, good)
    said = call("replay", folder, "--releases", file)
    assert (said.exit, said.out) == (2, "")
    for number in range(2, 8):
        assert f"releases.jsonl:{number}: " in said.err
    assert ":1:" not in said.err
    assert ":8:" not in said.err
    assert "Traceback" not in said.err


@pytest.mark.parametrize("content", [b"\xff\xfe\n", b'{"tag": "\xff"}\n'])
def test_a_list_that_is_no_text_is_refused(
    call: Call, made: tuple[Path, dict[str, str]], content: bytes
) -> None:
    file = made[0].parent / "releases.jsonl"
    file.write_bytes(content)
    said = call("replay", made[0], "--releases", file)
    assert said.exit == 2
    assert "releases.jsonl" in said.err


@pytest.mark.parametrize("key", ["base", "previous_tag"])
def test_what_is_not_in_the_repository_is_named(
    call: Call, made: tuple[Path, dict[str, str]], key: str
) -> None:
    folder, ids = made
    row = {"previous_tag": "v1.0.0", "tag": "v1.1.0", "base": ids["new"], key: "gone"}
    said = call("replay", folder, "--releases", listed(folder, row))
    assert said.exit == 3
    assert "v1.1.0: gone is not in" in said.err


def test_releases_are_found_in_tags_and_changelog(call: Call, made: tuple[Path, dict[str, str]]) -> None:
    folder, _ = made
    said = call("replay", folder)
    assert said.exit == 0
    assert said.out.splitlines()[-1] == "2 releases: 1 versions right, 1 of 2 sections identical"
    assert "released as 1.2.0, planned as 1.1.1" in said.out
    assert "only released: * by hand" in said.out
    assert "only planned: * repair" in said.out
    assert "v1.1.0" not in said.out
    found = rows(call("replay", folder, "--json"))
    assert [(one["tag"], one["released"], one["version"]) for one in found] == [
        ("v1.2.0", "1.2.0", "1.1.1"),
        ("v1.1.0", "1.1.0", "1.1.0"),
    ]
    assert found[1]["differences"] == []
    assert found[0]["component"] == found[1]["component"] == "acme"


def test_a_repository_without_releases_says_so(call: Call, tmp_path: Path) -> None:
    into_git(Drawing([Drawn("one", (), b"feat: begin")]), tmp_path / "work")
    said = call("replay", tmp_path / "work")
    assert said.exit == 0
    assert "no release was found" in said.out
    assert call("replay", tmp_path / "work", "--component", "other").exit == 2
    git(tmp_path, "init", "-q", "unborn")
    assert call("replay", tmp_path / "unborn").exit == 3
    (tmp_path / "nothing").mkdir()
    assert call("replay", tmp_path / "nothing").exit == 3
    assert call("replay", tmp_path / "missing").exit == 2


RST = b"""Changelog
=========

2.0.0 (tbd)
-----------

1.2.0 (2023-11-01)
------------------

- ENH: begin
"""


def drafting(tmp_path: Path, before: bytes) -> tuple[Path, str]:
    commits = (
        Drawn("old", (), b"feat: begin", {b"CHANGES.rst": before}),
        Drawn("work", ("old",), b"fix: repair (#7)"),
        Drawn("draft", ("work",), b"chore: draft", {b"CHANGES.rst": b"whatever\n"}),
    )
    branch = "auto-release-candidate-2023-12-01"
    branches = {"main": "work", branch: "draft", "auto-release-candidate-soon": "draft"}
    into_git(Drawing(commits, tags={"v1.2.0": "old"}, branches=branches), tmp_path / "work")
    return tmp_path / "work", branch


def test_drafts_are_made_once_more_from_the_parent(call: Call, tmp_path: Path) -> None:
    folder, branch = drafting(tmp_path, RST)
    (row,) = rows(call("replay", folder, "--drafts", "--json"))
    assert (row["branch"], row["date"]) == (branch, "2023-12-01")
    assert "repair" in row["content"]
    assert row["content"].startswith(
        "Changelog\n=========\n\n2.0.0 (tbd)\n-----------\n\n1.2.1rc12-01-2023 (__rc__)\n"
    )
    assert row["content"].endswith("\n\n1.2.0 (2023-11-01)\n------------------\n\n- ENH: begin\n")
    told = call("replay", folder, "--drafts")
    assert told.out.startswith(branch)
    assert call("replay", folder, "--drafts", "--corrected").exit == 0


def test_a_draft_without_what_it_is_made_from_is_refused(call: Call, tmp_path: Path) -> None:
    folder, branch = drafting(tmp_path, b"nothing here\n")
    said = call("replay", folder, "--drafts")
    assert said.exit == 2
    assert branch in said.err
    (tmp_path / "other").mkdir()
    folder, branch = drafting(tmp_path / "other", RST)
    git(folder, "tag", "-d", "v1.2.0")
    said = call("replay", folder, "--drafts")
    assert said.exit == 3
    assert "v1.2.0" in said.err
    assert "Traceback" not in said.err


@pytest.mark.parametrize("day", ["2023-13-01", "2023-02-30", "0000-01-01"])
def test_a_branch_of_an_impossible_day_is_no_draft(call: Call, tmp_path: Path, day: str) -> None:
    commits = (Drawn("old", (), b"x", {b"CHANGES.rst": RST}), Drawn("draft", ("old",), b"y"))
    branches = {"main": "draft", f"auto-release-candidate-{day}": "draft"}
    into_git(Drawing(commits, tags={"v1.2.0": "old"}, branches=branches), tmp_path / "work")
    said = call("replay", tmp_path / "work", "--drafts", "--json")
    assert (said.exit, said.out) == (0, ""), said.err


@pytest.mark.parametrize(
    "words", [["--corrected"], ["--drafts", "--releases", "list.jsonl"]], ids=["corrected", "two questions"]
)
def test_words_that_do_not_fit_together_are_refused(
    call: Call,
    made: tuple[Path, dict[str, str]],
    tmp_path: Path,
    words: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "list.jsonl").write_text("")
    assert call("replay", made[0], *words).exit == 2
