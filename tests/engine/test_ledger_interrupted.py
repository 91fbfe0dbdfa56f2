"""An append that is cut off by a signal or refused by the disk leaves a ledger that goes on."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from tagboat.engine.ledger import SqliteLedger
from tagboat.errors import StepFailedError
from tagboat.ports.ledger import first_bad
from tagboat.testing.clock import FakeClock


class Cut:
    """A database whose statements of one kind end with an error, before or after they are done."""

    def __init__(
        self, database: sqlite3.Connection, statement: str, error: BaseException, *, done: bool
    ) -> None:
        self._database = database
        self._cut = (statement, error, done)

    @property
    def in_transaction(self) -> bool:
        return self._database.in_transaction

    def execute(self, statement: str, *values: Any) -> sqlite3.Cursor:
        word, error, done = self._cut
        if not statement.startswith(word):
            return self._database.execute(statement, *values)
        if done:
            self._database.execute(statement, *values)
        raise error


@pytest.mark.parametrize("statement", ["SELECT seq", "INSERT", "COMMIT"])
@pytest.mark.parametrize("done", [False, True])
@pytest.mark.parametrize(
    ("error", "told"),
    [(KeyboardInterrupt(), KeyboardInterrupt), (sqlite3.OperationalError("disk is full"), StepFailedError)],
)
def test_an_append_that_is_cut_off_is_there_whole_or_not_at_all(
    tmp_path: Path, statement: str, done: bool, error: BaseException, told: type[BaseException]
) -> None:
    ledger = SqliteLedger(tmp_path / "ledger.sqlite", FakeClock(), "ada@here")
    ledger.append("plan")
    database = ledger._database
    ledger._database = Cut(database, statement, error, done=done)  # type: ignore[assignment]  # a part that fails
    with pytest.raises(told):
        ledger.append("intent", step="a", attempt=1)
    ledger._database = database
    ledger.append("failure", step="a", attempt=1)
    entries = ledger.entries()
    ledger.close()
    assert first_bad(entries) is None
    assert len(entries) == (3 if statement == "COMMIT" and done else 2)
