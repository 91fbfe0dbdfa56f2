"""A way out that leads nowhere else: a CONNECT proxy that maps public names to this sandbox and refuses everything else.

For machines that allow no namespaces. It is the weaker of the two: a client that ignores ``HTTPS_PROXY`` is not held.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Collection
from contextlib import suppress
from typing import Final

from tagboat.sandbox.names import LOOPBACK

_HEAD_LIMIT: Final = 16 << 10
_HEAD_SECONDS: Final = 10.0
_PIECE: Final = 1 << 16


class ConnectProxy:
    """Tunnels to ``HOST:443`` of the given names, all of which end at one port of this machine; 403 for the rest."""

    def __init__(self, listening: socket.socket, names: Collection[str], port: int) -> None:
        self._listening = listening
        self._names = frozenset(name.lower() for name in names)
        self._port = port
        self._server: asyncio.Server | None = None
        self._tunnels: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Take connections from now on."""
        self._server = await asyncio.start_server(self._taken, sock=self._listening, limit=_HEAD_LIMIT)

    async def stop(self) -> None:
        """Take none any more, and end those that are open."""
        if self._server is not None:
            self._server.close()
        for tunnel in self._tunnels:
            tunnel.cancel()
        await asyncio.gather(*self._tunnels, return_exceptions=True)

    async def _taken(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._tunnels.add(task)
            task.add_done_callback(self._tunnels.discard)
        try:
            with suppress(OSError, EOFError, TimeoutError, asyncio.LimitOverrunError):
                async with asyncio.timeout(_HEAD_SECONDS):
                    head = await reader.readuntil(b"\r\n\r\n")
                await self._answer(head.split(b"\r\n", 1)[0].decode("ascii", "replace"), reader, writer)
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    async def _answer(self, request: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        method, _, rest = request.partition(" ")
        target = rest.partition(" ")[0]
        host, _, port = target.rpartition(":")
        if method != "CONNECT" or host.lower() not in self._names or port != "443":
            said = f"This sandbox lets nobody out, not even to {target[:200]}.\n".encode()
            head = f"HTTP/1.1 403 Forbidden\r\nContent-Length: {len(said)}\r\nConnection: close\r\n\r\n"
            writer.write(head.encode() + said)
            await writer.drain()
            return
        inner_reader, inner_writer = await asyncio.open_connection(LOOPBACK, self._port)
        try:
            writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            await asyncio.gather(_pump(reader, inner_writer), _pump(inner_reader, writer))
        finally:
            inner_writer.close()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Everything from one side to the other; its end is passed on as well."""
    with suppress(OSError):
        while piece := await reader.read(_PIECE):
            writer.write(piece)
            await writer.drain()
        writer.write_eof()
