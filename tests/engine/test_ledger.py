from __future__ import annotations

import itertools
import json
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tagboat.engine.ledger import SqliteLedger, read_export
from tagboat.engine.summary import read_ledger
from tagboat.errors import ConflictError
from tagboat.ports.ledger import GENESIS, Entry, first_bad
from tagboat.testing.clock import FakeClock


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[SqliteLedger]:
    made = SqliteLedger(tmp_path / "ledger.sqlite", FakeClock(), "tester")
    for number in range(1, 6):
        made.append("intent", step=f"step-{number}", attempt=1, body={"number": number})
    yield made
    made.close()


def test_entries_are_numbered_timed_and_chained(ledger: SqliteLedger) -> None:
    entries = ledger.entries()
    assert [entry.seq for entry in entries] == [1, 2, 3, 4, 5]
    assert entries[0].previous == GENESIS
    assert all(after.previous == before.hash for before, after in itertools.pairwise(entries))
    assert all(entry.computed() == entry.hash for entry in entries)
    assert {entry.actor for entry in entries} == {"tester"}
    assert entries[0].time.endswith("+00:00")
    assert first_bad(entries) is None


@pytest.mark.parametrize(
    "statement", ["UPDATE entry SET actor = 'somebody'", "DELETE FROM entry WHERE seq = 5"]
)
def test_the_database_refuses_changes_and_deletions(
    ledger: SqliteLedger, tmp_path: Path, statement: str
) -> None:
    other = sqlite3.connect(tmp_path / "ledger.sqlite")
    try:
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            other.execute(statement)
    finally:
        other.close()


def test_an_entry_is_there_for_others_when_append_returns(ledger: SqliteLedger, tmp_path: Path) -> None:
    ledger.append("done")
    assert read_ledger(tmp_path / "ledger.sqlite")[-1].event == "done"


def test_words_are_recorded_without_secrets_and_facts_as_they_are(tmp_path: Path) -> None:
    """A package may be called as a password is; what steps compare later must not change by that."""
    ledger = SqliteLedger(
        tmp_path / "other.sqlite", FakeClock(), "tester", hide=lambda text: text.replace("skiff", "***")
    )
    receipt = {
        "summary": "skiff is there",
        "facts": {"file": "skiff-1.0.tar.gz"},
        "findings": [{"reason": "skiff", "remedy": "ask skiff", "code": "skiff"}],
    }
    ledger.append(
        "outcome", step="upload:skiff", body={"receipt": receipt, "cause": "no skiff", "plan": "skiff"}
    )
    (entry,) = ledger.entries()
    ledger.close()
    assert entry.body == {
        "receipt": {
            "summary": "*** is there",
            "facts": {"file": "skiff-1.0.tar.gz"},
            "findings": [{"reason": "***", "remedy": "ask ***", "code": "skiff"}],
        },
        "cause": "no ***",
        "plan": "skiff",
    }
    assert (entry.step, entry.computed()) == ("upload:skiff", entry.hash)


def test_what_has_no_canonical_form_is_refused_and_leaves_nothing(ledger: SqliteLedger) -> None:
    with pytest.raises(TypeError):
        ledger.append("outcome", body={"seconds": 1.5})  # type: ignore[dict-item] # what a mistake would pass
    assert len(ledger.entries()) == 5
    ledger.append("done")
    assert first_bad(ledger.entries()) is None


def test_an_exported_ledger_reads_back_to_the_same_entries(ledger: SqliteLedger) -> None:
    ledger.append("failure", body={"cause": 'a\u2028b\x85c \u00e9 "quoted"\nnext'})
    assert read_export(ledger.export()) == list(ledger.entries())


Edit = Callable[[list[Entry]], list[Entry]]
EDITS: dict[str, tuple[Edit, int]] = {
    "edit": (lambda e: [*e[:2], replace(e[2], actor="somebody"), *e[3:]], 3),
    "edit of the body": (lambda e: [*e[:2], replace(e[2], body={"number": 9}), *e[3:]], 3),
    "edit with a new hash": (lambda e: [*e[:2], rehashed(replace(e[2], actor="x")), *e[3:]], 4),
    "delete": (lambda e: [*e[:2], *e[3:]], 3),
    "delete of the first": (lambda e: e[1:], 1),
    "insert": (lambda e: [*e[:2], e[1], *e[2:]], 3),
    "reorder": (lambda e: [e[0], e[2], e[1], *e[3:]], 2),
}


def rehashed(entry: Entry) -> Entry:
    return replace(entry, hash=entry.computed())


@pytest.mark.parametrize("name", EDITS)
def test_the_first_bad_entry_is_named(ledger: SqliteLedger, name: str) -> None:
    edit, position = EDITS[name]
    bad = first_bad(edit(list(ledger.entries())))
    assert bad is not None
    assert bad[0] == position
    assert bad[1]


def test_a_truncated_ledger_is_a_sound_shorter_one(ledger: SqliteLedger) -> None:
    assert first_bad(ledger.entries()[:3]) is None


@pytest.mark.parametrize(
    "change",
    [
        lambda row: row[: len(row) // 2],
        lambda _row: "[]",
        lambda _row: "null",
        lambda row: json.dumps({**json.loads(row), "extra": 1}),
        lambda row: json.dumps({k: v for k, v in json.loads(row).items() if k != "hash"}),
        lambda row: json.dumps({**json.loads(row), "seq": "2"}),
        lambda row: json.dumps({**json.loads(row), "seq": True}),
        lambda row: json.dumps({**json.loads(row), "body": {"x": 1.5}}),
        lambda row: json.dumps({**json.loads(row), "body": []}),
    ],
)
def test_a_line_that_is_no_entry_is_named(ledger: SqliteLedger, change: Callable[[str], str]) -> None:
    rows = ledger.export().splitlines()
    rows[1] = change(rows[1])
    with pytest.raises(ConflictError, match=r"line 2 of the ledger is not an entry"):
        read_export("\n".join(rows) + "\n")


def test_an_empty_export_has_no_entries() -> None:
    assert read_export("") == []


@pytest.mark.parametrize(
    "content", [b"not a database at all, but long enough to look", b"SQLite format 3\0" + b"\xff" * 200]
)
def test_a_torn_file_is_a_conflict_with_a_remedy(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "ledger.sqlite"
    path.write_bytes(content)
    with pytest.raises(ConflictError, match="cannot be read") as caught:
        SqliteLedger(path, FakeClock(), "tester")
    assert "fresh --state" in caught.value.remedy
    with pytest.raises(ConflictError, match="cannot be read"):
        read_ledger(path)
