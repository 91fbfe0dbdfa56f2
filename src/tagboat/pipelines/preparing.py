"""Parts of the prepare half: what any release from a tag checks, builds and verifies."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict

from packaging.version import Version

from tagboat.config.lines import allowed_branches, line_of
from tagboat.config.model import Component, Config, Shard
from tagboat.core.release import Release
from tagboat.core.step import Effect, Phase, Step
from tagboat.steps import (
    build_shard,
    ci_green,
    forge_release_free,
    gather,
    inspect,
    notes_present,
    reachable,
    source_archive,
    tag_exists,
    try_install,
    upload_window,
    version_free,
)
from tagboat.steps.kinds import freeze


def by_tag(releases: Sequence[Release]) -> dict[str, list[Release]]:
    """Group the releases by tag: a tag has one release on the forge, whichever components share it."""
    groups: dict[str, list[Release]] = {}
    for release in releases:
        groups.setdefault(release.tag, []).append(release)
    return groups


def check(
    config: Config, release: Release, releases: Sequence[Release], default_branch: str
) -> Iterator[Step]:
    """Ask whether the tag may be released."""
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
        notes = notes_present.Options(release.commit, release.version, notes_path(component, release))
        yield freeze("notes-present", f"notes-present:{name}", notes, component=name)
    chosen = {other.component for other in releases}
    sharing = (c.name for c in config.components if c.tag == component.tag and c.name not in chosen)
    free_release = forge_release_free.Options(release.tag, tuple(sharing))
    yield freeze(
        "forge-release-free", f"forge-release-free:{name}", free_release, component=name, needs=("adopt",)
    )


def build(
    config: Config, release: Release, releases: Sequence[Release], repository: str, planned: set[str]
) -> Iterator[Step]:
    """Build the component, and before it the wheels that only its build needs."""
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
    if release is not by_tag(releases)[release.tag][0]:
        return
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


def gather_shards(builds: Sequence[Step], repository: str) -> Step:
    """Gather every published shard into the Manifest."""
    expected = []
    for step in builds:
        if not step.options.get("build_only"):
            shard = step.options.get("shard", {"name": source_archive.SHARD})
            name = shard["name"] if isinstance(shard, dict) else ""
            expected.append(f"{step.component}/{name}={step.options['commit']}")
    options = gather.Options(repository, tuple(expected))
    published = tuple(step.key for step in builds if not step.options.get("build_only"))
    return freeze("gather", "gather", options, needs=("adopt", *published))


def verify(config: Config, release: Release, builds: Sequence[Step]) -> Iterator[Step]:
    """Look at the built files, and try them."""
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
                final_index(config, component),
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


def notes_path(component: Component, release: Release) -> str:
    """Return the path of a release's notes, "" when it needs none."""
    return component.notes.replace("{version}", release.version)


def final_index(config: Config, component: Component) -> str:
    """Return the index that dependencies come from."""
    finals = [target for target in component.targets if not config.index(target).staging]
    return finals[0] if finals else config.indexes[0].name
