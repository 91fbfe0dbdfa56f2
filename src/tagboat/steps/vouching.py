"""Whose a file on the forge is, who vouches for a Manifest there, and what an index would keep of it.

Decision 6 says why: anybody who may write to the repository can put files and a fitting Manifest into a draft.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence

from tagboat.core.artifact import Manifest
from tagboat.core.plan import Plan
from tagboat.core.release import Release
from tagboat.errors import UnavailableError
from tagboat.ports import Ports
from tagboat.ports.forge import Asset
from tagboat.ports.ledger import Entry
from tagboat.steps.remote_run import named

_ASKING = ("version-free", "upload")
"""The kinds of steps whose options name an index and a distribution of this release."""


def ours(ports: Ports, asset: Asset) -> bool:
    """Tell whether the identity that we publish as uploaded the file, or this state's own ledger says that we did."""
    viewer = ports.forge.viewer()
    return (bool(viewer) and asset.uploader == viewer) or _recorded(ports.ledger.entries(), asset)


def approved(ports: Ports, manifest: Manifest) -> bool:
    """Tell whether a person named this Manifest's digest."""
    return _said(ports, manifest, "approval")


def vouched(ports: Ports, asset: Asset, manifest: Manifest, plan: Plan) -> bool:
    """Tell whether our own ledger, a person, the identity that we publish as or the tag stands for this Manifest."""
    if _said(ports, manifest, "manifest", "approval") or ours(ports, asset):
        return True
    return handed_over(ports, plan) == manifest.digest


def handed_over(ports: Ports, plan: Plan) -> str:
    """Return the digest of the Manifest that every tag of the release names, as one does that hands a release over.

    It is "" in a project whose pipeline hands nothing over. In one that does, the files that the workflow publishes come
    from whoever makes the tag. Decision 30 says what follows from it.
    """
    if not any(step.kind == "tag-ready" for step in plan.steps):
        return ""
    tags = [ports.forge.tag(tag) for tag in {release.tag for release in plan.releases}]
    digests = {named(tag) if tag else "" for tag in tags}
    return digests.pop() if len(digests) == 1 else ""


def on_indexes(ports: Ports, plan: Plan, files: Mapping[str, str]) -> list[str]:
    """Return ``FILE on INDEX`` for each of these files (name → SHA-256) that an index lists with these very bytes.

    Only the indexes and distributions of the plan are asked for: a private name is never looked for elsewhere.

    Raises:
        UnavailableError: an index cannot be asked, and the project's policy does not go on without it.
    """
    found: dict[str, None] = {}
    for step in (step for step in plan.steps if step.kind in _ASKING):
        index = str(step.options["index"])
        try:
            project = ports.indexes[index].project(str(step.options["distribution"]))
        except UnavailableError:
            if step.options.get("index_down") != "go":
                raise
            continue
        held = project.files if project else ()
        found |= {f"{f.filename} on {index}": None for f in held if files.get(f.filename) == f.sha256}
    return list(found)


def release_command(releases: Sequence[Release], *more: str) -> str:
    """Return the command that releases, or goes on releasing, exactly these."""
    tags = [word for r in releases for word in ("--tag", shlex.quote(f"{r.component}={r.tag}"))]
    return " ".join(["tagboat release", *tags, *more])


def _said(ports: Ports, manifest: Manifest, *events: str) -> bool:
    return any(
        entry.event in events and entry.body.get("digest") == manifest.digest
        for entry in ports.ledger.entries()
    )


def _recorded(entries: Sequence[Entry], asset: Asset) -> bool:
    """Tell whether an upload that this ledger saw begin ended in this very asset; what was only found does not count."""
    begun = set()
    for entry in entries:
        if entry.event == "intent":
            begun.add(entry.step)
        elif entry.event == "outcome" and entry.step in begun:
            receipt = entry.body.get("receipt")
            facts = receipt.get("facts") if isinstance(receipt, Mapping) else None
            if isinstance(facts, Mapping) and (facts.get("id"), facts.get("sha256")) == (
                asset.id,
                asset.sha256,
            ):
                return True
    return False
