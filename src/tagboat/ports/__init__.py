"""What Tagboat asks of the outside, cut at the field's nouns: Protocols and the data that crosses them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from tagboat.core.record import Record

if TYPE_CHECKING:
    from pathlib import Path

    from tagboat.ports.builder import Builder
    from tagboat.ports.clock import Clock
    from tagboat.ports.forge import Forge
    from tagboat.ports.index import Index
    from tagboat.ports.inspector import Inspector
    from tagboat.ports.installer import Installer
    from tagboat.ports.ledger import Ledger
    from tagboat.ports.repository import Repository
    from tagboat.ports.store import Store
    from tagboat.ports.trial import PublisherTrial

__all__ = ["Ports"]


class Ports(Record):
    """Every port that a step may use, chosen by ``tagboat.wiring`` and handed to the engine.

    Attributes:
        indexes: by the name that the configuration gives them.
        logs: where logs of other machines are kept by their digest.
        shards: folders that other machines filled, by ``component/shard``, for shards that are adopted.
        trial: where publishers can be tried without publishing; None outside of a rehearsal.
    """

    repository: Repository
    forge: Forge
    indexes: Mapping[str, Index]
    builder: Builder
    inspector: Inspector
    installer: Installer
    store: Store
    logs: Store
    ledger: Ledger
    clock: Clock
    shards: Mapping[str, Path] = MappingProxyType({})
    trial: PublisherTrial | None = None
