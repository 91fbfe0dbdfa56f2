"""One file of configuration, read within bounds: hostile text ends in a :class:`~tagboat.errors.ConfigError`, never in a traceback.

Bounds, all far above what a real project writes:

- 1 MiB of text, because a release reads files from tags that anybody may have written;
- 30 parts in a dotted key, because the time to read one grows with the square of its parts;
- the nesting and the length of numbers that the interpreter itself reads.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from tagboat.config.plain_toml import plain_table
from tagboat.errors import ConfigError

LIMIT = 1 << 20
_PARTS = 30
_REMEDY = "correct the file; its form is TOML 1.0"


def text_of(file: str, data: bytes) -> str:
    """Return the text of ``data``, with ``file`` as its name in messages.

    Raises:
        ConfigError: it is too long, or not UTF-8.
    """
    if len(data) > LIMIT:
        raise ConfigError(
            f"{file} is longer than {LIMIT} bytes", remedy="move what is not configuration elsewhere"
        )
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ConfigError(f"{file}:{line}: this is not UTF-8 text", remedy="save the file as UTF-8") from None


def parse(file: str, data: bytes) -> dict[str, Any]:
    """Return the table that a TOML file holds, with ``file`` as its name in messages.

    Raises:
        ConfigError: it is not TOML, or lies beyond the bounds.
    """
    text = text_of(file, data)
    # Where no line has so many dots there is no such key, however the dots are quoted.
    long = None
    if any(line.count(".") >= _PARTS for line in text.split("\n")):
        long = _long_key().search(text)
    if long is not None:
        line = text.count("\n", 0, long.start()) + 1
        raise ConfigError(f"{file}:{line}: a key of more than {_PARTS} parts", remedy=_REMEDY)
    plain = plain_table(text)
    if plain is not None:
        return plain
    import tomllib  # noqa: PLC0415 - few plans read more than the plain file of a project

    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(_said(file, text, str(error)), remedy=_REMEDY) from None
    except RecursionError:
        raise ConfigError(f"{file} is nested too deeply", remedy=_REMEDY) from None
    except ValueError:  # the interpreter's limit for the digits of a number
        raise ConfigError(f"{file} holds a number that is too long", remedy=_REMEDY) from None


def parse_json(file: str, data: bytes) -> dict[str, Any]:
    """Return the object that a JSON file holds, with ``file`` as its name in messages.

    Raises:
        ConfigError: it is not JSON, not an object, or lies beyond the bounds.
    """
    text = text_of(file, data).removeprefix("\ufeff")
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        raise ConfigError(
            f"{file}:{error.lineno}: not JSON: {error.msg}", remedy="correct the file; its form is RFC 8259"
        ) from None
    except (RecursionError, ValueError):
        raise ConfigError(f"{file} is nested too deeply, or holds a number that is too long") from None
    return _as_table(file, value, "a JSON object")


def parse_yaml(file: str, data: bytes) -> dict[str, Any]:
    """Return the mapping that a YAML file holds, with ``file`` as its name in messages; an empty file is empty.

    Raises:
        ConfigError: it is not YAML, not a mapping, or lies beyond the bounds.
    """
    import yaml  # noqa: PLC0415 - slow to import, and few projects need it

    text = text_of(file, data)
    try:
        value = yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        line = f":{error.problem_mark.line + 1}" if error.problem_mark else ""
        raise ConfigError(
            f"{file}{line}: not YAML: {error.problem}", remedy="correct the file; its form is YAML 1.1"
        ) from None
    except (yaml.YAMLError, RecursionError, ValueError):
        raise ConfigError(f"{file} is no YAML that can be read", remedy="correct the file") from None
    return _as_table(file, {} if value is None else value, "a YAML mapping")


def _as_table(file: str, value: object, wanted: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ConfigError(f"{file} is not {wanted}", remedy="correct the file")
    return {str(key): inner for key, inner in value.items()}


def inner(table: Mapping[str, Any], *keys: str) -> Mapping[str, Any]:
    """Return the table that stands under these keys; an empty one when there is none."""
    for key in keys:
        value = table.get(key)
        table = value if isinstance(value, dict) else {}
    return table


def text_at(table: Mapping[str, Any], *keys: str) -> str | None:
    """Return the text that stands under these keys, or None when there is none."""
    value = inner(table, *keys[:-1]).get(keys[-1])
    return value if isinstance(value, str) else None


@cache
def _long_key() -> re.Pattern[str]:
    return re.compile(
        r"""(?<![\w-])(?:(?:[\w-]++|"(?:[^"\\\n]|\\.)*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+)"""
        f"{{{_PARTS}}}"
    )


def _said(file: str, text: str, message: str) -> str:
    place = re.search(r" \(at (?:line (\d+), column \d+|end of document)\)$", message)
    if place is None:
        return f"{file}: not TOML: {message}"
    line = place[1] or text.rstrip().count("\n") + 1
    return f"{file}:{line}: not TOML: {message[: place.start()]}"
