"""A towncrier project whose commits ask for nothing is told of the fragments that wait."""

from __future__ import annotations

from pathlib import Path

from tagboat.adapters.git.history import LocalHistory
from tagboat.testing.drawings import Drawing, Drawn, into_git
from tagboat.wiring.planning import Ask, planned

PROJECT = b'[project]\nname = "acme"\nversion = "1.0.0"\n[tool.towncrier]\ndirectory = "news"\nfilename = "NEWS.rst"\n'


def warnings(folder: Path, files: dict[bytes, bytes]) -> tuple[str, ...]:
    commits = (
        Drawn("a", (), b"Begin", {b"pyproject.toml": PROJECT}),
        Drawn("b", ("a",), b"Go on", {b"pyproject.toml": PROJECT, **files}),
    )
    into_git(Drawing(commits, tags={"1.0.0": "a"}), folder)
    history = LocalHistory(folder)
    try:
        (next_,) = planned(Ask(folder), history).next
    finally:
        history.close()
    assert not next_.version
    return tuple(next_.warnings)


def test_waiting_fragments_are_named(tmp_path: Path) -> None:
    (said,) = warnings(tmp_path / "work", {b"news/1.feature": b"a sail", b"news/2.bugfix": b"a leak"})
    assert said.startswith("2 fragments wait")
    assert "--release-as" in said


def test_without_fragments_nothing_is_said(tmp_path: Path) -> None:
    assert warnings(tmp_path / "work", {}) == ()
