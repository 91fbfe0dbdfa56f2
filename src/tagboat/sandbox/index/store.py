"""What one instance of the index knows: projects, releases, files, tokens, settings."""

from __future__ import annotations

import json
import secrets
import sqlite3
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from packaging.utils import canonicalize_name
from packaging.version import Version

from tagboat.sandbox.index.tables import TABLES
from tagboat.sandbox.state import State

_FILE_COLUMNS = (
    "f.filename, f.project, f.version, f.sha256, f.blake2_256, f.md5, f.size, f.kind, f.requires_python,"
    " f.metadata_sha256, f.uploaded, r.yanked, r.yanked_reason"
)


@dataclass(frozen=True, slots=True)
class Project:
    """A project; ``name`` is normalised (PEP 503), ``display`` as first uploaded, ``status`` one of PEP 792's."""

    name: str
    display: str
    owner: str
    status: str
    status_reason: str


@dataclass(frozen=True, slots=True)
class File:
    """A file that the index serves; ``kind`` is ``sdist`` or ``bdist_wheel``, ``uploaded`` Unix seconds."""

    filename: str
    project: str
    version: str
    sha256: str
    blake2_256: str
    md5: str
    size: int
    kind: str
    requires_python: str | None
    metadata_sha256: str | None
    uploaded: float
    yanked: bool
    yanked_reason: str


@dataclass(frozen=True, slots=True)
class Token:
    """Who uploads: an account, and the projects that the token is limited to (None: all); ``expires`` Unix seconds.

    ``publisher`` is the number of the trusted publisher that the token was minted for; None for a person's token.
    """

    owner: str
    projects: tuple[str, ...] | None
    expires: float | None
    publisher: int | None = None


class Store:
    """The rows of one instance; reads take ``stale``, the number of newest files that they shall not show."""

    def __init__(self, state: State, instance: str, *, now: Callable[[], float] = time.time) -> None:
        self.state = state
        self.instance = instance
        self.now = now
        with state.transaction() as database:
            for table in TABLES:
                database.execute(table)

    def project(self, name: str) -> Project | None:
        """The project of this name, however it is spelt."""
        rows = self.rows(
            "SELECT name, display, owner, status, status_reason FROM index_projects WHERE instance = ? AND name = ?",
            canonicalize_name(name),
        )
        return Project(*rows[0]) if rows else None

    def projects(self) -> list[Project]:
        """All projects, by name."""
        rows = self.rows(
            "SELECT name, display, owner, status, status_reason FROM index_projects WHERE instance = ? ORDER BY name"
        )
        return [Project(*row) for row in rows]

    def files(self, project: str, *, version: str | None = None, stale: int = 0) -> list[File]:
        """The files of a project, by version and name."""
        rows = self.rows(
            f"SELECT {_FILE_COLUMNS} FROM index_files f JOIN index_releases r USING (instance, project, version)"  # noqa: S608 - constant columns
            " WHERE f.instance = ? AND f.project = ? AND f.seq < ? ORDER BY f.filename",
            canonicalize_name(project),
            self._horizon(stale),
        )
        files = [_file(row) for row in rows]
        return sorted(
            (file for file in files if version in (None, file.version)),
            key=lambda file: Version(file.version),
        )

    def file(self, filename: str, *, stale: int = 0) -> File | None:
        """The file of exactly this name."""
        rows = self.rows(
            f"SELECT {_FILE_COLUMNS} FROM index_files f JOIN index_releases r USING (instance, project, version)"  # noqa: S608 - constant columns
            " WHERE f.instance = ? AND f.filename = ? AND f.seq < ?",
            filename,
            self._horizon(stale),
        )
        return _file(rows[0]) if rows else None

    def same_bytes(self, blake2_256: str) -> str | None:
        """The name of a file with these bytes."""
        rows = self.rows(
            "SELECT filename FROM index_files WHERE instance = ? AND blake2_256 = ? LIMIT 1", blake2_256
        )
        return str(rows[0][0]) if rows else None

    def was_used(self, filename: str) -> bool:
        """Whether a file of this name was ever here, deleted or not."""
        return bool(self.rows("SELECT 1 FROM index_filenames WHERE instance = ? AND filename = ?", filename))

    def release_created(self, project: str, version: str) -> float | None:
        """When the release's first file came, or None."""
        rows = self.rows(
            "SELECT created FROM index_releases WHERE instance = ? AND project = ? AND version = ?",
            project,
            version,
        )
        return float(rows[0][0]) if rows else None

    def release_metadata(self, project: str, version: str) -> dict[str, Any]:
        """The metadata that the release's first file fixed."""
        rows = self.rows(
            "SELECT metadata FROM index_releases WHERE instance = ? AND project = ? AND version = ?",
            project,
            version,
        )
        metadata: dict[str, Any] = json.loads(rows[0][0])
        return metadata

    def total_size(self, project: str) -> int:
        """Bytes of all files of a project."""
        rows = self.rows(
            "SELECT COALESCE(SUM(size), 0) FROM index_files WHERE instance = ? AND project = ?", project
        )
        return int(rows[0][0])

    def projects_since(self, time_: float, owner: str) -> int:
        """How many projects an account has created since then."""
        rows = self.rows(
            "SELECT COUNT(*) FROM index_projects WHERE instance = ? AND created >= ? AND owner = ?",
            time_,
            owner,
        )
        return int(rows[0][0])

    def token(self, value: str) -> Token | None:
        """What a token stands for, or None when it does not exist."""
        rows = self.rows(
            "SELECT owner, projects, expires FROM index_tokens WHERE instance = ? AND token = ?", value
        )
        if not rows:
            return None
        owner, projects, expires = rows[0]
        return Token(owner, tuple(json.loads(projects)) if projects is not None else None, expires)

    def new_token(self, owner: str, projects: Iterable[str] | None, expires: float | None) -> str:
        """Make a token; ``projects`` None means all of the account's."""
        value = "pypi-" + secrets.token_urlsafe(24)
        scope = None if projects is None else json.dumps([canonicalize_name(name) for name in projects])
        self.write("INSERT INTO index_tokens VALUES (?, ?, ?, ?, ?)", value, owner, scope, expires)
        return value

    def setting(self, name: str, default: str) -> str:
        """A setting of this instance."""
        rows = self.rows("SELECT value FROM index_settings WHERE instance = ? AND name = ?", name)
        return str(rows[0][0]) if rows else default

    def under_release(self) -> frozenset[str]:
        """The names that are never asked from the relay; the same for both instances."""
        rows = self.state.database.execute(
            "SELECT name FROM index_under_release UNION SELECT name FROM index_projects"
        ).fetchall()
        return frozenset(row[0] for row in rows)

    def add_under_release(self, names: Iterable[str]) -> None:
        """Never ask the relay for these names again."""
        with self.state.transaction() as database:
            database.executemany(
                "INSERT OR IGNORE INTO index_under_release VALUES (?)",
                [(canonicalize_name(name),) for name in names],
            )

    def add_project(self, name: str, *, owner: str) -> None:
        """Keep a new project that has no file yet; one that is there stays as it is."""
        self.write(
            "INSERT OR IGNORE INTO index_projects (instance, name, display, owner, created) VALUES (?, ?, ?, ?, ?)",
            *(canonicalize_name(name), name, owner, self.now()),
        )

    def add_file(self, file: File, *, owner: str, metadata: dict[str, Any], seq: int) -> None:
        """Keep a new file, its name for ever, and with the first file the release's metadata and the project.

        ``metadata``'s own spelling of the name becomes the project's; ``seq`` is the file's journal number.
        """
        project, version, now = file.project, file.version, file.uploaded
        with self.state.transaction():
            self.write(
                "INSERT OR IGNORE INTO index_projects (instance, name, display, owner, created) VALUES (?, ?, ?, ?, ?)",
                *(project, metadata["name"], owner, now),
            )
            self.write(
                "INSERT OR IGNORE INTO index_releases (instance, project, version, created, metadata)"
                " VALUES (?, ?, ?, ?, ?)",
                *(project, version, now, json.dumps(metadata)),
            )
            self.write(
                "INSERT INTO index_files (instance, filename, project, version, sha256, blake2_256, md5, size, kind,"
                " requires_python, metadata_sha256, uploaded, seq) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                *(
                    file.filename,
                    project,
                    version,
                    file.sha256,
                    file.blake2_256,
                    file.md5,
                    file.size,
                    file.kind,
                ),
                *(file.requires_python, file.metadata_sha256, now, seq),
            )
            self.write("INSERT INTO index_filenames VALUES (?, ?)", file.filename)

    def write(self, statement: str, *values: Any, **named: Any) -> int:
        """Run a changing statement and return how many rows it changed.

        The instance is its first parameter, or ``:instance`` where the parameters have names.
        """
        parameters = {"instance": self.instance, **named} if named else (self.instance, *values)
        with self.state.transaction() as database:
            return database.execute(statement, parameters).rowcount

    def insert(self, statement: str, *values: Any) -> int:
        """Run an inserting statement whose first parameter is the instance; returns the row's number."""
        with self.state.transaction() as database:
            return int(database.execute(statement, (self.instance, *values)).lastrowid or 0)

    def rows(self, query: str, *values: Any) -> list[sqlite3.Row]:
        """Run a query whose first parameter is the instance."""
        return self.state.database.execute(query, (self.instance, *values)).fetchall()

    def _horizon(self, stale: int) -> int:
        """The journal number below which files are shown."""
        if stale < 1:
            return 1 << 62
        rows = self.rows(
            "SELECT seq FROM index_files WHERE instance = ? ORDER BY seq DESC LIMIT 1 OFFSET ?", stale - 1
        )
        return int(rows[0][0]) if rows else 0


def _file(row: sqlite3.Row) -> File:
    return replace(File(*row), yanked=bool(row[11]))
