"""Holding a Manifest against the world: every difference named, nothing trusted that can be looked up."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path

from tagboat._version import __version__
from tagboat.config.model import Config
from tagboat.core.acceptance import refusals
from tagboat.core.artifact import Artifact, Manifest, Role
from tagboat.core.names import ARCHIVE_SHARD, distribution_of, flat_name
from tagboat.core.plan import Plan
from tagboat.core.release import Release
from tagboat.ports.forge import Forge
from tagboat.ports.index import Index, published
from tagboat.ports.repository import Repository
from tagboat.steps.adopt import MANIFEST_NAME


def spelled(manifest: Manifest, text: bytes) -> Iterator[str]:
    """Yield a difference when the file is not written as every Manifest is, to the byte."""
    if text != manifest.text.encode():
        yield "the Manifest's file is not in the one spelling that Tagboat writes: it was edited"


def beside(manifest: Manifest, folder: Path) -> Iterator[str]:
    """Yield what differs between the Manifest and the files in ``folder``."""
    for artifact in manifest.artifacts:
        path = folder / artifact.file
        if not path.is_file():
            yield f"{artifact.file} is absent from {folder}"
        elif (found := file_digest(path)) != artifact.sha256:
            yield f"{artifact.file} in {folder} is {found[:12]}, the Manifest says {artifact.sha256[:12]}"


def against_repository(manifest: Manifest, repository: Repository, folder: Path) -> Iterator[str]:
    """Yield what differs from a repository: the tag's commit, and the source archive made again from it."""
    for release in manifest.releases:
        tag = repository.tag(release.tag)
        if tag is None:
            yield f"the repository has no tag {release.tag}"
            continue
        if tag.commit != release.commit:
            yield f"the tag {release.tag} is {tag.commit[:12]} in the repository, the Manifest says {release.commit[:12]}"
            continue
        for archive in _archives(manifest, release):
            path = folder / archive.file
            repository.archive(release.commit, archive.file.removesuffix(".tar.gz"), path)
            if file_digest(path) != archive.sha256:
                yield f"{archive.file} made again from {release.commit[:12]} has other bytes"


def against_plan(manifest: Manifest, plan: Plan) -> Iterator[str]:
    """Yield what the plan of the configuration at the tag does not end in; only the same version plans the same."""
    if manifest.tool == f"tagboat {__version__}" and plan.digest != manifest.plan:
        yield f"the configuration at the tag gives the plan {plan.digest[:12]}, the Manifest says {manifest.plan[:12]}"
    elif plan.digest == manifest.plan:
        yield from refusals(manifest, plan)


def against_forge(manifest: Manifest, text: bytes, forge: Forge) -> Iterator[str]:
    """Yield what differs on the forge: tag, release, assets, and the Manifest among them."""
    listed = forge.releases()
    for release in manifest.releases:
        commit = forge.tag_commit(release.tag)
        if commit != release.commit:
            yield f"the tag {release.tag} is {(commit or 'absent')[:12]} on the forge, the Manifest says {release.commit[:12]}"
        found = [r for r in listed if r.tag == release.tag]
        if len(found) != 1:
            yield f"{release.tag} has {len(found)} releases on the forge"
            continue
        if found[0].draft:
            yield f"the release of {release.tag} is still a draft"
        held = {asset.name: asset.sha256 for asset in found[0].assets}
        wanted = {a.file: a.sha256 for a in manifest.of(release.component) if a.role is not Role.BUILD_ONLY}
        wanted[MANIFEST_NAME] = hashlib.sha256(text).hexdigest()
        for name, sha256 in wanted.items():
            if held.get(name) != sha256:
                yield f"{name} on the forge is {held.get(name, 'absent')[:12]}, the Manifest says {sha256[:12]}"


def against_indexes(manifest: Manifest, config: Config, indexes: Mapping[str, Index]) -> Iterator[str]:
    """Yield what differs on the indexes that the components go to: files, digests, yanks, foreign files."""
    for release in manifest.releases:
        component = config.component(release.component)
        files = manifest.of(release.component, Role.SDIST, Role.WHEEL)
        for target in component.targets:
            for distribution in component.distributions:
                ours = {a.file: a.sha256 for a in files if distribution_of(a) == flat_name(distribution)}
                listed = published(indexes[target].project(distribution), release.version)
                there = {file.filename: file for file in listed}
                for name, sha256 in ours.items():
                    if name not in there:
                        yield f"{name} is not on {target}"
                    elif there[name].sha256 != sha256:
                        yield f"{name} on {target} is {there[name].sha256[:12]}, the Manifest says {sha256[:12]}"
                yield from (f"{name} on {target} is yanked" for name, file in there.items() if file.yanked)
                yield from (f"{name} on {target} is not of this build" for name in there if name not in ours)


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, in lower-case hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _archives(manifest: Manifest, release: Release) -> list[Artifact]:
    shards = [s for s in manifest.shards if (s.component, s.shard) == (release.component, ARCHIVE_SHARD)]
    return [a for shard in shards for a in shard.artifacts if a.role is Role.ARCHIVE]
