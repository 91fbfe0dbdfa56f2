"""Parts of the prepare half: what any release from a tag checks, builds and verifies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict

from packaging.version import Version

from tagboat.config.lines import allowed_branches
from tagboat.config.model import Component, Config, Shard
from tagboat.config.order import building_order
from tagboat.config.privacy import dependency_index, is_private
from tagboat.config.publishers import publisher_for, starting_tags, trusting_targets
from tagboat.core.release import Release
from tagboat.core.step import Effect, Phase, Step
from tagboat.steps import (
    build_shard,
    ci_green,
    forge_release_free,
    gather,
    inspect,
    notes_present,
    publisher_matches,
    reachable,
    source_archive,
    tag_exists,
    tag_ready,
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
    config: Config,
    release: Release,
    releases: Sequence[Release],
    default_branch: str,
    *,
    tag_to_make: bool = False,
) -> Iterator[Step]:
    """Ask whether the tag may be released, or with ``tag_to_make`` whether it may be made and released."""
    component, name = config.component(release.component), release.component
    branches = tuple(allowed_branches(component, Version(release.version), default_branch))
    if tag_to_make:
        ready = tag_ready.Options(release.tag, release.commit)
        yield freeze("tag-ready", f"tag-ready:{name}", ready, component=name)
    else:
        there = tag_exists.Options(release.tag, release.commit)
        yield freeze("tag-exists", f"tag-exists:{name}", there, component=name)
    yield freeze(
        "reachable",
        f"reachable:{name}",
        reachable.Options(release.commit, release.version, branches),
        component=name,
    )
    ci = ci_green.Options(
        release.commit,
        branches,
        component.checks,
        config.policy.ci_wait,
        dict(component.jobs),
        config.workflows.release,
    )
    yield freeze("ci-green", f"ci-green:{name}", ci, component=name)
    lines = {branch: component.lines.get(branch, "") for branch in branches}
    for target in component.targets:
        index = config.index(target)
        for distribution in component.distributions:
            free = version_free.Options(
                target,
                distribution,
                release.version,
                release.commit,
                lines,
                index.staging,
                config.policy.index_down,
            )
            key = f"{target}:{distribution}"
            yield freeze("version-free", f"version-free:{key}", free, component=name, needs=("adopt",))
            window = upload_window.Options(target, distribution, release.version, config.policy.index_down)
            if not index.staging:
                yield freeze(
                    "upload-window", f"upload-window:{key}", window, component=name, needs=("adopt",)
                )
    yield from _notes(component, release)
    yield from _publisher(config, release, default_branch)
    chosen = {other.component for other in releases}
    sharing = (c.name for c in config.components if c.tag == component.tag and c.name not in chosen)
    free_release = forge_release_free.Options(release.tag, tuple(sharing))
    yield freeze(
        "forge-release-free", f"forge-release-free:{name}", free_release, component=name, needs=("adopt",)
    )


def _notes(component: Component, release: Release) -> Iterator[Step]:
    if component.notes:
        notes = notes_present.Options(release.commit, release.version, notes_path(component, release))
        yield freeze("notes-present", f"notes-present:{component.name}", notes, component=component.name)


def _publisher(config: Config, release: Release, default_branch: str) -> Iterator[Step]:
    """Hold the publishing workflow against the Trusted Publishers of the indexes that may have one.

    A project that configures nothing has not said what its publishers are.
    """
    targets = trusting_targets(config, config.component(release.component))
    if not targets or config.source == "discovered":
        return
    handed = config.pipeline == "remote-release"
    options = publisher_matches.Options(
        {target.name: asdict(publisher_for(config, target, config.repository)) for target in targets},
        starting_tags(config),
        release.tag,
        release.commit,
        default_branch,
        handed,
        release.component if handed and config.workflows.trigger == "dispatch" else "",
    )
    key = f"publisher-matches:{release.component}"
    yield freeze("publisher-matches", key, options, component=release.component)


def build(config: Config, releases: Sequence[Release], repository: str) -> Iterator[Step]:
    """Build every component after those whose wheels its build needs; what serves builds alone stands among them."""
    released = {release.component: release for release in releases}
    wanted = _build_only(config, released)
    for component in building_order(config, released):
        release = released.get(component.name)
        if release is not None:
            needs = _needed(config, component, release.commit, released)
            for shard in component.shards:
                offered = _needed_by(shard, needs)
                yield _shard_step(config, component, shard, release.commit, release.version, offered)
            continue
        for commit in wanted.get(component.name, ()):
            needs = _needed(config, component, commit, released)
            for shard in (s for s in component.shards if s.wheel):
                offered = _needed_by(shard, needs)
                yield _shard_step(config, component, shard, commit, "", offered, build_only=True)
    for group in by_tag(releases).values():
        first = group[0]
        name = f"{repository.rsplit('/', 1)[-1]}-{first.tag.replace('/', '-')}"
        archive = source_archive.Options(first.component, first.commit, name)
        key = f"source-archive:{first.component}"
        yield freeze("source-archive", key, archive, component=first.component, needs=("adopt",))


def _needed_by(shard: Shard, needs: tuple[str, ...]) -> tuple[str, ...]:
    """An adopted shard is built elsewhere, so nothing has to be built for it here."""
    return ("adopt",) if shard.builder == "adopt" else needs


def _build_only(config: Config, released: Mapping[str, Release]) -> dict[str, list[str]]:
    """Return the components that are built and not released, with the commits to build them from."""
    found: dict[str, list[str]] = {}
    for release in released.values():
        component = config.component(release.component)
        if all(shard.builder == "adopt" for shard in component.shards):
            continue
        for name in _closure(config, component):
            if name not in released and release.commit not in found.setdefault(name, []):
                found[name].append(release.commit)
    return found


def _closure(config: Config, component: Component) -> tuple[str, ...]:
    """Return all that the build needs, directly or not: a needed wheel may itself want the wheels it was built with."""
    return tuple(c.name for c in building_order(config, (component.name,)) if c.name != component.name)


def _needed(
    config: Config, component: Component, commit: str, released: Mapping[str, Release]
) -> tuple[str, ...]:
    """Return the keys of the steps whose wheels are offered to a build, so that no index is asked for them."""
    keys = ["adopt"]
    for name in _closure(config, component):
        other = config.component(name)
        if name in released:
            keys.extend(_shard_key(other, shard) for shard in other.shards)
        else:
            keys.extend(_shard_key(other, shard, commit) for shard in other.shards if shard.wheel)
    return tuple(keys)


def _shard_key(component: Component, shard: Shard, build_only_at: str = "") -> str:
    suffix = f"@{build_only_at[:12]}" if build_only_at else ""
    return f"build:{component.name}:{shard.name}{suffix}"


def _shard_step(
    config: Config,
    component: Component,
    shard: Shard,
    commit: str,
    version: str,
    needs: tuple[str, ...],
    *,
    build_only: bool = False,
) -> Step:
    index = final_index(config, component) if is_private(config, component) else ""
    options = build_shard.Options(asdict(component), asdict(shard), commit, version, build_only, index)
    key = _shard_key(component, shard, commit if build_only else "")
    return freeze("build-shard", key, options, component=component.name, needs=needs)


def gather_shards(builds: Sequence[Step], repository: str) -> Step:
    """Gather every shard into the Manifest, build-only ones as records without files to publish."""
    return freeze(
        "gather", "gather", gather.Options(repository), needs=("adopt", *(step.key for step in builds))
    )


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
    adopted = {_shard_key(component, shard) for shard in component.shards if shard.builder == "adopt"}
    for step in builds if component.reproduce else ():
        # What another machine built cannot be built again here.
        if step.kind == "build-shard" and step.component == component.name and step.key not in adopted:
            needs = tuple(dict.fromkeys((step.key, *step.needs)))
            again = step.key.replace("build:", "rebuild:", 1)
            yield Step(again, "rebuild", Phase.VERIFY, Effect.NONE, step.component, step.options, needs)


def notes_path(component: Component, release: Release) -> str:
    """Return the path of a release's notes, "" when it needs none."""
    return component.notes.replace("{version}", release.version)


def final_index(config: Config, component: Component) -> str:
    """Return the index that dependencies come from: one of the component's own privacy.

    Raises:
        ConfigError: there is none.
    """
    return dependency_index(config, component).name
