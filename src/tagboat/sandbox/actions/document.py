"""YAML as GitHub reads workflow files: YAML 1.2's scalars (``on`` is text), every value with its line, bounded.

Aliases are followed (GitHub does since 2025), merge keys are not; a name twice in one mapping is a mistake.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Final

import yaml

from tagboat.errors import InvalidError

MOST_BYTES: Final = 512 * 1024
MOST_NODES: Final = 50_000
MOST_DEPTH: Final = 60
MOST_DIGITS: Final = 300

Scalar = str | int | float | bool | None
_INTEGER: Final = re.compile(r"[-+]?[0-9]+|0x[0-9a-fA-F]+|0o[0-7]+")
_FLOAT: Final = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_WORDS: Final[dict[str, Scalar]] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}


@dataclass(frozen=True, slots=True)
class Node:
    """A value and the line that it begins on: a scalar, a list of nodes, or a mapping from names to nodes."""

    value: Scalar | list[Node] | dict[str, Node]
    line: int

    @property
    def entries(self) -> dict[str, Node]:
        """The mapping, empty for anything else."""
        return self.value if isinstance(self.value, dict) else {}

    @property
    def items(self) -> list[Node]:
        """The list, empty for anything else."""
        return self.value if isinstance(self.value, list) else []

    def plain(self) -> object:
        """The same without lines."""
        if isinstance(self.value, dict):
            return {name: node.plain() for name, node in self.value.items()}
        if isinstance(self.value, list):
            return [node.plain() for node in self.value]
        return self.value


def read_document(content: bytes, path: str) -> Node:
    """The one document of a file.

    Raises:
        InvalidError: It is no YAML, too large or too deep, names something twice, or holds several documents.
    """
    if len(content) > MOST_BYTES:
        raise InvalidError(f"{path}: {len(content)} bytes are more than a workflow may have ({MOST_BYTES})")
    try:
        return _Builder(path).read(content.decode("utf-8-sig"))
    except UnicodeDecodeError as problem:
        raise InvalidError(f"{path}: not UTF-8: {problem}") from problem
    except yaml.YAMLError as problem:
        mark = getattr(problem, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        raise InvalidError(
            f"{path}:{line}: no YAML: {getattr(problem, 'problem', None) or problem}"
        ) from problem


def _next(loader: yaml.SafeLoader) -> yaml.Event:
    event: yaml.Event = loader.get_event()  # type: ignore[no-untyped-call]  # PyYAML's stubs leave it open
    return event


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1


class _Builder:
    """Nodes from PyYAML's events, so that nothing is built before it was counted."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._count = 0
        self._anchors: dict[str, tuple[Node, int]] = {}

    def read(self, text: str) -> Node:
        loader = yaml.SafeLoader(text)
        found: list[Node] = []
        try:
            while not loader.check_event(yaml.StreamEndEvent):
                event = _next(loader)
                if isinstance(event, yaml.NodeEvent):
                    found.append(self._node(loader, event, 0))
                if len(found) > 1:
                    raise self._wrong(event, "a second document")
        finally:
            loader.dispose()
        return found[0] if found else Node(None, 1)

    def _node(self, loader: yaml.SafeLoader, event: yaml.Event, depth: int) -> Node:
        if depth > MOST_DEPTH:
            raise self._wrong(event, f"nested deeper than {MOST_DEPTH}")
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event)
        before = self._count
        self._counted(event, 1)
        line = _line(event)
        if isinstance(event, yaml.ScalarEvent):
            node = Node(self._scalar(event), line)
        elif isinstance(event, yaml.SequenceStartEvent):
            node = Node([], line)
            while not loader.check_event(yaml.SequenceEndEvent):
                node.items.append(self._node(loader, _next(loader), depth + 1))
            _next(loader)
        else:
            node, seen = Node({}, line), set[str]()
            while not loader.check_event(yaml.MappingEndEvent):
                self._entry(loader, node.entries, seen, depth)
            _next(loader)
        if isinstance(event, yaml.NodeEvent) and event.anchor:
            self._anchors[event.anchor] = (node, self._count - before)
        return node

    def _entry(self, loader: yaml.SafeLoader, entries: dict[str, Node], seen: set[str], depth: int) -> None:
        event = _next(loader)
        key = self._node(loader, event, depth + 1)
        if isinstance(key.value, list | dict):
            raise self._wrong(event, "a name that is no scalar")
        name = event.value if isinstance(event, yaml.ScalarEvent) else str(key.value)
        if name == "<<":
            raise self._wrong(event, "merge keys ('<<') are not part of workflow files")
        if name.lower() in seen:
            raise self._wrong(event, f"'{name}' is already defined")
        seen.add(name.lower())
        entries[name] = self._node(loader, _next(loader), depth + 1)

    def _alias(self, event: yaml.AliasEvent) -> Node:
        if event.anchor not in self._anchors:
            raise self._wrong(event, f"no anchor '{event.anchor}' before")
        node, size = self._anchors[event.anchor]
        self._counted(event, size)
        return node

    def _counted(self, event: yaml.Event, more: int) -> None:
        self._count += more
        if self._count > MOST_NODES:
            raise self._wrong(event, f"more than {MOST_NODES} values, aliases followed")

    def _scalar(self, event: yaml.ScalarEvent) -> Scalar:
        text: str = event.value
        if event.tag is not None:
            raise self._wrong(event, f"tags ({event.tag}) are not part of workflow files")
        if event.style is not None:
            return text
        if text in _WORDS:
            return _WORDS[text]
        if _INTEGER.fullmatch(text):
            if len(text) > MOST_DIGITS:
                raise self._wrong(event, f"a number of more than {MOST_DIGITS} digits")
            return int(text, 0 if text[:2] in ("0x", "0o") else 10)
        if _FLOAT.fullmatch(text) and math.isfinite(number := float(text)):
            return number
        return text

    def _wrong(self, event: yaml.Event, what: str) -> InvalidError:
        return InvalidError(f"{self._path}:{_line(event)}: {what}")
