"""The forge's expressions as trees: what stands between ``${{`` and ``}}``, parsed within bounds.

The grammar is that of GitHub's expressions: literals, ``! < <= > >= == != && ||``, contexts with ``.name``, ``.*`` and
``[index]``, and calls. It has no arithmetic. Texts of 21,000 letters and 50 levels are the forge's own bounds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tagboat.errors import ConfigError

LONGEST = 21_000
_DEEPEST = 50
_MOST = 300
_REMEDY = "correct the expression; its form is that of GitHub's expressions"
_TOKEN = re.compile(
    r"""\s*(?:
        (?P<number>[-+]?(?:0x[0-9a-fA-F]+|0o[0-7]+|(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|Infinity(?![\w-]))(?![\w.]))
      | (?P<text>'(?:[^']|'')*')
      | (?P<word>[A-Za-z_][A-Za-z0-9_-]*)
      | (?P<sign>&&|\|\||==|!=|<=|>=|[!<>().,\[\]*])
    )""",
    re.VERBOSE,
)
_WORDS: dict[str, str | float | bool | None] = {
    "true": True,
    "false": False,
    "null": None,
    "NaN": float("nan"),
    "Infinity": float("inf"),
}
_LEVELS = (("||",), ("&&",), ("==", "!="), ("<", "<=", ">", ">="))


@dataclass(frozen=True, slots=True)
class Literal:
    """A value that stands in the expression."""

    value: str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Name:
    """A context, such as ``github``."""

    name: str


@dataclass(frozen=True, slots=True)
class Index:
    """What stands in ``inner`` under ``key``; a key of None is the filter ``.*``."""

    inner: Tree
    key: Tree | None


@dataclass(frozen=True, slots=True)
class Call:
    """A function and its arguments."""

    name: str
    arguments: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Operation:
    """An operator and its one or two sides."""

    sign: str
    sides: tuple[Tree, ...]


Tree = Literal | Name | Index | Call | Operation


def parse(text: str) -> Tree:
    """Return the tree of an expression, without the braces around it.

    Raises:
        ConfigError: it is no expression, or lies beyond the bounds.
    """
    if len(text) > LONGEST:
        raise ConfigError(f"an expression of more than {LONGEST} letters", remedy=_REMEDY)
    return _Parser(list(_tokens(text))).whole()


def calls(tree: Tree) -> Iterator[Call]:
    """Yield every call in a tree."""
    match tree:
        case Call(_, arguments):
            yield tree
            for argument in arguments:
                yield from calls(argument)
        case Operation(_, sides):
            for side in sides:
                yield from calls(side)
        case Index(inner, key):
            yield from calls(inner)
            if key is not None:
                yield from calls(key)
        case Literal() | Name():
            return


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    place, end = 0, len(text.rstrip())
    while place < end:
        found = _TOKEN.match(text, place)
        if found is None or found.lastgroup is None:
            raise ConfigError(f"not an expression at {text[place : place + 30].strip()!a}", remedy=_REMEDY)
        place = found.end()
        yield found.lastgroup, found[found.lastgroup]
    yield "end", ""


class _Parser:
    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self._tokens = tokens
        self._place = 0
        self._parts = 0
        self._depth = 0

    def whole(self) -> Tree:
        tree = self._level(0)
        kind, token = self._tokens[self._place]
        if kind != "end":
            raise ConfigError(f"{token!a} is not expected in an expression", remedy=_REMEDY)
        return tree

    def _take(self, *signs: str) -> str:
        kind, token = self._tokens[self._place]
        if kind == "sign" and token in signs:
            self._place += 1
            return token
        return ""

    def _want(self, sign: str) -> None:
        if not self._take(sign):
            token = self._tokens[self._place][1]
            raise ConfigError(f"{sign!a} is expected where {token or 'the end'!a} stands", remedy=_REMEDY)

    def _level(self, level: int) -> Tree:
        """Read operators from the weakest to the strongest; each binds from the left."""
        if level == len(_LEVELS):
            return self._unary()
        tree = self._level(level + 1)
        while sign := self._take(*_LEVELS[level]):
            self._count()
            tree = Operation(sign, (tree, self._level(level + 1)))
        return tree

    def _count(self) -> None:
        """Bound what is chained: each link is one more level of the tree, which is walked by recursion."""
        self._parts += 1
        if self._parts > _MOST:
            raise ConfigError("an expression of too many parts", remedy=_REMEDY)

    def _unary(self) -> Tree:
        turns = 0
        while self._take("!"):
            turns += 1
            self._count()
        tree = self._chain(self._primary())
        for _ in range(turns):
            tree = Operation("!", (tree,))
        return tree

    def _chain(self, tree: Tree) -> Tree:
        while True:
            if self._take("."):
                self._count()
                kind, token = self._tokens[self._place]
                if kind == "word":
                    self._place += 1
                    tree = Index(tree, Literal(token))
                else:
                    self._want("*")
                    tree = Index(tree, None)
            elif self._take("["):
                self._count()
                tree = Index(tree, None) if self._take("*") else Index(tree, self._nested())
                self._want("]")
            else:
                return tree

    def _nested(self) -> Tree:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise ConfigError("an expression is nested too deeply", remedy=_REMEDY)
        tree = self._level(0)
        self._depth -= 1
        return tree

    def _primary(self) -> Tree:
        kind, token = self._tokens[self._place]
        if self._take("("):
            tree = self._nested()
            self._want(")")
            return tree
        if kind not in {"number", "text", "word"}:
            raise ConfigError(f"a value is expected where {token or 'the end'!a} stands", remedy=_REMEDY)
        self._place += 1
        if kind == "text":
            return Literal(token[1:-1].replace("''", "'"))
        if kind == "number":
            return Literal(number_of(token))
        if token in _WORDS:
            return Literal(_WORDS[token])
        if self._take("("):
            return Call(token, tuple(self._arguments()))
        return Name(token)

    def _arguments(self) -> Iterator[Tree]:
        if self._take(")"):
            return
        while True:
            yield self._nested()
            if self._take(")"):
                return
            self._want(",")


def number_of(text: str) -> float:
    """Return the number that a text is to an expression; NaN when it is none, 0 when it is empty."""
    text = text.strip()
    if not text:
        return 0.0
    if len(text) > 300:
        return float("nan")
    based = re.fullmatch(r"0x[0-9a-fA-F]+|0o[0-7]+", text)
    if based is not None:
        return float(int(text, 0))
    plain = re.fullmatch(r"[-+]?(?:(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|Infinity)", text, re.ASCII)
    return float(text) if plain is not None else float("nan")
