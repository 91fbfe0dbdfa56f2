"""Something that many may wait for, and that rings without asking anybody."""

from __future__ import annotations

import asyncio


class Bell:
    """Rings for all who wait at that moment; used in the loop's thread."""

    def __init__(self) -> None:
        self._next: asyncio.Event | None = None

    def ring(self) -> None:
        """Wake everybody."""
        if self._next is not None:
            self._next.set()
            self._next = None

    async def wait(self) -> None:
        """Until it rings."""
        if self._next is None:
            self._next = asyncio.Event()
        await self._next.wait()
