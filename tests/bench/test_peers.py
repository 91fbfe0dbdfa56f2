import re
from pathlib import Path

import pytest
from bench.peers import LOCK, Peers, peers

ROOT = Path(__file__).parents[2]
CHOSEN = ROOT / "requirements" / "bench.in"


def test_the_lock_holds_what_is_chosen_and_only_by_hash() -> None:
    lock = LOCK.read_text()
    pins = set(re.findall(r"(?m)^[\w.-]+==[^\s;]+", lock))
    chosen = {line for line in CHOSEN.read_text().splitlines() if not line.startswith("#")}
    assert len(chosen) == 3
    assert chosen <= pins
    entries = re.split(r"(?m)^(?=[\w.-]+==)", lock)
    assert all("--hash=sha256:" in entry for entry in entries if entry)
    assert "://" not in lock


def test_no_other_tool_is_a_dependency_of_the_project() -> None:
    project = (ROOT / "pyproject.toml").read_text() + (ROOT / "requirements" / "dev.lock").read_text()
    for line in CHOSEN.read_text().splitlines():
        if not line.startswith("#"):
            assert re.search(rf"(?m)^\W*{line.split('==')[0]}\b", project) is None


def test_where_they_cannot_be_installed_there_are_none_and_it_is_said(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    lock = tmp_path / "bench.lock"
    lock.write_text("nothing-of-this-name==1.0 --hash=sha256:" + "0" * 64 + "\n")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    assert peers(tmp_path / "peers", lock) is None
    assert "git log alone is measured" in capfd.readouterr().err


def test_what_is_installed_is_not_installed_again(tmp_path: Path) -> None:
    folder = tmp_path / "peers"
    folder.mkdir()
    (folder / "installed").write_text(LOCK.read_text())
    found = peers(folder)
    assert found == Peers(folder / "bin", folder / "settings")
    assert [path.name for path in folder.iterdir() if path.name in {"bin", "lib"}] == []
