"""Where each key of a TOML file stands: the line numbers that ``tomllib`` does not give.

The text is known to be TOML when it comes here, so the scan is lenient: what it does not understand it passes over, and
a key without a place is named without a line.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_left
from collections import Counter

Path = tuple[str | int, ...]

_PIECE = re.compile(
    r'"""(?:[^\\]|\\.)*?"{3,5}(?!")'
    r"|'''.*?'{3,5}(?!')"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'[^'\n]*'"
    r"|\#[^\n]*"
    r"|\n"
    r"|[ \t\r]+"
    r"|[\[\]{}=,.]"
    r"|[^\s\#\"'\[\]{}=,.]+"
    r"|.",
    re.DOTALL,
)


def places(text: str) -> dict[Path, int]:
    """Return the line, counted from 1, of every key, table and list element of a TOML text.

    An element of a list has its index in the path, as in ``("components", "core", "shards", 0, "name")``.
    """
    scan = _Scan(text)
    scan.statements()
    return scan.found


def texts(text: str) -> dict[Path, tuple[int, int]]:
    """Return where the text values of a TOML text stand: from behind the opening quotes to before the closing ones."""
    scan = _Scan(text)
    scan.statements()
    return scan.quoted


class _Scan:
    def __init__(self, text: str) -> None:
        self.found: dict[Path, int] = {}
        self.quoted: dict[Path, tuple[int, int]] = {}
        self._breaks = [match.start() for match in re.finditer("\n", text)]
        self._pieces = [
            (match.group(), match.start())
            for match in _PIECE.finditer(text)
            if match.group()[0] not in " \t\r#"
        ]
        self._next = 0
        self._lists: Counter[Path] = Counter()

    def statements(self) -> None:
        table: Path = ()
        while (piece := self._peek()) is not None:
            if piece == "\n":
                self._next += 1
            elif piece == "[":
                table = self._header()
            else:
                self._pair(table)
                self._skip_to({"\n"})

    def _header(self) -> Path:
        start = self._next
        self._next += 1
        many = self._peek() == "["
        self._next += many
        path = self._resolved(self._key({"]"}), start)
        if many:
            self._lists[path] += 1
            path = (*path, self._lists[path] - 1)
            self._note(path, start)
        self._skip_to({"\n"})
        return path

    def _resolved(self, parts: Path, start: int) -> Path:
        """Insert the index of the newest element wherever the path goes through a list of tables."""
        path: Path = ()
        for part in parts:
            if self._lists[path]:
                path = (*path, self._lists[path] - 1)
            path = (*path, part)
            self._note(path, start)
        return path

    def _pair(self, table: Path) -> None:
        start = self._next
        path = table
        for part in self._key({"="}):
            path = (*path, part)
            self._note(path, start)
        self._next += 1
        self._value(path)

    def _value(self, path: Path) -> None:
        opening = self._peek()
        if opening not in {"[", "{"}:
            self._text(path)
            self._skip_to({"\n", ",", "]", "}"})
            return
        self._next += 1
        index = 0
        while (piece := self._peek()) is not None and piece not in {"]", "}"}:
            if piece in {"\n", ","}:
                self._next += 1
            elif opening == "{":
                self._pair(path)
            else:
                self._note((*path, index), self._next)
                self._value((*path, index))
                index += 1
        self._next += 1

    def _text(self, path: Path) -> None:
        piece, start = self._pieces[self._next] if self._next < len(self._pieces) else ("", 0)
        marks = 3 if piece.startswith(('"""', "'''")) else int(piece.startswith(('"', "'")))
        if marks:
            self.quoted.setdefault(path, (start + marks, start + len(piece) - marks))

    def _key(self, ends: set[str]) -> Path:
        parts: list[str | int] = []
        while (piece := self._peek()) is not None and piece not in ends and piece != "\n":
            if piece != ".":
                parts.append(tomllib.loads(f"k={piece}")["k"] if piece[0] in "\"'" else piece)
            self._next += 1
        return tuple(parts)

    def _skip_to(self, ends: set[str]) -> None:
        while (piece := self._peek()) is not None and piece not in ends:
            self._next += 1

    def _peek(self) -> str | None:
        return self._pieces[self._next][0] if self._next < len(self._pieces) else None

    def _note(self, path: Path, piece: int) -> None:
        self.found.setdefault(path, bisect_left(self._breaks, self._pieces[piece][1]) + 1)
