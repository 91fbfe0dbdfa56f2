"""What the parts of a configuration must fulfil together, beyond each key for itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import combinations

from packaging.utils import canonicalize_name

from tagboat.config.mistakes import Mistake, near
from tagboat.config.model import Component, Config, Shard, Workflows
from tagboat.config.order import circle
from tagboat.config.overlap import shared_tag
from tagboat.config.privacy import indiscretions
from tagboat.core.names import ARCHIVE_SHARD
from tagboat.core.tag import TagGrammar

_KNOWN = ("pypi", "testpypi")


def inconsistencies(config: Config, tagged: frozenset[str], targeted: frozenset[str]) -> Iterator[Mistake]:
    """Yield a mistake for each rule that the configuration breaks.

    Args:
        config: the configuration, each of whose values is right for itself.
        tagged: the names of the components whose tag grammar the file itself gives.
        targeted: the names of those whose targets it gives.
    """
    for component in config.components:
        yield from _references(config, component)
        yield from _shards(component)
        yield from _targets(config, component)
    yield from _circles(config)
    yield from _tags(config, tagged)
    yield from _names(config)
    yield from indiscretions(config, targeted)
    yield from _workflows(config.workflows)
    for index in config.indexes:
        if index.name not in _KNOWN and not (index.upload and index.simple):
            said = "needs both 'upload' and 'simple': only pypi and testpypi have known addresses"
            yield Mistake(("indexes", index.name), said)


def _references(config: Config, component: Component) -> Iterator[Mistake]:
    names = [other.name for other in config.components]
    for key, needed in (("needs", component.needs), ("build-needs", component.build_needs)):
        here = ("components", component.name, key)
        for place, name in enumerate(needed):
            if name not in names:
                yield Mistake((*here, place), f"there is no component '{name}'{near(name, names)}")
        yield from _twice(here, needed)


def _twice(here: tuple[str, ...], values: Iterable[str]) -> Iterator[Mistake]:
    for value, times in Counter(values).items():
        if times > 1:
            yield Mistake(here, f"names '{value}' {times} times")


def _circles(config: Config) -> Iterator[Mistake]:
    needs = {component.name: component.needs for component in config.components}
    build_needs = {component.name: component.build_needs for component in config.components}
    for key, graph in (("needs", needs), ("build-needs", build_needs)):
        found = circle(graph)
        if found:
            yield Mistake(
                ("components", found[0], key), f"goes in a circle: {' needs '.join((*found, found[0]))}"
            )


def _shards(component: Component) -> Iterator[Mistake]:
    here = ("components", component.name, "shards")
    for name, times in Counter(shard.name for shard in component.shards).items():
        if times > 1:
            yield Mistake(here, f"{times} shards are called '{name}': give each its own name")
    makers = [shard.name for shard in component.shards if shard.sdist]
    if len(makers) > 1 and len(component.distributions) == 1:
        said = f"the sdist is made once, and here by {', '.join(makers)}: set sdist = false in all but one"
        yield Mistake(here, said)
    for place, shard in enumerate(component.shards):
        for key, said in _shard(shard):
            yield Mistake((*here, place, *key), said)


def _shard(shard: Shard) -> Iterator[tuple[tuple[str, ...], str]]:
    if shard.name == ARCHIVE_SHARD:
        yield ("name",), f"'{ARCHIVE_SHARD}' is the shard of the tag's own archive: choose another name"
    if shard.builder == "command" and not shard.command:
        yield ("builder",), "'command' needs the key 'command': the program and its arguments"
    if shard.builder not in ("command", "adopt") and shard.command:
        yield ("command",), f"is for the builders 'command' and 'adopt', and here it is '{shard.builder}'"
    if not shard.sdist and not shard.wheel:
        yield (), "makes neither an sdist nor a wheel"
    if not shard.wheel and shard.wheels:
        yield ("wheels",), "expects wheels where wheel = false"


def _workflows(workflows: Workflows) -> Iterator[Mistake]:
    files = Counter((workflows.ci, workflows.build, workflows.release))
    for file, times in files.items():
        if times > 1:
            yield Mistake(
                ("workflows",), f"names {file} {times} times: ci, build and release are a file each"
            )


def _targets(config: Config, component: Component) -> Iterator[Mistake]:
    here = ("components", component.name, "targets")
    known = {index.name: index for index in config.indexes}
    for place, name in enumerate(component.targets):
        if name not in known:
            yield Mistake((*here, place), f"there is no index '{name}'{near(name, known)}")
    yield from _twice(here, component.targets)
    chosen = [known[name] for name in component.targets if name in known]
    stages = [index.staging for index in chosen]
    if stages != sorted(stages, reverse=True):
        yield Mistake(here, "a staging index must stand before every final one")
    public = [index.name for index in chosen if not index.private]
    if public and len(public) < len(chosen):
        yield Mistake(here, f"a private component must not go to a public index: {', '.join(public)}")


def _tags(config: Config, tagged: frozenset[str]) -> Iterator[Mistake]:
    for one, other in combinations(config.components, 2):
        agreed = one.tag == other.tag and {one.name, other.name} <= tagged
        tag = shared_tag(TagGrammar(one.tag), TagGrammar(other.tag))
        if tag is not None and not agreed:
            said = f"a tag such as '{tag}' would be of '{one.name}' and of '{other.name}'; give each its own form"
            yield Mistake(("components", other.name, "tag"), said)


def _names(config: Config) -> Iterator[Mistake]:
    owners: dict[str, str] = {}
    components: dict[str, str] = {}
    for component in config.components:
        first = components.setdefault(component.name.lower(), component.name)
        if first != component.name:
            yield Mistake(
                ("components", component.name), f"differs from '{first}' in upper and lower case only"
            )
        here = ("components", component.name, "distributions")
        for place, distribution in enumerate(component.distributions):
            owner = owners.setdefault(canonicalize_name(distribution), component.name)
            if owner != component.name:
                yield Mistake((*here, place), f"'{distribution}' belongs to '{owner}' already")
        yield from _twice(here, map(canonicalize_name, component.distributions))
