"""Time as steps see it, so that tests and rehearsals need not wait."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """The current time, and waiting."""

    def now(self) -> datetime:
        """Return the wall clock's time, aware, in UTC; for display and for rules in days, never for durations."""
        ...

    def monotonic(self) -> float:
        """Return seconds from an arbitrary start that never run backwards; for durations."""
        ...

    def sleep(self, seconds: float) -> None:
        """Wait this many seconds."""
        ...


def growing_pauses(tries: int, first: float, *, factor: float = 2.0, most: float = 60.0) -> list[float]:
    """Return the pauses, in seconds, between ``tries`` looks: ``tries - 1`` of them, each longer, none over ``most``."""
    return [min(first * factor**turn, most) for turn in range(tries - 1)]
