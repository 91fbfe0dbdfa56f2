"""Guard: has this very plan been built before? Looks for the Manifest, the commit point of a filled draft.

A Manifest is adopted when

- it names this plan's digest;
- somebody vouches for it: this state's own ledger recorded it, the identity that we publish as uploaded it, or a
  person named its digest;
- every file of it lies beside it with the same digest.

Otherwise the build runs, and the draft is emptied before it is filled again. Two releases for one tag are a conflict.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from tagboat.core.artifact import Artifact, Manifest, Role
from tagboat.core.canonical import JSON
from tagboat.core.step import Effect, Phase, Receipt
from tagboat.errors import ConflictError
from tagboat.ports import Ports
from tagboat.ports.forge import Asset, ForgeRelease
from tagboat.steps.kinds import Attempt, Inputs

PHASE = Phase.CHECK
EFFECT = Effect.NONE
MANIFEST_NAME = "tagboat-manifest.json"
LEDGER_NAME = "tagboat-ledger.jsonl"
_MOST_BYTES = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Options:
    """The tags of the release."""

    tags: tuple[str, ...]


def find(_ports: Ports, _inputs: Inputs) -> Receipt | None:
    """A guard looks afresh each time."""
    return None


def run(ports: Ports, inputs: Inputs, attempt: Attempt) -> Receipt:
    """Look at the forge release of every tag; all of them must carry the same Manifest."""
    options = inputs.options(Options)
    listed = ports.forge.releases()
    found: list[tuple[Manifest, Asset]] = []
    for tag in options.tags:
        release = only_release([r for r in listed if r.tag == tag], tag)
        asset = release.asset(MANIFEST_NAME) if release else None
        if release is None or asset is None:
            return _nothing(f"no earlier build of {tag}", attempt)
        manifest = _read(ports, asset, attempt.folder)
        reason = _refusal(ports, inputs, release, asset, manifest)
        if manifest is None or reason:
            return _nothing(
                f"the draft of {tag} is not adopted: {reason or 'its Manifest cannot be read'}", attempt
            )
        found.append((manifest, asset))
    if len({manifest.digest for manifest, _ in found}) != 1:
        return _nothing("the drafts carry different Manifests", attempt)
    manifest = found[0][0]
    facts: dict[str, JSON] = {"manifest": manifest.as_json(), "digest": manifest.digest}
    return Receipt(f"adopts the build {manifest.digest[:12]} from the forge", facts)


def adopted(inputs: Inputs) -> Manifest | None:
    """Return the Manifest that the needed adopt step found, if any."""
    data = inputs.fact("adopt", "manifest")
    return Manifest.from_json(data) if isinstance(data, dict) else None


def only_release(releases: list[ForgeRelease], tag: str) -> ForgeRelease | None:
    """Return the one release of a tag, or None.

    Raises:
        ConflictError: the tag has several, draft or not.
    """
    if len(releases) > 1:
        urls = ", ".join(f"{r.url} ({'draft' if r.draft else 'published'})" for r in releases)
        raise ConflictError(
            f"the tag {tag} has {len(releases)} releases on the forge: {urls}",
            remedy="delete the drafts that are not wanted, then start again",
        )
    return releases[0] if releases else None


def _read(ports: Ports, asset: Asset, folder: Path) -> Manifest | None:
    if asset.size > _MOST_BYTES:
        return None
    path = folder / MANIFEST_NAME
    ports.forge.download_asset(asset, path)
    try:
        return Manifest.from_json(json.loads(path.read_bytes()))
    except (KeyError, TypeError, ValueError):
        return None


def _refusal(
    ports: Ports, inputs: Inputs, release: ForgeRelease, asset: Asset, manifest: Manifest | None
) -> str:
    if manifest is None:
        return "its Manifest cannot be read"
    if manifest.plan != inputs.plan.digest:
        return f"it was built for the plan {manifest.plan[:12]}, not {inputs.plan.digest[:12]}"
    if not _vouched(ports, asset, manifest):
        return f"nobody vouches for it (uploaded by {asset.uploader or 'an unknown identity'})"
    for artifact in manifest.artifacts:
        there = release.asset(artifact.file)
        ours = artifact.component in {r.component for r in manifest.releases if r.tag == release.tag}
        if (
            ours
            and artifact.role is not Role.BUILD_ONLY
            and (there is None or there.sha256 != artifact.sha256)
        ):
            return f"its file {artifact.file} is {'absent' if there is None else 'not the recorded one'}"
    return ""


def _vouched(ports: Ports, asset: Asset, manifest: Manifest) -> bool:
    own = [e for e in ports.ledger.entries() if e.event in ("manifest", "approval")]
    if any(entry.body.get("digest") == manifest.digest for entry in own):
        return True
    return bool(asset.uploader) and asset.uploader == ports.forge.viewer()


def _nothing(reason: str, attempt: Attempt) -> Receipt:
    attempt.log(reason)
    return Receipt(reason, {"manifest": None})


def fetch_adopted(ports: Ports, manifest: Manifest, artifact: Artifact, folder: Path) -> None:
    """Bring an adopted artifact's bytes from the forge into the store, unless they are there.

    Raises:
        ConflictError: the forge no longer has the file, or serves other bytes.
    """
    if ports.store.has(artifact.sha256):
        return
    tags = [r.tag for r in manifest.releases if r.component == artifact.component]
    release = only_release([r for r in ports.forge.releases() if r.tag in tags], tags[0] if tags else "")
    asset = release.asset(artifact.file) if release else None
    if asset is None:
        raise ConflictError(
            f"the forge no longer has {artifact.file} of the adopted build",
            remedy="start again: the draft is judged anew",
        )
    path = folder / artifact.file
    ports.forge.download_asset(asset, path)
    sha256, _ = ports.store.put(path)
    if sha256 != artifact.sha256:
        raise ConflictError(
            f"the forge serves {artifact.file} with the digest {sha256[:12]}, its Manifest says {artifact.sha256[:12]}",
            remedy="find out who replaced it; delete the draft to build anew",
        )
