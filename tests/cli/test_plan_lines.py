from pathlib import Path

from berth import Call
from drawn import FILES, readable

from tagboat.testing.drawings import Drawing, Drawn, into_git

LINES = b"""
[tool.tagboat.components.acme]
path = "."
tag = "v{version}"
[tool.tagboat.components.acme.versions]
releases = "notes"
[tool.tagboat.components.acme.lines]
main = "==1.0.*"
"""


def test_strict_refuses_a_version_outside_of_the_line(call: Call, tmp_path: Path) -> None:
    files = {**FILES, b"pyproject.toml": FILES[b"pyproject.toml"] + LINES}
    commits = (Drawn("begin", (), b"feat: begin", files), Drawn("feat", ("begin",), b"feat: x"))
    into_git(Drawing(commits, tags={"v1.0.0": "begin"}), tmp_path / "work")
    words = ("plan", "--repo", tmp_path / "work")
    said = call(*words)
    assert said.exit == 0, said.err
    assert "1.1.0 is outside the line of main" in said.out + said.err
    refused = call(*words, "--strict")
    assert refused.exit != 0
    assert "1.1.0 is outside the line of main (==1.0.*)" in refused.err
    readable(refused)
