"""The version in a Python module: a text, or a tuple such as ``VERSION = (1, 2, 3)`` or ``(1, 2, 3, "final", 0)``."""

from __future__ import annotations

from collections.abc import Collection

from packaging.version import InvalidVersion, Version

from tagboat.config.planning import Edit
from tagboat.errors import ConfigError
from tagboat.planner.edits.spots import REMEDY, Found, Source, Spot, Words, twice
from tagboat.planner.version_python import Literal, computed, literals, setup_keyword

_OWN = "__version__"
_OTHERS = ("__version_info__", "version_info", "VERSION", "VERSION_INFO", "version", "version_tuple")
_LONG = {"a": "alpha", "b": "beta", "rc": "candidate", "dev": "dev", "": "final"}
_SHORT = {"a": "a", "b": "b", "rc": "rc", "dev": "dev", "": "final"}
_WORDS = frozenset({*_LONG.values(), *_SHORT.values(), "c", "pre", ""})


def python_spots(source: Source, edit: Edit, words: Words) -> Found:
    """Find the value of the variable ``edit.key``; without one, of ``__version__`` and what goes with it.

    What goes with it is only changed when it holds the last version: ``__version_info__``, ``version_info``,
    ``VERSION``, ``version`` and, in a ``setup.py``, the ``version`` given to ``setup()``, which always counts.

    Raises:
        ConfigError: ``edit.key`` gets a value twice without ``edit.every``, several values of one name differ, or a tuple has no room for the next version.
    """
    if edit.key:
        named = literals(source.data, [edit.key])
        lines = [literal.line for literal in {one.spans: one for one in named if one.spans}.values()]
        if len(lines) > 1 and not edit.every:
            raise twice(source, edit.key, (_offset(source, line) for line in lines))
        return _named(source, edit.key, named, words, edit.date)
    own = _named(source, _OWN, literals(source.data, [_OWN]), words, edit.date)
    spots = list(own.spots)
    if source.path.rpartition("/")[2] == "setup.py":
        spots += [_span(source, span, words, edit.date) for span in setup_keyword(source.data, "version")]
    if not edit.date:
        known = {words.last, *(source.data[spot.start : spot.end].decode("latin-1") for spot in own.spots)}
        spots += beside(source, words, known)
    return Found(tuple(spots), own.why)


def beside(source: Source, words: Words, known: Collection[str]) -> list[Spot]:
    """Find what goes with ``__version__`` and holds one of the versions in ``known``."""
    olds = {version for text in known if (version := version_of(text)) is not None}
    found = [literal for literal in literals(source.data, _OTHERS) if literal.spans]
    spots: list[Spot] = []
    for literal in found:
        if literal.many and _numbers(literal) in {_release(old, len(_numbers(literal))) for old in olds}:
            spots += _tuple(source, literal, words)
        elif not literal.many and version_of(literal.values[0]) in olds:
            spots.append(_span(source, literal.spans[0], words))
    return spots


def version_of(text: str) -> Version | None:
    """Return what a text says as a version by PEP 440, or None."""
    if not text or len(text) > 200:
        return None
    try:
        return Version(text)
    except InvalidVersion:
        return None


def _named(source: Source, name: str, found: list[Literal], words: Words, form: str) -> Found:
    there = list({literal.spans: literal for literal in found if literal.spans}.values())
    if not there:
        line = found[0].line if found else computed(source.data, name)
        why = f"{source.path}:{line or 1}: {name} is no plain text in one line" if line else ""
        return Found(why=why or f"{source.path}:1: nothing here gives {name} a version")
    if len({literal.values for literal in there}) > 1:
        starts = (_offset(source, literal.line) for literal in there)
        raise twice(source, name, starts)
    spots: list[Spot] = []
    for literal in there:
        if literal.many:
            spots += _tuple(source, literal, words)
        else:
            spots.append(_span(source, literal.spans[0], words, form))
    return Found(tuple(spots))


def _span(source: Source, span: tuple[int, int], words: Words, form: str = "") -> Spot:
    text = words.value(source.data[slice(*span)].decode("latin-1"), form)
    if not text.isascii() or not text.isprintable() or set(text) & set("\"'\\"):
        raise ConfigError(f"{source.path}: {text!a} cannot be written there", remedy=REMEDY)
    return Spot(*span, text)


def _tuple(source: Source, literal: Literal, words: Words) -> list[Spot]:
    texts = _elements(literal, words.version)
    if texts is None:
        raise ConfigError(
            f"{source.path}:{literal.line}: {literal.name} has no room for {words.version}: ({', '.join(literal.values)})",
            remedy=REMEDY,
        )
    return [Spot(*span, text) for span, text in zip(literal.spans, texts, strict=True)]


def _elements(literal: Literal, text: str) -> list[str] | None:
    """Return the elements of a tuple for a version, in the form that they have; None when they cannot say it."""
    version = version_of(text)
    numbers = _numbers(literal)
    rest = literal.values[len(numbers) :]
    if version is None or any(version.release[len(numbers) :]):
        return None
    made = [str(number) for number in _release(version, len(numbers))]
    if not rest:
        return made
    if rest[0] not in _WORDS or len(rest) > 2 or not all(number.isdecimal() for number in rest[1:]):
        return None
    kind, number = version.pre or (("dev", version.dev) if version.dev is not None else ("", 0))
    short = rest[0] in {"a", "b", "c", "rc"}
    word = (_SHORT if short else _LONG)[kind]
    word = "" if rest[0] == "" and word == "final" else word
    return [*made, word, *([str(number)] if rest[1:] else [])]


def _numbers(literal: Literal) -> tuple[int, ...]:
    found: list[int] = []
    for value in literal.values:
        if not (value.isascii() and value.isdecimal()):
            break
        found.append(int(value[:18]))
    return tuple(found)


def _release(version: Version, length: int) -> tuple[int, ...]:
    return (*version.release, *(0 for _ in range(min(length, 20))))[:length]


def _offset(source: Source, line: int) -> int:
    offset = 0
    for _ in range(line - 1):
        offset = source.text.find("\n", offset) + 1
    return offset
