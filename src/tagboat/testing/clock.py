"""A clock that tests set: waiting costs nothing and is remembered."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta


class FakeClock:
    """Time that moves only when somebody waits.

    Attributes:
        start: the time at the beginning.
        pauses: the seconds of every wait, in order.
        meanwhile: what happens in the next waits, one deed in each.
    """

    def __init__(self, start: datetime = datetime(2026, 1, 1, tzinfo=UTC)) -> None:
        self.start = start
        self._now = start
        self._elapsed = 0.0
        self.pauses: list[float] = []
        self.meanwhile: list[Callable[[], object]] = []

    def now(self) -> datetime:
        """Return the set time plus all waits."""
        return self._now

    def monotonic(self) -> float:
        """Return the sum of all waits, in seconds."""
        return self._elapsed

    def sleep(self, seconds: float) -> None:
        """Let the time pass at once."""
        self.pauses.append(seconds)
        self.advance(seconds)
        if self.meanwhile:
            self.meanwhile.pop(0)()

    def advance(self, seconds: float) -> None:
        """Let the time pass without anybody waiting."""
        self._now += timedelta(seconds=max(seconds, 0.0))
        self._elapsed += max(seconds, 0.0)
