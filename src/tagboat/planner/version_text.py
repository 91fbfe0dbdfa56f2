"""Versions in the bytes of a file: each search returns the spans (start, end) of the texts between the quotes.

A span is only returned when what it holds is a version by PEP 440, and really stands there.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from packaging.version import InvalidVersion, Version

from tagboat.config.places import Path, texts
from tagboat.config.project import statements
from tagboat.planner.version_python import Span, literals, setup_keyword


@dataclass(frozen=True, slots=True)
class VersionPlace:
    """Where a file holds a version.

    Attributes:
        file: the file's path in the tree.
        line: its line, counted from 1.
        start: the offset of its first byte in the file.
        end: the offset behind its last byte.
        version: what stands there.
    """

    file: str
    line: int
    start: int
    end: int
    version: str

    @classmethod
    def of(cls, data: bytes, start: int, end: int) -> VersionPlace:
        """Describe a span of a file that has no name yet."""
        return cls("", data.count(b"\n", 0, start) + 1, start, end, data[start:end].decode())


def toml_value(data: bytes, path: tuple[str, ...]) -> list[Span]:
    """Find the value of a key in a TOML file."""
    mark = 3 if data.startswith(b"\xef\xbb\xbf") else 0
    text = data[mark:].decode()
    span = _texts(text).get(path)
    start, end = _in_bytes(text, *span) if span else (0, 0)
    return _versions(data, [(start + mark, end + mark)] if span else [])


@lru_cache(maxsize=2)  # several keys of one file are asked for
def _texts(text: str) -> Mapping[Path, tuple[int, int]]:
    return texts(text)


def cfg_value(data: bytes, value: str) -> list[Span]:
    """Find the version in ``[metadata]`` of a ``setup.cfg``."""
    start = re.search(rb"^\[metadata\]", data, re.MULTILINE)
    if start is None:
        return []
    following = re.compile(rb"^\[", re.MULTILINE).search(data, start.end())
    end = following.start() if following else len(data)
    pattern = re.compile(
        rb"^version[ \t]*[=:][ \t]*(?:\r?\n[ \t]+)?(" + re.escape(value.encode()) + rb")[ \t]*\r?$",
        re.MULTILINE | re.IGNORECASE,
    )
    return _versions(data, (match.span(1) for match in pattern.finditer(data, start.end(), end)))


def whole_text(data: bytes) -> list[Span]:
    """Find the version in a file that holds nothing else."""
    text = data.strip()
    start = data.find(text)
    return _versions(data, [(start, start + len(text))])


def assigned(data: bytes, names: Iterable[str]) -> list[Span]:
    """Find the literals that a Python module assigns to one of these names."""
    found = [literal for literal in literals(data, names) if not literal.many]
    # Below a try or an if there often is what holds when the package is not installed: "0.0.0".
    top = [literal for literal in found if not literal.nested]
    first = top or [literal for literal in found if not is_stand_in(literal.values[0])]
    return _versions(data, (span for literal in first for span in literal.spans))


def given_to_setup(data: bytes) -> list[Span]:
    """Find the version that a ``setup.py`` gives to ``setup()`` as a literal, or by a constant of its module."""
    return _versions(data, setup_keyword(data, "version"))


def imported_from(data: bytes, name: str) -> str | None:
    """Return the module beside this one that it imports ``name`` from, as in ``from .version import __version__``."""
    for node in statements(data):
        match node:
            case ast.ImportFrom(module=str(module), level=1, names=names) if "." not in module:
                if any(alias.name == name and alias.asname in {None, name} for alias in names):
                    return module
            case _:
                pass
    return None


def named_texts(data: bytes) -> frozenset[str]:
    """Return all texts that a Python module holds as literals: among them the files that it reads."""
    module = ast.Module(statements(data), [])
    return frozenset(
        node.value
        for node in ast.walk(module)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


def _in_bytes(text: str, start: int, end: int) -> Span:
    return len(text[:start].encode()), len(text[:end].encode())


def _versions(data: bytes, spans: Iterable[Span]) -> list[Span]:
    return [(start, end) for start, end in spans if _is_version(data[start:end])]


def is_stand_in(text: str) -> bool:
    """Whether a version is one like ``0.0.0`` or ``0+unknown``, which a build replaces."""
    return _is_version(text.encode()) and not any(Version(text).release)


def _is_version(text: bytes) -> bool:
    try:
        Version(text.decode("ascii"))
    except (InvalidVersion, UnicodeDecodeError):
        return False
    return True
