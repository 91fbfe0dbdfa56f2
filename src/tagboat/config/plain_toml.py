"""Plain TOML read without ``tomllib``, whose import takes a tenth of a plan; everything else, right or wrong, is left to it.

Plain is a file of tables under bare names, and of bare keys with a text on one line and without an escape, a small number,
``true``, ``false``, or a list of such texts; comments have lines of their own. What is read here is read to the same there.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

_DIGITS: Final = 15


def plain_table(text: str) -> dict[str, Any] | None:
    """Return the table that a plain file holds, or None for a file that ``tomllib`` has to read.

    Args:
        text: the whole file.
    """
    if not text.replace("\n", " ").replace("\t", " ").isprintable():
        return None
    whole: dict[str, Any] = {}
    opened: set[str] = set()
    table: dict[str, Any] | None = whole
    lines = map(str.strip, text.split("\n"))
    for line in lines:
        if not line or line.startswith("#"):
            continue
        if line.startswith("["):
            table = _opened(whole, line, opened)
            if table is None:
                return None
            continue
        key, _, said = line.partition("=")
        key, said = key.strip(), said.strip()
        value = _list(said, lines) if said.startswith("[") else _value(said)
        if value is None or table is None or not _bare(key) or key in table:
            return None
        table[key] = value
    return whole


def _opened(whole: dict[str, Any], line: str, opened: set[str]) -> dict[str, Any] | None:
    """Return the table that a line like ``[tool.acme]`` begins; None when it is another line, or comes again."""
    names = [name.strip() for name in line[1:-1].split(".")]
    path = ".".join(names)
    if not line.endswith("]") or path in opened:
        return None
    opened.add(path)
    table = whole
    for name in names:
        inner = table.setdefault(name, {})
        if not _bare(name) or not isinstance(inner, dict):
            return None
        table = inner
    return table


def _value(said: str) -> str | int | bool | None:
    quote, inner = said[:1], said[1:-1]
    if quote in {'"', "'"} and len(said) > 1 and said.endswith(quote):
        return None if quote in inner or (quote == '"' and "\\" in inner) else inner
    if said in {"true", "false"}:
        return said == "true"
    if said.isascii() and said.isdigit() and len(said) <= _DIGITS and (quote != "0" or said == "0"):
        return int(said)
    return None


def _list(said: str, lines: Iterator[str]) -> list[str] | None:
    """Return a list of texts that begins with ``said`` and may go on for some lines."""
    rows = [said]
    while not rows[-1].endswith("]"):
        line = next(lines, None)
        if line is None:
            return None
        rows.append(line)
    whole = "\n".join(rows)
    last = len(whole) - 1
    found: list[str] = []
    place = _past_blanks(whole, 1)
    while place != last:
        quote = whole[place]
        end = whole.find(quote, place + 1) if quote in {'"', "'"} else -1
        inner = whole[place + 1 : end]
        if end < 0 or "\n" in inner or (quote == '"' and "\\" in inner):
            return None
        if whole[end + 1] == quote:  # a text of several lines
            return None
        found.append(inner)
        place = _past_blanks(whole, end + 1)
        if whole[place] == ",":
            place = _past_blanks(whole, place + 1)
        elif place != last:
            return None
    return found


def _past_blanks(whole: str, place: int) -> int:
    """Return where the next sign stands; the bracket at the end is one."""
    while whole[place].isspace():
        place += 1
    return place


def _bare(name: str) -> bool:
    return name.isascii() and name.replace("-", "a").replace("_", "a").isalnum()
