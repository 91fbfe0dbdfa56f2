"""The fields of a request's JSON body, taken out one by one with GitHub's complaints about those that do not fit."""

from __future__ import annotations

import json

from tagboat.sandbox.forge.refusals import Refusal


class Fields:
    """A JSON object that came in; a missing or wrong field is a 422 that names it."""

    def __init__(self, values: dict[str, object]) -> None:
        self._values = values

    @classmethod
    def parse(cls, body: bytes) -> Fields:
        """The fields of a body; an empty one has none.

        Raises:
            Refusal: 400, this is not JSON or not an object.
        """
        if not body.strip():
            return cls({})
        try:
            values = json.loads(body)
        except ValueError as problem:
            raise Refusal(400, "Problems parsing JSON") from problem
        if not isinstance(values, dict):
            raise Refusal(400, "Body should be a JSON object")
        return cls(values)

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def text(self, name: str) -> str:
        """A string that must be there."""
        value = self.maybe_text(name)
        if not value:
            raise Refusal(422, f'Invalid request.\n\n"{name}" wasn\'t supplied.')
        return value

    def maybe_text(self, name: str) -> str | None:
        """A string, or None when it is absent or null."""
        value = self._values.get(name)
        if value is not None and not isinstance(value, str):
            raise _mismatch(name, value, "a string")
        return value

    def flag(self, name: str, *, default: bool = False) -> bool:
        """A truth value."""
        value = self._values.get(name)
        if value is None:
            return default
        if not isinstance(value, bool):
            raise _mismatch(name, value, "a boolean")
        return value

    def number(self, name: str, default: int = 0) -> int:
        """A whole number."""
        value = self._values.get(name)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, int):
            raise _mismatch(name, value, "an integer")
        return value

    def fields(self, name: str) -> Fields:
        """An object; one that is absent has no fields."""
        value = self._values.get(name)
        if value is None:
            return Fields({})
        if not isinstance(value, dict):
            raise _mismatch(name, value, "an object")
        return Fields(value)

    def objects(self, name: str) -> list[Fields]:
        """A list of objects."""
        value = self._values.get(name) or []
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise _mismatch(name, value, "an array")
        return [Fields(item) for item in value]

    def texts(self, name: str) -> list[str]:
        """A list of strings."""
        value = self._values.get(name) or []
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise _mismatch(name, value, "an array")
        return list(value)

    def raw(self, name: str) -> object:
        """Whatever is there."""
        return self._values.get(name)


def _mismatch(name: str, value: object, wanted: str) -> Refusal:
    return Refusal(422, f"Invalid request.\n\nFor 'properties/{name}', {json.dumps(value)} is not {wanted}.")
