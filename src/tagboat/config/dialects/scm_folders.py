"""Projects in folders whose version comes from their tag, below a root that names no such tool.

Each has its own ``[tool.setuptools_scm]`` (with ``root = "../.."``) or the like; the projects beside them that have none
keep the defaults.
"""

from __future__ import annotations

from collections.abc import Sequence

from tagboat.config.dialects.open_tags import seen
from tagboat.config.dialects.scm import read
from tagboat.config.planning import Planning, Rules
from tagboat.config.project import Tree


def with_folders(planning: Planning, tree: Tree, tags: Sequence[str]) -> Planning:
    """Return the defaults' rules with those of the projects in folders that take their version from their tag.

    Args:
        planning: the defaults, for a root that is no project itself.
        tree: the files of the commit.
        tags: the repository's tags: they tell the form where no configuration says it.

    Raises:
        ConfigError: a project's file cannot be read, or an option that matters has the wrong type.
    """
    found = read(tree)
    if found is None:
        return planning
    usual = {rules.path: rules for rules in planning.components if rules.path != "."}
    # What lies deeper than the projects of the repository was often brought along from elsewhere.
    near = [rules for rules in found.components if not usual or rules.path in usual]
    alone = len(usual or near) == 1
    own = {rules.path: _tagged(rules, found, tags, alone=alone) for rules in near}
    if not own:
        return planning
    components = usual | own
    return found._replace(components=tuple(components[path] for path in sorted(components)))


def _tagged(rules: Rules, found: Planning, tags: Sequence[str], *, alone: bool) -> Rules:
    """Several projects of one repository cannot share the plain form, which the tools have by default."""
    if f"{rules.component}.tag" in found.origins:
        return rules
    return rules._replace(tag=seen(rules.distribution or rules.component, tags, alone=alone))
