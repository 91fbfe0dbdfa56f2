"""Configuration as it stands frozen in a plan's steps, and back again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, cast

from tagboat.config.model import Component, Shard


def component_from_json(data: Mapping[str, Any]) -> Component:
    """Return the component that a step froze.

    Raises:
        KeyError: a field is unknown to this version of Tagboat.
    """
    known = _known(Component, data)
    known["shards"] = tuple(shard_from_json(shard) for shard in known.get("shards", ()))
    return Component(**known)


def shard_from_json(data: Mapping[str, Any]) -> Shard:
    """Return the shard that a step froze.

    Raises:
        KeyError: a field is unknown to this version of Tagboat.
    """
    return Shard(**_known(Shard, data))


def _known(kind: type[Component | Shard], data: Mapping[str, Any]) -> dict[str, Any]:
    names = {item.name for item in fields(kind)}
    unknown = sorted(set(data) - names)
    if unknown:
        raise KeyError(f"{kind.__name__} has no field {', '.join(unknown)}")
    return {key: tuple(cast("Any", v)) if isinstance(v, list) else v for key, v in data.items()}
