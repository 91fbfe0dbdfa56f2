"""Where each value of the planning rules was said: lookups in :attr:`tagboat.config.planning.Planning.origins`.

A key there is ``COMPONENT.ATTRIBUTE``, with an attribute of :class:`~tagboat.config.planning.Rules`: ``tag``, one of an
inner class such as ``versioning.levels``, a whole inner class (``reading``), or one entry of a mapping (``trains.main``).
The one key without a component is ``linked``.
"""

from __future__ import annotations

from collections.abc import Mapping

from tagboat.config.planning import Planning, Rules, Versioning

_VERSIONING = Versioning._fields
_MAPPINGS = frozenset(["lines", "trains", "versioning.levels", "notes.settings"])


def place_of(planning: Planning, component: str, attribute: str) -> str:
    """Return where an attribute was said, or "" for a default.

    What is said of a whole goes for its parts; what is said of one entry of a mapping goes for the mapping.

    Args:
        planning: the rules.
        component: the component's name.
        attribute: such as ``versioning.strategy``.
    """
    origins = planning.origins
    whole = attribute
    while whole:
        place = origins.get(f"{component}.{whole}")
        if place is not None:
            return place
        whole = whole.rpartition(".")[0]
    if attribute not in _MAPPINGS:
        return ""
    inner = f"{component}.{attribute}."
    return next((place for key, place in origins.items() if key.startswith(inner)), "")


def version_places(planning: Planning, component: str) -> Mapping[str, str]:
    """Return attribute of the component's :class:`~tagboat.config.planning.Versioning` → where it was said.

    ``rules`` is there for the rules for messages.
    """
    origins = planning.origins
    if not origins:
        return {}
    messages = origins.get(f"{component}.reading.rules") or origins.get(f"{component}.reading", "")
    whole = origins.get(f"{component}.versioning", "")
    found = {name: origins.get(f"{component}.versioning.{name}", whole) for name in _VERSIONING}
    return {name: place for name, place in (*found.items(), ("rules", messages)) if place}


def attribute_of(rules: Rules, attribute: str) -> object:
    """Return the value of an attribute that an origin names.

    Raises:
        KeyError: the rules have no such attribute.
    """
    value: object = rules
    left = attribute
    while left:
        if isinstance(value, Mapping):
            return value[left]
        name, _, left = left.partition(".")
        if name not in getattr(value, "_fields", ()):
            raise KeyError(attribute)
        value = getattr(value, name)
    return value
