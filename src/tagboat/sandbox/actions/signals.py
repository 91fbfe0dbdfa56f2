"""Cancellation that reaches from a run to its jobs, and from a matrix to its combinations."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager


class Signal:
    """Set once, and then again by force; a child hears what its parent is told after it was made."""

    def __init__(self) -> None:
        self.cancelled = asyncio.Event()
        self.forced = False
        self._heard: list[Callable[[bool], None]] = []

    def cancel(self, *, force: bool = False) -> None:
        """Tell everybody below."""
        self.forced = self.forced or force
        self.cancelled.set()
        for hear in list(self._heard):
            hear(force)

    @contextmanager
    def heard(self, hear: Callable[[bool], None]) -> Iterator[None]:
        """Let a function hear of it for a while; what was said before is not repeated, unless it was by force."""
        self._heard.append(hear)
        try:
            if self.forced:
                hear(True)
            yield
        finally:
            self._heard.remove(hear)

    @contextmanager
    def below(self) -> Iterator[Signal]:
        """A signal that this one reaches."""
        child = Signal()
        with self.heard(lambda force: child.cancel(force=force)):
            yield child

    @asynccontextmanager
    async def place(self, places: asyncio.Semaphore) -> AsyncIterator[bool]:
        """One of the places for a while, or False when the signal came before one was free."""
        turn = asyncio.ensure_future(places.acquire())
        hearing = asyncio.ensure_future(self.cancelled.wait())
        try:
            await asyncio.wait((turn, hearing), return_when=asyncio.FIRST_COMPLETED)
            yield turn.done() and not self.cancelled.is_set()
        finally:
            hearing.cancel()
            if not turn.cancel():
                places.release()
            await asyncio.gather(turn, hearing, return_exceptions=True)

    async def during(self, event: asyncio.Event, seconds: float | None = None) -> bool:
        """Wait for an event; False when the signal came first or the time is over."""
        waits = [asyncio.ensure_future(event.wait()), asyncio.ensure_future(self.cancelled.wait())]
        try:
            await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
            await asyncio.gather(*waits, return_exceptions=True)
        return event.is_set() and not self.cancelled.is_set()
