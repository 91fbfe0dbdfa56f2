"""Lock files that list the component itself: its version there changes with the release.

What each tool writes was seen in real files:

- ``uv.lock`` lists every member of a workspace, with a ``source`` that is ``editable``, ``virtual``, ``directory`` or
  ``workspace``; a member whose version is dynamic has no ``version`` (uv 0.13). Members that depend on it name no version.
- ``poetry.lock``, ``pdm.lock`` and ``pylock.toml`` never list the project itself, and another one only as a folder.
- ``pixi.lock`` lists a local package by its path. Up to 2025 with a hash of its ``pyproject.toml``, which only pixi can
  make again: such an entry is left alone, and said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from tagboat.config.document import inner, parse
from tagboat.errors import ConfigError
from tagboat.planner.edits.spots import REMEDY, Found, Source, Spot, Words

NAMES = ("uv.lock", "poetry.lock", "pdm.lock", "pylock.toml", "pixi.lock")
_LOCAL = ("editable", "virtual", "directory", "workspace")
_HEADER = re.compile(r"^\[\[(?:package|packages)\]\][ \t]*\r?$", re.MULTILINE)
_OTHER = re.compile(r"^\[{1,2}(?!\[|package\.|packages\.)", re.MULTILINE)
_VERSION = re.compile(r"""^version[ \t]*=[ \t]*(["'])([^"'\r\n]*)\1""", re.MULTILINE)
_PIXI = re.compile(r"^- pypi: (?![a-z+]+://)[^\n]*\n(?:  [^\n]*+\n?)*+", re.MULTILINE)


def is_lock(path: str) -> bool:
    """Whether a file's name is that of a lock file."""
    name = path.rpartition("/")[2]
    return name in NAMES or (name.startswith("pylock.") and name.endswith(".toml"))


def lock_spots(source: Source, distribution: str, words: Words) -> Found:
    """Find the version of ``distribution`` in a lock file; nothing when the lock does not list it as a local project.

    Raises:
        ConfigError: the file cannot be read, or lists it twice.
    """
    search = _pixi if source.path.endswith("pixi.lock") else _toml
    spots: list[Spot] = []
    why = f"{source.path} does not list {distribution}"
    for start, end, reason in search(source, distribution):
        if reason:
            why = reason
        else:
            spots.append(source.spot(start, end, words.version))
    if len({source.data[spot.start : spot.end] for spot in spots}) > 1:
        raise ConfigError(f"{source.path} lists {distribution} with different versions", remedy=REMEDY)
    return Found(tuple(spots), why)


def _toml(source: Source, distribution: str) -> Iterator[tuple[int, int, str]]:
    """Yield the version of each entry; only the entries of this name are parsed, because a lock can be long."""
    name = re.compile(
        rf"""^name[ \t]*=[ \t]*["']{_spelled(distribution)}["']""", re.MULTILINE | re.IGNORECASE
    )
    for edge in _edge(distribution).finditer(source.text):
        yield *edge.span(1), ""
    for start, end in _entries(source):
        if not name.search(source.text, start, end):
            continue
        entry = _entry(source, start, end)
        if not _is_local(entry):
            continue
        version = _VERSION.search(source.text, start, end)
        if version is None or entry.get("version") != version[2]:
            yield 0, 0, f"{source.place(start)}: the entry of {distribution} has no version"
        else:
            yield *version.span(2), ""


def _edge(distribution: str) -> re.Pattern[str]:
    """Return what uv writes for a dependency on a local package when the lock knows another one of that name too."""
    sources = "|".join(_LOCAL)
    return re.compile(
        rf'\{{ name = "{_spelled(distribution)}", version = "([^"\r\n]*)", source = \{{ (?:{sources}) = ',
        re.IGNORECASE,
    )


def _entries(source: Source) -> Iterator[tuple[int, int]]:
    text = source.text
    starts = [match.start() for match in _HEADER.finditer(text)]
    if ('"""' in text or "'''" in text) and len(starts) != _counted(source):
        raise ConfigError(f"{source.path}: texts of several lines look like entries", remedy=REMEDY)
    for start, following in pairwise([*starts, len(text)]):
        other = _OTHER.search(text, text.find("\n", start, following) + 1, following)
        yield start, other.start() if other else following


def _counted(source: Source) -> int:
    table = parse(source.path, source.data[source.mark :])
    return sum(len(rows) for key in ("package", "packages") if isinstance(rows := table.get(key), list))


def _entry(source: Source, start: int, end: int) -> dict[str, object]:
    import tomllib  # noqa: PLC0415

    try:
        tables = tomllib.loads(source.text[start:end])
    except (ValueError, RecursionError):
        raise ConfigError(f"{source.place(start)}: the entry cannot be read as TOML", remedy=REMEDY) from None
    rows = tables.get("package", tables.get("packages", []))
    return dict(rows[0])


def _is_local(entry: dict[str, object]) -> bool:
    told = entry.get("source")
    if isinstance(told, dict):
        return any(key in told for key in _LOCAL) or told.get("type") == "directory"
    return "directory" in entry or ("path" in entry and "url" not in entry) or bool(inner(entry, "directory"))


def _pixi(source: Source, distribution: str) -> Iterator[tuple[int, int, str]]:
    name = re.compile(rf"^  name: {_spelled(distribution)}[ \t]*\r?$", re.MULTILINE | re.IGNORECASE)
    version = re.compile(r"^  version: *([^\s#'\"]+)[ \t]*\r?$", re.MULTILINE)
    for entry in _PIXI.finditer(source.text):
        if not name.search(entry[0]):
            continue
        if re.search(r"^  sha256:", entry[0], re.MULTILINE):
            yield (
                0,
                0,
                f"{source.place(entry.start())}: has a hash of the project; run pixi lock after the edit",
            )
        elif (there := version.search(entry[0])) is not None:
            yield entry.start() + there.start(1), entry.start() + there.end(1), ""
        else:
            yield 0, 0, f"{source.place(entry.start())}: the entry of {distribution} has no version"


def _spelled(distribution: str) -> str:
    """Return an expression for all spellings of a name that are the same to PEP 503."""
    return r"[-_.]+".join(re.escape(part) for part in re.split(r"[-_.]+", distribution))
