"""A file of another tool that is being read: its mistakes with their lines, told all at once, and what is to be said about it.

Every plan of a repository with such a file loads this, so it imports nothing that is slow.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from tagboat.config.planning import Remark
from tagboat.errors import ConfigError

_PLAIN = re.compile(r"[\w-]+", re.ASCII)
_SHOWN = 50
_FOUND = 200
"""For so many mistakes the lines are looked for; a file with more has not been written by hand."""


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

    def __init__(self, file: str, text: str, names: Mapping[str, str] | None = None) -> None:
        self.file = file
        self.text = text
        self.names = names or {}
        self.remarks: list[Remark] = []
        self.mistakes: list[tuple[int, str]] = []
        self.origins: dict[str, str] = {}
        self._lines: Mapping[tuple[str | int, ...], int] | None = None

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


def dotted(path: Sequence[str | int]) -> str:
    """Return the keys of a path as TOML writes them."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            text += "." + (part if _PLAIN.fullmatch(part) or ":" in part or "(" in part else ascii(part))[:80]
    return text.removeprefix(".")


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
