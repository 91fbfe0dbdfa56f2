from __future__ import annotations

import contextlib
import json
from pathlib import Path

import pytest

from tagboat.sandbox.journal import Journal
from tagboat.sandbox.state import State


def opened(directory: Path) -> tuple[State, Journal]:
    state = State(directory)
    return state, Journal(directory / "journal.jsonl", state)


def closed(state: State, journal: Journal) -> None:
    journal.close()
    state.close()


def lines(directory: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (directory / "journal.jsonl").read_text().splitlines()]


def record(journal: Journal, key: str) -> None:
    journal.record(service="pypi", operation="upload", key=key, sha256=None, result="created")


def test_numbers_go_on_after_a_restart(tmp_path: Path) -> None:
    for key in ("a", "b"):
        state, journal = opened(tmp_path)
        record(journal, key)
        closed(state, journal)
    assert [(line["seq"], line["key"]) for line in lines(tmp_path)] == [(1, "a"), (2, "b")]


def test_a_line_is_in_the_file_when_the_record_returns(tmp_path: Path) -> None:
    state, journal = opened(tmp_path)
    record(journal, "a")
    (line,) = lines(tmp_path)
    assert list(line) == ["seq", "service", "operation", "key", "sha256", "result", "time"]
    assert str(line["time"]).endswith("+00:00")
    closed(state, journal)


def test_a_change_that_is_rolled_back_leaves_no_line(tmp_path: Path) -> None:
    state, journal = opened(tmp_path)
    with contextlib.suppress(KeyError), state.transaction():
        record(journal, "a")
        raise KeyError
    record(journal, "b")
    assert [line["key"] for line in lines(tmp_path)] == ["b"]
    assert [entry.key for entry in journal.entries()] == ["b"]
    closed(state, journal)


@pytest.mark.parametrize("cut", [1, 30, 10_000], ids=["newline", "half a line", "everything"])
def test_what_a_kill_tore_off_is_put_back_from_the_database(tmp_path: Path, cut: int) -> None:
    state, journal = opened(tmp_path)
    for key in ("a", "b", "c"):
        record(journal, key)
    closed(state, journal)
    whole = (tmp_path / "journal.jsonl").read_bytes()
    (tmp_path / "journal.jsonl").write_bytes(whole[: max(0, len(whole) - cut)])
    closed(*opened(tmp_path))
    assert (tmp_path / "journal.jsonl").read_bytes() == whole


def test_blobs_that_were_on_their_way_are_gone_after_a_restart(tmp_path: Path) -> None:
    state = State(tmp_path)
    kept = state.blobs.put(b"kept")
    (tmp_path / "blobs" / "sha256" / ".incoming-torn").write_bytes(b"half")
    state.close()
    state = State(tmp_path)
    assert [path.name for path in (tmp_path / "blobs" / "sha256").iterdir()] == [kept]
    assert state.blobs.path(kept).read_bytes() == b"kept"
    state.close()
