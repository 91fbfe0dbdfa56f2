"""What a sandbox remembers: one SQLite database and a folder of content-addressed files.

A sandbox may be killed at any moment. Everything that belongs together is written in one transaction; a file's bytes are
on the disk, under their digest, before a row speaks of them, so the worst leftover is a file that nobody mentions.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


class State:
    """The database (``sandbox.sqlite``) and the files (``blobs/``) of one sandbox directory.

    Used from the event loop's thread alone; a transaction never spans an ``await``.
    """

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        directory.mkdir(parents=True, exist_ok=True)
        self.database = sqlite3.connect(
            directory / "sandbox.sqlite", isolation_level=None, check_same_thread=False, timeout=10
        )
        self.database.execute("PRAGMA journal_mode=WAL")
        self.database.execute("PRAGMA synchronous=FULL")
        self.database.execute("PRAGMA foreign_keys=ON")
        self.blobs = Blobs(directory / "blobs")
        self._depth = 0
        self._deeds: list[Callable[[], None]] = []

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All or nothing; a transaction inside another joins it."""
        if self._depth == 0:
            self.database.execute("BEGIN IMMEDIATE")
        self._depth += 1
        try:
            yield self.database
        except BaseException:
            self._depth -= 1
            if self._depth == 0:
                self._deeds.clear()
                self.database.execute("ROLLBACK")
            raise
        self._depth -= 1
        if self._depth == 0:
            self.database.execute("COMMIT")
            deeds, self._deeds = self._deeds, []
            for deed in deeds:
                deed()

    def after_commit(self, deed: Callable[[], None]) -> None:
        """Do something once the transaction now open has been committed; forgotten when it is rolled back."""
        self._deeds.append(deed)

    def close(self) -> None:
        """Release the database."""
        self.database.close()


class BlobWriter:
    """A file on its way in: digests are taken while it is written, and ``keep`` puts it under its SHA-256."""

    def __init__(self, directory: Path) -> None:
        handle, name = tempfile.mkstemp(prefix=".incoming-", dir=directory)
        self.path = Path(name)
        self.size = 0
        self._directory = directory
        self._file = os.fdopen(handle, "wb")
        self._md5 = hashlib.md5(usedforsecurity=False)
        self._sha256 = hashlib.sha256()
        self._blake2 = hashlib.blake2b(digest_size=32)

    def write(self, data: bytes) -> None:
        """Append bytes."""
        self._file.write(data)
        self.size += len(data)
        for digest in (self._md5, self._sha256, self._blake2):
            digest.update(data)

    @property
    def md5(self) -> str:
        """MD5 of the bytes so far, in hexadecimal."""
        return self._md5.hexdigest()

    @property
    def sha256(self) -> str:
        """SHA-256 of the bytes so far, in hexadecimal."""
        return self._sha256.hexdigest()

    @property
    def blake2_256(self) -> str:
        """BLAKE2b with 32 bytes of digest, in hexadecimal."""
        return self._blake2.hexdigest()

    def flush(self) -> Path:
        """Let readers see the bytes so far at ``path``."""
        self._file.flush()
        return self.path

    def keep(self) -> str:
        """Put the file on the disk for good; returns its SHA-256."""
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        self.path.replace(self._directory / self.sha256)
        folder = os.open(self._directory, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        return self.sha256

    def discard(self) -> None:
        """Forget the file; harmless after ``keep``."""
        self._file.close()
        self.path.unlink(missing_ok=True)


class Blobs:
    """Files under their SHA-256 (``blobs/sha256/HEX``), written once and never changed."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory / "sha256"
        self._directory.mkdir(parents=True, exist_ok=True)
        for leftover in self._directory.glob(".incoming-*"):
            leftover.unlink(missing_ok=True)

    def writer(self) -> BlobWriter:
        """Begin a new file; end with ``keep`` or ``discard``."""
        return BlobWriter(self._directory)

    def put(self, data: bytes) -> str:
        """Keep these bytes; returns their SHA-256."""
        writer = self.writer()
        writer.write(data)
        return writer.keep()

    def path(self, sha256: str) -> Path:
        """Where the bytes with this digest are, or would be."""
        return self._directory / sha256
