"""Ledgers of several jobs in one: how they go on from each other, and what cannot be hidden in them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from tagboat.engine import bundle
from tagboat.engine.ledger import SqliteLedger, read_export
from tagboat.errors import ConflictError
from tagboat.ports.ledger import Entry
from tagboat.testing.clock import FakeClock


def written(folder: Path, name: str, *earlier: Path) -> Path:
    """A job's ledger of two more entries, exported after those that it goes on from."""
    before = bundle.joined(earlier)
    place = folder / f"{name}.earlier.jsonl"
    place.write_text("".join(map(bundle.text_of, before)))
    ledger = SqliteLedger(folder / f"{name}.sqlite", FakeClock(), name, earlier=place)
    ledger.append("opened", body=bundle.opening(before, {"job": name}))
    ledger.append("plan", body={"digest": name})
    path = folder / f"{name}.jsonl"
    path.write_text(ledger.export())
    ledger.close()
    return path


@pytest.fixture
def run(tmp_path: Path) -> list[Entry]:
    """What the last of four jobs exports: two built, one gathered, one published."""
    linux, mac = written(tmp_path, "linux"), written(tmp_path, "mac")
    gathered = written(tmp_path, "gather", linux, mac)
    return read_export(written(tmp_path, "publish", gathered, linux).read_text())


def test_every_job_stands_once_before_those_that_go_on_from_it(run: list[Entry]) -> None:
    assert [ledger[0].actor for ledger in bundle.parts(run)] == ["linux", "mac", "gather", "publish"]
    assert bundle.first_bad_of(run) is None


def test_a_ledger_of_one_job_is_a_bundle_of_one(run: list[Entry]) -> None:
    assert bundle.first_bad_of(run[:2]) is None
    assert bundle.first_bad_of([]) is None


def test_a_job_that_is_left_out_is_missed(run: list[Entry]) -> None:
    linux, _, gather, publish = bundle.parts(run)
    bad = bundle.first_bad_of([*linux, *gather, *publish])
    assert bad is not None
    assert (bad[0], "which is not there before it" in bad[1]) == (3, True)


def test_a_job_that_is_put_in_is_noticed(run: list[Entry], tmp_path: Path) -> None:
    stranger = read_export(written(tmp_path, "stranger").read_text())
    bad = bundle.first_bad_of([*run[:2], *stranger, *run[2:]])
    assert bad is not None
    assert (bad[0], "was put in" in bad[1]) == (3, True)


@pytest.mark.parametrize("order", [(2, 0, 1, 3), (0, 1, 3, 2)])
def test_jobs_in_another_order_are_noticed(run: list[Entry], order: Sequence[int]) -> None:
    ledgers = bundle.parts(run)
    assert bundle.first_bad_of([entry for place in order for entry in ledgers[place]]) is not None


def test_an_entry_that_is_cut_off_an_earlier_ledger_is_missed(run: list[Entry]) -> None:
    assert bundle.first_bad_of([*run[:1], *run[2:]]) is not None


def test_a_damaged_ledger_of_an_earlier_job_is_a_conflict(tmp_path: Path) -> None:
    path = written(tmp_path, "linux")
    path.write_text(path.read_text().replace('"digest":"linux"', '"digest":"other"'))
    with pytest.raises(ConflictError, match=r"linux.jsonl is not the ledger.*entry 2 is bad"):
        bundle.joined([path])
