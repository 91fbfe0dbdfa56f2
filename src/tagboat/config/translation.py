"""What the validator finds, said in the words of the file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from tagboat.config.mistakes import Mistake, near
from tagboat.config.places import Path
from tagboat.config.shape import ComponentTable, Document, table_at

_KINDS: dict[type, str] = {
    bool: "true or false",
    str: "text",
    int: "a number",
    float: "a fraction",
    list: "a list",
    dict: "a table",
}
_WANTED = {
    "string_type": "text",
    "list_type": "a list",
    "dict_type": "a table",
    "model_type": "a table",
    "model_attributes_type": "a table",
    "bool_type": "true or false",
    "int_type": "a whole number",
}


def translate(error: ValidationError) -> list[Mistake]:
    """Say what the validator found in the words of the file."""
    return [_mistake(item) for item in error.errors(include_url=False)]


def _mistake(item: Any) -> Mistake:
    path: Path = tuple(item["loc"])
    if path[-1:] == ("[key]",) and item["type"] != "extra_forbidden":
        path = path[:-1]  # pydantic's way to say that the name is wrong, not what stands under it
    kind, context = item["type"], item.get("ctx", {})
    if kind == "extra_forbidden":
        return Mistake(path, _unknown(path))
    if kind in _WANTED:
        return Mistake(
            path, f"must be {_WANTED[kind]}, not {_KINDS.get(type(item['input']), 'a date or time')}"
        )
    if kind == "value_error":
        return Mistake(path, str(context["error"]))
    if kind == "literal_error":
        return Mistake(path, f"must be {context['expected']}")
    return Mistake(path, _limit(kind, context) or str(item["msg"]))


def _limit(kind: str, context: Mapping[str, Any]) -> str | None:
    match kind:
        case "less_than_equal":
            return f"must be at most {context['le']}"
        case "greater_than_equal":
            return f"must be at least {context['ge']}"
        case "too_long" | "string_too_long":
            return f"is too long: at most {context['max_length']} are allowed"
        case "too_short" | "string_too_short":
            return "must not be empty"
        case _:
            return None


def _unknown(path: Path) -> str:
    table, word = table_at(path[:-1]) or Document, str(path[-1])
    hint = near(word, (str(field.alias) for field in table.model_fields.values()))
    if (
        not hint
        and table is Document
        and word in {field.alias for field in ComponentTable.model_fields.values()}
    ):
        hint = "; it belongs into the table of a component, components.NAME"
    return f"unknown key{hint}"
