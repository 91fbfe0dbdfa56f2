"""Immutable records that are quick to define: what ``typing.NamedTuple`` makes, without a look at the types.

A plan needs some fifty of them in a process that lives for a twentieth of a second. ``NamedTuple`` compiles the type of
each field to check it, which takes as long as all of git's work; the type checker does that here, and sees a NamedTuple.
"""

from __future__ import annotations

from collections import namedtuple
from typing import TYPE_CHECKING, Any

__all__ = ["Record"]

_OF_THE_CLASS = frozenset(["__module__", "__qualname__"])


class _Fields(type):
    """Makes a named tuple of a class's annotated fields, with the class's docstring, methods and properties."""

    def __new__(cls, name: str, bases: tuple[type, ...], body: dict[str, Any]) -> Any:
        if not bases:
            return super().__new__(cls, name, bases, body)
        fields = tuple(body["__annotations__"])
        defaults = [body[field] for field in fields if field in body]
        if any(field not in body for field in fields[len(fields) - len(defaults) :]):
            raise TypeError(f"{name}: a field without a default stands behind one that has one")
        made = namedtuple(name, fields, defaults=defaults, module=body["__module__"])  # type: ignore[misc]
        for attribute, value in body.items():
            if attribute not in _OF_THE_CLASS and attribute not in fields:
                setattr(made, attribute, value)
        return made


if TYPE_CHECKING:
    from typing import NamedTuple as Record
else:

    class Record(metaclass=_Fields):
        """The class to derive a record from; its modules say ``from __future__ import annotations``."""
