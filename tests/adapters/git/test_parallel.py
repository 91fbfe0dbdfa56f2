"""A history that several children take apart is the one that a single child would tell."""

from __future__ import annotations

import io
import os
import subprocess
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

import pytest

from tagboat.adapters.git import parallel
from tagboat.adapters.git.history import LocalHistory
from tagboat.core.commit import Commit
from tagboat.errors import StepFailedError
from tagboat.testing.drawings import Drawing, Drawn, into_git
from tagboat.testing.histories import git

COUNT = 120
ODD = (b"\x01", b"M", b"a\nb", b"\n", b" ", b"\xff\xfe", b"0" * 40, b"deep/er/\x01A", "größe".encode())


def drawn_history() -> Drawing:
    """Merges, commits without files, files that move, files of odd names, long messages."""
    commits: list[Drawn] = []
    for number in range(COUNT):
        parents = (str(number - 1),) if number else ()
        if number % 7 == 6:
            parents = (str(number - 5), str(number - 1))
        moved = b"pkg%d/moved" % (number // 4 % 3)
        files = {moved: b"the same", ODD[number % len(ODD)] + b"%d" % (number // 9): b"%d" % number}
        message = b"feat: %d\n\n\x01\nM\n%s" % (number, b"x" * (number % 13 * 700))
        commits.append(Drawn(str(number), parents, message, None if number % 5 == 1 else files))
    return Drawing(commits)


def changed(drawing: Drawing, drawn: Drawn) -> set[str]:
    now = drawing.files[drawn.name]
    before = drawing.files[drawn.parents[0]] if drawn.parents else {}
    paths = {path for path in {*now, *before} if now.get(path) != before.get(path)}
    return {path.decode("utf-8", "replace") for path in paths}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    into_git(drawn_history(), tmp_path / "repository")
    return tmp_path / "repository"


@pytest.fixture
def history(folder: Path) -> Iterator[LocalHistory]:
    opened = LocalHistory(folder)
    yield opened
    opened.close()


@pytest.fixture
def small_shares(monkeypatch: pytest.MonkeyPatch) -> None:
    """A share is one to four commits."""
    monkeypatch.setattr(parallel, "_FIRST", 1)
    monkeypatch.setattr(parallel, "_MOST", 150)


@pytest.mark.usefixtures("small_shares")
@pytest.mark.parametrize("ahead", [1, 1 << 20])
def test_shares_of_a_list_tell_each_commit_once_in_git_s_order(
    folder: Path, monkeypatch: pytest.MonkeyPatch, ahead: int
) -> None:
    monkeypatch.setattr(parallel, "_AHEAD", ahead)
    history, drawing = LocalHistory(folder), drawn_history()
    for ordered in (False, True):
        found = list(history.commits("HEAD", paths=True, ordered=ordered))
        order = ["--topo-order"] if ordered else []
        assert [commit.id for commit in found] == git(folder, "rev-list", *order, "HEAD").split()
        without = [commit._replace(paths=None) for commit in found]
        assert without == list(history.commits("HEAD", ordered=ordered))
        by_title = {commit.title: commit for commit in found}
        for drawn in drawing.commits:
            assert {*(by_title[f"feat: {drawn.name}"].paths or ())} == changed(drawing, drawn)
    history.close()


@pytest.mark.usefixtures("small_shares")
@pytest.mark.parametrize("read", [1, 2, COUNT - 1])
def test_a_reader_that_stops_early_leaves_no_child(history: LocalHistory, read: int) -> None:
    commits = history.commits("HEAD", paths=True)
    for _ in range(read):
        next(commits)
    commits.close()  # type: ignore[attr-defined]  # a generator, and its children end with it
    listed = Path(f"/proc/self/task/{os.getpid()}/children")
    if not listed.exists():
        pytest.skip("this system does not list the children of a process")
    assert not listed.read_text().split()


@pytest.mark.usefixtures("small_shares")
def test_a_tree_that_is_gone_ends_the_list_with_what_git_says(folder: Path, history: LocalHistory) -> None:
    whole = list(history.commits("HEAD", paths=True, ordered=True))
    place = next(place for place, commit in enumerate(whole) if commit.title == "feat: 43")
    lost = git(folder, "rev-parse", f"{whole[place].id}^{{tree}}")
    for pack in (folder / ".git/objects/pack").glob("*.pack"):
        content = pack.read_bytes()
        for part in pack.parent.glob(f"{pack.stem}.*"):
            part.unlink()
        subprocess.run(["git", "unpack-objects", "-q"], cwd=folder, input=content, check=True, timeout=60)
    (folder / ".git/objects" / lost[:2] / lost[2:]).unlink()
    told: list[Commit] = []
    with pytest.raises(StepFailedError, match=lost):
        told.extend(history.commits("HEAD", paths=True, ordered=True))
    assert told == whole[: len(told)]


def child(script: str) -> Callable[[IO[bytes]], subprocess.Popen[bytes]]:
    return lambda source: subprocess.Popen(["sh", "-c", script], stdin=source, stdout=subprocess.PIPE)


def check(ended: subprocess.Popen[bytes]) -> None:
    if ended.wait():
        raise StepFailedError(f"status {ended.returncode}")


def lines(folder: Path, count: int) -> IO[bytes]:
    (folder / "lines").write_bytes(b"".join(b"%d\n" % number for number in range(count)))
    return (folder / "lines").open("rb")


@pytest.mark.usefixtures("small_shares")
@pytest.mark.parametrize("script", ["cat; exit 3", "cat; kill -9 $$"])
def test_a_child_that_dies_is_told_and_nothing_of_the_next_one(tmp_path: Path, script: str) -> None:
    told = io.BytesIO()
    with lines(tmp_path, 100) as listed:
        said = parallel.shared(listed, child(f"read first; echo $first; {script}"), check)
        with pytest.raises(StepFailedError, match="status"):
            told.writelines(said)
    assert told.getvalue() == b"0\n"


@pytest.mark.usefixtures("small_shares")
def test_what_is_held_has_a_limit_however_much_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parallel, "_AHEAD", 1 << 18)
    said = 0
    tracemalloc.start()
    with lines(tmp_path, 12) as listed:
        for piece in parallel.shared(listed, child("head -c 4000000 /dev/zero; cat"), check):
            said += len(piece)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert said > 12_000_000
    assert peak < 1 << 20
