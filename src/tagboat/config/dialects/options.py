"""The options of another tool's file: each is read, or passed over with a reason; what is left over is said too.

Nothing is lost silently: :meth:`Options.rest` remarks on every key that nobody asked for.
"""

from __future__ import annotations

import configparser
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from tagboat.config.document import text_of
from tagboat.config.planning import Remark
from tagboat.errors import ConfigError

_PLAIN = re.compile(r"[\w-]+", re.ASCII)
_TRUE = frozenset({"1", "on", "true", "yes"})
_BLANKS = re.compile(r"\S[ \t]{100}")
_SHOWN = 50
_FOUND = 200
"""For so many mistakes the lines are looked for; a file with more has not been written by hand."""
_T = TypeVar("_T")


@dataclass(slots=True)
class Source:
    """A file that is being read, with what is to be said about it.

    Attributes:
        file: its path, relative to the root.
        text: its content.
        remarks: what is not carried over.
        mistakes: line and ``file:line: key: what is wrong``.
        origins: value → place, for :attr:`tagboat.config.planning.Planning.origins`.
        names: key → how the file spells it, where that is otherwise.
    """

    file: str
    text: str
    remarks: list[Remark] = field(default_factory=list)
    mistakes: list[tuple[int, str]] = field(default_factory=list)
    origins: dict[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    _lines: Mapping[tuple[str | int, ...], int] | None = None

    def mistake(self, path: Sequence[str | int], said: str) -> None:
        """Note that what stands under ``path`` is wrong."""
        path = [self.names.get(part, part) if isinstance(part, str) else part for part in path]
        line = self._line(path) if len(self.mistakes) < _FOUND else 1
        self.mistakes.append((line, f"{self.file}:{line}: {dotted(path)}: {said}"))

    def settle(self) -> None:
        """End the reading.

        Raises:
            ConfigError: there are mistakes; all of them are told.
        """
        settle(self)

    def _line(self, path: Sequence[str | int]) -> int:
        if self.file.endswith((".toml", ".json", ".yml", ".yaml")):
            if self._lines is None:
                self._lines = _lines_of(self.file, self.text)
            whole = tuple(path)
            while whole and whole not in self._lines:
                whole = whole[:-1]
            return self._lines.get(whole, 1)
        return _ini_line(self.text, [str(part) for part in path])


def settle(*sources: Source) -> None:
    """End the reading of files that belong together.

    Raises:
        ConfigError: there are mistakes; all of them are told.
    """
    rows = [said for source in sources for _, said in sorted(set(source.mistakes))]
    if rows:
        shown = rows[:_SHOWN] + ([f"... and {len(rows) - _SHOWN} more"] if len(rows) > _SHOWN else [])
        cause = rows[0] if len(rows) == 1 else f"{len(rows)} mistakes:\n" + "\n".join(shown)
        raise ConfigError(cause, remedy="correct the lines named; the tool itself would refuse them too")


def _lines_of(file: str, text: str) -> Mapping[tuple[str | int, ...], int]:
    """Return path → line; it is imported here, because only a broken file needs it."""
    if file.endswith(".toml"):
        from tagboat.config.places import places  # noqa: PLC0415

        return places(text)
    from tagboat.config.data_places import json_places, yaml_places  # noqa: PLC0415

    return json_places(text) if file.endswith(".json") else yaml_places(text)


class Options:
    """One table of options.

    Attributes:
        source: the file that it stands in.
        path: the keys that lead to it.
    """

    def __init__(self, source: Source, path: Sequence[str | int], table: Mapping[str, Any]) -> None:
        self.source = source
        self.path = tuple(path)
        self._table = table
        self._seen: set[str] = set()

    def __contains__(self, key: str) -> bool:
        return key in self._table

    def names(self) -> tuple[str, ...]:
        """Return the options that are there, in the file's order."""
        return tuple(self._table)

    def place(self, key: str = "") -> str:
        """Return where an option stands, for people: ``pyproject.toml: [tool.bumpver] current_version``."""
        return f"{self.source.file}: [{dotted(self.path)}] {dotted([key]) if key else ''}".rstrip()

    def peek(self, key: str) -> object:
        """Return what stands under a key, whatever it is, without having read it."""
        return self._table.get(key)

    def said(self, value: str, key: str) -> None:
        """Note that a value of the rules comes from an option."""
        self.source.origins[value] = self.place(key)

    def text(self, key: str, default: str = "") -> str:
        """Return the text of an option."""
        value = self._get(key)
        if value is None or isinstance(value, str):
            return default if value is None else value
        return self._wrong(key, "must be text", default)

    def flag(self, key: str, default: bool = False) -> bool:
        """Return whether an option is on; INI files spell that as words."""
        value = self._get(key)
        if value is None or isinstance(value, bool):
            return default if value is None else value
        if isinstance(value, str) and not self.source.file.endswith(".toml"):
            return value.strip().lower() in _TRUE
        return self._wrong(key, "must be true or false", default)

    def texts(self, key: str) -> tuple[str, ...]:
        """Return the texts of a list; one text is a list of one."""
        value = self._get(key)
        if isinstance(value, str):
            return (value,)
        if value is None:
            return ()
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            return tuple(value)
        return self._wrong(key, "must be a list of texts", ())

    def words(self, key: str) -> tuple[str, ...]:
        """Return the items of a list as texts, whatever they are; one item is a list of one."""
        value = self._get(key)
        items = value if isinstance(value, list) else [] if value is None else [value]
        return tuple(map(str, items))

    def table(self, key: str) -> Options:
        """Return the options of an inner table; none when there is no such table."""
        value = self._get(key)
        if value is not None and not isinstance(value, dict):
            value = self._wrong(key, "must be a table", {})
        return Options(self.source, (*self.path, key), value or {})

    def tables(self, key: str) -> Iterator[Options]:
        """Yield the options of each table of a list."""
        value = self._get(key)
        if value is None:
            return
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            self._wrong(key, "must be a list of tables", None)
            return
        for index, item in enumerate(value):
            yield Options(self.source, (*self.path, key, index), item)

    def beside(self, reasons: Mapping[str, str]) -> None:
        """Remark on the options that have nothing to do with planning: option → why."""
        for key in self._table:
            if key in reasons:
                self.remark(key, reasons[key], applies=False)

    def lost(self, reasons: Mapping[str, str]) -> None:
        """Remark on the options that would matter and have no counterpart: option → why."""
        for key in self._table:
            if key in reasons:
                self.remark(key, reasons[key])

    def remark(self, key: str, text: str, *, applies: bool = True) -> None:
        """Say why an option is not carried over; "" is the table itself."""
        self._seen.add(key)
        self.source.remarks.append(Remark(self.place(key), text, applies))

    def rest(self, tool: str) -> None:
        """Remark on every option that nobody asked for."""
        for key in self._table:
            if key not in self._seen:
                self.remark(key, f"no option that {tool} is known to have")

    def _get(self, key: str) -> Any:
        self._seen.add(key)
        return self._table.get(key)

    def _wrong(self, key: str, said: str, default: _T) -> _T:
        self.source.mistake((*self.path, key), said)
        return default


def dotted(path: Sequence[str | int]) -> str:
    """Return the keys of a path as TOML writes them."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            text += "." + (part if _PLAIN.fullmatch(part) or ":" in part or "(" in part else ascii(part))[:80]
    return text.removeprefix(".")


def ini_of(file: str, data: bytes) -> configparser.RawConfigParser:
    """Return what an INI file holds, its keys spelled as they are.

    Raises:
        ConfigError: it cannot be read, or lies beyond the bounds.
    """
    text = text_of(file, data)
    blanks = _BLANKS.search(text)
    if blanks is not None:  # the standard parser takes quadratic time for them
        line = text.count("\n", 0, blanks.start()) + 1
        raise ConfigError(f"{file}:{line}: more than 100 blanks in a row", remedy="shorten the line")
    parser = configparser.RawConfigParser(strict=False)
    parser.optionxform = str  # type: ignore[assignment, method-assign]  # the documented way
    try:
        parser.read_string(text, source=file)
    except configparser.MissingSectionHeaderError as error:
        raise ConfigError(f"{file}:{error.lineno}: no section header before this line", remedy=_INI) from None
    except configparser.ParsingError as error:
        line = error.errors[0][0] if error.errors else 1
        raise ConfigError(f"{file}:{line}: neither a section nor an option", remedy=_INI) from None
    return parser


_INI = "correct the file; its form is that of Python's configparser"


def _ini_line(text: str, path: Sequence[str]) -> int:
    header, key = f"[{path[0]}]" if path else "", path[-1] if len(path) > 1 else ""
    inside, found = False, 1
    for number, line in enumerate(text.split("\n"), 1):
        if line.startswith("["):
            inside = line.strip() == header
            found = number if inside else found
        elif inside and key and re.split("[=:]", line, maxsplit=1)[0].strip() == key:
            return number
    return found
