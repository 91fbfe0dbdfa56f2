"""Makes sure that the tag has one draft release on the forge, holding nothing but this build's files.

A draft whose Manifest is not ours is emptied, the Manifest first, so that no moment shows a Manifest beside files that
it does not describe. Only files that our own identity or this ledger uploaded are deleted; any other file is a
conflict. So is a draft that somebody still needs: the build of other components of the tag, or one of whose files an
index has, which is its only other copy. A release that is public already is accepted when its Manifest is ours (a
colleague may have un-drafted it).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tagboat.core.step import Effect, Phase, Receipt
from tagboat.errors import ConflictError, StepFailedError
from tagboat.ports import Ports
from tagboat.ports.forge import Asset, ForgeRelease
from tagboat.steps.adopt import LEDGER_NAME, MANIFEST_NAME, read_manifest, refuse_others, the_release
from tagboat.steps.kinds import Attempt, Inputs
from tagboat.steps.late import looked_for
from tagboat.steps.vouching import on_indexes, ours

PHASE = Phase.STAGE
EFFECT = Effect.REVERSIBLE
_MOST_NOTES = 100_000


@dataclass(frozen=True, slots=True)
class Options:
    """The draft to make.

    Attributes:
        notes: the path of the release notes in the tagged tree, or "".
        files: ``name=sha256`` of every file that the release will hold.
        more_notes: the paths of further notes, when several components share the tag.
    """

    tag: str
    commit: str
    title: str
    notes: str
    prerelease: bool
    files: tuple[str, ...]
    more_notes: tuple[str, ...] = ()


def find(ports: Ports, inputs: Inputs) -> Receipt | None:
    """Return the release when it needs no work."""
    options = inputs.options(Options)
    release = the_release(ports, options.tag)
    if release is None:
        return None
    manifest = release.asset(MANIFEST_NAME)
    if not release.draft and (manifest is None or manifest.sha256 != _files(options)[MANIFEST_NAME]):
        raise ConflictError(
            f"{options.tag} was published on the forge without this build's Manifest: {release.url}",
            remedy="find out who published it; a published release is never overwritten",
        )
    return None if _strays(release, options) else _receipt(release, "found")


def run(ports: Ports, inputs: Inputs, attempt: Attempt) -> Receipt:
    """Create the draft, or empty the one that is there."""
    options = inputs.options(Options)
    release = the_release(ports, options.tag)
    if release is None:
        release = ports.forge.create_draft(
            tag=options.tag,
            commit=options.commit,
            title=options.title,
            notes=_notes(ports, options),
            prerelease=options.prerelease,
        )
        return _receipt(release, "created")
    strays = _strays(release, options)
    _refuse_strangers(ports, release, strays)
    _refuse_loss(ports, inputs, release, strays, attempt.folder)
    for asset in strays:
        attempt.log(f"deleting {asset.name} of an earlier build from the draft")
        ports.forge.delete_asset(asset)
    return _receipt(release, f"emptied of {len(strays)} earlier files")


def the_draft(ports: Ports, tag: str) -> ForgeRelease:
    """Return the tag's release, which an earlier step has made; a list that lags behind is waited for.

    Raises:
        ConflictError: there are several.
        StepFailedError: there is none.
    """
    release = looked_for(ports.clock, lambda: the_release(ports, tag))
    if release is None:
        raise StepFailedError(
            f"the draft of {tag} is gone", remedy="resume: it is made anew and filled from this build"
        )
    return release


def _files(options: Options) -> dict[str, str]:
    return dict(item.rsplit("=", 1) for item in options.files)


def _strays(release: ForgeRelease, options: Options) -> list[Asset]:
    wanted = _files(options)
    strays = [
        a for a in release.assets if not a.name.startswith(_LEDGER_STEM) and wanted.get(a.name) != a.sha256
    ]
    return sorted(strays, key=lambda asset: asset.name != MANIFEST_NAME)


_LEDGER_STEM = LEDGER_NAME.removesuffix(".jsonl")


def _refuse_strangers(ports: Ports, release: ForgeRelease, strays: list[Asset]) -> None:
    strangers = [a for a in strays if not ours(ports, a)]
    if strangers or not release.draft:
        named = ", ".join(f"{a.name} (by {a.uploader or 'unknown'})" for a in strangers or strays)
        raise ConflictError(
            f"the release of {release.tag} holds files that this build did not make: {named}",
            remedy=f"remove them from {release.url}, or delete the draft, then resume",
        )


def _refuse_loss(
    ports: Ports, inputs: Inputs, release: ForgeRelease, strays: list[Asset], folder: Path
) -> None:
    """Make sure that nobody needs what is about to be deleted.

    Raises:
        ConflictError: the draft is another release's, or files of it are published.
    """
    asset = next((a for a in strays if a.name == MANIFEST_NAME), None)
    manifest = read_manifest(ports, asset, folder) if asset else None
    if asset and manifest is None:
        raise ConflictError(
            f"the Manifest in the draft of {release.tag} cannot be read, so nobody knows what the draft is for",
            remedy=f"find out who made it; delete {release.url} if it was given up, then resume",
        )
    if manifest:
        refuse_others(release, manifest, inputs.plan)
    public = on_indexes(ports, inputs.plan, {a.name: a.sha256 for a in strays})
    if public:
        named = f"the build {manifest.digest}" if manifest else "another build"
        raise ConflictError(
            f"the draft of {release.tag} holds {named}, and files of it are published: {', '.join(public)}",
            remedy="finish that release (tagboat resume where it was begun), or release the next version",
        )


def _notes(ports: Ports, options: Options) -> str:
    paths = [options.notes, *options.more_notes] if options.notes else []
    texts = (ports.forge.read(options.commit, path) for path in paths)
    return "\n\n".join(text.decode("utf-8", "replace") for text in texts if text)[:_MOST_NOTES]


def _receipt(release: ForgeRelease, verb: str) -> Receipt:
    kind = "draft" if release.draft else "published release"
    return Receipt(
        f"{verb} the {kind} of {release.tag}", {"id": release.id, "url": release.url, "draft": release.draft}
    )
