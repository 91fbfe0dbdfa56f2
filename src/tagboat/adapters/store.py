"""Files kept by their digest, so that a name can change and bytes cannot."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import shutil
from pathlib import Path, PurePosixPath
from typing import Final

from tagboat.core.artifact import Artifact
from tagboat.errors import ConflictError, InvalidError, StepFailedError

_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_PIECE: Final = 1 << 20


class FolderStore:
    """The store of one release, in a folder; implements the port ``Store``.

    ``files/DIGEST`` is what is kept; ``named/DIGEST/NAME`` is the same file (or a copy, where the file system has no
    hard links) under the name that tools want to see.
    """

    def __init__(self, folder: Path) -> None:
        self._files = folder / "files"
        self._named = folder / "named"

    def put(self, path: Path) -> tuple[str, int]:
        """Keep a copy of the file and return its SHA-256 and size; when this returns, it is on the disk.

        Raises:
            StepFailedError: the disk refuses.
        """
        try:
            self._files.mkdir(parents=True, exist_ok=True)
            fresh = self._files / f".{secrets.token_hex(8)}.partial"
            try:
                sha256, size = _copied(path, fresh)
                fresh.chmod(0o644)
                fresh.replace(self._files / sha256)
            finally:
                fresh.unlink(missing_ok=True)
            _sync_folder(self._files)
        except OSError as problem:
            raise StepFailedError(
                f"{path.name} cannot be kept: {problem.strerror}",
                remedy="has the state directory's disk room left?",
            ) from None
        return sha256, size

    def has(self, sha256: str) -> bool:
        """Tell whether a file of this digest is kept."""
        return bool(_DIGEST.fullmatch(sha256)) and (self._files / sha256).is_file()

    def path(self, artifact: Artifact) -> Path:
        """Return a path of the bytes, read and checked now, whose last part is the artifact's file name.

        Raises:
            ConflictError: they are no longer those of the digest.
            InvalidError: the artifact's file name is no plain name.
            KeyError: they are not kept.
        """
        if not self.has(artifact.sha256):
            raise KeyError(artifact.sha256)
        if PurePosixPath(artifact.file).name != artifact.file or artifact.file in ("", ".", ".."):
            raise InvalidError(f"not a plain file name: {artifact.file!r}")
        kept = self._files / artifact.sha256
        named = self._named / artifact.sha256 / artifact.file
        if named.is_file() and _digest(named) == artifact.sha256:
            return named
        _place(kept, named)
        if _digest(named) != artifact.sha256:
            raise ConflictError(
                f"{artifact.file} in the state directory was changed: its bytes are not those of {artifact.sha256}",
                remedy="start with a fresh state directory; finished steps are found again in the world",
            )
        return named


def _place(kept: Path, named: Path) -> None:
    named.parent.mkdir(parents=True, exist_ok=True)
    fresh = named.with_name(f".{secrets.token_hex(8)}.partial")
    try:
        try:
            os.link(kept, fresh)
        except OSError:
            shutil.copyfile(kept, fresh)
        fresh.replace(named)
    finally:
        fresh.unlink(missing_ok=True)


def _copied(source: Path, target: Path) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    with source.open("rb") as reader, target.open("xb") as writer:
        while piece := reader.read(_PIECE):
            digest.update(piece)
            size += writer.write(piece)
        writer.flush()
        os.fsync(writer.fileno())
    return digest.hexdigest(), size


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
