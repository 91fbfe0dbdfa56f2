"""The grammar of expressions: from text to a tree, with GitHub's complaints about what is none."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from tagboat.errors import InvalidError

MOST_LETTERS: Final = 21_000
MOST_DEPTH: Final = 50
_MOST_DIGITS: Final = 200


@dataclass(frozen=True, slots=True)
class Literal:
    """A value as written."""

    value: bool | float | str | None


@dataclass(frozen=True, slots=True)
class Name:
    """A context."""

    name: str


@dataclass(frozen=True, slots=True)
class Member:
    """``of.name`` or ``of[index]``."""

    of: Tree
    index: Tree


@dataclass(frozen=True, slots=True)
class Every:
    """``of.*``."""

    of: Tree


@dataclass(frozen=True, slots=True)
class Called:
    """A function with its arguments."""

    name: str
    arguments: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Operation:
    """An operator and what stands beside it."""

    operator: str
    operands: tuple[Tree, ...]


Tree = Literal | Name | Member | Every | Called | Operation

_TOKEN: Final = re.compile(
    r"\s*(?:(?P<string>'(?:[^']|'')*')"
    r"|(?P<number>[-+]?(?:0x[0-9a-fA-F]+|0o[0-7]+|(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)(?![\w.]))"
    r"|(?P<word>[A-Za-z_][\w-]*)"
    r"|(?P<sign>==|!=|<=|>=|&&|\|\||[<>!()\[\],.*]))"
)
_CONSTANTS: Final[dict[str, bool | float | None]] = {
    "true": True, "false": False, "null": None, "NaN": float("nan"), "Infinity": float("inf"),
}  # fmt: skip
_BINDING: Final = (("||",), ("&&",), ("==", "!="), ("<", "<=", ">", ">="))


def parse(source: str) -> Tree:
    """The tree of one expression.

    Raises:
        InvalidError: It is none; the cause is worded as GitHub words it.
    """
    if len(source) > MOST_LETTERS:
        raise InvalidError(f"Exceeded max expression length {MOST_LETTERS}")
    return _Parser(source).whole()


def walk(tree: Tree) -> Iterator[Tree]:
    """The tree and everything below."""
    yield tree
    below: tuple[Tree, ...] = ()
    if isinstance(tree, Member):
        below = (tree.of, tree.index)
    elif isinstance(tree, Every):
        below = (tree.of,)
    elif isinstance(tree, Called):
        below = tree.arguments
    elif isinstance(tree, Operation):
        below = tree.operands
    for each in below:
        yield from walk(each)


class _Parser:
    def __init__(self, source: str) -> None:
        self._source = source
        self._depth = 0
        self._tokens = [*self._cut()]
        self._at = 0

    def whole(self) -> Tree:
        if not self._tokens:
            raise InvalidError("An expression was expected")
        tree = self._binary(0)
        if self._at < len(self._tokens):
            raise self._unexpected()
        return tree

    def _cut(self) -> Iterator[tuple[str, str, int]]:
        position, end = 0, len(self._source.rstrip())
        while position < end:
            found = _TOKEN.match(self._source, position)
            if found is None or found.lastgroup is None:
                start = position + len(self._source[position:]) - len(self._source[position:].lstrip())
                raise self._wrong("Unexpected symbol", self._source[start:].split()[0], start)
            kind = found.lastgroup
            yield kind, found.group(kind), found.start(kind)
            position = found.end()

    def _binary(self, rank: int) -> Tree:
        if rank == len(_BINDING):
            return self._negated()
        self._depth += 1
        if self._depth > MOST_DEPTH * len(_BINDING):
            raise InvalidError(f"Exceeded max expression depth {MOST_DEPTH}")
        tree = self._binary(rank + 1)
        while self._next() in _BINDING[rank]:
            operator = self._take()
            tree = Operation(operator, (tree, self._binary(rank + 1)))
        self._depth -= 1
        return tree

    def _negated(self) -> Tree:
        count = 0
        while self._next() == "!":
            self._take()
            count += 1
        tree = self._reached()
        return tree if not count else Operation("!" if count % 2 else "!!", (tree,))

    def _reached(self) -> Tree:
        tree = self._primary()
        while self._next() in (".", "["):
            if self._take() == "[":
                if self._next() == "*":
                    self._take()
                    tree = Every(tree)
                else:
                    tree = Member(tree, self._binary(0))
                self._expect("]")
            elif self._next() == "*":
                self._take()
                tree = Every(tree)
            else:
                tree = Member(tree, Literal(self._word()))
        return tree

    def _primary(self) -> Tree:
        kind, token, _ = self._token()
        if (kind, token) == ("sign", "("):
            self._take()
            tree = self._binary(0)
            self._expect(")")
            return tree
        if kind == "sign":
            raise self._unexpected()
        self._take()
        if kind == "string":
            return Literal(token[1:-1].replace("''", "'"))
        if kind == "number":
            return Literal(_number(token))
        if token in _CONSTANTS:
            return Literal(_CONSTANTS[token])
        return self._call(token) if self._next() == "(" else Name(token)

    def _call(self, name: str) -> Tree:
        self._take()
        arguments: list[Tree] = []
        while self._next() != ")":
            if arguments:
                self._expect(",")
            arguments.append(self._binary(0))
        self._take()
        return Called(name, tuple(arguments))

    def _word(self) -> str:
        kind, token, _ = self._token()
        if kind != "word":
            raise self._unexpected()
        return self._take() and token

    def _token(self) -> tuple[str, str, int]:
        if self._at >= len(self._tokens):
            raise InvalidError(f"Unexpected end of expression: {self._source.strip()}")
        return self._tokens[self._at]

    def _next(self) -> str:
        if self._at >= len(self._tokens) or self._tokens[self._at][0] == "string":
            return ""
        return self._tokens[self._at][1]

    def _take(self) -> str:
        self._at += 1
        return self._tokens[self._at - 1][1]

    def _expect(self, sign: str) -> None:
        if self._token()[1] != sign:
            raise self._unexpected()
        self._take()

    def _unexpected(self) -> InvalidError:
        _, token, position = self._token()
        return self._wrong("Unexpected symbol", token, position)

    def _wrong(self, what: str, token: str, position: int) -> InvalidError:
        return InvalidError(
            f"{what}: '{token}'. Located at position {position + 1} within expression: {self._source.strip()}"
        )


def _number(token: str) -> float:
    sign = -1.0 if token.startswith("-") else 1.0
    digits = token.lstrip("+-")
    if digits[:2] in ("0x", "0o"):
        if len(digits) > _MOST_DIGITS:
            raise InvalidError(f"Unexpected number of more than {_MOST_DIGITS} digits")
        return sign * int(digits, 0)
    return sign * float(digits)
