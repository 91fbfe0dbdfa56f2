"""Immutable records that are quick to define: what ``typing.NamedTuple`` makes, without a compiler.

A plan needs some fifty of them in a process that lives for a twentieth of a second. ``NamedTuple`` compiles the type of
each field to check it, and a constructor for each class, which takes as long as all of git's work. The type checker looks
at the types here, and sees a NamedTuple; one constructor does for all classes.
"""

from __future__ import annotations

from functools import partial
from operator import itemgetter
from typing import TYPE_CHECKING, Any

try:
    # CPython's own for a NamedTuple's fields, three times as quick as a property.
    from _collections import _tuplegetter  # type: ignore[import-not-found]  # it has no stubs
except ImportError:

    def _tuplegetter(place: int, _doc: str) -> Any:
        return property(itemgetter(place))


__all__ = ["Record"]

_NOTHING: Any = object()


class _Fields(type):
    """Makes a tuple with names of a class's annotated fields."""

    def __new__(cls, name: str, bases: tuple[type, ...], body: dict[str, Any]) -> Any:
        if bases == (tuple,):
            return super().__new__(cls, name, bases, body)
        fields = tuple(body["__annotations__"])
        defaults = {field: body[field] for field in fields if field in body}
        if tuple(defaults) != fields[len(fields) - len(defaults) :]:
            raise TypeError(f"{name}: a field without a default stands behind one that has one")
        getters = {field: _tuplegetter(place, "") for place, field in enumerate(fields)}
        own = {
            "__slots__": (),
            "__match_args__": fields,
            "_fields": fields,
            "_field_defaults": defaults,
            "_defaults": (_NOTHING,) * (len(fields) - len(defaults)) + tuple(defaults.values()),
        }
        made: Any = super().__new__(cls, name, bases, {**body, **getters, **own})
        made._make = partial(tuple.__new__, made)  # all fields at once: no Python between
        return made


if TYPE_CHECKING:
    from typing import NamedTuple as Record
else:

    class Record(tuple, metaclass=_Fields):
        """The class to derive a record from; its modules say ``from __future__ import annotations``."""

        __slots__ = ()

        def __new__(cls, *values: Any, **named: Any) -> Any:
            """Return a record of these fields, the first of them by place."""
            if named or len(values) != len(cls._fields):
                values += _rest(cls, len(values), named)
            return tuple.__new__(cls, values)

        def _replace(self, **named: Any) -> Any:
            values = tuple(map(named.pop, self._fields, self))
            if named:
                raise ValueError(f"{type(self).__name__} has no field {', '.join(named)}")
            return tuple.__new__(type(self), values)

        def _asdict(self) -> dict[str, Any]:
            return dict(zip(self._fields, self, strict=True))

        def __repr__(self) -> str:
            told = (f"{name}={value!r}" for name, value in zip(self._fields, self, strict=True))
            return f"{type(self).__name__}({', '.join(told)})"

        def __getnewargs__(self) -> tuple[Any, ...]:
            return tuple(self)


def _rest(cls: Any, given: int, named: dict[str, Any]) -> tuple[Any, ...]:
    """Return the values of the fields that were not given by place: those of their names, or their defaults."""
    rest: tuple[Any, ...] = cls._defaults[given:]
    if named:
        rest = tuple(map(named.pop, cls._fields[given:], rest))
    if named:
        raise TypeError(f"{cls.__name__} has no field {', '.join(named)}, or was given it twice")
    if given > len(cls._fields):
        raise TypeError(f"{cls.__name__} has {len(cls._fields)} fields, not {given}")
    if _NOTHING in rest:
        lacking = (field for field, value in zip(cls._fields[given:], rest, strict=True) if value is _NOTHING)
        raise TypeError(f"{cls.__name__} lacks {', '.join(lacking)}")
    return rest
