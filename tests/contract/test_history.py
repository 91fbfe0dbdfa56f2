"""The adapter ``LocalHistory`` on every kind of clone, and the history in memory that tests of the planner use."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tagboat.adapters.git.history import LocalHistory
from tagboat.testing.drawings import into_git
from tagboat.testing.histories import git
from tagboat.testing.history_contract import DRAWING, HistoryContract, HistorySubject
from tagboat.testing.memory_history import MemoryHistory

Source = tuple[Path, Mapping[str, str]]


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Source:
    """Shared: no test changes it."""
    folder = tmp_path_factory.mktemp("drawn") / "source"
    return folder, into_git(DRAWING, folder)


def opened(path: Path, ids: Mapping[str, str]) -> Iterator[HistorySubject]:
    history = LocalHistory(path)
    yield HistorySubject(history, ids)
    history.close()


class TestMemory(HistoryContract):
    @pytest.fixture
    def subject(self) -> HistorySubject:
        history = MemoryHistory(DRAWING)
        return HistorySubject(history, history.ids)


class TestPlain(HistoryContract):
    @pytest.fixture
    def subject(self, source: Source) -> Iterator[HistorySubject]:
        yield from opened(*source)


class TestBare(HistoryContract):
    @pytest.fixture
    def subject(self, source: Source, tmp_path: Path) -> Iterator[HistorySubject]:
        git(tmp_path, "clone", "-q", "--bare", str(source[0]), "bare.git")
        yield from opened(tmp_path / "bare.git", source[1])


class TestFolderOfLinkedWorkTree(HistoryContract):
    """A work tree beside the repository; its own HEAD says what is checked out."""

    @pytest.fixture
    def subject(self, source: Source, tmp_path: Path) -> Iterator[HistorySubject]:
        git(tmp_path, "clone", "-q", "--bare", str(source[0]), "bare.git")
        git(tmp_path / "bare.git", "symbolic-ref", "HEAD", "refs/heads/apart")
        git(tmp_path / "bare.git", "worktree", "add", "-q", "-f", str(tmp_path / "linked"), "main")
        (tmp_path / "linked/below").mkdir()
        yield from opened(tmp_path / "linked/below", source[1])


class TestPackedClone(HistoryContract):
    """A clone with its tags in ``packed-refs`` and branches of ``origin`` that are not local."""

    @pytest.fixture
    def subject(self, source: Source, tmp_path: Path) -> Iterator[HistorySubject]:
        git(tmp_path, "clone", "-q", f"file://{source[0]}", "clone")
        git(tmp_path / "clone", "pack-refs", "--all")
        yield from opened(tmp_path / "clone", source[1])
