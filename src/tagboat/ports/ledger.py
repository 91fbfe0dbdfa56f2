"""The append-only, hash-chained record of everything that happened to a release."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from tagboat.core.canonical import JSON, digest

GENESIS = "0" * 64
"""The previous hash of a first entry that chains to no earlier ledger."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry; its hash covers all other fields and the hash of the entry before it.

    Attributes:
        seq: 1, 2, 3...
        time: ISO 8601 in UTC.
        actor: who, as ``user@host`` or the CI's own name.
        event: ``plan``, ``intent``, ``outcome``, ``failure``, ``manifest``, ``resume``, ``done``; the ledger's page has all.
        step: the step's key, or "".
        attempt: the try's number, from 1; 0 when it is not about a step.
        body: small JSON.
    """

    seq: int
    time: str
    actor: str
    event: str
    step: str
    attempt: int
    body: Mapping[str, JSON]
    previous: str
    hash: str

    def computed(self) -> str:
        """Return the hash that this entry must have."""
        return digest(
            {
                "seq": self.seq,
                "time": self.time,
                "actor": self.actor,
                "event": self.event,
                "step": self.step,
                "attempt": self.attempt,
                "body": dict(self.body),
                "previous": self.previous,
            }
        )


class Ledger(Protocol):
    """The ledger of one release."""

    def append(
        self, event: str, *, step: str = "", attempt: int = 0, body: Mapping[str, JSON] | None = None
    ) -> Entry:
        """Write one entry durably and return it."""
        ...

    def entries(self) -> Sequence[Entry]:
        """Return all entries in order."""
        ...

    def export(self) -> str:
        """Return the ledger as JSON lines, oldest first."""
        ...


def first_bad(entries: Sequence[Entry]) -> tuple[int, str] | None:
    """Return the position (from 1) of the first entry that breaks the chain and why, or None for a sound ledger."""
    previous = entries[0].previous if entries else GENESIS
    for position, entry in enumerate(entries, start=1):
        if entry.seq != position:
            return position, f"it is numbered {entry.seq}: an entry was removed, inserted or moved"
        if entry.previous != previous:
            return position, "it does not follow from the entry before it"
        if entry.computed() != entry.hash:
            return position, "its content is not what was written"
        previous = entry.hash
    return None
