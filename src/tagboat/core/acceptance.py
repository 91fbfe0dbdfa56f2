"""Whether a Manifest is the outcome of a plan: the one law that gather, adopt, publish and verify share.

A Manifest comes from another machine or from the forge, and the plan's digest is no secret, so naming the plan proves
nothing. What can be told from the plan is told here: the releases, the shards, and of each file its component, its
role, its name and its version. Whether the bytes are the recorded ones is for those who have the bytes.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from packaging.version import Version

from tagboat.core.artifact import Artifact, Manifest, Role, ShardRecord
from tagboat.core.names import ARCHIVE_SHARD, distribution_of, flat_name, is_reserved, role_of, version_of
from tagboat.core.plan import Half, Plan
from tagboat.core.step import Step


def refusals(manifest: Manifest, prepared: Plan) -> list[str]:
    """Return every reason why the Manifest is not what this prepare plan ends in; nothing when it is.

    Args:
        manifest: from anywhere, trusted in nothing.
        prepared: the prepare half, derived by ourselves.
    """
    if prepared.half is not Half.PREPARE:
        return ["it is held against a plan that builds nothing"]
    return list(dict.fromkeys((*contradictions(manifest), *_beside_plan(manifest, prepared))))


def contradictions(manifest: Manifest) -> list[str]:
    """Return what contradicts itself inside the Manifest, which is told without any plan."""
    problems: list[str] = []
    for record in manifest.shards:
        problems.extend(_wrong_record(manifest, record))
    files = [artifact for record in manifest.shards for artifact in record.artifacts]
    for name, count in Counter(artifact.file.lower() for artifact in _published(files)).items():
        if count > 1:
            file = [a.file for a in files if a.file.lower() == name][-1]
            problems.append(f"{file} was made by two shards")
    problems.extend(_wrong_union(manifest, files))
    return problems


def _wrong_record(manifest: Manifest, record: ShardRecord) -> Iterator[str]:
    name = f"{record.component}/{record.shard}"
    release = next((r for r in manifest.releases if r.component == record.component), None)
    commits = (release.commit,) if release else tuple(dict.fromkeys(r.commit for r in manifest.releases))
    if record.untagged:
        yield f"{name} was built from a commit without a tag, as CI builds it, and belongs to no release"
    if record.plan != manifest.plan:
        yield f"{name} was built for the plan {record.plan[:12]}, not {manifest.plan[:12]}"
    if record.commit not in commits:
        yield f"{name} was built from {record.commit[:12]}, not {' or '.join(c[:12] for c in commits)}"
    for artifact in record.artifacts:
        if artifact.component != record.component:
            yield f"{artifact.file} of {name} says that it is of the component {artifact.component}"
        if is_reserved(artifact.file):
            yield f"{artifact.file} of {name} has a name that is kept for Tagboat's own files"
        yield from _wrong_role(artifact, name, record, build_only=release is None)
        if release and artifact.role in (Role.WHEEL, Role.SDIST):
            found = version_of(artifact.file)
            if found != Version(release.version):
                yield f"{artifact.file} of {name} is not of the version {release.version}"


def _wrong_role(artifact: Artifact, name: str, record: ShardRecord, *, build_only: bool) -> Iterator[str]:
    wanted = role_of(artifact.file)
    if record.shard == ARCHIVE_SHARD:
        wanted = Role.CHECKSUM if artifact.file.endswith(".sha256") else Role.ARCHIVE
    elif build_only:
        wanted = Role.BUILD_ONLY if wanted in (Role.WHEEL, Role.SDIST) else None
    if wanted is None:
        yield f"{artifact.file} of {name} is no file that such a shard makes"
    elif artifact.role is not wanted:
        yield f"{artifact.file} of {name} says that it is for {artifact.role}, and it is for {wanted}"


def _wrong_union(manifest: Manifest, files: list[Artifact]) -> Iterator[str]:
    """Yield where the Manifest's own list is not the list of its shards' files, build-only ones left out."""
    recorded = _published(files)
    for artifact in manifest.artifacts:
        if artifact not in recorded:
            yield f"{artifact.file} is in no shard's record as the Manifest lists it"
    for artifact in recorded:
        if artifact not in manifest.artifacts:
            yield f"{artifact.file} is in a shard's record, and the Manifest does not list it so"
    names = [artifact.file for artifact in manifest.artifacts]
    if names != sorted(set(names)):
        yield "the Manifest's files are not listed once each, sorted by name"


def _published(files: list[Artifact]) -> list[Artifact]:
    return [artifact for artifact in files if artifact.role is not Role.BUILD_ONLY]


def _beside_plan(manifest: Manifest, prepared: Plan) -> Iterator[str]:
    steps = [step for step in prepared.steps if step.kind == "gather"]
    if len(steps) != 1:
        yield "the plan gathers no Manifest"
        return
    repository = steps[0].options.get("repository")
    if manifest.plan != prepared.digest:
        yield f"it was made for the plan {manifest.plan[:12]}, not {prepared.digest[:12]}"
    if manifest.repository != repository:
        yield f"it is of the repository {manifest.repository}, not {repository}"
    if manifest.releases != prepared.releases:
        yield "it names other releases than the plan"
    yield from _wrong_shards(manifest, _wanted(prepared))


def _wrong_shards(manifest: Manifest, wanted: Mapping[_Key, _Wanted]) -> Iterator[str]:
    """Yield what is missing, double or unexpected; machines that need a build-only wheel may each have made it."""
    seen: list[_Key] = []
    for record in manifest.shards:
        name, key = f"{record.component}/{record.shard}", (record.component, record.shard, record.commit)
        if key not in wanted:
            commits = [commit for *shard, commit in wanted if tuple(shard) == key[:2]]
            yield (
                f"{name} was built from {record.commit[:12]}, not {commits[0][:12]}"
                if commits
                else f"{name} is not part of this release"
            )
            continue
        if key in seen and not wanted[key].build_only:
            yield f"{name} is given twice"
        seen.append(key)
        yield from _wrong_files(record, wanted[key], name)
    for key, made in wanted.items():
        if key not in seen and not made.build_only:
            yield f"{key[0]}/{key[1]} is missing"


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What one of the plan's build steps may make."""

    distributions: frozenset[str]
    sdist: bool
    wheel: bool
    build_only: bool = False
    archive: str = ""


_Key = tuple[str, str, str]
"""Component, shard, commit."""


def _wanted(prepared: Plan) -> dict[_Key, _Wanted]:
    """Return what each build step of the plan makes, by component, shard and commit."""
    found: dict[_Key, _Wanted] = {}
    for step in prepared.steps:
        commit = str(step.options.get("commit"))
        if step.kind == "source-archive":
            made = _Wanted(frozenset(), sdist=False, wheel=False, archive=str(step.options.get("name")))
            found[step.component, ARCHIVE_SHARD, commit] = made
        elif step.kind == "build-shard":
            component, shard = _table(step, "component"), _table(step, "shard")
            names = component.get("distributions")
            flat = (
                frozenset(flat_name(str(n)) for n in names)
                if isinstance(names, list | tuple)
                else frozenset()
            )
            made = _Wanted(
                flat,
                sdist=shard.get("sdist") is True,
                wheel=shard.get("wheel") is True,
                build_only=step.options.get("build_only") is True,
            )
            found[step.component, str(shard.get("name")), commit] = made
    return found


def _wrong_files(record: ShardRecord, wanted: _Wanted, name: str) -> Iterator[str]:
    if not record.artifacts:
        yield f"{name} holds no file"
    if wanted.archive:
        yield from _wrong_archive(record, wanted.archive, name)
        return
    for artifact in record.artifacts:
        if distribution_of(artifact) not in wanted.distributions:
            yield f"{artifact.file} of {name} is of no distribution of {record.component}"
        if artifact.role is Role.SDIST and not wanted.sdist:
            yield f"{artifact.file}: {name} makes no sdist"
        if artifact.role in (Role.WHEEL, Role.BUILD_ONLY) and not wanted.wheel:
            yield f"{artifact.file}: {name} makes no wheel"


def _wrong_archive(record: ShardRecord, stem: str, name: str) -> Iterator[str]:
    """Yield a problem unless the record holds the archive and its checksum file, whose bytes follow from the archive."""
    archive = next((a for a in record.artifacts if a.file == f"{stem}.tar.gz"), None)
    names = [a.file for a in record.artifacts]
    if archive is None or names != [archive.file, f"{archive.file}.sha256"]:
        yield f"{name} holds {', '.join(names)}, not {stem}.tar.gz and its checksum"
        return
    line, sums = f"{archive.sha256}  {archive.file}\n".encode(), record.artifacts[1]
    if (sums.sha256, sums.size) != (hashlib.sha256(line).hexdigest(), len(line)):
        yield f"{sums.file} is not the checksum of {archive.file}"


def _table(step: Step, name: str) -> Mapping[str, object]:
    value = step.options.get(name)
    return value if isinstance(value, Mapping) else {}
