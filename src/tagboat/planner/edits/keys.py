"""Paths of keys (``$.a.b[0]["x.y"]``, ``[?(@.name=="x")]``, ``[*]``, ``..name``): the JSONPath that tools write for versions.

A filter may compare with ``==`` or ``===``, and its key may end in ``.value``: release-please 17.1.3 wraps the values of
a TOML file, so its users have to write ``@.name.value``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from tagboat.errors import ConfigError

_STEP = re.compile(
    r"""
    (?P<deep>\.\.)? (?:
      \[ \s*+ (?:
          \? \s*+ \(? \s*+ @ (?P<left>(?:\.[\w-]++ | \["[^"\]]*+"\] | \['[^'\]]*+'\])++) \s*+ ===?+ \s*+
              (?: "(?P<double>[^"]*+)" | '(?P<single>[^']*+)' ) \s*+ \)?
        | (?P<index>-?\d{1,6})
        | (?P<star>\*)
        | "(?P<quoted>[^"]*+)"
        | '(?P<other>[^']*+)'
      ) \s*+ \]
      | (?(deep)|\.) (?: (?P<every>\*) | (?P<name>[\w$-]++) )
    )""",
    re.VERBOSE,
)
_PART = re.compile(r"""\.([\w-]+)|\["([^"]*)"\]|\['([^']*)'\]""")


@dataclass(slots=True, eq=False)
class Node:
    """A value of a structured file.

    Attributes:
        start: where it begins in the text; of a text between quotes, behind them.
        end: where it ends.
        value: the text that it stands for; None for a table, a list and what is no text.
        quoted: whether there are quotes around it.
        entries: what a table holds; a key that is there twice is here twice.
        items: what a list holds.
    """

    start: int = 0
    end: int = 0
    value: str | None = None
    quoted: bool = True
    entries: list[tuple[str, Node]] = field(default_factory=list)
    items: list[Node] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Step:
    """One step down: into a key, an element, those that a filter leaves, or all; with ``deep``, from any depth."""

    key: str | None = None
    index: int | None = None
    left: tuple[str, ...] = ()
    right: str = ""
    deep: bool = False

    @property
    def many(self) -> bool:
        """Whether it is meant to lead to several places."""
        return self.deep or (self.key is None and self.index is None and not self.left)

    def below(self, node: Node) -> Iterator[Node]:
        """Yield where the step leads to from ``node``."""
        for start in _all(node) if self.deep else (node,):
            children = [*(child for _, child in start.entries), *start.items]
            if self.key is not None:
                yield from (child for key, child in start.entries if key == self.key)
            elif self.index is not None:
                yield from start.items[self.index : self.index + 1 or None]
            elif self.left:
                yield from (child for child in children if _at(child, self.left) == self.right)
            else:
                yield from children


def steps(path: str) -> list[Step]:
    """Read a path.

    Raises:
        ConfigError: it is none, or uses what is not supported.
    """
    rest = path.strip().removeprefix("$")
    rest = rest if rest.startswith((".", "[")) else f".{rest}"
    found: list[Step] = []
    position = 0
    while position < len(rest):
        match = _STEP.match(rest, position)
        again = match is not None and match["deep"] is not None and any(step.deep for step in found)
        if match is None or again or len(found) == 50:
            raise ConfigError(
                f"{path!a} is no path of a key (at {rest[position : position + 40]!a})",
                remedy='write it like $.project.version or $.package[?(@.name=="x")].version',
            )
        found.append(_step(match))
        position = match.end()
    return found


def selected(roots: Iterable[Node], path: Iterable[Step]) -> list[Node]:
    """Return where a path leads to, each node once."""
    nodes = list(roots)
    for step in path:
        nodes = list({id(child): child for node in nodes for child in step.below(node)}.values())
    return nodes


def reached(roots: Iterable[Node], path: list[Step]) -> Node | None:
    """Return the deepest node on the way of a path that leads nowhere, to show where it stops."""
    nodes, last = list(roots), None
    for step in path:
        last = nodes[0] if nodes else last
        nodes = selected(nodes, [step])
    return last


def _step(match: re.Match[str]) -> Step:
    deep = match["deep"] is not None
    if match["left"] is not None:
        left = tuple("".join(part) for part in _PART.findall(match["left"]))
        return Step(left=left, right=match["double"] or match["single"] or "", deep=deep)
    if match["index"] is not None:
        return Step(index=int(match["index"]), deep=deep)
    if match["star"] or match["every"]:
        return Step(deep=deep)
    names = (match["quoted"], match["other"], match["name"])
    return Step(key=next(name for name in names if name is not None), deep=deep)


def _at(node: Node, keys: tuple[str, ...]) -> str | None:
    for number, key in enumerate(keys):
        following = next((child for name, child in node.entries if name == key), None)
        if following is None:
            return node.value if key == "value" and number == len(keys) - 1 else None
        node = following
    return node.value


def _all(node: Node) -> Iterator[Node]:
    """Yield the node and all below it in their order, each once: an alias can lead to one node in many ways."""
    seen: set[int] = set()
    waiting = [node]
    while waiting:
        one = waiting.pop()
        if id(one) not in seen:
            seen.add(id(one))
            yield one
            waiting.extend(reversed([*(child for _, child in one.entries), *one.items]))
