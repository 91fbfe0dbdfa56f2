"""The values that a repository's HEAD is planned and released by."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tagboat.adapters.git.history import LocalHistory
from tagboat.config.at_tag import configuration
from tagboat.config.load import own_table
from tagboat.config.planning import Planning
from tagboat.config.settings import Setting, planning_settings, release_settings
from tagboat.errors import RefusedError
from tagboat.wiring.planning import Ask, asked


@dataclass(frozen=True, slots=True)
class Effective:
    """The values, and what of another tool's file is not among them.

    Attributes:
        planning: the rules.
        settings: every value, those for all components first.
        unreleased: why nothing here can be released, so that only planning's values are there; or "".
        uncommitted: the configuration's files that lie in the work tree otherwise than in the commit.
    """

    planning: Planning
    settings: tuple[Setting, ...]
    unreleased: str = ""
    uncommitted: tuple[str, ...] = ()


def effective_settings(path: Path) -> Effective:
    """Return every value with where it comes from.

    Raises:
        RefusedError: there is no repository, or it has no commit.
        ConfigError: the configuration has mistakes.
    """
    history = LocalHistory(path)
    try:
        found = asked(history, Ask(path))
        tree, planning = found.tree, found.planning
        own = own_table(tree)
        settings = list(planning_settings(planning, own))
        unreleased = ""
        try:
            config = configuration(tree, [tag.name for tag in history.tags()])
        except RefusedError as error:
            unreleased = error.cause
        else:
            settings += release_settings(config, own, [rules.component for rules in planning.components])
        names = list(dict.fromkeys(setting.component for setting in settings))
        settings.sort(key=lambda setting: names.index(setting.component))
        return Effective(planning, tuple(settings), unreleased, found.uncommitted)
    finally:
        history.close()
