"""Other tools' configuration, one file each: what they decide about versions, notes and files, as planning rules."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Final

from tagboat.config.planning import Planning
from tagboat.config.project import Tree

WHOLE: Final = ("release_please",)
"""The tools that decide versions, in the order in which they are looked for."""


def planning_of(tree: Tree, tags: Sequence[str] = ()) -> Planning:
    """Return the planning rules of a repository, whoever wrote them.

    Args:
        tree: the files of the commit to plan from.
        tags: the repository's tags, to see how a project without configuration names them.

    Raises:
        ConfigError: a tool's file cannot be read.
    """
    for name in WHOLE:
        planning = import_module(f"{__name__}.{name}").read(tree)
        if isinstance(planning, Planning):
            return planning
    return import_module(f"{__name__}.release_please").defaults(tree)  # type: ignore[no-any-return]  # found by name
