"""A person vouches for a Manifest by its digest: the digest must be one that lies on the forge, and the ledger keeps why."""

from __future__ import annotations

import re
from pathlib import Path

from tagboat.core.text import plain
from tagboat.errors import RefusedError, UsageError
from tagboat.ports import Ports
from tagboat.steps.adopt import MANIFEST_NAME, read_manifest, the_release

_DIGEST = re.compile(r"[0-9a-f]{64}")
_LONGEST = 500


def approve(ports: Ports, tags: tuple[str, ...], digest: str, reason: str, folder: Path) -> None:
    """Record that the person at this ledger vouches for the Manifest with this digest.

    Args:
        ports: the forge is read, the ledger is written.
        tags: the tags whose releases may hold the Manifest.
        digest: all of it; a part could be made to fit.
        reason: why they trust it, or "".
        folder: for what is fetched.

    Raises:
        UsageError: it is not a whole digest.
        RefusedError: no release of these tags holds such a Manifest; nothing was recorded.
    """
    if not _DIGEST.fullmatch(digest):
        raise UsageError(
            f"--adopt takes the whole digest of a Manifest, 64 signs of 0-9 and a-f, not {plain(digest, limit=80)!r}",
            remedy="the refusal that asked for it names it in full; so does the build's answer as manifest_digest",
        )
    there = _there(ports, tags, folder)
    if digest not in there.values():
        named = "; ".join(f"{tag} holds {there.get(tag, f'no {MANIFEST_NAME}')}" for tag in tags)
        raise RefusedError(
            f"nothing on the forge has the digest {digest} to adopt: {named}",
            remedy="nothing was changed: name the digest of the Manifest that is there, or leave --adopt out",
        )
    ports.ledger.append("approval", body={"digest": digest, "reason": plain(reason, limit=_LONGEST)})


def _there(ports: Ports, tags: tuple[str, ...], folder: Path) -> dict[str, str]:
    """Return the digest of each tag's Manifest, by tag."""
    found = {}
    for tag in tags:
        release = the_release(ports, tag)
        asset = release.asset(MANIFEST_NAME) if release else None
        manifest = read_manifest(ports, asset, folder) if asset else None
        if manifest:
            found[tag] = manifest.digest
    return found
