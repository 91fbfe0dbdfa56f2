from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from tagboat.adapters.store import FolderStore
from tagboat.core.artifact import Artifact, Role
from tagboat.errors import ConflictError, InvalidError, StepFailedError

CONTENT = b"the bytes"
DIGEST = hashlib.sha256(CONTENT).hexdigest()


def artifact(name: str = "demo.whl", sha256: str = DIGEST) -> Artifact:
    return Artifact(name, sha256, len(CONTENT), "demo", Role.WHEEL)


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    made = tmp_path / "made.whl"
    made.write_bytes(CONTENT)
    store = FolderStore(tmp_path / "artifacts")
    assert store.put(made) == (DIGEST, len(CONTENT))
    made.write_bytes(b"changed afterwards")
    return store


def test_a_kept_file_has_its_own_name_again(store: FolderStore) -> None:
    for name in ("demo.whl", "other.whl", "demo.whl"):
        path = store.path(artifact(name))
        assert (path.name, path.read_bytes()) == (name, CONTENT)


def test_what_is_not_kept_is_said(store: FolderStore) -> None:
    assert store.has(DIGEST)
    for sha256 in ("0" * 64, "", "../../made.whl", DIGEST.upper()):
        assert not store.has(sha256)
        with pytest.raises(KeyError):
            store.path(artifact(sha256=sha256))


def test_keeping_the_same_bytes_again_mends_them(store: FolderStore, tmp_path: Path) -> None:
    kept = tmp_path / "artifacts/files" / DIGEST
    kept.write_bytes(b"damaged!!")
    with pytest.raises(ConflictError):
        store.path(artifact())
    (tmp_path / "again").write_bytes(CONTENT)
    store.put(tmp_path / "again")
    assert store.path(artifact()).read_bytes() == CONTENT


@pytest.mark.parametrize("content", [b"shorter", b"same size", b"a longer one than before"])
def test_changed_bytes_are_never_handed_out(store: FolderStore, content: bytes) -> None:
    store.path(artifact()).write_bytes(content)
    with pytest.raises(ConflictError):
        store.path(artifact())


@pytest.mark.parametrize("name", ["../evil", "/etc/passwd", "a/b", "", ".", ".."])
def test_only_plain_names_are_used(store: FolderStore, name: str) -> None:
    with pytest.raises(InvalidError):
        store.path(artifact(name))


def test_a_file_that_cannot_be_kept_is_a_failure(tmp_path: Path) -> None:
    (tmp_path / "artifacts").write_text("in the way")
    (tmp_path / "made").write_text("x")
    with pytest.raises(StepFailedError):
        FolderStore(tmp_path / "artifacts").put(tmp_path / "made")


def test_nothing_half_is_left(store: FolderStore, tmp_path: Path) -> None:
    with pytest.raises(StepFailedError):
        store.put(tmp_path / "missing")
    assert [path.name for path in (tmp_path / "artifacts/files").iterdir()] == [DIGEST]
