from __future__ import annotations

import pickle
from typing import NamedTuple

import pytest

from tagboat.core.record import Record


class Ours(Record):
    """A place.

    Attributes:
        line: the line.
        names: who was there.
    """

    line: int
    names: tuple[str, ...] = ()

    @property
    def told(self) -> str:
        """The line as people say it."""
        return f"line {self.line}"

    def of(self, *names: str) -> Ours:
        """Return the same with these names."""
        return self._replace(names=names)

    @classmethod
    def first(cls) -> Ours:
        """Return the first line."""
        return cls(1)


class Theirs(NamedTuple):
    """A place."""

    line: int
    names: tuple[str, ...] = ()


def test_a_record_is_what_a_named_tuple_is() -> None:
    ours, theirs = Ours(3, names=("ada",)), Theirs(3, names=("ada",))
    assert [*ours] == [*theirs] == [3, ("ada",)]
    assert hash(ours) == hash(theirs)
    assert ours._asdict() == theirs._asdict()
    assert (Ours._fields, Ours._field_defaults) == (Theirs._fields, Theirs._field_defaults)
    assert repr(ours) == repr(theirs).replace("Theirs", "Ours")
    assert Ours._make([3, ("ada",)]) == ours
    assert set(Ours.__annotations__) == set(Theirs.__annotations__)


def test_a_record_keeps_what_its_class_says() -> None:
    assert Ours.first().of("ada").told == "line 1"
    assert (Ours.__doc__ or "").startswith("A place.")
    assert (Ours.__name__, Ours.__module__, Ours.__match_args__) == ("Ours", __name__, ("line", "names"))
    assert isinstance(Ours(2), tuple)
    assert pickle.loads(pickle.dumps(Ours(2))) == Ours(2)  # noqa: S301 - what was pickled a moment ago


def test_a_record_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        Ours(1).line = 2  # type: ignore[misc]
    with pytest.raises(AttributeError):
        Ours(1).other = 2  # type: ignore[attr-defined]


def test_a_record_knows_its_fields() -> None:
    with pytest.raises(TypeError, match="other"):
        Ours(1, other=2)  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="line"):
        Ours(1, line=2)  # type: ignore[misc]
    with pytest.raises(TypeError, match="lacks line"):
        Ours(names=())  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="2 fields, not 3"):
        Ours(1, (), 2)  # type: ignore[call-arg]
    with pytest.raises(ValueError, match="other"):
        Ours(1)._replace(other=2)  # type: ignore[call-arg]


def test_defaults_come_last() -> None:
    with pytest.raises(TypeError, match="without a default"):

        class Wrong(Record):
            line: int = 0
            name: str  # type: ignore[misc]
