"""The private certificate authority of a sandbox: made once, kept in its directory, trusted by nobody else."""

from __future__ import annotations

import os
import ssl
from pathlib import Path

NAMES = ("localhost", "127.0.0.1", "::1")


def server_context(directory: Path) -> ssl.SSLContext:
    """A TLS context for the sandbox's services, signed by the authority in ``directory`` (made when missing).

    The authority's certificate is ``ca.pem``; its key, ``ca.key``, is readable by the owner alone.
    """
    import trustme  # noqa: PLC0415 - part of the sandbox extra, and slow to load

    certificate, key = directory / "ca.pem", directory / "ca.key"
    if certificate.exists():
        authority = trustme.CA.from_pem(certificate.read_bytes(), key.read_bytes())
    else:
        authority = trustme.CA(organization_name="Tagboat sandbox")
        _write(key, authority.private_key_pem.bytes(), mode=0o600)
        _write(certificate, authority.cert_pem.bytes(), mode=0o644)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*NAMES).configure_cert(context)
    return context


def _write(path: Path, content: bytes, *, mode: int) -> None:
    """Write a whole file or nothing; the certificate comes last, so its presence means that the key is there."""
    fresh = path.with_name(path.name + ".new")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, mode)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
