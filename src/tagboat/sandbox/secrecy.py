"""Files of the sandbox's directory that only its owner may read."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path


def write_private(path: Path, content: bytes, *, mode: int = 0o600) -> None:
    """Write a whole file or nothing, durably; it never has a wider mode than this."""
    fresh = path.with_name(path.name + ".new")
    fresh.unlink(missing_ok=True)
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def digest(secret: str) -> str:
    """What a service keeps of a secret that it handed out."""
    return hashlib.sha256(secret.encode()).hexdigest()
