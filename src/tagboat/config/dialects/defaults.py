"""The rules of a project that configures no tool: release-please's for a Python package, with tags as they are named."""

from __future__ import annotations

from collections.abc import Sequence

from tagboat.config.dialects.open_tags import seen
from tagboat.config.discover import discover
from tagboat.config.planning import Planning, Rules
from tagboat.config.project import Tree, project_at
from tagboat.errors import RefusedError


def defaults(tree: Tree, tags: Sequence[str] = ()) -> Planning:
    """Return one component for each Python project; for a repository without any, one for the whole.

    Args:
        tree: the files of the commit.
        tags: the repository's tags: the newest ones say how they are named.

    Raises:
        ConfigError: a project's file cannot be read.
        RefusedError: two projects have one name.
    """
    try:
        project = project_at(tree, ".")
    except RefusedError:
        project = None
        name = ""
    else:
        name = project.distribution if project else ""
    if project is None and not name:
        try:
            found = discover(tree, tags)
        except RefusedError:
            return Planning("defaults", components=(Rules("project", tag=seen("project", tags, alone=True)),))
        components = tuple(Rules(one.name, one.name, one.path, tag=one.tag) for one in found.components)
        return Planning("defaults", components=components)
    return Planning("defaults", components=(Rules(name, name, tag=seen(name, tags, alone=True)),))
