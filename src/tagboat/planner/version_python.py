"""Literals of a Python module that can hold a version, by name and to the byte, without running anything.

Read at the module's own level, below its ``if``, ``try`` and ``with`` too: ``__version__ = "1.2"``, with an annotation, in a
chain (``version = __version__ = "1.2"``), and tuples or lists of numbers (``VERSION = (1, 2, 3)``).
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise

from tagboat.config.document import LIMIT
from tagboat.config.project import keyword_literal, setup_calls, statements

Span = tuple[int, int]

_LONG = 10_000  # no person writes a line this long
_BREAK = re.compile(r"\r\n|\r|\n")
_QUOTED = re.compile(r"""[uUrR]?("{3}|'{3}|"|')([^"'\\\n]*)\1""")


@dataclass(frozen=True, slots=True)
class Literal:
    """A name's value, written down in the module.

    Attributes:
        name: the name.
        line: the line of the value, counted from 1.
        values: what stands there: one text, or the elements of a tuple.
        spans: where each of them stands, in bytes of the file; of a text, between the quotes. Empty when they are not
            plain literals in one line.
        many: whether it is a tuple or a list.
        nested: whether it stands below an ``if``, ``try`` or ``with``.
    """

    name: str
    line: int
    values: tuple[str, ...]
    spans: tuple[Span, ...]
    many: bool = False
    nested: bool = False


def literals(data: bytes, names: Iterable[str]) -> list[Literal]:
    """Return the literals that the module assigns to these names, in the file's order; none when it is no Python."""
    wanted = frozenset(names)
    source = _Source.of(data)
    if source is None:
        return []
    body = statements(source.text)
    top = {id(node.value) for node in body if isinstance(node, ast.Assign | ast.AnnAssign)}
    return [
        replace(literal, nested=id(node) not in top)
        for name, node in _assigned(body)
        if name in wanted and (literal := _literal(source, name, node)) is not None
    ]


def computed(data: bytes, name: str) -> int | None:
    """Return the line that assigns something else than a literal to ``name``, or None."""
    source = _Source.of(data)
    known = (
        (node.lineno for given, node in _assigned(statements(source.text)) if given == name) if source else ()
    )
    return next(iter(known), None)


def setup_keyword(data: bytes, keyword: str) -> list[Span]:
    """Find the literal, or the constant of the module, that a ``setup.py`` gives to ``setup()``."""
    source = _Source.of(data)
    if source is None:
        return []
    constants = [(name, node) for name, node in _assigned(statements(source.text)) if _text(node) is not None]
    spans: list[Span | None] = []
    for call, known in setup_calls(source.text)[:10]:
        for given in call.keywords:
            if given.arg != keyword or keyword_literal(call, known, keyword) is None:
                continue
            match given.value:
                case ast.Constant() as node:
                    spans.append(source.span(node))
                case ast.Name(id=wanted):
                    spans.extend(source.span(node) for name, node in constants if name == wanted)
                case _:
                    pass
    return [span for span in spans if span is not None]


def _literal(source: _Source, name: str, node: ast.expr) -> Literal | None:
    many = isinstance(node, ast.Tuple | ast.List)
    parts = node.elts if isinstance(node, ast.Tuple | ast.List) else [node]
    texts = tuple(text for part in parts if (text := _text(part)) is not None)
    if not texts or len(texts) != len(parts):
        return None
    if not many and not (isinstance(node, ast.Constant) and isinstance(node.value, str)):
        return None
    spans = tuple(span for part in parts if (span := source.span(part)) is not None)
    return Literal(name, node.lineno, texts, spans if len(spans) == len(parts) else (), many)


def _assigned(body: list[ast.stmt]) -> Iterator[tuple[str, ast.expr]]:
    waiting = list(reversed(body))
    while waiting:
        node = waiting.pop()
        match node:
            case ast.Assign(targets=targets, value=value):
                for target in targets:
                    if isinstance(target, ast.Name):
                        yield target.id, value
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                yield name, value
            case ast.If(body=first, orelse=last) | ast.Try(body=first, orelse=last):
                handlers = node.handlers if isinstance(node, ast.Try) else []
                inside = [*first, *(line for handler in handlers for line in handler.body), *last]
                waiting.extend(reversed(inside))
            case ast.With(body=first):
                waiting.extend(reversed(first))
            case _:
                pass


def _text(node: ast.expr) -> str | None:
    match node:
        case ast.Constant(value=bool()):
            return None
        case ast.Constant(value=str(value)):
            return value
        case ast.Constant(value=int(value)) if 0 <= value < 10**18:
            return str(value)
        case _:
            return None


@dataclass(frozen=True, slots=True)
class _Source:
    """A module's text in the encoding that it declares (PEP 263), and the way back to its bytes."""

    text: str
    encoding: str
    lines: tuple[int, ...]
    offsets: tuple[int, ...]

    @classmethod
    def of(cls, data: bytes) -> _Source | None:
        import io  # noqa: PLC0415
        import tokenize  # noqa: PLC0415

        if len(data) > LIMIT:
            return None
        try:
            ended = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
            encoding, _ = tokenize.detect_encoding(io.BytesIO(ended).readline)
            mark = 3 if encoding == "utf-8-sig" else 0
            encoding = "utf-8" if mark else encoding
            text = data[mark:].decode(encoding)
            if text.encode(encoding) != data[mark:]:
                return None
        except (SyntaxError, UnicodeError, LookupError):
            return None
        lines = (0, *(match.end() for match in _BREAK.finditer(text)), len(text))
        sizes = (len(text[start:end].encode(encoding)) for start, end in pairwise(lines))
        return cls(text, encoding, lines, tuple(accumulate(sizes, initial=mark)))

    def span(self, node: ast.expr) -> Span | None:
        """Return where a number's digits or a text between its quotes stand; None when it is written otherwise."""
        value = _text(node)
        if value is None or node.lineno >= len(self.lines):
            return None
        first, last = self.lines[node.lineno - 1 : node.lineno + 1]
        if last - first > _LONG:
            return None
        line = self.text[first:last]
        start = len(line.encode()[: node.col_offset].decode())
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            quoted = _QUOTED.match(line, start)
            start = quoted.start(2) if quoted and quoted[2] == value else last
        if not line.startswith(value, start):
            return None
        offset = self.offsets[node.lineno - 1] + len(line[:start].encode(self.encoding))
        return offset, offset + len(value.encode(self.encoding))
