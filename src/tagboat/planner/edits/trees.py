"""TOML, JSON and YAML files as nodes that know where their texts stand; hostile ones end in a ConfigError."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from tagboat.config.document import parse
from tagboat.config.places import Path, places, texts
from tagboat.errors import ConfigError
from tagboat.planner.edits.keys import Node
from tagboat.planner.edits.spots import Source

_DEEPEST = 200
_JSON = re.compile(r'"(?P<text>(?:[^"\\]|\\.)*+)"|[\[\]{}:,]|[^\s"\[\]{}:,]++', re.DOTALL)


def toml_nodes(source: Source) -> list[Node]:
    """Read a TOML file.

    Raises:
        ConfigError: it is not TOML, or lies beyond the bounds.
    """
    table = parse(source.path, source.data[source.mark :])
    spans, lines = texts(source.text), places(source.text)
    starts = [0, *(match.end() for match in re.finditer("\n", source.text))]
    root = Node()
    waiting: list[tuple[Path, Any, Node]] = [((), table, root)]
    while waiting:
        path, value, node = waiting.pop()
        node.start, node.end = spans.get(path, (starts[lines.get(path, 1) - 1], -1))
        if isinstance(value, dict):
            node.entries = [(key, Node()) for key in value]
            waiting.extend(((*path, key), value[key], child) for key, child in node.entries)
        elif isinstance(value, list):
            node.items = [Node() for _ in value]
            waiting.extend(((*path, at), value[at], child) for at, child in enumerate(node.items))
        elif isinstance(value, str) and path in spans:
            node.value = value
    return [root]


def json_nodes(source: Source) -> list[Node]:
    """Read a JSON file; a key that is there twice is two entries.

    Raises:
        ConfigError: it is not JSON, or nested too deeply.
    """
    import json  # noqa: PLC0415

    try:
        json.loads(source.text)
    except json.JSONDecodeError as error:
        raise ConfigError(
            f"{source.path}:{error.lineno}: not JSON: {error.msg}", remedy="correct the file"
        ) from None
    except (ValueError, RecursionError):
        raise ConfigError(
            f"{source.path}: nested too deeply, or a number too long", remedy="correct it"
        ) from None
    root = Node()
    stack = [root]
    key: str | None = None
    pieces = list(_JSON.finditer(source.text))
    for number, piece in enumerate(pieces):
        sign = piece[0]
        if sign in {"]", "}"}:
            stack.pop()
        elif sign not in {":", ","}:
            if piece["text"] is not None and pieces[number + 1 : number + 2] and pieces[number + 1][0] == ":":
                key = json.loads(sign, strict=False)
                continue
            node = Node(piece.start(), piece.end())
            if key is None:
                stack[-1].items.append(node)
            else:
                stack[-1].entries.append((key, node))
            key = None
            if sign in {"[", "{"}:
                stack.append(node)
            elif piece["text"] is not None:
                node.start, node.end = piece.span("text")
                node.value = json.loads(sign, strict=False)
    return root.items


def yaml_nodes(source: Source) -> list[Node]:
    """Read the documents of a YAML file; an alias is the node that it names, and is not followed until a path asks.

    Raises:
        ConfigError: it is not YAML, or nested too deeply.
    """
    import yaml  # noqa: PLC0415

    try:
        return list(_documents(source))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark is not None else 1
        said = f"{source.path}:{line}: not YAML: {error.problem or error.context}"
        raise ConfigError(said, remedy="correct the file") from None
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        said = str(error).splitlines()[0]
        raise ConfigError(f"{source.path}: not YAML: {said}", remedy="correct the file") from None


def _documents(source: Source) -> Iterator[Node]:
    import yaml  # noqa: PLC0415

    anchors: dict[str, Node] = {}
    stack: list[tuple[Node, bool]] = []
    keys: list[str | None] = []
    # Events and not nodes: they come one at a time, so nesting is bounded before it costs anything.
    event: Any
    for event in yaml.parse(source.text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
        if isinstance(event, yaml.DocumentStartEvent):
            anchors, stack, keys = {}, [(Node(), False)], [None]
        elif isinstance(event, yaml.DocumentEndEvent):
            yield from stack[0][0].items
        elif isinstance(event, yaml.CollectionEndEvent):
            stack.pop()
            keys.pop()
        elif isinstance(event, yaml.NodeEvent):
            node = _node(event, anchors, source.text)
            parent, table = stack[-1]
            if table and keys[-1] is None:
                keys[-1] = node.value or ""
            elif table:
                parent.entries.append((keys[-1] or "", node))
                keys[-1] = None
            else:
                parent.items.append(node)
            if isinstance(event, yaml.CollectionStartEvent):
                if len(stack) > _DEEPEST:
                    mark: Any = event.start_mark
                    raise ConfigError(
                        f"{source.path}:{mark.line + 1}: nested too deeply", remedy="correct the file"
                    )
                stack.append((node, isinstance(event, yaml.MappingStartEvent)))
                keys.append(None)


def _node(event: Any, anchors: dict[str, Node], text: str) -> Node:
    import yaml  # noqa: PLC0415

    if isinstance(event, yaml.AliasEvent):
        return anchors.get(str(event.anchor)) or Node()
    node = Node(event.start_mark.index, event.end_mark.index)
    if isinstance(event, yaml.ScalarEvent):
        node.value = event.value
        if event.tag is not None or event.anchor is not None:  # they are part of the event's span
            node.start = _behind_properties(text, node.start, node.end)
        node.quoted = event.style in {"'", '"'}
        node.start += node.quoted
        node.end -= node.quoted
        if event.style in {"|", ">"}:
            node.end = -1  # a block has no end that an edit could keep
    if event.anchor is not None:
        anchors[event.anchor] = node
    return node


def _behind_properties(text: str, start: int, end: int) -> int:
    properties = re.compile(r"(?:[&!]\S*+\s++(?:#[^\n]*+\s++)*+)*+").match(text, start, end)
    return properties.end() if properties is not None else start


def yaml_plain(text: str, before: str) -> bool:
    """Whether ``text`` without quotes is read as that text, or as a number that is written just so, as ``before`` was."""
    import yaml  # noqa: PLC0415

    resolver: Any = yaml.resolver.Resolver()  # its stubs leave resolve() untyped
    kinds = [resolver.resolve(yaml.ScalarNode, value, (True, False)) for value in (text, before)]
    if kinds[0] == "tag:yaml.org,2002:str":
        return True
    same = kinds[0] == kinds[1] and kinds[0].endswith((":int", ":float"))
    return same and text in {repr(number) for number in _numbers(text)}


def _numbers(text: str) -> Iterator[int | float]:
    for kind in (int, float):
        try:
            yield kind(text)
        except ValueError:
            continue
