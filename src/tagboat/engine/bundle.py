"""The ledgers of several jobs in one: each is a chain of its own, and names the digests of those that came before it.

A job that goes on where others ended opens its ledger with an entry that names theirs. An exported ledger holds those
first, oldest first, then its own: JSON lines, a new ledger wherever the numbers begin at 1 again. Nobody can leave one
out, change one or slip one in between without a digest or a chain that no longer fits; the last one's end is anchored,
as ever, by who keeps a copy.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from tagboat.core.canonical import JSON, canonical
from tagboat.engine.ledger import line, read_export
from tagboat.errors import ConflictError
from tagboat.ports.ledger import Entry, first_bad

OPENED = "opened"
"""The event of the entry that opens the ledger of a job: in its body, ``earlier`` lists the ledgers before it."""
MOST_BYTES = 64 << 20


def parts(entries: Sequence[Entry]) -> list[list[Entry]]:
    """Return the ledgers of a bundle, oldest first."""
    found: list[list[Entry]] = []
    for entry in entries:
        if entry.seq == 1 or not found:
            found.append([])
        found[-1].append(entry)
    return found


def text_of(entries: Iterable[Entry]) -> str:
    """Return entries as JSON lines."""
    return "".join(canonical(line(entry)) + "\n" for entry in entries)


def digest_of(ledger: Sequence[Entry]) -> str:
    """Return the SHA-256 by which a later ledger names this one: that of its lines."""
    return hashlib.sha256(text_of(ledger).encode()).hexdigest()


def first_bad_of(entries: Sequence[Entry]) -> tuple[int, str] | None:
    """Return the position (from 1) of the first entry that is wrong in a bundle, and why; None for a sound one."""
    ledgers = parts(entries)
    known: dict[str, int] = {}
    named: set[str] = set()
    start = 0
    for ledger in ledgers:
        bad = first_bad(ledger)
        if bad is not None:
            return start + bad[0], bad[1]
        for digest in _named(ledger):
            if digest not in known:
                return start + 1, f"it goes on from the ledger {digest[:12]}, which is not there before it"
            named.add(digest)
        known.setdefault(digest_of(ledger), start)
        start += len(ledger)
    for digest, place in list(known.items())[:-1]:
        if digest not in named:
            return place + 1, "no later ledger goes on from the one that begins here: it was put in"
    return None


def joined(files: Iterable[Path]) -> list[list[Entry]]:
    """Read the ledgers of earlier jobs, each once, every one after those that it goes on from.

    Raises:
        ConflictError: a file is not a sound ledger.
    """
    found: dict[str, list[Entry]] = {}
    for path in files:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
        if len(content) > MOST_BYTES:
            raise _refused(path, f"it is larger than {MOST_BYTES >> 20} MiB")
        entries = read_export(content.decode("utf-8", "replace"))
        bad = first_bad_of(entries)
        if bad is not None:
            raise _refused(path, f"entry {bad[0]} is bad: {bad[1]}")
        for ledger in parts(entries):
            found.setdefault(digest_of(ledger), ledger)
    return list(found.values())


def opening(ledgers: Sequence[Sequence[Entry]], job: Mapping[str, JSON]) -> dict[str, JSON]:
    """Return the body of the entry that opens a ledger after these."""
    earlier: list[JSON] = [
        {"sha256": digest_of(ledger), "entries": len(ledger), "last": ledger[-1].hash} for ledger in ledgers
    ]
    return {**job, "earlier": earlier}


def _named(ledger: Sequence[Entry]) -> list[str]:
    """The digests that a ledger's opening names; only its first entry opens it."""
    earlier = ledger[0].body.get("earlier") if ledger[0].event == OPENED else None
    rows = earlier if isinstance(earlier, list) else []
    return [str(row.get("sha256")) for row in rows if isinstance(row, Mapping)]


def _refused(path: Path, reason: str) -> ConflictError:
    return ConflictError(
        f"{path} is not the ledger that an earlier job wrote: {reason}",
        remedy="transfer it again, or start a new run; nothing was changed by this job",
    )
