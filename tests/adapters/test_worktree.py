from __future__ import annotations

from pathlib import Path

import pytest

from tagboat.adapters.worktree import Worktree
from tagboat.errors import RefusedError
from tagboat.testing.histories import git, make_history


@pytest.fixture(scope="session")
def history_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_history(tmp_path_factory.mktemp("worktree") / "source").path


def test_a_work_tree_is_found_from_any_folder_in_it(history_folder: Path) -> None:
    for path in (history_folder, history_folder / "src", history_folder / "a b"):
        worktree = Worktree(path)
        assert worktree.root == history_folder
        assert worktree.branch() == "main"
        assert sorted(worktree.tags()) == ["v1.0.0", "v1.1.0", "v1.1.1", "v1.1.2"]


def test_a_bare_repository_and_a_linked_work_tree_are_read(history_folder: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "-q", "--bare", str(history_folder), "bare.git")
    git(tmp_path / "bare.git", "worktree", "add", "-q", str(tmp_path / "linked"), "side")
    bare, linked = Worktree(tmp_path / "bare.git"), Worktree(tmp_path / "linked")
    assert (bare.bare, bare.root, bare.branch()) == (True, tmp_path / "bare.git", "main")
    assert (linked.bare, linked.branch()) == (False, "side")
    assert bare.read("README.md") == linked.read("README.md") == b"# Demo\n"
    assert bare.read_work_file("README.md") is None


def test_a_repository_before_its_first_commit_has_nothing(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "-b", "trunk")
    worktree = Worktree(tmp_path)
    assert worktree.head_commit() is None
    assert worktree.branch() == "trunk"
    assert list(worktree.files()) == list(worktree.tags()) == []
    assert worktree.read("x") is worktree.remote_url() is None


def test_a_detached_head_is_on_no_branch(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    git(tmp_path, "commit", "-q", "--allow-empty", "-m", "x")
    git(tmp_path, "checkout", "-q", "--detach")
    assert Worktree(tmp_path).branch() is None
    assert Worktree(tmp_path).head_commit() == git(tmp_path, "rev-parse", "HEAD")


def test_files_outside_are_not_read(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    git(root, "init", "-q")
    (tmp_path / "secret").write_text("secret")
    (root / "link").symlink_to("../secret")
    (root / "inner").symlink_to("real")
    (root / "real").write_text("inside")
    worktree = Worktree(root)
    for path in ("link", "../secret", str(tmp_path / "secret"), "missing", ".", "", "/dev/zero"):
        assert worktree.read_work_file(path) is None, path
    assert worktree.read_work_file("inner") == b"inside"


def test_no_repository_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="in no git repository"):
        Worktree(tmp_path)


def test_a_remote_is_shown_without_its_credential(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    git(tmp_path, "remote", "add", "origin", "https://user:s3cret@forge.invalid/o/r.git")
    worktree = Worktree(tmp_path)
    assert worktree.remote_url() == "https://forge.invalid/o/r.git"
    assert worktree.remote_url("--help") is None
