"""Trusted publishers of one index: who may mint tokens for which projects, pending ones included, and tokens in use.

A publisher may stand for several projects, and a project may have several publishers. A pending one belongs to a
project that does not exist; the first token that fits it creates the project (observed behaviour of PyPI), and what
other pending publishers waited for the same name is over.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from packaging.utils import canonicalize_name

from tagboat.sandbox.index.store import Store, Token
from tagboat.sandbox.secrecy import digest

TOKEN_SECONDS: Final = 900
"""How long a minted token is good for (observed behaviour of PyPI)."""

PENDING_SECONDS: Final = 30 * 24 * 3600
"""How long a pending publisher waits (observed behaviour of PyPI)."""

REUSE_SECONDS: Final = 30 + 5
"""How long after its expiry an identity token is remembered as used: longer than it is accepted."""


@dataclass(frozen=True, slots=True)
class Publisher:
    """A workflow that may publish.

    Attributes:
        kind: ``github`` or ``gitlab``.
        repository: ``OWNER/NAME``, on GitLab ``NAMESPACE/PROJECT``.
        owner_id: the number of the owner on GitHub; "" on GitLab.
        workflow: on GitHub the file's name, on GitLab its path.
        environment: "" when any will do, none included; lower case on GitHub.
    """

    kind: str
    repository: str
    owner_id: str
    workflow: str
    environment: str

    def __str__(self) -> str:
        """One word for logs, such as ``github:acme/boat/release.yml@pypi``."""
        return f"{self.kind}:{self.repository}/{self.workflow}@{self.environment or '*'}"


@dataclass(frozen=True, slots=True)
class Kept:
    """A publisher with its number; ``pending`` is the project's name that it waits for, None for a real one."""

    id: int
    publisher: Publisher
    pending: str | None


class Publishers:
    """The publishers of one instance."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(self, publisher: Publisher, project: str) -> int:
        """Let a publisher publish a project that exists; returns the publisher's number."""
        with self._store.state.transaction():
            found = self._same(publisher)
            number = found if found is not None else self._insert(publisher, None, None)
            self._store.write(
                "INSERT OR IGNORE INTO index_publisher_projects VALUES (?, ?, ?)",
                number,
                canonicalize_name(project),
            )
        return number

    def add_pending(self, publisher: Publisher, project: str) -> int:
        """Let a publisher create a project with its first token; returns the publisher's number."""
        with self._store.state.transaction():
            return self._insert(publisher, project, self._store.now() + PENDING_SECONDS)

    def remove(self, number: int) -> bool:
        """Forget a publisher, and with it every token that it has; returns whether there was one."""
        with self._store.state.transaction():
            for table in ("index_publisher_projects", "index_minted"):
                self._store.write(f"DELETE FROM {table} WHERE instance = ? AND publisher = ?", number)  # noqa: S608
            return bool(
                self._store.write("DELETE FROM index_publishers WHERE instance = ? AND id = ?", number)
            )

    def all(self, *, pending: bool) -> list[Kept]:
        """All real publishers, or all pending ones whose time is not over."""
        which = "pending IS NOT NULL AND expires > ?" if pending else "pending IS NULL AND ? > 0"
        rows = self._store.rows(
            "SELECT id, kind, repository, owner_id, workflow, environment, pending FROM index_publishers"  # noqa: S608
            f" WHERE instance = ? AND {which} ORDER BY id",
            self._store.now(),
        )
        return [Kept(row[0], Publisher(*row[1:6]), row[6]) for row in rows]

    def projects(self, number: int) -> tuple[str, ...]:
        """The normalised names of a publisher's projects."""
        rows = self._store.rows(
            "SELECT project FROM index_publisher_projects WHERE instance = ? AND publisher = ? ORDER BY project",
            number,
        )
        return tuple(str(row[0]) for row in rows)

    def make_real(self, kept: Kept) -> int:
        """Turn a pending publisher into one of the project that now exists, and drop others that waited for its name."""
        name = canonicalize_name(str(kept.pending))
        with self._store.state.transaction():
            for other in self.all(pending=True):
                if canonicalize_name(str(other.pending)) == name:
                    self.remove(other.id)
            return self.add(kept.publisher, name)

    def use_once(self, issuer: str, identifier: str, expires: float) -> bool:
        """Account for an identity token; False when it was used before. Forgets those that nobody would accept any more."""
        now = self._store.now()
        with self._store.state.transaction():
            self._store.write("DELETE FROM index_identifiers WHERE instance = ? AND until < ?", now)
            return bool(
                self._store.write(
                    "INSERT OR IGNORE INTO index_identifiers VALUES (?, ?, ?, ?)",
                    *(issuer, identifier, expires + REUSE_SECONDS),
                )
            )

    def was_used(self, issuer: str, identifier: str) -> bool:
        """Whether a token with this identifier was taken before."""
        return bool(
            self._store.rows(
                "SELECT 1 FROM index_identifiers WHERE instance = ? AND issuer = ? AND identifier = ? AND until >= ?",
                *(issuer, identifier, self._store.now()),
            )
        )

    def mint(self, number: int, claims: Mapping[str, Any]) -> tuple[str, int]:
        """A token for the publisher's projects, and when it expires in Unix seconds."""
        value, expires = "pypi-" + secrets.token_urlsafe(48), int(self._store.now()) + TOKEN_SECONDS
        remembered = {name: claims[name] for name in ("ref", "ref_path", "sha") if name in claims}
        self._store.write(
            "INSERT INTO index_minted (instance, digest, publisher, projects, expires, claims) VALUES (?, ?, ?, ?, ?, ?)",
            *(digest(value), number, json.dumps(self.projects(number)), expires, json.dumps(remembered)),
        )
        return value, expires

    def burn(self, value: str) -> Publisher | None:
        """End a minted token; the publisher that it belongs to, or None when there never was one.

        Ending it again changes nothing, so that whoever lost the answer may ask again.
        """
        row = self._minted(value)
        if row is None:
            return None
        self._store.write(
            "UPDATE index_minted SET burnt = 1 WHERE instance = ? AND digest = ?", digest(value)
        )
        return self._publisher(row[0])

    def token(self, value: str) -> Token | None:
        """What a minted token stands for; None when there is none, or it was burnt."""
        row = self._minted(value)
        if row is None or row[3]:
            return None
        number, projects, expires, _ = row
        mine = self.projects(number)
        return Token(
            str(self._publisher(number)),
            tuple(name for name in json.loads(projects) if name in mine),
            expires,
            number,
        )

    def origin(self, number: int) -> dict[str, Any]:
        """A publisher as plain data."""
        publisher = self._publisher(number)
        return asdict(publisher) if publisher else {}

    def _same(self, publisher: Publisher) -> int | None:
        return next((kept.id for kept in self.all(pending=False) if kept.publisher == publisher), None)

    def _insert(self, publisher: Publisher, pending: str | None, expires: float | None) -> int:
        values = (publisher.kind, publisher.repository, publisher.owner_id, publisher.workflow)
        return self._store.insert(
            "INSERT INTO index_publishers (instance, kind, repository, owner_id, workflow, environment, pending, expires)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            *(*values, publisher.environment, pending, expires),
        )

    def _publisher(self, number: int) -> Publisher | None:
        rows = self._store.rows(
            "SELECT kind, repository, owner_id, workflow, environment FROM index_publishers"
            " WHERE instance = ? AND id = ?",
            number,
        )
        return Publisher(*rows[0]) if rows else None

    def _minted(self, value: str) -> Sequence[Any] | None:
        rows = self._store.rows(
            "SELECT publisher, projects, expires, burnt FROM index_minted WHERE instance = ? AND digest = ?",
            digest(value),
        )
        return tuple(rows[0]) if rows else None
