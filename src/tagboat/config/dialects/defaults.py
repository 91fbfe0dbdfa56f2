"""The rules of a project that configures no tool: release-please's for a Python package, with tags as they are named."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tagboat.config.discover import discover
from tagboat.config.planning import Planning, Rules
from tagboat.config.project import Tree, project_at
from tagboat.config.tag_styles import fitting_grammar
from tagboat.errors import RefusedError

_V = re.compile(r"v[0-9]+(?:\.[0-9]+)+")
_BARE = re.compile(r"[0-9]+(?:\.[0-9]+)+")


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
            return Planning("defaults", components=(Rules("project", tag=_grammar("project", tags)),))
        components = tuple(Rules(one.name, one.name, one.path, tag=one.tag) for one in found.components)
        return Planning("defaults", components=components)
    return Planning("defaults", components=(Rules(name, name, tag=_grammar(name, tags)),))


def _grammar(name: str, tags: Sequence[str]) -> str:
    """Return how the tags are named; the two usual forms are told apart without reading thousands of tags."""
    with_v = [tag for tag in tags if _V.match(tag)]
    if len(with_v) == len(tags):
        return "v{version}"
    if not with_v and all(_BARE.match(tag) for tag in tags):
        return "{version}"
    return fitting_grammar(name, tags)
