"""A workflow file's YAML as nodes with their lines, read by events and within bounds.

The forge's reader follows YAML 1.2: ``on`` is a text there and no truth value, ``3.10`` is the number 3.1, and a key may
stand once. Bounds, all far above what a real workflow has: the bytes of :mod:`tagboat.config.document`, 50 levels,
and after every alias is followed 100,000 nodes and four times that file's letters.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tagboat.config.document import LIMIT, text_of
from tagboat.errors import ConfigError

Scalar = str | int | float | bool | None

_DEEPEST = 50
_MOST = 100_000
_LETTERS = 4 * LIMIT
_DIGITS = 300
_REMEDY = "correct the file; its form is YAML 1.2, as the forge reads workflows"
_INTEGER = re.compile(r"[-+]?[0-9]+")
_BASED = re.compile(r"0x[0-9a-fA-F]+|0o[0-7]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_WORDS: dict[str, Scalar] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf"), float("inf")),
    "-.inf": float("-inf"),
    ".nan": float("nan"),
}


@dataclass(slots=True)
class Node:
    """One node: a scalar, a list of items, or a table of entries.

    Attributes:
        line: where it begins, counted from 1.
        kind: ``scalar``, ``list`` or ``table``.
        value: a scalar's value.
        items: a list's nodes.
        entries: a table's keys, as nodes, and their values.
        size: how many nodes it holds, itself included and every alias followed.
        letters: how many letters its texts have, in the same way.
        deep: how many levels it holds, itself included.
    """

    line: int
    kind: str = "scalar"
    value: Scalar = None
    items: list[Node] = field(default_factory=list)
    entries: list[tuple[Node, Node]] = field(default_factory=list)
    size: int = 1
    letters: int = 0
    deep: int = 1

    @property
    def text(self) -> str:
        """A scalar as the forge writes it into a text."""
        return text_of_scalar(self.value)


def read_nodes(file: str, data: bytes) -> Node:
    """Return the one document of a file; an empty file is a null.

    Raises:
        ConfigError: it is not YAML, holds several documents, or lies beyond the bounds.
    """
    import yaml  # noqa: PLC0415 - slow to import

    text = text_of(file, data)
    try:
        documents = list(_documents(file, text))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark is not None else 1
        said = error.problem or error.context
        raise ConfigError(f"{file}:{line}: not YAML: {said}", remedy=_REMEDY) from None
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        said = (str(error).splitlines() or ["unreadable"])[0]
        raise ConfigError(f"{file}:1: not YAML: {said}", remedy=_REMEDY) from None
    if len(documents) > 1:
        raise ConfigError(f"{file}:{documents[1].line}: a second document; a workflow is one", remedy=_REMEDY)
    return documents[0] if documents else Node(1)


def _documents(file: str, text: str) -> Iterator[Node]:
    import yaml  # noqa: PLC0415

    building = _Building(file)
    # Events and not nodes: they come one at a time, so nesting is bounded before it costs anything.
    event: Any
    for event in yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
        if isinstance(event, yaml.DocumentStartEvent):
            building = _Building(file)
        elif isinstance(event, yaml.DocumentEndEvent):
            yield building.root
        elif isinstance(event, yaml.CollectionEndEvent):
            building.close()
        elif isinstance(event, yaml.AliasEvent):
            building.alias(event)
        elif isinstance(event, yaml.NodeEvent):
            building.add(_node(event), event.anchor, opens=isinstance(event, yaml.CollectionStartEvent))


class _Building:
    """The tree of one document while its events come."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._anchors: dict[str, Node] = {}
        self._open: list[Node] = []
        self._keys: list[Node | None] = []
        self._seen: list[set[Scalar]] = []
        self.root = Node(1)

    def add(self, node: Node, anchor: str | None, *, opens: bool) -> None:
        if opens and len(self._open) >= _DEEPEST:
            raise self._refusal(node.line, "nested too deeply")
        if anchor is not None:
            self._anchors[anchor] = node
        if opens:
            self._open.append(node)
            self._keys.append(None)
            self._seen.append(set())
        else:
            self._place(node)

    def alias(self, event: Any) -> None:
        name, line = str(event.anchor), event.start_mark.line + 1
        node = self._anchors.get(name)
        if node is None:
            raise self._refusal(line, f"the alias {name[:50]!a} names no anchor before it")
        if any(inner is node for inner in self._open):
            raise self._refusal(line, f"the alias {name[:50]!a} would hold itself")
        if node.deep + len(self._open) > _DEEPEST:
            raise self._refusal(line, "nested too deeply")
        self._place(node)

    def close(self) -> None:
        node = self._open.pop()
        self._keys.pop()
        self._seen.pop()
        self._place(node)

    def _place(self, node: Node) -> None:
        if not self._open:
            self.root = node
            return
        parent = self._open[-1]
        parent.size += node.size
        parent.letters += node.letters
        parent.deep = max(parent.deep, node.deep + 1)
        if parent.size > _MOST:
            raise self._refusal(node.line, f"more than {_MOST} values, with every alias followed")
        if parent.letters > _LETTERS:
            raise self._refusal(node.line, f"more than {_LETTERS} letters, with every alias followed")
        if parent.kind == "list":
            parent.items.append(node)
        elif self._keys[-1] is None:
            self._key(node)
        else:
            parent.entries.append((self._keys[-1], node))
            self._keys[-1] = None

    def _key(self, node: Node) -> None:
        if node.kind != "scalar":
            raise self._refusal(node.line, "a key must be a text")
        if node.text in self._seen[-1]:
            raise self._refusal(node.line, f"the key {node.text[:50]!a} stands twice")
        self._seen[-1].add(node.text)
        self._keys[-1] = node

    def _refusal(self, line: int, said: str) -> ConfigError:
        return ConfigError(f"{self._file}:{line}: {said}", remedy=_REMEDY)


def _node(event: Any) -> Node:
    import yaml  # noqa: PLC0415

    line = event.start_mark.line + 1
    if isinstance(event, yaml.SequenceStartEvent):
        return Node(line, "list")
    if isinstance(event, yaml.MappingStartEvent):
        return Node(line, "table")
    plain = event.implicit[0] and not event.style
    return Node(line, value=resolved(event.value) if plain else event.value, letters=len(event.value))


def resolved(text: str) -> Scalar:
    """Return what a plain scalar means in YAML 1.2's core schema."""
    if text in _WORDS:
        return _WORDS[text]
    if len(text) <= _DIGITS:
        if _INTEGER.fullmatch(text):
            return int(text)
        if _BASED.fullmatch(text):
            return int(text, 0)
        if _FLOAT.fullmatch(text):
            return float(text)
    return text


def text_of_scalar(value: Scalar) -> str:
    """Return a scalar as the forge writes it into a text: ``true``, ``3.1``, and nothing for null."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case float():
            return _number(value)
        case _:
            return str(value)


def _number(value: float) -> str:
    if value != value:  # noqa: PLR0124 - NaN is the one number that is not itself
        return "NaN"
    if value in (float("inf"), float("-inf")):
        return "Infinity" if value > 0 else "-Infinity"
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else f"{value:.15g}"
