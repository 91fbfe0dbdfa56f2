"""Files by patterns, as GitHub's actions find them: ``*``, ``?``, ``**``, ``!`` in front, folders with all below them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tagboat.errors import StepFailedError

MOST_FILES: Final = 100_000


@dataclass(frozen=True, slots=True)
class Found:
    """The files in order, and the folder that their names in an artifact are relative to."""

    root: Path
    files: list[Path]


def find(folder: Path, patterns: Sequence[str], *, hidden: bool = False) -> Found:
    """What the patterns match below ``folder`` (or at their absolute places).

    A single file is relative to its own folder; several are relative to what the patterns' fixed beginnings have in
    common. Without ``hidden``, files and folders that begin with a dot are left out, unless a pattern names them.

    Raises:
        StepFailedError: A pattern is none, or there are too many files.
    """
    taken: dict[Path, None] = {}
    starts: list[Path] = []
    for line in (line.strip() for pattern in patterns for line in pattern.splitlines()):
        if not line or line.startswith("#"):
            continue
        negative = line.startswith("!")
        start, match = _compiled(folder, line.lstrip("!"))
        if negative:
            taken = {path: None for path in taken if not match.fullmatch(str(path))}
            continue
        starts.append(start)
        for path in _below(start, hidden=hidden):
            if match.fullmatch(str(path)):
                taken[path] = None
    files = sorted(taken)
    if len(starts) == 1 and files == [starts[0]]:
        return Found(starts[0].parent, files)
    roots = [start.parent if start.is_file() else start for start in starts]
    return Found(Path(os.path.commonpath(roots)) if roots else folder, files)


def _compiled(folder: Path, pattern: str) -> tuple[Path, re.Pattern[str]]:
    whole = os.path.normpath(folder / os.path.expanduser(pattern))  # noqa: PTH111 - text with wildcards, no path yet
    parts = Path(whole).parts
    fixed = next((at for at, part in enumerate(parts) if re.search(r"[*?\[]", part)), len(parts))
    pieces = [_piece(part) for part in parts[fixed:]]
    start = Path(*parts[:fixed])
    tail = "".join("(?:/.*)?" if piece is None else f"/{piece}" for piece in pieces)
    try:
        return start, re.compile(re.escape(str(start)).rstrip("/") + tail + r"(?:/.*)?", re.DOTALL)
    except re.error as problem:
        raise StepFailedError(f"the pattern {pattern} is none: {problem}") from problem


def _piece(part: str) -> str | None:
    """A component as a regular expression; None for ``**``."""
    if part == "**":
        return None
    made = re.escape(part).replace(r"\*", "[^/]*").replace(r"\?", "[^/]")
    return re.sub(
        r"\\\[((?:[^\]\\]|\\.)+)\\\]", lambda found: f"[{found.group(1)}]".replace(r"\-", "-"), made
    )


def _below(start: Path, *, hidden: bool) -> Iterator[Path]:
    if start.is_file():
        yield start
        return
    count = 0
    for place, folders, names in os.walk(start):
        if not hidden:
            folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            if not hidden and name.startswith("."):
                continue
            path = Path(place) / name
            # Not a pipe, a socket, or a link that leads nowhere.
            if path.is_file():
                count += 1
                if count > MOST_FILES:
                    raise StepFailedError(f"{start}: more than {MOST_FILES} files")
                yield path
