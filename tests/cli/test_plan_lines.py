from pathlib import Path

import pytest
from berth import Call
from drawn import FILES, readable

from tagboat.testing.drawings import Drawing, Drawn, into_git
from tagboat.testing.histories import git

LINES = b"""
[tool.tagboat.components.acme]
path = "."
tag = "v{version}"
[tool.tagboat.components.acme.versions]
releases = "notes"
[tool.tagboat.components.acme.lines]
main = "==1.0.*"
"""


@pytest.fixture
def work(tmp_path: Path) -> Path:
    """A branch whose next version, 1.1.0, is outside of its line."""
    files = {**FILES, b"pyproject.toml": FILES[b"pyproject.toml"] + LINES}
    commits = (Drawn("begin", (), b"feat: begin", files), Drawn("feat", ("begin",), b"feat: x"))
    into_git(Drawing(commits, tags={"v1.0.0": "begin"}), tmp_path / "work")
    return tmp_path / "work"


def test_a_version_outside_of_the_line_can_be_looked_at(call: Call, work: Path) -> None:
    said = call("plan", "--repo", work)
    assert said.exit == 0, said.err
    assert "1.1.0 is outside the line of main" in said.out + said.err


@pytest.mark.parametrize("word", ["--strict", "--exit-code"])
def test_whoever_asks_whether_to_release_is_refused(call: Call, work: Path, word: str) -> None:
    refused = call("plan", "--repo", work, word)
    assert refused.exit == 3
    assert "1.1.0 is outside the line of main (==1.0.*)" in refused.err
    readable(refused)
    assert call("plan", "--repo", work, word, "--json").json["result"] == "refused"


@pytest.mark.parametrize("word", ["--strict", "--exit-code"])
def test_so_is_one_who_does_not_say_the_branch(call: Call, work: Path, word: str) -> None:
    git(work, "checkout", "-q", "-f", "--detach", "main")
    assert call("plan", "--repo", work).exit == 0
    refused = call("plan", "--repo", work, word)
    assert refused.exit == 3
    assert "no branch is known" in refused.err
    assert "--branch" in refused.err
    assert "outside the line of main" in call("plan", "--repo", work, word, "--branch", "main").err


def test_a_version_inside_of_the_line_is_a_change(call: Call, work: Path) -> None:
    words = ("plan", "--repo", work, "--exit-code", "--release-as", "1.0.1")
    assert call(*words).exit == 10
    assert call("plan", "--repo", work, "--exit-code", "--until", "v1.0.0", "--branch", "main").exit == 0


def test_all_versions_outside_of_their_lines_are_told_at_once(call: Call, tmp_path: Path) -> None:
    table = """[tool.tagboat.components.{name}]
path = "{name}"
tag = "{name}-v{{version}}"
versions.releases = "notes"
lines = {{ main = "==1.0.*" }}
"""
    files = {
        b"pyproject.toml": "".join(table.format(name=name) for name in ("oar", "sail")).encode(),
        b"oar/pyproject.toml": b'[project]\nname = "oar"\nversion = "1.0.0"\n',
        b"sail/pyproject.toml": b'[project]\nname = "sail"\nversion = "1.0.0"\n',
    }
    more = {**files, b"oar/x": b"1", b"sail/x": b"1"}
    commits = (Drawn("begin", (), b"feat: begin", files), Drawn("feat", ("begin",), b"feat: x", more))
    into_git(Drawing(commits, tags={"oar-v1.0.0": "begin", "sail-v1.0.0": "begin"}), tmp_path / "work")
    refused = call("plan", "--repo", tmp_path / "work", "--exit-code")
    assert refused.exit == 3
    assert "oar: 1.1.0 is outside" in refused.err
    assert "sail: 1.1.0 is outside" in refused.err
