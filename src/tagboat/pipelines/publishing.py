"""Parts of the publish half: what any release stages, publishes and confirms."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from packaging.version import Version

from tagboat.config.model import Component, Config
from tagboat.core.artifact import Artifact, Manifest, Role
from tagboat.core.names import distribution_of, flat_name
from tagboat.core.release import Release
from tagboat.core.step import Effect, Phase, Step
from tagboat.pipelines.preparing import by_tag, final_index, notes_path
from tagboat.steps import (
    asset,
    confirm_index,
    credentials,
    draft,
    ledger_asset,
    staged_install,
    undraft,
    upload,
)
from tagboat.steps import confirm_forge as confirm_forge_step
from tagboat.steps.kinds import freeze


def credentials_first(config: Config, releases: Sequence[Release], *, uploads: bool = True) -> Step:
    """Ask for every credential that this half will use, before it uses any; without uploads it is the forge's alone."""
    targets: tuple[str, ...] = ()
    if uploads:
        targets = tuple(target for r in releases for target in config.component(r.component).targets)
    options = credentials.Options(tuple(dict.fromkeys(targets)), tuple(by_tag(releases)))
    return freeze("credentials", "credentials", options)


def stage_forge(
    config: Config, group: Sequence[Release], manifest: Manifest, manifest_file: Artifact
) -> Iterator[Step]:
    """Fill the draft of one tag, for all components that share it; the Manifest last."""
    release, name = group[0], group[0].component
    files = _release_files(manifest, manifest_file, group)
    notes = [path for r in group if (path := notes_path(config.component(r.component), r))]
    names = ", ".join(r.component for r in group)
    made = draft.Options(
        tag=release.tag,
        commit=release.commit,
        title=f"{names} {release.version}" if len(config.components) > 1 else release.version,
        notes=notes[0] if notes else "",
        more_notes=tuple(dict.fromkeys(notes[1:])),
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


def stage_indexes(
    config: Config, release: Release, manifest: Manifest, staged: tuple[str, ...]
) -> Iterator[Step]:
    """Upload to the staging indexes, and install from there."""
    component = config.component(release.component)
    for target in (t for t in component.targets if config.index(t).staging):
        for distribution in component.distributions:
            files = index_files(manifest, component, distribution)
            uploads = [
                _upload(target, distribution, file, component.name, staged, staging=True) for file in files
            ]
            yield from uploads
            options = staged_install.Options(
                index=target,
                dependencies=final_index(config, component),
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


def publish_indexes(
    config: Config, release: Release, manifest: Manifest, needs: tuple[str, ...]
) -> Iterator[Step]:
    """Upload to the final indexes, one file after the other."""
    component = config.component(release.component)
    for target in (t for t in component.targets if not config.index(t).staging):
        for distribution in component.distributions:
            for file in index_files(manifest, component, distribution):
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


def un_draft(config: Config, releases: Sequence[Release], needs: tuple[str, ...]) -> Iterator[Step]:
    """Add the ledger to every draft, then make the releases public."""
    ledgers = []
    groups = list(by_tag(releases).values())
    for release in (group[0] for group in groups):
        key = f"ledger-asset:{release.component}"
        step = freeze(
            "ledger-asset", key, ledger_asset.Options(release.tag), component=release.component, needs=needs
        )
        ledgers.append(step)
    yield from ledgers
    needs = (*needs, *(step.key for step in ledgers))
    for group in groups:
        release, component = group[0], config.component(group[0].component)
        latest = config.components[0].name in {r.component for r in group}
        options = undraft.Options(release.tag, release.version, component.tag, latest=latest)
        yield freeze("undraft", f"undraft:{component.name}", options, component=component.name, needs=needs)


def confirm_indexes(
    config: Config, release: Release, manifest: Manifest, done: tuple[str, ...]
) -> Iterator[Step]:
    """Look up once more what the indexes hold of a component."""
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
                artifacts=tuple(f.as_json() for f in index_files(manifest, component, distribution)),
                imports=component.imports,
            )
            key = f"confirm:{target}:{distribution}"
            yield freeze("confirm-index", key, options, component=component.name, needs=done)


def confirm_forge(
    group: Sequence[Release], manifest: Manifest, manifest_file: Artifact, done: tuple[str, ...]
) -> Step:
    """Look up once more what the forge holds under a tag."""
    release, name = group[0], group[0].component
    files = tuple(f"{f.file}={f.sha256}" for f in _release_files(manifest, manifest_file, group))
    options = confirm_forge_step.Options(release.tag, release.commit, files)
    return freeze("confirm-forge", f"confirm:forge:{name}", options, component=name, needs=done)


def _release_files(manifest: Manifest, manifest_file: Artifact, group: Sequence[Release]) -> list[Artifact]:
    files = [a for r in group for a in manifest.of(r.component) if a.role is not Role.BUILD_ONLY]
    return [*files, manifest_file]


def index_files(manifest: Manifest, component: Component, distribution: str) -> list[Artifact]:
    """Return the distribution's files, least risky first: the sdist and pure wheels fix the release's metadata."""
    files = [
        a
        for a in manifest.of(component.name, Role.SDIST, Role.WHEEL)
        if distribution_of(a) == flat_name(distribution)
    ]
    return sorted(
        files, key=lambda a: (a.role is not Role.SDIST, not a.file.endswith("-none-any.whl"), a.file)
    )


def _python(component: Component) -> str:
    return component.pythons[0] if component.pythons else ""
