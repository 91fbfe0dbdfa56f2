"""The versions that indexes have already, asked only when a person wants it: planning itself needs no network."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tagboat.config.model import Component, Config
from tagboat.config.planning import Rules
from tagboat.errors import ConfigError, RefusedError
from tagboat.planner.propose import with_linked
from tagboat.wiring.planning import Ask, Planned


def taken_on_indexes(ask: Ask, made: Planned, sandbox: Path | None) -> Ask:
    """Return the same question with the versions of which the components' indexes hold a file.

    Yanked files count too: a name is never free again. A component goes to the indexes that Tagboat's configuration
    gives it; without one to TestPyPI and PyPI.

    Args:
        ask: what was asked.
        made: what was planned without the indexes.
        sandbox: a running sandbox whose indexes are asked in place of the public ones.

    Raises:
        UnavailableError: an index does not answer.
        DeniedError: an index wants a credential.
        ConfigError: the configuration has mistakes.
    """
    from tagboat.wiring.indexes import indexes_of  # noqa: PLC0415
    from tagboat.wiring.places import places as places_of  # noqa: PLC0415 - only when an index is asked
    from tagboat.wiring.session import http_of  # noqa: PLC0415

    config, places = _configured(Path(ask.path)), places_of(sandbox)
    indexes = indexes_of(http_of(places), places, config)
    known = {component.name: component for component in config.components}
    planning, _ = with_linked(made.planning, made.wanted)
    taken = {rules.component: [*made.wanted.taken.get(rules.component, ())] for rules in planning.components}
    for rules in planning.components:
        component = known.get(rules.component)
        targets = component.targets if component else tuple(indexes)
        for name in _distributions(rules, component):
            for project in (indexes[target].project(name) for target in targets):
                taken[rules.component] += (
                    {file.version for file in project.files if file.version} if project else ()
                )
    return ask._replace(taken={name: tuple(sorted(versions)) for name, versions in taken.items()})


def _distributions(rules: Rules, component: Component | None) -> Sequence[str]:
    if component is not None and component.distributions:
        return component.distributions
    return (rules.distribution or rules.component,)


def _configured(path: Path) -> Config:
    from tagboat.wiring.local import effective  # noqa: PLC0415

    try:
        return effective(path)
    except ConfigError:
        raise
    except RefusedError:  # no Python project that could be released: the known indexes are asked
        return Config()
