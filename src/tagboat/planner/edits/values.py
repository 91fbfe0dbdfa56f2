"""The edit of one key's value in a TOML, JSON or YAML file."""

from __future__ import annotations

import re

from tagboat.config.planning import Edit
from tagboat.errors import ConfigError
from tagboat.planner.edits.keys import Node, reached, selected, steps
from tagboat.planner.edits.spots import REMEDY, Found, Source, Spot, Words, twice
from tagboat.planner.edits.trees import json_nodes, toml_nodes, yaml_nodes, yaml_plain

_HARMLESS = re.compile(r"[\w.+!/: ,-]*")


def value_spots(source: Source, edit: Edit, kind: str, words: Words) -> Found:
    """Find the value of ``edit.key`` (``$.version`` when it names none).

    Raises:
        ConfigError: the file cannot be read, the path is none, or it leads to several places without asking for them.
    """
    path = steps(edit.key or "$.version")
    roots = {"toml": toml_nodes, "json": json_nodes, "yaml": yaml_nodes}[kind](source)
    nodes = selected(roots, path)
    if not nodes:
        nearest = reached(roots, path)
        key = edit.key or "$.version"
        stop = f"{source.place(nearest.start)}: nothing here is {key}" if nearest is not None else ""
        return Found(why=stop or f"{source.path}:1: nothing here is {key}")
    if len(nodes) > 1 and not any(step.many for step in path):
        raise twice(source, edit.key or "$.version", (node.start for node in nodes))
    return Found(tuple(_spot(source, edit, kind, node, words) for node in nodes))


def _spot(source: Source, edit: Edit, kind: str, node: Node, words: Words) -> Spot:
    if node.value is None or node.end < node.start:
        raise ConfigError(f"{source.place(node.start)}: this is no text that can be edited", remedy=REMEDY)
    text = words.value(node.value, edit.date)
    if not _HARMLESS.fullmatch(text):
        raise ConfigError(f"{source.path}: {text!a} cannot be written there", remedy=REMEDY)
    if text == node.value:
        text = source.text[node.start : node.end]
    elif kind == "yaml" and not node.quoted and not yaml_plain(text, node.value):
        text = f'"{text}"'
    return source.spot(node.start, node.end, text)
