"""The ledger in SQLite: append-only, hash-chained, durable before the call returns."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from tagboat.core.canonical import JSON, canonical
from tagboat.errors import ConflictError, StepFailedError
from tagboat.ports.clock import Clock
from tagboat.ports.ledger import GENESIS, Entry

_SCHEMA = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
CREATE TABLE IF NOT EXISTS entry (
    seq INTEGER PRIMARY KEY,
    time TEXT NOT NULL,
    actor TEXT NOT NULL,
    event TEXT NOT NULL,
    step TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    body TEXT NOT NULL,
    previous TEXT NOT NULL,
    hash TEXT NOT NULL
);
CREATE TRIGGER IF NOT EXISTS entry_is_never_changed BEFORE UPDATE ON entry
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER IF NOT EXISTS entry_is_never_deleted BEFORE DELETE ON entry
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
"""


FIELDS = ("seq", "time", "actor", "event", "step", "attempt", "body", "previous", "hash")
_WORDS = ("cause", "remedy", "reason", "summary", "comment")
"""What people read, in the words of others: the only texts in an entry that could hold a secret."""
_TYPES: dict[str, type] = {"seq": int, "attempt": int, "body": dict}


class SqliteLedger:
    """The ledger of one release, in ``ledger.sqlite`` of its state directory.

    Args:
        path: the database file; made when absent.
        clock: gives each entry's time.
        actor: who runs this process.
        genesis: the hash that the first entry chains to: the last one of the project's previous ledger.
        earlier: the file with the ledgers of the jobs before this one, which an export holds first; it may be absent.
        hide: masks secrets in what is told to people; facts, which steps compare, stay as they are.

    Raises:
        ConflictError: the file is not a ledger that SQLite can read.
    """

    def __init__(
        self,
        path: Path,
        clock: Clock,
        actor: str,
        *,
        genesis: str = GENESIS,
        earlier: Path | None = None,
        hide: Callable[[str], str] = str,
    ) -> None:
        self._earlier = earlier
        self._clock = clock
        self._hide = hide
        self._actor = actor
        self._genesis = genesis
        try:
            self._database = sqlite3.connect(path, isolation_level=None, timeout=30)
        except sqlite3.DatabaseError as error:
            raise unreadable(path, error) from error
        try:
            self._database.executescript(_SCHEMA)
        except sqlite3.DatabaseError as error:
            self._database.close()
            raise unreadable(path, error) from error

    def close(self) -> None:
        """Close the database; entries are durable already."""
        self._database.close()

    def append(
        self, event: str, *, step: str = "", attempt: int = 0, body: Mapping[str, JSON] | None = None
    ) -> Entry:
        """Write one entry and return it once it is on disk.

        Raises:
            StepFailedError: the disk or the database refused.
        """
        try:
            self._database.execute("BEGIN IMMEDIATE")
            last = self._database.execute("SELECT seq, hash FROM entry ORDER BY seq DESC LIMIT 1").fetchone()
            seq, previous = (last[0] + 1, last[1]) if last else (1, self._genesis)
            time = self._clock.now().isoformat(timespec="milliseconds")
            told = {name: self._told(name, value) for name, value in (body or {}).items()}
            draft = Entry(seq, time, self._actor, event, step, attempt, told, previous, "")
            entry = Entry(
                seq, time, self._actor, event, step, attempt, draft.body, previous, draft.computed()
            )
            row = (
                seq,
                time,
                self._actor,
                event,
                step,
                attempt,
                canonical(dict(entry.body)),
                previous,
                entry.hash,
            )
            self._database.execute("INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
            self._database.execute("COMMIT")
        except sqlite3.Error as error:
            self._undo()
            raise StepFailedError(
                f"the ledger cannot be written: {error}", remedy="has the state directory's disk room left?"
            ) from error
        except BaseException:
            self._undo()
            raise
        return entry

    def _told(self, name: str, value: JSON) -> JSON:
        """What is recorded under this name: words without secrets, all else as it is."""
        if isinstance(value, str):
            return self._hide(value) if name in _WORDS else value
        if isinstance(value, dict):
            return {key: self._told(key, inner) for key, inner in value.items()}
        return [self._told(name, inner) for inner in value] if isinstance(value, list) else value

    def _undo(self) -> None:
        """Leave no half entry; an interruption may come when the entry is committed already."""
        if self._database.in_transaction:
            self._database.execute("ROLLBACK")

    def entries(self) -> Sequence[Entry]:
        """Return all entries in order."""
        rows = self._database.execute("SELECT * FROM entry ORDER BY rowid").fetchall()
        return [entry_of(row) for row in rows]

    def export(self) -> str:
        """Return the ledger as JSON lines, oldest first, after those of the jobs before this one."""
        before = self._earlier.read_text() if self._earlier and self._earlier.is_file() else ""
        return before + "".join(canonical(line(entry)) + "\n" for entry in self.entries())


def entry_of(row: tuple[object, ...]) -> Entry:
    """Return the entry of one row of the database.

    Raises:
        TypeError, ValueError: it is not an entry.
    """
    if len(row) != len(FIELDS):
        raise ValueError(f"an entry has {len(FIELDS)} fields, not {len(row)}")
    return _entry({**dict(zip(FIELDS, row, strict=True)), "body": _data(str(row[6]))})


def _entry(fields: object) -> Entry:
    """An entry of exactly these fields, each of its type, and with a canonical form."""
    if not isinstance(fields, dict) or set(fields) != set(FIELDS):
        raise TypeError(f"an entry has the fields {', '.join(FIELDS)}")
    for name, value in fields.items():
        wanted = _TYPES.get(name, str)
        if not isinstance(value, wanted) or isinstance(value, bool):
            raise TypeError(f"the field {name} is no {wanted.__name__}")
    entry = Entry(**fields)
    entry.computed()
    return entry


def _data(text: str) -> object:
    """JSON without floats, which no ledger holds."""
    return json.loads(text, parse_float=_refuse, parse_constant=_refuse)


def _refuse(number: str) -> None:
    raise ValueError(f"a ledger holds no {number}")


def line(entry: Entry) -> dict[str, JSON]:
    """Return an entry as it stands in an exported ledger."""
    return {
        "seq": entry.seq,
        "time": entry.time,
        "actor": entry.actor,
        "event": entry.event,
        "step": entry.step,
        "attempt": entry.attempt,
        "body": dict(entry.body),
        "previous": entry.previous,
        "hash": entry.hash,
    }


def read_export(text: str) -> list[Entry]:
    """Read exported lines back.

    Raises:
        ConflictError: a line is not an entry; the message names it.
    """
    entries = []
    # Only line feeds end a line: texts inside may hold the other signs that splitlines() takes for ends.
    for number, row in enumerate(text.removesuffix("\n").split("\n") if text else (), start=1):
        try:
            entries.append(_entry(_data(row)))
        except (TypeError, ValueError, RecursionError) as error:
            raise ConflictError(
                f"line {number} of the ledger is not an entry: {error}",
                remedy="compare it with the ledger among the release's assets",
            ) from error
    return entries


def unreadable(path: Path, error: Exception) -> ConflictError:
    """Return the error for a ledger file that cannot be read."""
    return ConflictError(
        f"the ledger {path.name} cannot be read: {error}",
        remedy="start again with a fresh --state: what is done is found in the world",
    )
