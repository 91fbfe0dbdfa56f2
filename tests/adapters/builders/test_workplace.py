from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

from tagboat.adapters.builders.workplace import workplace


@pytest.fixture(autouse=True)
def _own_temporary_folder(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))


def test_one_build_after_the_other_works_in_the_same_empty_folder():
    with workplace() as first:
        (first / "deep" / "deeper").mkdir(parents=True)
        (first / "deep" / "deeper" / "file").write_text("x")
        (first / "deep").chmod(0o500)
        (first / "link").symlink_to("/")
    with workplace() as second:
        assert second == first
        assert list(second.iterdir()) == []


def test_two_builds_at_once_do_not_share_a_folder():
    with workplace() as first, workplace() as second:
        assert first != second
        assert list(second.iterdir()) == []


def test_what_a_killed_build_left_is_removed():
    with workplace() as folder:
        pass
    (folder / "left").mkdir()
    with workplace() as again:
        assert list(again.iterdir()) == []


@pytest.mark.parametrize("trap", ["link", "open"])
def test_a_folder_that_somebody_else_could_fill_is_not_used(tmp_path, trap):
    fixed = tmp_path / f"tagboat-build-{os.getuid()}"
    if trap == "link":
        (tmp_path / "elsewhere").mkdir()
        (tmp_path / "elsewhere" / "kept").write_text("x")
        fixed.symlink_to(tmp_path / "elsewhere")
    else:
        fixed.mkdir()
        fixed.chmod(0o777)
    with workplace() as folder:
        assert folder != fixed
    assert trap == "open" or Path(tmp_path / "elsewhere" / "kept").exists()
