"""The forge's records in the sandbox's database: one table for each class of ``model``, one column for each field."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import fields
from sqlite3 import Connection
from typing import Protocol, TypeVar, cast

from tagboat.sandbox.actions import model as actions
from tagboat.sandbox.forge import model
from tagboat.sandbox.state import State


class Record(Protocol):
    """Anything with an identifier that a table can hold."""

    @property
    def id(self) -> int:
        """Its number, unique among its kind and never used again."""


RecordT = TypeVar("RecordT", bound=Record)
Value = str | int | bool | None

_KINDS: tuple[type, ...] = (
    model.Account,
    model.Token,
    model.Grant,
    model.Repository,
    model.Release,
    model.Asset,
    model.Workflow,
    model.Run,
    model.Job,
    model.Issue,
    model.Comment,
    model.Suite,
    model.CheckRun,
    model.Status,
    model.Past,
    model.KnownRef,
    model.BurnedTag,
    *actions.KINDS,
)
_INDEXES = (
    "UNIQUE INDEX IF NOT EXISTS forge_account_login ON forge_account (login COLLATE NOCASE)",
    "UNIQUE INDEX IF NOT EXISTS forge_token_digest ON forge_token (digest)",
    "UNIQUE INDEX IF NOT EXISTS forge_repository_name ON forge_repository (owner COLLATE NOCASE, name COLLATE NOCASE)",
    "INDEX IF NOT EXISTS forge_release_tag ON forge_release (repository_id, tag)",
    "UNIQUE INDEX IF NOT EXISTS forge_asset_name ON forge_asset (release_id, name)",
    "INDEX IF NOT EXISTS forge_run_sha ON forge_run (repository_id, sha)",
    "INDEX IF NOT EXISTS forge_job_run ON forge_job (run_id)",
    "INDEX IF NOT EXISTS forge_review_run ON forge_review (run_id)",
    "UNIQUE INDEX IF NOT EXISTS forge_issue_number ON forge_issue (repository_id, number)",
    "INDEX IF NOT EXISTS forge_comment_issue ON forge_comment (issue_id)",
    "INDEX IF NOT EXISTS forge_checkrun_sha ON forge_checkrun (repository_id, sha)",
    "INDEX IF NOT EXISTS forge_past_repository ON forge_past (repository_id, id)",
    "INDEX IF NOT EXISTS forge_jobfact_job ON forge_jobfact (job_id)",
    "INDEX IF NOT EXISTS forge_stepfact_job ON forge_stepfact (job_id, number)",
    "INDEX IF NOT EXISTS forge_execution_run ON forge_execution (run_id, attempt)",
    "UNIQUE INDEX IF NOT EXISTS forge_knownref_name ON forge_knownref (repository_id, name)",
)


class Records:
    """Typed access to the tables; the names of tables and columns come from the classes, never from a request."""

    def __init__(self, state: State) -> None:
        self._state = state
        with state.transaction() as database:
            for kind in _KINDS:
                columns = ", ".join(f'"{column}"' for column in _columns(kind))
                database.execute(
                    f"CREATE TABLE IF NOT EXISTS {_table(kind)} (id INTEGER PRIMARY KEY AUTOINCREMENT, {columns})"
                )
            for index in _INDEXES:
                database.execute(f"CREATE {index}")

    def together(self) -> AbstractContextManager[Connection]:
        """A transaction: every change inside it happens, or none."""
        return self._state.transaction()

    def add(self, kind: type[RecordT], /, **values: Value) -> RecordT:
        """Store a new record; returns it with its number."""
        names = ", ".join(f'"{name}"' for name in values)
        marks = ", ".join("?" * len(values))
        with self._state.transaction() as database:
            done = database.execute(
                f"INSERT INTO {_table(kind)} ({names}) VALUES ({marks})",  # noqa: S608 - names from our own classes
                tuple(values.values()),
            )
        found = self.get(kind, id=int(done.lastrowid or 0))
        if found is None:
            raise LookupError(f"{kind.__name__} vanished while it was stored")
        return found

    def all(self, kind: type[RecordT], /, **where: Value) -> list[RecordT]:
        """The records whose fields have these values, in the order in which they were made."""
        return self._chosen(kind, where, "ORDER BY id")

    def newest(self, kind: type[RecordT], limit: int = -1, /, **where: Value) -> list[RecordT]:
        """The same, the last first, up to ``limit`` of them."""
        return self._chosen(kind, where, f"ORDER BY id DESC LIMIT {limit:d}")

    def get(self, kind: type[RecordT], /, **where: Value) -> RecordT | None:
        """The first record whose fields have these values."""
        return next(iter(self._chosen(kind, where, "ORDER BY id LIMIT 1")), None)

    def matching(self, kind: type[RecordT], /, **where: str) -> RecordT | None:
        """The record whose names are these, upper and lower case being the same, as in GitHub's addresses."""
        condition = " AND ".join(f'"{name}" = ? COLLATE NOCASE' for name in where)
        names = ", ".join(f'"{name}"' for name in ("id", *_columns(kind)))
        row = self._state.database.execute(
            f"SELECT {names} FROM {_table(kind)} WHERE {condition}",  # noqa: S608 - names from our own classes
            tuple(where.values()),
        ).fetchone()
        return _made(kind, row) if row else None

    def assets_of(self, repository_id: int) -> dict[int, tuple[model.Asset, ...]]:
        """All assets of a repository's releases, by release."""
        names = ", ".join(f'a."{name}"' for name in ("id", *_columns(model.Asset)))
        rows = self._state.database.execute(
            f"SELECT {names} FROM forge_asset a JOIN forge_release r ON r.id = a.release_id "  # noqa: S608 - as above
            "WHERE r.repository_id = ? ORDER BY a.id",
            (repository_id,),
        )
        found: dict[int, tuple[model.Asset, ...]] = {}
        for row in rows:
            asset = _made(model.Asset, row)
            found[asset.release_id] = (*found.get(asset.release_id, ()), asset)
        return found

    def change(self, record: RecordT, /, **values: Value) -> RecordT:
        """Give fields of a stored record new values; returns it as it is now."""
        if values:
            changes = ", ".join(f'"{name}" = ?' for name in values)
            with self._state.transaction() as database:
                database.execute(
                    f"UPDATE {_table(type(record))} SET {changes} WHERE id = ?",  # noqa: S608 - as above
                    (*values.values(), record.id),
                )
        return self.get(type(record), id=record.id) or record

    def remove(self, record: Record) -> None:
        """Forget a record."""
        with self._state.transaction() as database:
            database.execute(f"DELETE FROM {_table(type(record))} WHERE id = ?", (record.id,))  # noqa: S608 - as above

    def _chosen(self, kind: type[RecordT], where: Mapping[str, Value], tail: str) -> list[RecordT]:
        condition = " AND ".join(f'"{name}" IS ?' for name in where) or "1"
        names = ", ".join(f'"{name}"' for name in ("id", *_columns(kind)))
        rows = self._state.database.execute(
            f"SELECT {names} FROM {_table(kind)} WHERE {condition} {tail}",  # noqa: S608 - names from our own classes
            tuple(where.values()),
        )
        return [_made(kind, row) for row in rows]


def _table(kind: type) -> str:
    return f"forge_{kind.__name__.lower()}"


def _columns(kind: type) -> list[str]:
    return [field.name for field in fields(kind) if field.name not in ("id", "assets")]


def _made(kind: type[RecordT], row: tuple[Value, ...]) -> RecordT:
    truths = {field.name for field in fields(cast("type", kind)) if field.type == "bool"}
    values = zip(("id", *_columns(kind)), row, strict=True)
    return kind(**{name: bool(value) if name in truths else value for name, value in values})
