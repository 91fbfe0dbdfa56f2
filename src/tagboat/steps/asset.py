"""Uploads one file to the tag's release on the forge and reads its digest back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tagboat.core.artifact import Artifact
from tagboat.core.step import Effect, Phase, Receipt
from tagboat.errors import ConflictError
from tagboat.ports import Ports
from tagboat.ports.forge import Asset
from tagboat.steps.adopt import the_release
from tagboat.steps.draft import the_draft
from tagboat.steps.kinds import Attempt, Inputs
from tagboat.steps.late import looked_for

PHASE = Phase.STAGE
EFFECT = Effect.REVERSIBLE


@dataclass(frozen=True, slots=True)
class Options:
    """The tag and the artifact, as JSON."""

    tag: str
    artifact: Mapping[str, Any]


def find(ports: Ports, inputs: Inputs) -> Receipt | None:
    """Return the asset when it is there with our bytes."""
    options = inputs.options(Options)
    artifact = Artifact.from_json(options.artifact)
    release = the_release(ports, options.tag)
    asset = release.asset(artifact.file) if release else None
    if asset is None:
        return None
    if asset.sha256 != artifact.sha256:
        raise ConflictError(
            f"the release of {options.tag} holds another {artifact.file}: {asset.sha256[:12]}, ours is {artifact.sha256[:12]}",
            remedy="find out who uploaded it; delete it from the draft, then resume",
        )
    return _receipt(asset, "found")


def run(ports: Ports, inputs: Inputs, attempt: Attempt) -> Receipt:
    """Upload, then compare the digest that the forge computed; where the name is taken, it may be by our own file."""
    options = inputs.options(Options)
    artifact = Artifact.from_json(options.artifact)
    release = the_draft(ports, options.tag)
    attempt.log(f"uploading {artifact.file}, {artifact.size} bytes")
    try:
        asset = ports.forge.upload_asset(release, artifact.file, ports.store.path(artifact))
    except ConflictError as refused:
        attempt.log(f"refused: {refused.cause}; is it there with our bytes?")
        there = looked_for(ports.clock, lambda: find(ports, inputs))
        if there is None:
            raise
        return there
    if asset.sha256 and asset.sha256 != artifact.sha256:
        raise ConflictError(
            f"the forge stored {artifact.file} as {asset.sha256[:12]}, we sent {artifact.sha256[:12]}",
            remedy="delete the asset from the draft, then resume",
        )
    return _receipt(asset, "uploaded")


def _receipt(asset: Asset, verb: str) -> Receipt:
    return Receipt(f"{verb} {asset.name}", {"id": asset.id, "sha256": asset.sha256, "url": asset.url})
