"""The configuration that a release follows: what the tagged tree says, else today's, else what can be seen.

A tag may be older than the project's configuration. Then today's is taken and said to be so, and a component
whose folder the old tree does not have is refused by :func:`refuse_absent`, not built from somewhere else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from tagboat.config.discover import discover
from tagboat.config.load import FILES, load
from tagboat.config.model import Component, Config
from tagboat.config.project import Tree, project_at
from tagboat.errors import ConfigError, RefusedError

TODAY = "today's configuration (the tag has none)"


def configuration(tree: Tree, tags: Sequence[str] = (), *, asked: Sequence[str] = (), at: str = "") -> Config:
    """Return the configuration of one tree: its own, completed by what its project files say, or that alone.

    Args:
        tree: the files of the commit.
        tags: the repository's tags, for a project without a tag grammar of its own.
        asked: the tags that are to be released.
        at: the tag or commit of the tree, for messages.

    Raises:
        ConfigError: the configuration has mistakes.
        RefusedError: no project can be found.
    """
    own = _own(tree, at, tree)
    return _completed(own or Config(), tree, tags, asked)


def configuration_of_tag(
    tag: str, tagged: Tree, today: Tree | None = None, tags: Sequence[str] = ()
) -> Config:
    """Return the configuration that a release of ``tag`` follows.

    Args:
        tag: the tag that is to be released, without a component before it.
        tagged: the files of the tag's commit.
        today: the files of the branch that is released from today.
        tags: the repository's tags.

    Raises:
        ConfigError: the configuration has mistakes.
        RefusedError: no project can be found.
    """
    own = _own(tagged, tag, tagged)
    if own is None and today is not None:
        own = _own(today, "", tagged)
        own = own and replace(own, source=TODAY)
    return _completed(own or Config(), tagged, tags, (tag,))


def refuse_absent(component: Component, tree: Tree, at: str) -> None:
    """Check that a tree has the component's folder.

    Raises:
        RefusedError: it has not, as when a tag is older than today's layout.
    """
    folder = PurePosixPath(component.path)
    if not any(PurePosixPath(path).is_relative_to(folder) for path in tree.paths):
        raise RefusedError(
            f"{at} has no folder {component.path}, where the component {component.name} is configured to be",
            remedy="release this tag with the layout that it had: configure the component's old path",
        )


def _own(tree: Tree, at: str, sources: Tree) -> Config | None:
    """Load a tree's configuration; the projects that it configures stand in ``sources``."""

    def named(folder: str) -> str | None:
        try:
            project = project_at(sources, folder)
        except RefusedError:
            return None
        return project.distribution if project else None

    files = {file: data for file in FILES if (data := tree.get(file)) is not None}
    return load(files, at=at, named=named)


def _completed(own: Config, tree: Tree, tags: Sequence[str], asked: Sequence[str]) -> Config:
    if own.components:
        return own
    private = [index.name for index in own.indexes if index.private]
    if private:
        raise ConfigError(
            f"the index {private[0]} is private, and no component says that it goes there: "
            "nothing is published by default where something may be private",
            remedy="say it: [tool.tagboat.components.NAME] with targets",
        )
    return replace(own, components=discover(tree, tags, asked=asked).components)
