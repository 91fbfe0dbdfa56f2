"""The lines on which the keys of a JSON or YAML file stand, for messages about a file that could be read."""

from __future__ import annotations

import json
import re
from typing import Any, Final

from tagboat.config.places import Path

_DEPTH: Final = 8
"""So deep below the root keys are looked for; no tool's options stand deeper."""
_MOST: Final = 10_000
"""So many places are looked for: aliases of YAML can stand for more than a machine holds."""
_MARK: Final = re.compile(r'"(?:[^"\\]|\\.)*+"|[{}\[\],]')


def json_places(text: str) -> dict[Path, int]:
    """Return path → line for what a JSON file holds; the items of a list are counted from 0.

    Args:
        text: a file that a JSON parser has accepted.
    """
    found: dict[Path, int] = {}
    path: list[str | int | None] = []
    line, read = 1, 0
    for mark in _MARK.finditer(text):
        line, read = line + text.count("\n", read, mark.start()), mark.start()
        said = mark[0]
        if said in {"}", "]"}:
            path.pop()
            continue
        if said == ",":
            path[-1] = path[-1] + 1 if isinstance(path[-1], int) else None
            continue
        if said[0] == '"' and path and path[-1] is None:
            path[-1] = json.loads(said)
        if len(path) <= _DEPTH:
            found.setdefault(tuple(part for part in path if part is not None), line)
        if said in {"{", "["}:
            path.append(None if said == "{" else 0)
    return found


def yaml_places(text: str) -> dict[Path, int]:
    """Return path → line for what a YAML file holds; the items of a list are counted from 0.

    Args:
        text: a file that a YAML parser has accepted.
    """
    import yaml  # noqa: PLC0415 - slow to import, and only a broken file needs it

    found: dict[Path, int] = {}
    left: list[tuple[Path, Any]] = [((), yaml.compose(text, yaml.SafeLoader))]
    while left and len(found) < _MOST:
        path, node = left.pop()
        if isinstance(node, yaml.MappingNode):
            inner = [
                ((*path, key.value), key, value) for key, value in node.value if isinstance(key.value, str)
            ]
        elif isinstance(node, yaml.SequenceNode):
            inner = [((*path, place), value, value) for place, value in enumerate(node.value)]
        else:
            continue
        for below, key, value in inner:
            if below not in found:
                found[below] = key.start_mark.line + 1
                left += [(below, value)] if len(below) < _DEPTH else []
    return found
