"""Guard: has this very plan been built before? Looks for the Manifest, the commit point of a filled draft.

A Manifest is adopted when

- it names this plan's digest, and is what this plan ends in;
- somebody vouches for it: this state's own ledger recorded it, the identity that we publish as uploaded it, or a
  person named its digest;
- every file of it lies beside it with the same digest.

Otherwise the build runs, and the draft is emptied before it is filled again; unless that would cost something: two
releases for one tag, the draft of other components, a build that is published in part and that nobody vouches for, are
conflicts, and an approved Manifest that cannot be adopted is a refusal.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tagboat.core.acceptance import refusals
from tagboat.core.artifact import Artifact, Manifest, Role
from tagboat.core.canonical import JSON
from tagboat.core.plan import Plan
from tagboat.core.step import Effect, Phase, Receipt
from tagboat.errors import ConflictError, RefusedError
from tagboat.ports import Ports
from tagboat.ports.forge import Asset, ForgeRelease
from tagboat.steps.kinds import Attempt, Inputs
from tagboat.steps.vouching import approved, on_indexes, release_command, vouched

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
    found: list[Manifest] = []
    for tag in options.tags:
        release = the_release(ports, tag)
        asset = release.asset(MANIFEST_NAME) if release else None
        if release is None or asset is None:
            return _nothing(f"no earlier build of {tag}", attempt)
        manifest = read_manifest(ports, asset, attempt.folder)
        if manifest is None:
            return _passed_over(f"the draft of {tag} is not adopted: its Manifest cannot be read", attempt)
        reason = _refusal(ports, inputs, release, asset, manifest)
        if reason and approved(ports, manifest):
            raise RefusedError(
                f"the approved Manifest {manifest.digest} of {tag} cannot be adopted: {reason}",
                remedy=f"nothing was changed: put {release.url} right, or delete its {MANIFEST_NAME} to build anew",
            )
        if reason:
            return _passed_over(f"the draft of {tag} is not adopted: {reason}", attempt)
        found.append(manifest)
    if len({manifest.digest for manifest in found}) != 1:
        return _passed_over("the drafts carry different Manifests", attempt)
    manifest = found[0]
    facts: dict[str, JSON] = {"manifest": manifest.as_json(), "digest": manifest.digest}
    return Receipt(f"adopts the build {manifest.digest[:12]} from the forge", facts)


def adopted(inputs: Inputs) -> Manifest | None:
    """Return the Manifest that the needed adopt step found, if any."""
    return stated(inputs.fact("adopt", "manifest"))


def stated(fact: JSON) -> Manifest | None:
    """Return the Manifest that the fact of this name states, in the receipt of an adopt step; None where it found none."""
    return Manifest.from_json(fact) if isinstance(fact, Mapping) else None


def passed_over(inputs: Inputs) -> str:
    """Return why the needed adopt step did not adopt a Manifest that is there; "" when there is none."""
    reason = inputs.fact("adopt", "passed_over")
    return reason if isinstance(reason, str) else ""


def the_release(ports: Ports, tag: str) -> ForgeRelease | None:
    """Return the one release of the tag, draft or public, or None.

    Raises:
        ConflictError: there are several.
    """
    releases = [release for release in ports.forge.releases() if release.tag == tag]
    if len(releases) > 1:
        urls = ", ".join(f"{r.url} ({'draft' if r.draft else 'published'})" for r in releases)
        raise ConflictError(
            f"the tag {tag} has {len(releases)} releases on the forge: {urls}",
            remedy="delete the drafts that are not wanted, then start again",
        )
    return releases[0] if releases else None


def read_manifest(ports: Ports, asset: Asset, folder: Path) -> Manifest | None:
    """Fetch and read the Manifest that a release holds; None when it is none, or larger than any."""
    if asset.size > _MOST_BYTES:
        return None
    path = folder / MANIFEST_NAME
    ports.forge.download_asset(asset, path)
    try:
        return Manifest.from_json(json.loads(path.read_bytes()))
    except (AttributeError, KeyError, RecursionError, TypeError, ValueError):
        return None


def refuse_others(release: ForgeRelease, manifest: Manifest, plan: Plan) -> None:
    """Make sure that the draft's build is not that of other components which have the same tag.

    Raises:
        ConflictError: it is; their release may be published in part, and the draft holds its only copy.
    """
    here = {r.component for r in plan.releases if r.tag == release.tag}
    others = [r for r in manifest.releases if r.tag == release.tag and r.component not in here]
    if others:
        named = ", ".join(f"{r.component} {r.version}" for r in others)
        raise ConflictError(
            f"the draft of {release.tag} holds the build of {named}, whose release is not finished: {release.url}",
            remedy="finish it first: tagboat resume where it was begun, or "
            f"{release_command(manifest.releases)}; delete the draft only if none of its files is published",
        )


def _refusal(ports: Ports, inputs: Inputs, release: ForgeRelease, asset: Asset, manifest: Manifest) -> str:
    if manifest.plan != inputs.plan.digest:
        if release.draft:
            refuse_others(release, manifest, inputs.plan)
        return f"it was built for the plan {manifest.plan[:12]}, not {inputs.plan.digest[:12]}"
    wrong = refusals(manifest, inputs.plan)
    if wrong:
        return f"its Manifest is not what this plan ends in: {'; '.join(wrong)}"
    if not vouched(ports, asset, manifest, inputs.plan):
        return _unvouched(ports, inputs, release, asset, manifest)
    for artifact in manifest.artifacts:
        there = release.asset(artifact.file)
        here = artifact.component in {r.component for r in manifest.releases if r.tag == release.tag}
        if (
            here
            and artifact.role is not Role.BUILD_ONLY
            and (there is None or there.sha256 != artifact.sha256)
        ):
            return f"its file {artifact.file} is {'absent' if there is None else 'not the recorded one'}"
    return ""


def _unvouched(ports: Ports, inputs: Inputs, release: ForgeRelease, asset: Asset, manifest: Manifest) -> str:
    """Say how to vouch for the Manifest; where its files are out already, nothing else can finish the release.

    Raises:
        ConflictError: some of its files are public.
    """
    reason = f"nobody vouches for it (uploaded by {asset.uploader or 'an unknown identity'})"
    command = release_command(inputs.plan.releases, "--adopt", manifest.digest)
    public = on_indexes(ports, inputs.plan, {a.file: a.sha256 for a in manifest.artifacts})
    if public or not release.draft:
        where = ", ".join(public) or release.url
        raise ConflictError(
            f"the build {manifest.digest} of {release.tag} is published in part ({where}), and {reason}",
            remedy=f"find out who made it; if it is yours, {command}; if not, release the next version",
        )
    return f"{reason}; if it is yours, {command}"


def _nothing(reason: str, attempt: Attempt) -> Receipt:
    attempt.log(reason)
    return Receipt(reason, {"manifest": None})


def _passed_over(reason: str, attempt: Attempt) -> Receipt:
    attempt.log(reason)
    return Receipt(reason, {"manifest": None, "passed_over": reason})


def fetch_adopted(ports: Ports, manifest: Manifest, artifact: Artifact, folder: Path) -> None:
    """Bring an adopted artifact's bytes from the forge into the store, unless they are there.

    Raises:
        ConflictError: the forge no longer has the file, or serves other bytes.
    """
    if ports.store.has(artifact.sha256):
        return
    tags = [r.tag for r in manifest.releases if r.component == artifact.component]
    release = the_release(ports, tags[0]) if tags else None
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
