"""Drafts that people edit, and words of plan and changelog that do not fit together."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from berth import Call
from drawn import DAY, PYPROJECT, readable

from tagboat.testing.histories import git


def test_what_people_wrote_into_a_draft_stays_when_it_is_drafted_again(call: Call, folder: Path) -> None:
    first = call("plan", "--repo", folder, "--diff", *DAY)
    subprocess.run(["git", "apply"], cwd=folder, input=first.out.encode(), check=True, timeout=60)
    changelog = folder / "CHANGELOG.md"
    changelog.write_text(changelog.read_text().replace("* more", "* much more, by a person"))
    git(folder, "commit", "-q", "-a", "-m", "chore: draft the notes")
    git(folder, "commit", "-q", "--allow-empty", "-m", "fix: one thing besides")
    again = call("plan", "--repo", folder, "--diff", *DAY)
    subprocess.run(["git", "apply"], cwd=folder, input=again.out.encode(), check=True, timeout=60)
    text = changelog.read_text()
    assert text.count("## 2.0.0") == 1
    assert "* much more, by a person" in text
    assert "* more" not in text
    assert "one thing besides" in text


def test_a_persons_version_comes_with_their_reason(call: Call, folder: Path) -> None:
    said = call("plan", "--repo", folder, "--release-as", "3.0", "--reason", "a new ocean", "--json", *DAY)
    (component,) = said.json["components"]
    assert (component["version"], component["reasons"][0]["text"]) == ("3.0", "a new ocean")


@pytest.mark.parametrize("option", ["--release-as", "--taken"])
def test_an_empty_version_is_no_version(call: Call, folder: Path, option: str) -> None:
    said = call("plan", "--repo", folder, option, "acme=")
    assert (said.exit, "names no version" in said.err) == (2, True)
    readable(said)


@pytest.mark.parametrize("form", ["markdown", "keep-a-changelog"])
def test_a_draft_made_again_and_again_keeps_hands_and_tells_nothing_twice(
    call: Call, folder: Path, form: str
) -> None:
    changelog = folder / "CHANGELOG.md"
    table = f'[tool.tagboat.components.acme.changelog]\nformat = "{form}"\n'
    (folder / "pyproject.toml").write_bytes(PYPROJECT + table.encode())
    git(folder, "commit", "-q", "-a", "-m", "chore: configure")
    git(folder, "tag", "v1.9.0")

    def commit(message: str) -> None:
        git(folder, "commit", "-q", "-a", "--allow-empty", "-m", message)

    def draft() -> str:
        said = call("plan", "--repo", folder, "--diff", *DAY)
        patch = said.out.encode()
        subprocess.run(["git", "apply", "--allow-empty"], cwd=folder, input=patch, check=True, timeout=60)
        git(folder, "add", "-A")
        commit("chore: draft")
        return changelog.read_text()

    commit("fix: one")
    first = draft()
    changelog.write_text(first.replace(" one", " One, by hand", 1))
    commit("docs: a better word")
    commit("fix: two")
    assert "## 1.9.1" in draft().replace("[", "").replace("]", "")
    commit("fix: three")
    commit("feat: four")
    text = draft()
    assert "1.9.1" not in text
    assert "2.0.0" not in text
    for words in ("One, by hand", " two", " three", " four", "1.10.0"):
        assert text.count(words) >= 1
    for words in ("One, by hand", " two", " three", " four"):
        assert text.count(words) == 1, text
    assert draft() == text


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--expect", ""], "names no digest"),
        (["--reason", "because"], "none is"),
        (["--release-as", "3.0", "--release-as", "4.0"], "3.0 and 4.0 are two next versions"),
    ],
)
def test_words_that_do_not_fit_together_are_refused(
    call: Call, folder: Path, words: list[str], said: str
) -> None:
    answer = call("plan", "--repo", folder, *words)
    assert (answer.exit, said in answer.err) == (2, True), answer.err
    readable(answer)


def test_the_patch_is_in_the_json_answer_too(call: Call, folder: Path) -> None:
    patch = call("plan", "--repo", folder, "--diff", *DAY).out
    assert call("plan", "--repo", folder, "--diff", "--json", *DAY).json["patch"].strip() == patch.strip()


def test_a_whole_changelog_has_no_since(call: Call, folder: Path) -> None:
    answer = call("changelog", "--repo", folder, "--all", "--since", "v1.0.0")
    assert (answer.exit, "leave one out" in answer.err) == (2, True)


def test_notes_of_a_history_that_is_cut_off_come_with_a_warning(
    call: Call, folder: Path, tmp_path: Path
) -> None:
    git(tmp_path, "clone", "-q", "--depth", "2", f"file://{folder}", "shallow")
    answer = call("changelog", "--repo", tmp_path / "shallow", *DAY)
    assert "shallow clone" in answer.err
    assert "shallow" not in answer.out
