"""Adds the ledger to the tag's release, the last file before it becomes public and perhaps immutable.

An asset is ours when its text is how our own ledger begins. The ledger of an earlier run elsewhere is evidence: it
stays, and ours goes beside it under the next number. A release that somebody made public before it had a ledger takes
one if it can; where published releases are immutable it stays without, and the ledger stays in the state directory.
"""

from __future__ import annotations

from dataclasses import dataclass

from tagboat.core.step import Effect, Phase, Receipt, StepState
from tagboat.errors import ConflictError, StepFailedError
from tagboat.ports import Ports
from tagboat.ports.forge import Asset, ForgeRelease
from tagboat.steps.adopt import LEDGER_NAME, the_release
from tagboat.steps.draft import the_draft
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
    if release is None:
        return None
    ledgers = [asset for asset in _ledgers(release) if asset.size]
    if not release.draft:
        return _receipt(ledgers[-1], "the published release has") if ledgers else _closed(release)
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
    if closed := _closed(release):
        return closed
    turn = len(_ledgers(release)) + 1
    path = attempt.folder / (LEDGER_NAME if turn == 1 else LEDGER_NAME.replace(".jsonl", f"-{turn}.jsonl"))
    path.write_text(ports.ledger.export())
    try:
        return _receipt(ports.forge.upload_asset(release, path.name, path), "uploaded")
    except (ConflictError, StepFailedError):
        # Somebody may have published it since we looked.
        closed = _closed(the_draft(ports, tag))
        if closed is None:
            raise
        attempt.log(closed.summary)
        return closed


def _closed(release: ForgeRelease) -> Receipt | None:
    """Return the receipt of a release that takes no ledger any more, or None when it takes one."""
    if release.draft or not release.immutable:
        return None
    reason = f"{release.tag} was published without a ledger and is immutable: the ledger stays in the state directory"
    return Receipt(reason, {"url": release.url}, StepState.SKIPPED)


def _ledgers(release: ForgeRelease) -> list[Asset]:
    stem = LEDGER_NAME.removesuffix(".jsonl")
    return sorted((a for a in release.assets if a.name.startswith(stem)), key=lambda a: a.id)


def _receipt(asset: Asset, verb: str) -> Receipt:
    return Receipt(f"{verb} {asset.name}", {"sha256": asset.sha256, "url": asset.url})
