"""The public addresses as a sandbox is told them: it stands in for all that Tagboat knows by name."""

from __future__ import annotations

from tagboat.adapters.addresses import PUBLIC, Addresses
from tagboat.sandbox.names import PublicIndex, PublicNames


def public_names(addresses: Addresses = PUBLIC) -> PublicNames:
    """Return these addresses for ``sandbox.process.up(public=...)``; their ``hosts()`` are for ``private_network``."""
    return PublicNames(
        api=addresses.api,
        uploads=addresses.uploads,
        git=addresses.git,
        indexes={
            name: PublicIndex(index.upload, index.simple, index.files, index.also)
            for name, index in addresses.indexes.items()
        },
        issuers=dict(addresses.issuers),
    )
