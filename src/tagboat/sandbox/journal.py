"""The sandbox's journal: one JSON line for every write that a service accepted, on the disk before the answer goes out.

The truth is a table in the sandbox's database, written in the same transaction as the change itself; the file
``journal.jsonl`` follows right after the commit. A sandbox that was killed in between adds the missing lines when it
starts again, so that database and file agree whatever happened.
"""

from __future__ import annotations

import json
import os
import sqlite3
from contextvars import ContextVar
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from tagboat.sandbox.state import State

Result = Literal["created", "identical", "updated"]

recorded: ContextVar[list[Entry] | None] = ContextVar("recorded", default=None)
"""The entries of the request being answered; the frame sets a list, and the journal fills it."""

_TABLE = """
CREATE TABLE IF NOT EXISTS journal (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    service TEXT NOT NULL, operation TEXT NOT NULL, key TEXT NOT NULL,
    sha256 TEXT, result TEXT NOT NULL, time TEXT NOT NULL
)"""


@dataclass(frozen=True, slots=True)
class Entry:
    """One accepted write; ``time`` is ISO 8601 in UTC."""

    seq: int
    service: str
    operation: str
    key: str
    sha256: str | None
    result: str
    time: str

    def line(self) -> bytes:
        """The entry as its line of the file."""
        return json.dumps(asdict(self)).encode() + b"\n"


class Journal:
    """Append-only account of what a sandbox accepted; a service records, everybody else reads the file."""

    def __init__(self, path: Path, state: State) -> None:
        self.path = path
        self._state = state
        with state.transaction() as database:
            database.execute(_TABLE)
        self._file = path.open("ab", buffering=0)
        self._repair()

    def record(self, *, service: str, operation: str, key: str, sha256: str | None, result: Result) -> Entry:
        """Account for one accepted write.

        Called inside ``state.transaction()`` it commits or vanishes together with the change it tells of, and its line
        is written after the commit; called outside, it is a transaction of its own.
        """
        time = datetime.now(UTC).isoformat(timespec="microseconds")
        with self._state.transaction() as database:
            row = database.execute(
                "INSERT INTO journal (service, operation, key, sha256, result, time) VALUES (?, ?, ?, ?, ?, ?)",
                (service, operation, key, sha256, result, time),
            )
            entry = Entry(int(row.lastrowid or 0), service, operation, key, sha256, result, time)
            self._state.after_commit(lambda: self._append([entry]))
        return entry

    def entries(self, *, service: str | None = None) -> list[Entry]:
        """Everything accepted so far, oldest first."""
        return [entry for entry in self._after(0) if service in (None, entry.service)]

    def close(self) -> None:
        """Release the file."""
        self._file.close()

    def _append(self, entries: list[Entry]) -> None:
        self._file.write(b"".join(entry.line() for entry in entries))
        os.fsync(self._file.fileno())
        current = recorded.get()
        if current is not None:
            current.extend(entries)

    def _repair(self) -> None:
        """Cut a torn last line off, and add what the database knows beyond the file."""
        content = self.path.read_bytes()
        whole = content[: content.rfind(b"\n") + 1]
        if len(whole) < len(content):
            os.ftruncate(self._file.fileno(), len(whole))
        lines = whole.splitlines()
        last = int(json.loads(lines[-1])["seq"]) if lines else 0
        missing = self._after(last)
        if missing:
            self._append(missing)

    def _after(self, seq: int) -> list[Entry]:
        rows: list[sqlite3.Row] = self._state.database.execute(
            "SELECT seq, service, operation, key, sha256, result, time FROM journal WHERE seq > ? ORDER BY seq",
            (seq,),
        ).fetchall()
        return [Entry(*row) for row in rows]
