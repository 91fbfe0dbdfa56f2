"""The options of another tool's file: each is read, or passed over with a reason; what is left over is said too.

Nothing is lost silently: :meth:`Options.rest` remarks on every key that nobody asked for.
"""

from __future__ import annotations

import configparser
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeVar

from tagboat.config.dialects.sources import Source, dotted
from tagboat.config.document import text_of
from tagboat.config.planning import Remark
from tagboat.errors import ConfigError

_TRUE = frozenset({"1", "on", "true", "yes"})
_BLANKS = re.compile(r"\S[ \t]{100}")
_T = TypeVar("_T")


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
