"""An event loop in a thread, for those who use a service from code that is not asynchronous."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Final

START_SECONDS: Final = 60
STOP_SECONDS: Final = 15
_LAST_TURNS: Final = 5


@contextmanager
def running(
    name: str, start: Callable[[], Awaitable[None]], stop: Callable[[], Awaitable[None]]
) -> Iterator[None]:
    """Await ``start`` in a loop of its own thread, and ``stop`` when the block ends; both have a time limit."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name=name, daemon=True)
    thread.start()
    try:
        try:
            asyncio.run_coroutine_threadsafe(_awaited(start), loop).result(START_SECONDS)
            yield
        finally:
            asyncio.run_coroutine_threadsafe(_ended(stop), loop).result(STOP_SECONDS)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(STOP_SECONDS)
        loop.close()


async def _awaited(deed: Callable[[], Awaitable[None]]) -> None:
    await deed()


async def _ended(stop: Callable[[], Awaitable[None]]) -> None:
    """Stop, and leave nothing behind: no task, no thread, no half-closed connection."""
    await stop()
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    for _ in range(_LAST_TURNS):
        await asyncio.sleep(0)
    await asyncio.get_running_loop().shutdown_default_executor()
