"""A sandbox and one finished release in it, for each test process; the command called in this process."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from berth import Call, Released, Said, released_in
from click.testing import CliRunner
from drawn import DRAWING
from harbour import Harbour

from tagboat.adapters.addresses import PUBLIC
from tagboat.cli.main import tagboat
from tagboat.sandbox import process
from tagboat.testing.drawings import into_git
from tagboat.testing.histories import git


@pytest.fixture(scope="session")
def harbour(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Harbour]:
    root = tmp_path_factory.mktemp("harbour")
    directory = root / "sandbox"
    simple = PUBLIC.indexes["pypi"].simple
    addresses = process.up(directory, own_relay=True, relay_cache=root / "relay", default_index=simple)
    try:
        yield Harbour(directory, addresses, root)
    finally:
        process.down(directory)


@pytest.fixture(scope="session")
def released(harbour: Harbour, tmp_path_factory: pytest.TempPathFactory) -> Released:
    """Shared: a test that changes anything of it changes it back."""
    return released_in(harbour, tmp_path_factory.mktemp("released"), "tiny-released")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small history to plan from, checked out."""
    into_git(DRAWING, tmp_path / "work")
    git(tmp_path / "work", "checkout", "-q", "-f")
    return tmp_path / "work"


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Call:
    """Call the command in this process, in a folder and with a state folder of the test's own."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "user-state"))
    for name in ("TAGBOAT_SANDBOX", "GH_TOKEN", "GITHUB_TOKEN", "TAGBOAT_FORGE_TOKEN"):
        monkeypatch.delenv(name, raising=False)

    def called(*words: str | Path) -> Said:
        done = CliRunner().invoke(tagboat, _texts(words))
        unexpected = done.exception is not None and not isinstance(done.exception, SystemExit)
        assert not unexpected, done.exception
        return Said(done.exit_code, done.stdout, done.stderr)

    return called


def _texts(words: Sequence[str | Path]) -> list[str]:
    return [str(word) for word in words]
