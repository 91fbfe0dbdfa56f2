from pathlib import Path

from berth import Call
from drawn import FILES

from tagboat.testing.drawings import Drawing, Drawn, into_git

AHEAD = {**FILES, b"pyproject.toml": b'[project]\nname = "acme"\nversion = "1.5.0.dev0"\n'}


def test_a_file_that_is_ahead_of_what_is_planned_is_warned_of(call: Call, tmp_path: Path) -> None:
    commits = (Drawn("begin", (), b"feat: begin", FILES), Drawn("fix", ("begin",), b"fix: x", AHEAD))
    into_git(Drawing(commits, tags={"v1.0.0": "begin"}), tmp_path / "work")
    said = call("plan", "--repo", tmp_path / "work", "--edits")
    assert said.exit == 0
    assert "pyproject.toml:3 holds 1.5.0.dev0, which is above 1.0.1" in said.out + said.err
