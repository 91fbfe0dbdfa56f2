"""Faults that a fake is ordered to commit, in the words of the sandbox's faults."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from tagboat.errors import AnswerLostError, UnavailableError

T = TypeVar("T")
_LOOK = "look before sending it again"


@dataclass(slots=True)
class Order:
    """One fault: what it meets, what it does, and how many requests it still meets."""

    operation: str
    kind: str
    value: float | None
    times: int


class Orders:
    """The faults that a fake still has to commit; a read is tried ``tries`` times, a write once."""

    tries = 4

    def __init__(self) -> None:
        self._waiting: list[Order] = []

    def add(self, operation: str, kind: str, value: float | None = None, times: int = 1) -> None:
        """Order a fault: ``drop-before``, ``drop-after``, ``truncate``, ``status`` or ``stale``."""
        self._waiting.append(Order(operation, kind, value, times))

    def write(self, operation: str, deed: Callable[[], T]) -> T:
        """Do the deed, or not, and lose its answer, or not.

        Raises:
            AnswerLostError: whether it was done can only be seen.
            UnavailableError: it was not done.
        """
        order = self._taken(operation)
        if order is not None and order.kind == "status" and order.value == 429:
            raise UnavailableError(f"{operation}: too many requests", remedy="later")
        if order is not None and order.kind in ("drop-before", "status"):
            raise AnswerLostError(f"{operation}: no answer", remedy=_LOOK)
        done = deed()
        if order is not None and order.kind in ("drop-after", "truncate"):
            raise AnswerLostError(f"{operation}: no answer", remedy=_LOOK)
        return done

    def read(self, operation: str) -> int:
        """Try a read, and return how many of the newest writes it does not show.

        Raises:
            UnavailableError: every try failed.
        """
        for _ in range(self.tries):
            order = self._taken(operation)
            if order is None:
                return 0
            if order.kind == "stale":
                return int(order.value or 1)
        raise UnavailableError(f"{operation}: no answer after {self.tries} tries", remedy="later")

    def _taken(self, operation: str) -> Order | None:
        order = next((each for each in self._waiting if each.operation == operation), None)
        if order is not None:
            order.times -= 1
            if not order.times:
                self._waiting.remove(order)
        return order
