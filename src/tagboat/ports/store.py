"""Files by their digest, in the state directory."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from tagboat.core.artifact import Artifact


class Store(Protocol):
    """A content-addressed store of one release: of its artifacts, or of the logs that it keeps."""

    def put(self, path: Path) -> tuple[str, int]:
        """Keep a copy of the file, durably, and return its SHA-256 and size."""
        ...

    def has(self, sha256: str) -> bool:
        """Tell whether the bytes of this digest are kept."""
        ...

    def path(self, artifact: Artifact) -> Path:
        """Return a path of the artifact's bytes whose last part is its file name; the bytes are checked.

        Raises:
            ConflictError: the kept bytes are no longer those of the digest.
            KeyError: they are not kept.
        """
        ...
