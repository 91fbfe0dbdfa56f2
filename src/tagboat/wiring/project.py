"""Which project, which tags, which configuration: from what the user named to what a plan is derived from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from tagboat.config.at_tag import configuration, configuration_of_tag, refuse_absent
from tagboat.config.model import Config
from tagboat.config.order import publishing_order
from tagboat.config.project import Tree
from tagboat.config.selection import component_of, refuse_odd, select
from tagboat.core.release import Release
from tagboat.engine.release import Derived
from tagboat.errors import ConflictError, RefusedError, UsageError
from tagboat.pipelines import commit_build
from tagboat.pipelines.choosing import PIPELINES
from tagboat.ports.forge import Forge
from tagboat.ports.repository import Repository
from tagboat.steps.tag_ready import refuse_other


@dataclass(frozen=True, slots=True)
class Source:
    """A project's history as data, from the mirror or through the forge: the two must tell the same."""

    tag_names: Callable[[], Sequence[str]]
    tag_commit: Callable[[str], str | None]
    default_branch: Callable[[], str]
    branch_head: Callable[[str], str | None]
    paths: Callable[[str], Sequence[str]]
    read: Callable[[str, str], bytes | None]

    def tree(self, commit: str) -> Tree:
        """Return the commit's files, read when they are asked for."""
        return Tree(frozenset(self.paths(commit)), lambda path: self.read(commit, path) or b"")


def mirror_source(repository: Repository) -> Source:
    """Return the history as the engine's mirror has it."""

    def commit_of(tag: str) -> str | None:
        found = repository.tag(tag)
        return found.commit if found else None

    return Source(
        tag_names=lambda: [tag.name for tag in repository.tags()],
        tag_commit=commit_of,
        default_branch=repository.default_branch,
        branch_head=repository.branch_head,
        paths=lambda commit: [e.path for e in repository.tree(commit) if e.mode in ("100644", "100755")],
        read=repository.read,
    )


def forge_source(forge: Forge) -> Source:
    """Return the history as the forge's API tells it."""
    return Source(
        tag_names=forge.tag_names,
        tag_commit=forge.tag_commit,
        default_branch=forge.default_branch,
        branch_head=forge.branch_head,
        paths=forge.paths,
        read=forge.read,
    )


def with_tags(source: Source, texts: Sequence[str], commit: str) -> Source:
    """Return the history as it will be when these tags (each ``TAG`` or ``COMPONENT=TAG``) stand at the commit.

    Asking it for such a tag raises ConflictError when the tag is at another commit already.
    """
    tags = tags_in(texts, source.tag_names())

    def commit_of(tag: str) -> str | None:
        there = source.tag_commit(tag)
        if tag not in tags:
            return there
        if there is not None:
            refuse_other(tag, there, commit)
        return commit

    def names() -> Sequence[str]:
        return list(dict.fromkeys((*source.tag_names(), *tags)))

    return replace(source, tag_names=names, tag_commit=commit_of)


def tags_in(texts: Sequence[str], known: Sequence[str]) -> list[str]:
    """Return the tags of texts that are each ``TAG`` or ``COMPONENT=TAG``; a tag may hold the sign itself."""
    return [text if text in known else text.split("=", 1)[-1] for text in texts]


def derive(source: Source, repository: str, tags: Sequence[str], components: Sequence[str] = ()) -> Derived:
    """Return the configuration at the tags, and the prepare plan that follows from it.

    Args:
        source: where the history is read.
        repository: ``owner/name`` on the forge.
        tags: each ``TAG`` or ``COMPONENT=TAG``.
        components: the names given by ``--component``.

    Raises:
        RefusedError: a tag does not exist, or the tag's tree lacks the component.
        UsageError: a tag is odd, or names no version of a component.
        ConfigError: the configuration has mistakes.
    """
    if not tags:
        raise UsageError(
            "no tag was given", remedy="say --tag TAG, or --tag COMPONENT=TAG for one of several components"
        )
    branch = source.default_branch()
    known = source.tag_names()
    today = source.branch_head(branch)
    config: Config | None = None
    releases = []
    for text in tags:
        (tag,) = tags_in([text], known)
        commit = _commit(source, repository, tag)
        tagged = source.tree(commit)
        at_tag = configuration_of_tag(tag, tagged, source.tree(today) if today else None, known)
        config = at_tag if config is None else _merged(config, at_tag, text)
        for chosen in select(at_tag, [text], [c for c in components if len(tags) == 1]):
            refuse_absent(chosen.component, tagged, tag)
            releases.append(Release(chosen.component.name, str(chosen.version), tag, commit))
    if config is None:
        raise UsageError("no tag was given", remedy="say --tag TAG")
    order = [chosen.component.name for chosen in select(config, tags, components)]
    releases.sort(key=lambda release: order.index(release.component))
    branch = config.default_branch or branch
    prepare = PIPELINES[config.pipeline].prepare(
        config, releases, repository=repository, default_branch=branch
    )
    return Derived(config, prepare)


def derive_commit(source: Source, repository: str, commit: str, components: Sequence[str] = ()) -> Derived:
    """Return the configuration at a commit that no tag names, and the plan of its builds.

    Args:
        source: where the history is read.
        repository: ``owner/name`` on the forge.
        commit: the full id.
        components: the names given by ``--component``; all when there are none.

    Raises:
        RefusedError: the commit is not there, or holds no project.
        UsageError: a component does not exist.
        ConfigError: the configuration has mistakes.
    """
    tree = source.tree(commit)
    config = configuration(tree, source.tag_names(), at=commit)
    names = [component_of(config, name).name for name in components] or [c.name for c in config.components]
    ordered = publishing_order(config, names)
    for component in ordered:
        refuse_absent(component, tree, commit)
    built = [component.name for component in ordered]
    return Derived(config, commit_build.prepare(config, built, commit, repository=repository))


def _commit(source: Source, repository: str, tag: str) -> str:
    refuse_odd(tag)
    commit = source.tag_commit(tag)
    if commit is None:
        raise RefusedError(
            f"the tag {tag} does not exist on {repository}",
            remedy=f"make it and push it: git tag -a {tag} COMMIT && git push origin refs/tags/{tag}; "
            'with pipeline = "remote-release" Tagboat makes it itself: add --commit HEAD',
        )
    return commit


def _merged(config: Config, other: Config, text: str) -> Config:
    """Tags of different commits may be released together when their configurations agree on all but components."""
    if replace(config, components=()) != replace(other, components=()):
        raise ConflictError(
            f"the configuration at {text} is not that of the other tags",
            remedy="release these tags one at a time",
        )
    own = {chosen.component.name: chosen.component for chosen in select(other, [text])}
    return replace(config, components=tuple(own.get(c.name, c) for c in config.components))
