"""Which Trusted Publishers the configuration expects: what a maintainer registers on an index's page."""

from __future__ import annotations

from tagboat.config.model import Component, Config, IndexTarget
from tagboat.core.publisher import Publisher


def publisher_for(config: Config, target: IndexTarget, repository: str) -> Publisher:
    """Return the publisher that an index must know.

    Args:
        config: the project's configuration, whose repository counts where it names one.
        target: the index.
        repository: ``owner/name`` on the forge.
    """
    owner, _, name = (config.repository or repository).partition("/")
    return Publisher(owner, name, config.workflows.release, target.environment or target.name)


def starting_tags(config: Config) -> tuple[str, ...]:
    """Return the forms of the tags whose push starts a release; none where a person starts it."""
    if config.workflows.trigger != "tag":
        return ()
    return tuple(dict.fromkeys(component.tag for component in config.components))


def public_targets(config: Config, component: Component) -> tuple[IndexTarget, ...]:
    """Return the indexes of a component that may take identities; a private one is opened in its own way."""
    targets = (config.index(name) for name in component.targets)
    return tuple(target for target in targets if not target.private)
