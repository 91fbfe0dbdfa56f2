"""Mistakes of a configuration: each with its file, line, key and what is wrong, and all of them in one error."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tagboat.config.places import Path, places
from tagboat.errors import ConfigError

_SHOWN = 100
_KEY = 80


@dataclass(frozen=True, slots=True)
class Mistake:
    """One mistake: the path of its key below the configuration's own table, and what is wrong there."""

    path: Path
    said: str


def refusal(file: str, text: str, root: Path, mistakes: Iterable[Mistake]) -> ConfigError:
    """Return the error that lists all mistakes in the order of the file.

    Args:
        file: the file's name, for people.
        text: its text, to find the lines.
        root: the path of the configuration's own table in the file.
        mistakes: what is wrong.
    """
    lines = places(text)
    rows = sorted({(_line(lines, (*root, *m.path)), _dotted((*root, *m.path)), m.said) for m in mistakes})
    shown = [f"{file}:{line}: {key}: {said}" for line, key, said in rows[:_SHOWN]]
    if len(rows) > _SHOWN:
        shown.append(f"... and {len(rows) - _SHOWN} more")
    cause = shown[0] if len(shown) == 1 else f"{len(rows)} mistakes:\n" + "\n".join(shown)
    return ConfigError(
        cause, remedy="correct the lines named; every key is explained in docs/reference/configuration.md"
    )


def near(word: str, known: Iterable[str]) -> str:
    """Return ``, did you mean '...'?`` when a known word is near, else nothing."""
    close = difflib.get_close_matches(word.lower().replace("_", "-"), list(known), 1, 0.6)
    return f", did you mean '{close[0]}'?" if close else ""


def _line(lines: Mapping[Path, int], path: Path) -> int:
    """Return the line of the key, or of the nearest table around it."""
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 1)


def _dotted(path: Path) -> str:
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        elif re.fullmatch(r"[\w-]+", part, re.ASCII):
            text += f".{part[:_KEY]}"
        else:
            text += f".{ascii(part)[:_KEY]}"
    return text.removeprefix(".")
