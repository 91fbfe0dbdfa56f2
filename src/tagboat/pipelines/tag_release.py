"""A release from a tag: CI has validated the commit; the release builds once from the tag and publishes what it built.

Read the two functions aloud. Prepare: is the tag good, build it, look at it. Publish: fill the draft, stage, publish,
un-draft, look again. The Manifest stands between them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict

from packaging.version import Version

from tagboat.config.lines import allowed_branches, line_of
from tagboat.config.model import Component, Config, Shard
from tagboat.core.artifact import Artifact, Manifest, Role
from tagboat.core.canonical import digest
from tagboat.core.plan import Half, Plan
from tagboat.core.release import Release
from tagboat.core.step import Effect, Phase, Step
from tagboat.steps import (
    adopt,
    asset,
    build_shard,
    ci_green,
    confirm_forge,
    confirm_index,
    draft,
    forge_release_free,
    gather,
    inspect,
    ledger_asset,
    notes_present,
    reachable,
    source_archive,
    staged_install,
    tag_exists,
    try_install,
    undraft,
    upload,
    upload_window,
    version_free,
)
from tagboat.steps.kinds import freeze

NAME = "tag-release"


def prepare(config: Config, releases: Sequence[Release], *, repository: str, default_branch: str) -> Plan:
    """Plan the half that ends in the Manifest."""
    steps: list[Step] = [freeze("adopt", "adopt", adopt.Options(tuple(r.tag for r in releases)))]
    for release in releases:
        steps.extend(_check(config, release, default_branch))
    builds: list[Step] = []
    for release in releases:
        builds.extend(_build(config, release, releases, repository, {step.key for step in builds}))
    steps.extend(builds)
    steps.append(_gather(builds, repository))
    for release in releases:
        steps.extend(_verify(config, release, builds))
    basis = {"config": digest(config.as_json())}
    return Plan(Half.PREPARE, NAME, tuple(releases), tuple(steps), basis)


def publish(config: Config, prepared: Plan, manifest: Manifest, manifest_file: Artifact) -> Plan:
    """Plan the half that publishes the Manifest's files, and nothing else."""
    steps: list[Step] = []
    for release in prepared.releases:
        steps.extend(_stage_forge(config, release, manifest, manifest_file))
    staged = tuple(step.key for step in steps)
    for release in prepared.releases:
        steps.extend(_stage_indexes(config, release, manifest, staged))
    staged = tuple(step.key for step in steps)
    published: list[Step] = []
    for release in prepared.releases:
        published.extend(_publish_indexes(config, release, manifest, (*staged, *(s.key for s in published))))
    steps.extend(published)
    steps.extend(_un_draft(config, prepared.releases, tuple(step.key for step in steps)))
    done = tuple(step.key for step in steps)
    for release in prepared.releases:
        steps.extend(_confirm(config, release, manifest, manifest_file, done))
    basis = {**prepared.basis, "prepare": prepared.digest, "manifest": manifest.digest}
    return Plan(Half.PUBLISH, NAME, prepared.releases, tuple(steps), basis)


def _check(config: Config, release: Release, default_branch: str) -> Iterator[Step]:
    component, name = config.component(release.component), release.component
    branches = tuple(allowed_branches(component, Version(release.version), default_branch))
    yield freeze(
        "tag-exists", f"tag-exists:{name}", tag_exists.Options(release.tag, release.commit), component=name
    )
    yield freeze(
        "reachable",
        f"reachable:{name}",
        reachable.Options(release.commit, release.version, branches),
        component=name,
    )
    ci = ci_green.Options(
        release.commit, branches, component.checks, config.policy.ci_wait, dict(component.jobs)
    )
    yield freeze("ci-green", f"ci-green:{name}", ci, component=name)
    line = line_of(component, Version(release.version)) or ""
    for target in component.targets:
        index = config.index(target)
        for distribution in component.distributions:
            free = version_free.Options(
                target, distribution, release.version, line, index.staging, config.policy.index_down
            )
            key = f"{target}:{distribution}"
            yield freeze("version-free", f"version-free:{key}", free, component=name, needs=("adopt",))
            window = upload_window.Options(target, distribution, release.version, config.policy.index_down)
            if not index.staging:
                yield freeze(
                    "upload-window", f"upload-window:{key}", window, component=name, needs=("adopt",)
                )
    if component.notes:
        notes = notes_present.Options(release.commit, release.version, _notes(component, release))
        yield freeze("notes-present", f"notes-present:{name}", notes, component=name)
    free_release = forge_release_free.Options(release.tag)
    yield freeze(
        "forge-release-free", f"forge-release-free:{name}", free_release, component=name, needs=("adopt",)
    )


def _build(
    config: Config, release: Release, releases: Sequence[Release], repository: str, planned: set[str]
) -> Iterator[Step]:
    component = config.component(release.component)
    needs = ["adopt"]
    for name in component.build_needs:
        sibling = next((r for r in releases if r.component == name), None)
        if sibling is not None:
            needs.extend(_shard_key(config.component(name), shard) for shard in config.component(name).shards)
            continue
        other = config.component(name)
        for shard in (s for s in other.shards if s.wheel):
            step = _shard_step(other, shard, release.commit, "", ("adopt",), suffix=f"@{component.name}")
            needs.append(step.key)
            if step.key not in planned:
                yield step
    for shard in component.shards:
        yield _shard_step(component, shard, release.commit, release.version, tuple(needs))
    name = f"{repository.rsplit('/', 1)[-1]}-{release.tag.replace('/', '-')}"
    archive = source_archive.Options(component.name, release.commit, name)
    key = f"source-archive:{component.name}"
    yield freeze("source-archive", key, archive, component=component.name, needs=("adopt",))


def _shard_key(component: Component, shard: Shard, suffix: str = "") -> str:
    return f"build:{component.name}:{shard.name}{suffix}"


def _shard_step(
    component: Component, shard: Shard, commit: str, version: str, needs: tuple[str, ...], suffix: str = ""
) -> Step:
    options = build_shard.Options(asdict(component), asdict(shard), commit, version, build_only=bool(suffix))
    key = _shard_key(component, shard, suffix)
    return freeze("build-shard", key, options, component=component.name, needs=needs)


def _gather(builds: Sequence[Step], repository: str) -> Step:
    expected = []
    for step in builds:
        if not step.options.get("build_only"):
            shard = step.options.get("shard", {"name": source_archive.SHARD})
            name = shard["name"] if isinstance(shard, dict) else ""
            expected.append(f"{step.component}/{name}={step.options['commit']}")
    options = gather.Options(repository, tuple(expected))
    published = tuple(step.key for step in builds if not step.options.get("build_only"))
    return freeze("gather", "gather", options, needs=("adopt", *published))


def _verify(config: Config, release: Release, builds: Sequence[Step]) -> Iterator[Step]:
    component = config.component(release.component)
    final = any(not config.index(target).staging for target in component.targets)
    looked = inspect.Options(asdict(component), release.commit, release.version, final)
    key = f"inspect:{component.name}"
    yield freeze("inspect", key, looked, component=component.name, needs=("gather",))
    for distribution in component.distributions:
        for python in component.pythons or ("",):
            options = try_install.Options(
                component.name,
                distribution,
                release.version,
                python,
                _final_index(config, component),
                component.imports,
            )
            key = f"install:{distribution}:{python or 'python'}"
            yield freeze("try-install", key, options, component=component.name, needs=("gather",))
    if component.reproduce:
        for step in builds:
            if (
                step.kind == "build-shard"
                and step.component == component.name
                and not step.options.get("build_only")
            ):
                needs = tuple(dict.fromkeys((step.key, *step.needs)))
                again = step.key.replace("build:", "rebuild:", 1)
                yield Step(again, "rebuild", Phase.VERIFY, Effect.NONE, step.component, step.options, needs)


def _stage_forge(
    config: Config, release: Release, manifest: Manifest, manifest_file: Artifact
) -> Iterator[Step]:
    component, name = config.component(release.component), release.component
    files = _release_files(manifest, manifest_file, name)
    made = draft.Options(
        tag=release.tag,
        commit=release.commit,
        title=f"{name} {release.version}" if len(config.components) > 1 else release.version,
        notes=_notes(component, release),
        prerelease=Version(release.version).is_prerelease,
        files=tuple(f"{file.file}={file.sha256}" for file in files),
    )
    yield freeze("draft", f"draft:{name}", made, component=name)
    before = (f"draft:{name}",)
    for file in files:
        key = f"asset:{name}:{file.file}"
        needs = (
            before
            if file is not manifest_file
            else (*before, *(f"asset:{name}:{f.file}" for f in files[:-1]))
        )
        yield freeze("asset", key, asset.Options(release.tag, file.as_json()), component=name, needs=needs)


def _stage_indexes(
    config: Config, release: Release, manifest: Manifest, staged: tuple[str, ...]
) -> Iterator[Step]:
    component = config.component(release.component)
    for target in (t for t in component.targets if config.index(t).staging):
        for distribution in component.distributions:
            files = _index_files(manifest, component, distribution)
            uploads = [
                _upload(target, distribution, file, component.name, staged, staging=True) for file in files
            ]
            yield from uploads
            options = staged_install.Options(
                index=target,
                dependencies=_final_index(config, component),
                distribution=distribution,
                version=release.version,
                python=_python(component),
                tries=config.policy.staging_tries,
                artifacts=tuple(file.as_json() for file in files),
                siblings=tuple(
                    a.as_json() for a in manifest.artifacts if a.role is Role.WHEEL and a not in files
                ),
                imports=component.imports,
            )
            key = f"staged-install:{target}:{distribution}"
            needs = tuple(step.key for step in uploads)
            yield freeze("staged-install", key, options, component=component.name, needs=needs)


def _publish_indexes(
    config: Config, release: Release, manifest: Manifest, needs: tuple[str, ...]
) -> Iterator[Step]:
    component = config.component(release.component)
    for target in (t for t in component.targets if not config.index(t).staging):
        for distribution in component.distributions:
            for file in _index_files(manifest, component, distribution):
                step = _upload(target, distribution, file, component.name, needs, staging=False)
                needs = (*needs, step.key)
                yield step


def _upload(
    target: str, distribution: str, file: Artifact, component: str, needs: tuple[str, ...], *, staging: bool
) -> Step:
    return freeze(
        "upload",
        f"upload:{target}:{file.file}",
        upload.Options(target, distribution, file.as_json()),
        component=component,
        needs=needs,
        phase=Phase.STAGE if staging else Phase.PUBLISH,
        effect=Effect.REVERSIBLE if staging else Effect.PERMANENT,
    )


def _un_draft(config: Config, releases: Sequence[Release], needs: tuple[str, ...]) -> Iterator[Step]:
    ledgers = []
    for release in releases:
        key = f"ledger-asset:{release.component}"
        step = freeze(
            "ledger-asset", key, ledger_asset.Options(release.tag), component=release.component, needs=needs
        )
        ledgers.append(step)
    yield from ledgers
    needs = (*needs, *(step.key for step in ledgers))
    for release in releases:
        component = config.component(release.component)
        latest = config.components[0].name == component.name or len(config.components) == 1
        options = undraft.Options(release.tag, release.version, component.tag, latest=latest)
        yield freeze("undraft", f"undraft:{component.name}", options, component=component.name, needs=needs)


def _confirm(
    config: Config, release: Release, manifest: Manifest, manifest_file: Artifact, done: tuple[str, ...]
) -> Iterator[Step]:
    component = config.component(release.component)
    for target in component.targets:
        for distribution in component.distributions:
            options = confirm_index.Options(
                index=target,
                distribution=distribution,
                version=release.version,
                python=_python(component),
                tries=config.policy.staging_tries,
                install=not config.index(target).staging,
                artifacts=tuple(f.as_json() for f in _index_files(manifest, component, distribution)),
                imports=component.imports,
            )
            key = f"confirm:{target}:{distribution}"
            yield freeze("confirm-index", key, options, component=component.name, needs=done)
    files = tuple(f"{f.file}={f.sha256}" for f in _release_files(manifest, manifest_file, component.name))
    options_forge = confirm_forge.Options(release.tag, release.commit, files)
    key = f"confirm:forge:{component.name}"
    yield freeze("confirm-forge", key, options_forge, component=component.name, needs=done)


def _release_files(manifest: Manifest, manifest_file: Artifact, component: str) -> list[Artifact]:
    files = [a for a in manifest.of(component) if a.role is not Role.BUILD_ONLY]
    return [*files, manifest_file]


def _index_files(manifest: Manifest, component: Component, distribution: str) -> list[Artifact]:
    """The distribution's files, least risky first: the sdist and pure wheels fix the release's metadata."""
    files = [
        a
        for a in manifest.of(component.name, Role.SDIST, Role.WHEEL)
        if try_install.distribution_of(a) == _flat(distribution)
    ]
    return sorted(
        files, key=lambda a: (a.role is not Role.SDIST, not a.file.endswith("-none-any.whl"), a.file)
    )


def _flat(distribution: str) -> str:
    return try_install.flat_name(distribution)


def _notes(component: Component, release: Release) -> str:
    return component.notes.replace("{version}", release.version)


def _final_index(config: Config, component: Component) -> str:
    finals = [target for target in component.targets if not config.index(target).staging]
    return finals[0] if finals else config.indexes[0].name


def _python(component: Component) -> str:
    return component.pythons[0] if component.pythons else ""
