"""The fields of a workflow's tables: each is asked for by name and type, and every mistake is noted with its line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from tagboat.errors import ConfigError
from tagboat.workflows.model import Data, Text
from tagboat.workflows.nodes import Node

_SHOWN = 50
_REMEDY = "correct the lines named; the forge would refuse the workflow too"


@dataclass(slots=True)
class Notes:
    """What is found on the way: mistakes, and keys that nobody asked for."""

    file: str
    mistakes: list[tuple[int, str]] = field(default_factory=list)
    unread: list[Text] = field(default_factory=list)

    def mistake(self, line: int, said: str) -> None:
        """Note that something is wrong on a line."""
        self.mistakes.append((line, said))

    def settle(self) -> None:
        """End the reading.

        Raises:
            ConfigError: there are mistakes; all of them are told.
        """
        rows = [f"{self.file}:{line}: {said}" for line, said in sorted(set(self.mistakes))]
        if rows:
            shown = rows[:_SHOWN] + ([f"... and {len(rows) - _SHOWN} more"] if len(rows) > _SHOWN else [])
            cause = rows[0] if len(rows) == 1 else f"{len(rows)} mistakes:\n" + "\n".join(shown)
            raise ConfigError(cause, remedy=_REMEDY)


class Fields:
    """One table of the file; what is no table counts as an empty one, and is a mistake."""

    def __init__(self, notes: Notes, node: Node, place: str) -> None:
        self.notes = notes
        self.node = node
        self.place = _shown(place)
        self._asked: set[str] = set()
        self._values: dict[str, tuple[Node, Node]] = {}
        if node.kind == "table":
            self._values = {key.text: (key, value) for key, value in node.entries}
        elif node.value is not None or node.kind == "list":
            notes.mistake(node.line, f"{place or 'a workflow'} must be a table of keys and values")

    @property
    def line(self) -> int:
        """The line on which it begins."""
        return self.node.line

    def __contains__(self, key: str) -> bool:
        return key in self._values

    def get(self, key: str) -> Node | None:
        """Return what stands under a key; None when nothing does."""
        self._asked.add(key)
        return self._values[key][1] if key in self._values else None

    def line_of(self, key: str) -> int:
        """Return the line of a key, or of the table when it is absent."""
        return self._values[key][0].line if key in self._values else self.line

    def entries(self) -> Iterator[tuple[Text, Node]]:
        """Yield every key and value; none of them is unread then."""
        for name, (key, value) in self._values.items():
            self._asked.add(name)
            yield Text(name, key.line), value

    def text(self, key: str) -> Text:
        """Return the text of a scalar, "" when there is none."""
        node = self.get(key)
        if node is None:
            return Text()
        if node.kind != "scalar":
            self.notes.mistake(node.line, f"{self._path(key)} must be a text")
            return Text("", node.line)
        return Text(node.text, node.line)

    def flag(self, key: str) -> bool:
        """Return whether a key is ``true``; absent is false."""
        node = self.get(key)
        if node is not None and (node.kind != "scalar" or not isinstance(node.value, bool)):
            self.notes.mistake(node.line, f"{self._path(key)} must be true or false")
        return node is not None and node.value is True

    def texts(self, key: str) -> tuple[Text, ...]:
        """Return the texts of a list; one text is a list of one, and null an empty one."""
        node = self.get(key)
        if node is None or (node.kind == "scalar" and node.value is None):
            return ()
        items = node.items if node.kind == "list" else [node]
        for item in items:
            if item.kind != "scalar":
                self.notes.mistake(item.line, f"{self._path(key)} must be a text or a list of texts")
        return tuple(Text(item.text, item.line) for item in items if item.kind == "scalar")

    def table(self, key: str) -> Fields:
        """Return the fields below a key; none when there is no table."""
        node = self.get(key)
        return Fields(self.notes, node or Node(self.line, "table"), self._path(key))

    def tables(self, key: str) -> Iterator[Fields]:
        """Yield the fields of each table of a list."""
        node = self.get(key)
        if node is None:
            return
        if node.kind != "list":
            self.notes.mistake(node.line, f"{self._path(key)} must be a list")
            return
        for place, item in enumerate(node.items):
            yield Fields(self.notes, item, f"{self._path(key)}[{place}]")

    def pairs(self, key: str) -> Mapping[str, Text]:
        """Return a table of texts; an expression in its place stands under the name ""."""
        node = self.get(key)
        if node is not None and node.kind == "scalar" and is_expression(node):
            return {"": Text(node.text, node.line)}
        found = self.table(key)
        return {str(name): found.text(name) for name, _ in found.entries()}

    def rest(self) -> None:
        """Note every key that nobody asked for."""
        for name, (key, _) in self._values.items():
            if name not in self._asked:
                self.notes.unread.append(Text(self._path(name), key.line))

    def _path(self, key: str) -> str:
        return f"{self.place}.{_shown(key, 80)}" if self.place else _shown(key, 80)


def _shown(text: str, longest: int = 200) -> str:
    """Return a text of the file as messages may hold it, many times over."""
    return text if text.isprintable() and len(text) <= longest else ascii(text[:longest])[:longest]


def is_expression(node: Node) -> bool:
    """Tell whether a node is a text that an expression replaces as a whole."""
    return isinstance(node.value, str) and node.value.strip().startswith("${{")


def data_of(node: Node) -> Data:
    """Return a node as data."""
    if node.kind == "list":
        return [data_of(item) for item in node.items]
    if node.kind == "table":
        return {key.text: data_of(value) for key, value in node.entries}
    return node.value
