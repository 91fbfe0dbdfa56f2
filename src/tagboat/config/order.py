"""The order that components need each other in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter

from tagboat.config.model import Component, Config


def circle(needs: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
    """Return the names of a circle, each needing the next, or nothing when there is none."""
    try:
        TopologicalSorter(needs).prepare()
    except CycleError as error:
        nodes: list[str] = error.args[1]
        return tuple(reversed(nodes[1:]))
    return ()


def publishing_order(config: Config, names: Iterable[str]) -> tuple[Component, ...]:
    """Return the components of these names, each after those that it needs; else in the file's order."""
    chosen = frozenset(names)
    return tuple(c for c in _sorted(config, {c.name: c.needs for c in config.components}) if c.name in chosen)


def building_order(config: Config, names: Iterable[str]) -> tuple[Component, ...]:
    """Return the components to build for these: their build needs too, and theirs, each before what needs it."""
    wanted: set[str] = set()
    open_names = list(names)
    while open_names:
        name = open_names.pop()
        if name not in wanted:
            wanted.add(name)
            open_names.extend(config.component(name).build_needs)
    order = _sorted(config, {c.name: c.build_needs for c in config.components})
    return tuple(component for component in order if component.name in wanted)


def _sorted(config: Config, needs: Mapping[str, Sequence[str]]) -> list[Component]:
    """Sort by need, keeping the file's order wherever the needs leave a choice."""
    left, done = list(config.components), list[Component]()
    while left:
        names = {component.name for component in left}
        ready = next((c for c in left if not names.intersection(needs[c.name])), left[0])
        left.remove(ready)
        done.append(ready)
    return done
