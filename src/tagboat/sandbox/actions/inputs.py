"""The inputs of a dispatched or called workflow: what was given is held against what is declared."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

from tagboat.errors import InvalidError
from tagboat.sandbox.actions.expressions import Value, number, text
from tagboat.sandbox.actions.workflow.model import Input

_EMPTY: Final[dict[str, Value]] = {"boolean": False, "number": 0, "string": ""}


def dispatched(declared: Mapping[str, Input], given: Mapping[str, object]) -> dict[str, Value]:
    """The ``inputs`` context of a dispatch, typed as declared.

    Raises:
        InvalidError: In the words of GitHub's answer 422 (observed; those about numbers are ours).
    """
    unexpected = [name for name in given if name not in declared]
    if unexpected:
        raise InvalidError(f"Unexpected inputs provided: {json.dumps(unexpected)}")
    found: dict[str, Value] = {}
    for name, entry in declared.items():
        said = given.get(name, entry.default)
        if entry.required and said in (None, ""):
            raise InvalidError(f"Required input '{name}' not provided")
        if said is None:
            said = entry.options[0] if entry.kind == "choice" else _EMPTY.get(entry.kind, "")
        if isinstance(said, dict | list):
            raise InvalidError(f"Invalid value for input '{name}'")
        found[name] = _typed(entry, said if isinstance(said, str | int | float) else "")
    return found


def called(
    declared: Mapping[str, Input], given: Mapping[str, Value], defaults: Mapping[str, Value]
) -> dict[str, Value]:
    """The ``inputs`` context of a called workflow.

    Raises:
        InvalidError: A value is not of its declared kind.
    """
    found: dict[str, Value] = {}
    for name, entry in declared.items():
        value = given[name] if name in given else defaults.get(name)
        if value is None:
            value = _EMPTY[entry.kind]
        if entry.kind == "string":
            value = text(value)
        elif not isinstance(value, bool if entry.kind == "boolean" else int | float):
            raise InvalidError(
                f"Unexpected value '{text(value)}' for the input '{name}': a {entry.kind} was expected"
            )
        found[name] = value
    return found


def _typed(entry: Input, said: str | float) -> Value:
    value = text(said)
    if entry.kind == "number":
        parsed = number(value)
        if parsed != parsed:  # noqa: PLR0124 - NaN is what differs from itself
            raise InvalidError(f"Provided value '{value}' for input '{entry.name}' is not a number")
        return parsed
    allowed = {"choice": entry.options, "boolean": ("true", "false")}.get(entry.kind)
    if allowed is not None and value not in allowed:
        raise InvalidError(
            f"Provided value '{value}' for input '{entry.name}' not in the list of allowed values"
        )
    return value == "true" if entry.kind == "boolean" else value
