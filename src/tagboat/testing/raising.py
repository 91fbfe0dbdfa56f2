"""Expecting an error, without a test framework."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

from tagboat.errors import TagboatError

ErrorT = TypeVar("ErrorT", bound=TagboatError)


class Caught(Generic[ErrorT]):
    """Holds the error after the block."""

    error: ErrorT


@contextmanager
def raises(kind: type[ErrorT]) -> Iterator[Caught[ErrorT]]:
    """Expect exactly this kind of error (no sub-class of it) from the block, with a cause that says something.

    Raises:
        AssertionError: nothing, or something else of the family, was raised.
    """
    caught: Caught[ErrorT] = Caught()
    try:
        yield caught
    except kind as error:
        caught.error = error
    else:
        raise AssertionError(f"expected {kind.__name__}, and nothing was raised")
    assert type(caught.error) is kind, f"expected {kind.__name__}, got {caught.error!r}"
    assert caught.error.cause.strip(), "an error must name its cause"
