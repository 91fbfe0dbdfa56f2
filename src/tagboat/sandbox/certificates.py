"""The private certificate authority of a sandbox: made once, kept in its directory, trusted by nobody else."""

from __future__ import annotations

import ssl
from collections.abc import Iterable
from pathlib import Path

from tagboat.sandbox.secrecy import write_private

NAMES = ("localhost", "127.0.0.1", "::1")


def server_context(directory: Path, names: Iterable[str] = ()) -> ssl.SSLContext:
    """A TLS context for the sandbox's services, signed by the authority in ``directory`` (made when missing).

    ``names`` are hosts that it stands for beside this machine's own.

    The authority's certificate is ``ca.pem``; its key, ``ca.key``, is readable by the owner alone.
    """
    import trustme  # noqa: PLC0415 - part of the sandbox extra, and slow to load

    certificate, key = directory / "ca.pem", directory / "ca.key"
    if certificate.exists():
        authority = trustme.CA.from_pem(certificate.read_bytes(), key.read_bytes())
    else:
        authority = trustme.CA(organization_name="Tagboat sandbox")
        write_private(key, authority.private_key_pem.bytes())
        # It comes last, so its presence means that the key is there.
        write_private(certificate, authority.cert_pem.bytes(), mode=0o644)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*NAMES, *names).configure_cert(context)
    return context
