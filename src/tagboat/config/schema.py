"""The configuration's published descriptions: a JSON Schema for editors, and the reference page for people.

Both are written from :mod:`tagboat.config.shape`, which also validates; ``docs/`` holds them as they are returned here.
"""

from __future__ import annotations

import json
from typing import Any

from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from tagboat.config.shape import Document, tables
from tagboat.config.table import Table

_INTRODUCTION = """\
# Configuration

The table `[tool.tagboat]` of `pyproject.toml`, or the whole of a file `tagboat.toml` (then without `tool.tagboat` in the
names below). A project needs none: what its own files and tags say is then enough. Keys are spelled with dashes; unknown
keys are mistakes, and all mistakes are reported at once with their lines.

Editors read the same from [the JSON Schema](../schema/tagboat.schema.json).
"""


def schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of the configuration's table."""
    found = _plain(Document.model_json_schema(by_alias=True))
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Tagboat's configuration",
        **found,
    }


def schema_text() -> str:
    """Return the schema as its file holds it."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


def reference_text() -> str:
    """Return the reference page, in Markdown: every key with its meaning, its default and an example."""
    sections = [_INTRODUCTION]
    for heading, table in tables().items():
        sections.append(f"## `[{heading}]`\n\n{_summary(table)}\n")
        sections.extend(_entry(field) for field in table.model_fields.values())
    return "\n".join(sections)


def _summary(table: type[Table]) -> str:
    return " ".join((table.__doc__ or "").split()).replace("``", "`")


def _entry(field: FieldInfo) -> str:
    example = _toml((field.examples or [""])[0])
    return (
        f"### `{field.alias}`\n\n{field.description}\n\nDefault: {_default(field)}. "
        f"Example: `{field.alias} = {example}`\n"
    )


def _default(field: FieldInfo) -> str:
    if field.default is PydanticUndefined:
        return "one with its own defaults"
    return "none" if field.default is None else f"`{_toml(field.default)}`"


def _toml(value: object) -> str:
    """Return a value in one line of TOML."""
    match value:
        case bool():
            return str(value).lower()
        case Table():
            return _toml(value.model_dump(by_alias=True, exclude_defaults=True))
        case list():
            return f"[{', '.join(map(_toml, value))}]"
        case dict():
            rows = [f"{_key(key)} = {_toml(item)}" for key, item in value.items()]
            return f"{{ {', '.join(rows)} }}" if rows else "{}"
        case _:
            return json.dumps(value, ensure_ascii=False)


def _key(text: str) -> str:
    return text if text.replace("-", "").replace("_", "").isalnum() else json.dumps(text)


def _plain(value: Any) -> Any:
    """Leave out the titles that pydantic makes up from the names, and write code as Markdown does."""
    match value:
        case dict():
            return {
                key: _plain(item)
                for key, item in value.items()
                if key != "title" or not isinstance(item, str)
            }
        case list():
            return [_plain(item) for item in value]
        case str():
            return value.replace("``", "`")
        case _:
            return value
