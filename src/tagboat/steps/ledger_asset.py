"""Adds the ledger to the tag's release, the last file before it becomes public and perhaps immutable.

An asset is ours when its text is how our own ledger begins. The ledger of an earlier run elsewhere is evidence: it
stays, and ours goes beside it under the next number.
"""

from __future__ import annotations

from dataclasses import dataclass

from tagboat.core.step import Effect, Phase, Receipt
from tagboat.ports import Ports
from tagboat.ports.forge import Asset, ForgeRelease
from tagboat.steps.adopt import LEDGER_NAME
from tagboat.steps.draft import the_draft, the_release
from tagboat.steps.kinds import Attempt, Inputs

PHASE = Phase.PUBLISH
EFFECT = Effect.REVERSIBLE
_MOST_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Options:
    """The tag whose release gets the ledger."""

    tag: str


def find(ports: Ports, inputs: Inputs) -> Receipt | None:
    """Return our ledger's asset; a public release with any ledger is closed and needs no other."""
    release = the_release(ports, inputs.options(Options).tag)
    ledgers = _ledgers(release) if release else []
    if release is None or not ledgers:
        return None
    if not release.draft:
        return _receipt(ledgers[-1], "the published release has")
    own = ports.ledger.export()
    folder = inputs.folder
    for asset in ledgers:
        if asset.size <= _MOST_BYTES:
            path = folder / asset.name
            ports.forge.download_asset(asset, path)
            if own.startswith(path.read_text(errors="replace")):
                return _receipt(asset, "found")
    return None


def run(ports: Ports, inputs: Inputs, attempt: Attempt) -> Receipt:
    """Upload the ledger as it is now."""
    tag = inputs.options(Options).tag
    release = the_draft(ports, tag)
    turn = len(_ledgers(release)) + 1
    path = attempt.folder / (LEDGER_NAME if turn == 1 else LEDGER_NAME.replace(".jsonl", f"-{turn}.jsonl"))
    path.write_text(ports.ledger.export())
    asset = ports.forge.upload_asset(release, path.name, path)
    return _receipt(asset, "uploaded")


def _ledgers(release: ForgeRelease) -> list[Asset]:
    stem = LEDGER_NAME.removesuffix(".jsonl")
    return sorted((a for a in release.assets if a.name.startswith(stem)), key=lambda a: a.id)


def _receipt(asset: Asset, verb: str) -> Receipt:
    return Receipt(f"{verb} {asset.name}", {"sha256": asset.sha256, "url": asset.url})
