"""What a rehearsal releases when its user did not say so: tags, versions, the branch that they are on.

Without ``--tag``: a tag already on HEAD; else the version that HEAD builds, if it is final and untagged; else the next
patch, a static version being edited and committed in the copy.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from packaging.version import Version

from tagboat.config.model import Component, Config
from tagboat.config.project import Tree
from tagboat.config.selection import component_of, select
from tagboat.core.tag import TagGrammar
from tagboat.errors import RefusedError
from tagboat.wiring.project import Source, mirror_source

if TYPE_CHECKING:
    from tagboat.adapters.git.copy import Copy
    from tagboat.adapters.git.mirror import Mirror

_USUAL_BRANCHES = ("main", "master")


@dataclass(frozen=True, slots=True)
class Choice:
    """What was chosen; the fields mean what they mean in a ``Rehearsal``."""

    config: Config
    branch: str
    tags: tuple[str, ...]
    green: tuple[str, ...]
    names: tuple[str, ...]
    edited: str


def choose(
    mirror: Mirror, copy: Copy, branch: str, head: str, tags: Sequence[str], components: Sequence[str]
) -> Choice:
    """Choose what to rehearse, and make in the copy what that needs.

    Args:
        mirror: the copy as history.
        copy: the copy as a place for commits and tags.
        branch: the branch that the user is on, or "" for a detached HEAD.
        head: the commit that the user is on.
        tags: each ``TAG`` or ``COMPONENT=TAG``; none to choose.
        components: the names given by ``--component``.

    Raises:
        RefusedError: a tag does not exist, or no version can be found.
        ConfigError, UsageError: configuration or selection are wrong.
    """
    from tagboat.adapters.git.mirror import Mirror  # noqa: PLC0415 - after --help

    source = mirror_source(mirror)
    config = _configuration(source, head, tags)
    default = config.default_branch or branch or _USUAL_BRANCHES[0]
    edited = ""
    if tags:
        chosen = [f"{c.component.name}={c.tag}" for c in select(config, tags, components)]
        others = () if config.default_branch else (*_USUAL_BRANCHES, *mirror.branches())
        there = mirror.branch_head(default)
        tips = [(default, head if default == branch else there or head)]
        tips += [(name, tip) for name in others if (tip := mirror.branch_head(name))]
        default, tip = _holding(mirror, chosen, tips)
        copy.set_branch(default, tip)
    else:
        copy.set_branch(default, head)
        wanted = [component_of(config, name) for name in components] or list(config.components)
        chosen, edited = _choose(source, copy, wanted, head, default)
    again = mirror_source(Mirror(mirror.directory, mirror.directory))
    return Choice(
        config,
        default,
        tuple(chosen),
        tuple(_green(again, config, chosen, default)),
        tuple(d for s in select(config, chosen) for d in s.component.distributions),
        edited,
    )


def _holding(mirror: Mirror, tags: Sequence[str], tips: Sequence[tuple[str, str]]) -> tuple[str, str]:
    """The first branch, with its tip, from which every tag can be reached; the first of all when there is none."""
    found = [mirror.tag(tag.split("=", 1)[1]) for tag in tags]
    commits = [tag.commit for tag in found if tag is not None]
    for name, tip in tips:
        if all(mirror.is_ancestor(commit, tip) for commit in commits):
            return name, tip
    return tips[0]


def _configuration(source: Source, head: str, tags: Sequence[str]) -> Config:
    from tagboat.config.at_tag import configuration, configuration_of_tag  # noqa: PLC0415

    known = source.tag_names()
    if not tags:
        return configuration(source.tree(head), known)
    tag = tags[0] if tags[0] in known else tags[0].split("=", 1)[-1]
    commit = source.tag_commit(tag)
    if commit is None:
        raise RefusedError(
            f"the tag {tag} is not in this repository", remedy="name a tag that 'git tag' lists"
        )
    return configuration_of_tag(tag, source.tree(commit), source.tree(head), known)


def _choose(
    source: Source, copy: Copy, wanted: Sequence[Component], head: str, branch: str
) -> tuple[list[str], str]:
    tags: dict[str, str] = {}
    files: dict[str, bytes] = {}
    edits = []
    new: list[str] = []
    for component in wanted:
        versions = _tagged(source, component)
        at_head = [v for v, name in versions.items() if source.tag_commit(name) == head and not v.local]
        if at_head:
            tags[component.name] = versions[max(at_head)]
            continue
        version, changed = _next_version(source, component, head, versions, files)
        files |= changed
        edits += [f"{file}: {version}" for file in changed]
        tags[component.name] = TagGrammar(component.tag).tag(version)
        new.append(tags[component.name])
    commit = copy.commit(head, files, "Set the version to rehearse") if files else head
    copy.set_branch(branch, commit)
    for tag in new:
        copy.tag(tag, commit)
    if files:
        tags = {name: tag for name, tag in tags.items() if tag in new} or tags
    return [f"{name}={tag}" for name, tag in tags.items()], "; ".join(edits)


def _next_version(
    source: Source, component: Component, head: str, versions: dict[Version, str], files: Mapping[str, bytes]
) -> tuple[Version, dict[str, bytes]]:
    from tagboat.planner.version_edit import edited, next_patch  # noqa: PLC0415
    from tagboat.planner.version_place import version_place  # noqa: PLC0415
    from tagboat.planner.version_vcs import is_dynamic_from_vcs  # noqa: PLC0415

    original = source.tree(head)
    tree = Tree(original.paths, lambda path: files[path] if path in files else original.read(path))
    finals = [version for version in versions if not version.is_prerelease]
    if is_dynamic_from_vcs(tree, component.path):
        return (next_patch(max(finals), versions) if finals else Version("0.1.0")), {}
    place = version_place(tree, component.path, component.distributions[0])
    version = Version(place.version)
    if not version.is_prerelease and not version.local and version not in versions:
        return version, {}
    following = next_patch(max([version, *finals]), versions)
    return following, {place.file: edited(tree.read(place.file), place, following)}


def _tagged(source: Source, component: Component) -> dict[Version, str]:
    grammar = TagGrammar(component.tag)
    return {version: name for name in source.tag_names() if (version := grammar.version(name)) is not None}


def _green(source: Source, config: Config, tags: Sequence[str], branch: str) -> Iterator[str]:
    from tagboat.config.lines import allowed_branches  # noqa: PLC0415

    for chosen in select(config, tags):
        commit = source.tag_commit(chosen.tag)
        branches = allowed_branches(chosen.component, chosen.version, branch)
        for workflow in chosen.component.checks or ("ci.yml",):
            if commit and branches:
                yield f"{commit} {branches[0]} {workflow}"
