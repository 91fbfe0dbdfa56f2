"""Which component is private, and where its dependencies come from.

Nothing of a private component may be asked of a public index, where anybody can register a name that is free there
and have it installed in place of the private one (dependency confusion):

- where a private index is configured, every component says its targets, so that none is public by default;
- what a component and its build depend on comes from one index, of the component's own privacy;
- a public component needs no private one, whose name would be looked for where the public one is installed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tagboat.config.mistakes import Mistake
from tagboat.config.model import Component, Config, IndexTarget
from tagboat.errors import ConfigError

_NO_FINAL = "there is no final {kind} index, from which its dependencies could come"


def is_private(config: Config, component: Component) -> bool:
    """Tell whether the component goes to private indexes."""
    return any(index.private for index in config.indexes if index.name in component.targets)


def dependency_index(config: Config, component: Component) -> IndexTarget:
    """Return the index that the component's dependencies come from: its first final target, else one like it.

    Raises:
        ConfigError: no final index is as private, or as public, as the component.
    """
    private = is_private(config, component)
    finals = [index for index in config.indexes if not index.staging and index.private == private]
    own = sorted(
        (index for index in finals if index.name in component.targets),
        key=lambda index: component.targets.index(index.name),
    )
    if not finals:
        raise ConfigError(
            f"{component.name}: {_NO_FINAL.format(kind='private' if private else 'public')}",
            remedy="configure one under [tool.tagboat.indexes.NAME]",
        )
    return (own or finals)[0]


def token_variable(index: str) -> str:
    """Return the name of the environment variable that holds an index's token: ``TAGBOAT_<INDEX>_TOKEN``."""
    return f"TAGBOAT_{re.sub(r'[^A-Za-z0-9]', '_', index).upper()}_TOKEN"


def indiscretions(config: Config, targeted: frozenset[str]) -> Iterator[Mistake]:
    """Yield a mistake for each way in which something private could reach a public index.

    Args:
        config: the configuration.
        targeted: the names of the components whose targets the file itself gives.
    """
    some_private = any(index.private for index in config.indexes)
    private = {component.name for component in config.components if is_private(config, component)}
    for component in config.components:
        here = ("components", component.name)
        if some_private and component.name not in targeted:
            yield Mistake(
                here, "needs 'targets': with a private index configured nothing goes to PyPI by default"
            )
        known = {index.name for index in config.indexes}
        finals = [i for i in config.indexes if not i.staging and i.private == (component.name in private)]
        if not finals and known.issuperset(component.targets):
            kind = "private" if component.name in private else "public"
            yield Mistake((*here, "targets"), _NO_FINAL.format(kind=kind))
        for key, needed in (("needs", component.needs), ("build-needs", component.build_needs)):
            for place, name in enumerate(needed):
                if name in private and component.name not in private:
                    said = f"'{name}' is private, and '{component.name}' is public: nobody could install it"
                    yield Mistake((*here, key, place), said)
    for index in config.indexes:
        if index.private and index.name in ("pypi", "testpypi") and not (index.upload and index.simple):
            said = "is public: give the private index a name and addresses of its own"
            yield Mistake(("indexes", index.name, "private"), said)
