"""What all services of the sandbox share: declared operations, faults, moments, and the token.

A service is an aiohttp application from ``application``. Its handlers are declared with ``operation``::

    @operation("upload", upload=True)
    async def upload(request: web.Request) -> web.StreamResponse: ...

For a declared handler the frame consumes faults, and tells ``on_moment`` of the points of each request. A handler that
takes a body reads it in pieces and awaits ``exchange_of(request).progress()`` after each; it may set ``key`` as soon as
it knows what the request is about; a read honours ``stale``.
"""

from __future__ import annotations

import asyncio
import base64
import hmac
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final, Literal, TypeVar, cast
from weakref import WeakSet

from aiohttp import web

from tagboat.sandbox import disturbances
from tagboat.sandbox.faults import Fault, Faults
from tagboat.sandbox.journal import Entry, Journal, recorded
from tagboat.sandbox.state import State

Point = Literal["received", "body-half", "accepted", "answered"]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
DeclaredT = TypeVar("DeclaredT", bound=Callable[..., Awaitable[web.StreamResponse]])

_EXCHANGE: Final = web.RequestKey("exchange", object)
_DECLARED: Final = "__tagboat_operation__"


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in the life of one request.

    ``received``: the headers are in. ``body-half``: half of an upload has been read. ``accepted``: journalled and not
    answered. ``answered``: the answer has been sent. ``key`` is the path of the URL until something better is known.
    """

    service: str
    operation: str
    key: str
    point: Point


@dataclass(frozen=True, slots=True)
class Frame:
    """What every service is given: where it remembers, where it accounts, and the one token that may do everything."""

    state: State
    journal: Journal
    faults: Faults
    token: str
    on_moment: Callable[[Moment], None] | None = None
    connections: WeakSet[asyncio.Transport] = field(default_factory=WeakSet)

    def cut_connections(self) -> None:
        """End what clients still hold open, without waiting for them to agree (TLS would)."""
        for connection in list(self.connections):
            connection.abort()


@dataclass(frozen=True, slots=True)
class Operation:
    """How a handler was declared."""

    name: str
    upload: bool
    read: bool | None


FRAME: Final = web.AppKey("frame", Frame)
SERVICE: Final = web.AppKey("service", str)


def operation(
    name: str, *, upload: bool = False, read: bool | None = None
) -> Callable[[DeclaredT], DeclaredT]:
    """Declare a handler: its operation's name, whether it takes an upload, and whether it only reads.

    ``read`` None means: GET and HEAD read, everything else writes.
    """

    def declare(handler: DeclaredT) -> DeclaredT:
        setattr(handler, _DECLARED, Operation(name, upload, read))
        return handler

    return declare


class Exchange:
    """One request on its way through a declared handler."""

    def __init__(self, request: web.Request, declared: Operation, faults: list[Fault]) -> None:
        self.key = request.path
        self.stale = next((int(fault.value) for fault in faults if fault.kind == "stale"), 0)
        self._request = request
        self._declared = declared
        self._half = not declared.upload
        self._resets = any(fault.kind == "reset-mid" for fault in faults)

    def fire(self, point: Point) -> None:
        """Tell whoever wants to know."""
        frame = self._request.app[FRAME]
        if frame.on_moment is not None:
            frame.on_moment(Moment(self._request.app[SERVICE], self._declared.name, self.key, point))

    async def progress(self) -> None:
        """Tell the frame that another piece of the body was read.

        Raises:
            ConnectionResetError: The client died half-way, or a fault ends it here; nothing of the rest counts, even what
                was under way.
        """
        if self._half or self._request.content.total_bytes * 2 < (self._request.content_length or 0):
            return
        self._half = True
        if self._resets:
            disturbances.reset(self._request)
            raise ConnectionResetError("a fault ordered for this sandbox")
        if self._request.app[FRAME].on_moment is None:
            return
        self.fire("body-half")
        # What a client that just died had already handed to its kernel still arrives; the end of its
        # connection needs a few turns of the loop to be seen.
        await asyncio.sleep(0.02)
        if self._request.transport is None or self._request.transport.is_closing():
            raise ConnectionResetError("the client went away half-way through its upload")


def exchange_of(request: web.Request) -> Exchange:
    """The exchange that the frame made for this request."""
    return cast("Exchange", request[_EXCHANGE])


def application(frame: Frame, service: str, *, client_max_size: int = 1 << 40) -> web.Application:
    """An empty application of a service (``forge``, ``testpypi`` or ``pypi``) with the frame around it."""
    made = web.Application(middlewares=[_middleware], client_max_size=client_max_size)
    made[FRAME] = frame
    made[SERVICE] = service
    return made


def has_token(request: web.Request) -> bool:
    """Whether the request carries the sandbox's own token, by whichever scheme (Bearer, token, Basic's password)."""
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    given = value.strip()
    if scheme.lower() == "basic":
        try:
            given = base64.b64decode(given, validate=True).decode().partition(":")[2]
        except ValueError:
            return False
    return hmac.compare_digest(given.encode(), request.app[FRAME].token.encode())


@web.middleware
async def _middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
    if request.transport is not None:
        request.app[FRAME].connections.add(request.transport)
    declared = getattr(request.match_info.handler, _DECLARED, None)
    if not isinstance(declared, Operation):
        request[_EXCHANGE] = Exchange(request, Operation("", upload=False, read=True), [])
        return await handler(request)
    read = request.method in ("GET", "HEAD") if declared.read is None else declared.read
    faults = request.app[FRAME].faults.take(request.app[SERVICE], declared.name, read=read)
    exchange = request[_EXCHANGE] = Exchange(request, declared, faults)
    exchange.fire("received")
    for fault in faults:
        if fault.kind == "delay":
            await asyncio.sleep(fault.value)
    other = next((fault for fault in faults if fault.kind != "delay"), None)
    if other is not None:
        early = await disturbances.instead(request, other, upload=declared.upload)
        if early is not None:
            return early
    response, entries = await _handled(request, handler)
    if entries:
        exchange.key = entries[-1].key
        exchange.fire("accepted")
    if other is not None:
        spoilt = await disturbances.afterwards(request, response, other)
        if spoilt is not None:
            return spoilt
    return await _answered(request, response, exchange)


async def _handled(request: web.Request, handler: Handler) -> tuple[web.StreamResponse, list[Entry]]:
    """The handler's answer (an HTTP exception is one, too), and what was journalled for it."""
    entries: list[Entry] = []
    mark = recorded.set(entries)
    try:
        return await handler(request), entries
    except web.HTTPException as answer:
        return answer, entries
    except ConnectionError:
        return disturbances.cut(request), entries  # the client went away; nobody is left to tell
    finally:
        recorded.reset(mark)


async def _answered(
    request: web.Request, response: web.StreamResponse, exchange: Exchange
) -> web.StreamResponse:
    """Send now, so that the moment after can be told; a file is left to aiohttp, which sends it while preparing."""
    if isinstance(response, web.HTTPException):
        if request.app[FRAME].on_moment is None:
            raise response
        copy = web.Response(
            status=response.status, reason=response.reason, headers=response.headers, body=response.body
        )
        response = copy
    if request.app[FRAME].on_moment is not None and not isinstance(response, web.FileResponse):
        await response.prepare(request)
        await response.write_eof()
        exchange.fire("answered")
    return response
