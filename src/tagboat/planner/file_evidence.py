"""What the files themselves say, for the strategies that go by them: a version by hand, and the files that changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from tagboat.config.planning import Planning, Rules
from tagboat.ports.history import History

if TYPE_CHECKING:
    from tagboat.planner.versions.paths import PathChange


def versions_in_files(history: History, planning: Planning, head: str) -> Mapping[str, str]:
    """Return the versions that files hold, where a person decides by changing them; the tag is derived from it.

    Where the files of one component disagree, all their versions stand there, which is no version.
    """
    manual = [rules for rules in planning.components if rules.versioning.strategy == "manual"]
    if not manual:
        return {}
    from tagboat.planner.version_place import decisive_places  # noqa: PLC0415 - few versions are made by hand

    tree = history.tree(head)
    found = {
        rules.component: {
            place.version
            for place in decisive_places(tree, rules.path, rules.distribution or rules.component)
        }
        for rules in manual
    }
    return {name: " and ".join(sorted(versions)) for name, versions in found.items() if versions}


def files_changed(history: History, rules: Rules, before: str, head: str) -> Sequence[PathChange]:
    """Return the files that changed since the commit of the last release, where they decide."""
    if rules.versioning.strategy != "paths":
        return ()
    from tagboat.planner.path_changes import path_changes  # noqa: PLC0415 - few projects go by paths

    return path_changes(history, rules, before, head)
