"""Components whose folder has no commits here, because it is a submodule's or is not there: their plan would be empty.

A submodule's commits are another repository's.
"""

from __future__ import annotations

from collections.abc import Iterator

from tagboat.config.origins import place_of
from tagboat.config.planning import Planning, Rules
from tagboat.config.project import Tree
from tagboat.core.proposal import Next
from tagboat.errors import ConfigError


def check_submodules(planning: Planning, tree: Tree) -> None:
    """Refuse components whose folder is a submodule, or lies in one: their plan would be silently empty.

    Args:
        planning: the rules of the components that are asked for.
        tree: the files at the head.

    Raises:
        ConfigError: there are such components; all of them are told.
    """
    if all(rules.path == "." for rules in planning.components):
        return
    modules = tree.modules()
    told = list(_told(planning, set(modules))) if modules else []
    if told:
        raise ConfigError(
            "; ".join(told),
            remedy="plan it in the submodule's own repository (tagboat plan --repo FOLDER), and take it out of this"
            " configuration; --component NAME plans the others meanwhile",
        )


def with_absent_folder(tree: Tree, planning: Planning, rules: Rules, next_: Next) -> Next:
    """Return an empty proposal with a word on the component's folder, where the tree has none.

    A tree may be older than today's configuration, so it is no mistake.
    """
    if next_.version or rules.path == ".":
        return next_
    folder = f"{rules.path}/"
    if any(path.startswith(folder) for path in tree.paths):
        return next_
    place = place_of(planning, rules.component, "path")
    hint = f"{f'{place}: ' if place else ''}there is no folder {rules.path}, so no commit counts; correct the component's path"
    return next_._replace(warnings=(*next_.warnings, hint))


def _told(planning: Planning, modules: set[str]) -> Iterator[str]:
    for rules in planning.components:
        parts = rules.path.split("/")
        above = ("/".join(parts[:count]) for count in range(1, len(parts) + 1))
        module = next((folder for folder in above if folder in modules), "")
        if module:
            how = "is a submodule" if module == rules.path else f"lies in the submodule {module}"
            place = place_of(planning, rules.component, "path")
            where = f"{place}: " if place else ""
            yield (
                f"{where}{rules.component}: {rules.path} {how}, whose files and commits are another repository's"
            )
