"""Reading JSON from outside: every value is checked for its type, and a wrong shape is one clear error."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tagboat.core.text import plain
from tagboat.errors import UnavailableError


@dataclass(frozen=True, slots=True)
class Shape:
    """A JSON object and who sent it; every method raises UnavailableError when the value is not of its type."""

    data: Mapping[str, object]
    sender: str

    @classmethod
    def of(cls, value: object, sender: str) -> Shape:
        """Take ``value`` as an object."""
        if not isinstance(value, dict):
            raise _wrong(sender, "an object")
        return cls(value, sender)

    @classmethod
    def list_of(cls, value: object, sender: str) -> list[Shape]:
        """Take ``value`` as a list of objects."""
        if not isinstance(value, list):
            raise _wrong(sender, "a list")
        return [cls.of(item, sender) for item in value]

    def text(self, name: str) -> str:
        """Return a text."""
        value = self.data.get(name)
        if not isinstance(value, str):
            raise _wrong(self.sender, f"a text '{name}'")
        return value

    def maybe(self, name: str) -> str:
        """Return a text, or "" when it is null or missing."""
        return "" if self.data.get(name) is None else self.text(name)

    def line(self, name: str) -> str:
        """Return a text, or "", fit to be shown on one line."""
        return plain(self.maybe(name), limit=500)

    def number(self, name: str) -> int:
        """Return a whole number."""
        value = self.data.get(name)
        if not isinstance(value, int) or isinstance(value, bool):
            raise _wrong(self.sender, f"a whole number '{name}'")
        return value

    def flag(self, name: str) -> bool:
        """Return true or false; false when it is missing or null."""
        value = self.data.get(name)
        if not isinstance(value, bool | None):
            raise _wrong(self.sender, f"true or false in '{name}'")
        return bool(value)

    def inner(self, name: str) -> Shape:
        """Return an object; an empty one when it is missing or null."""
        value = self.data.get(name)
        return Shape({}, self.sender) if value is None else Shape.of(value, self.sender)

    def items(self, name: str) -> Sequence[Shape]:
        """Return a list of objects."""
        return Shape.list_of(self.data.get(name), self.sender)


def _wrong(sender: str, expected: str) -> UnavailableError:
    return UnavailableError(
        f"{plain(sender, limit=200)} answered without {expected} where its interface documents one",
        remedy="is the address right, and no login page or proxy in between? If so, try again later",
    )
