"""What faults do to a request: what comes in place of the deed, and what becomes of the answer to a deed that was done."""

from __future__ import annotations

import asyncio
import html
import json
import socket
import struct
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Any, Final

from aiohttp import web

from tagboat.sandbox.faults import Fault

End = Callable[[web.Request], web.Response]
_PIECES: Final = 32
"""How many pieces a slow body comes in, if it has so many bytes."""
_QUOTED: Final = 64 << 10
"""The most bytes of a request's body that a gateway's page quotes."""
_LOOK: Final = 0.02
"""Seconds between two looks whether the client is still there."""


def cut(request: web.Request) -> web.Response:
    """End the connection without an answer; what is returned can no longer be sent."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


def reset(request: web.Request) -> web.Response:
    """End the connection so that the client's kernel hears of a reset (RST) and of no orderly end."""
    if request.transport is not None:
        connection = request.transport.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    return cut(request)


async def instead(request: web.Request, fault: Fault, *, upload: bool) -> web.Response | None:
    """Return what comes in place of the deed; None when the deed is to be done.

    An ``upload``'s handler sees for itself that it is cut in the middle, as it has something to leave behind.
    """
    if fault.kind == "reset-mid" and (upload or not request.content_length):
        return None
    disturb = _INSTEAD.get(fault.kind)
    return await disturb(request, fault.value) if disturb else None


async def afterwards(
    request: web.Request, response: web.StreamResponse, fault: Fault
) -> web.StreamResponse | None:
    """Return what becomes of the answer to a deed that was done; None when it goes out as it is."""
    disturb = _AFTERWARDS.get(fault.kind)
    return await disturb(request, response, fault.value) if disturb else None


async def _silence(request: web.Request, seconds: float) -> web.Response:
    await _held(request, seconds)
    return cut(request)


async def _drop_before(request: web.Request, _: float) -> web.Response:
    return cut(request)


async def _reset_before(request: web.Request, _: float) -> web.Response:
    return reset(request)


async def _reset_in_the_body(request: web.Request, _: float) -> web.Response:
    await _half_read(request)
    return reset(request)


async def _status(_: web.Request, status: float) -> web.Response:
    return web.Response(status=int(status), text="a fault ordered for this sandbox\n")


async def _too_many(_: web.Request, __: float) -> web.Response:
    return web.Response(status=429, text="too many requests\n")


async def _retry_after(_: web.Request, seconds: float) -> web.Response:
    return web.Response(status=429, text="too many requests\n", headers={"Retry-After": f"{seconds:.0f}"})


async def _drop_after(request: web.Request, _: web.StreamResponse, __: float) -> web.StreamResponse:
    return cut(request)


async def _reset_after(request: web.Request, _: web.StreamResponse, __: float) -> web.StreamResponse:
    return reset(request)


async def _reset_in_the_answer(
    request: web.Request, response: web.StreamResponse, _: float
) -> web.StreamResponse:
    return await _halved(request, response, reset)


async def _truncate(request: web.Request, response: web.StreamResponse, ends: float) -> web.StreamResponse:
    short = _short(response) if ends else None
    return short or await _halved(request, response, cut)


async def _wrong_type(
    _: web.Request, response: web.StreamResponse, inside: float
) -> web.StreamResponse | None:
    return _of_other_type(response, inside=bool(inside))


async def _held(request: web.Request, seconds: float) -> None:
    """Wait until the client gives up, at most so long."""
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    while request.transport is not None and not request.transport.is_closing() and loop.time() < end:
        await asyncio.sleep(_LOOK)


async def _half_read(request: web.Request) -> None:
    try:
        await request.content.readexactly((request.content_length or 0) // 2)
    except (asyncio.IncompleteReadError, ConnectionError, web.RequestPayloadError):
        return  # the client went away by itself


async def _page(request: web.Request, value: float) -> web.Response:
    """The page of a gateway that shows everybody what it was asked, as some do."""
    status = int(value)
    said = f"{status} {HTTPStatus(status).phrase}" if status in set(HTTPStatus) else str(status)
    asked = "\n".join(f"{name}: {value}" for name, value in sorted(request.headers.items()))
    if (request.content_length or 0) <= _QUOTED:
        asked += f"\n\n{(await request.read()).decode(errors='replace')}"
    page = (
        f"<!DOCTYPE html>\n<html><head><title>{said}</title></head>\n<body><pre>{html.escape(asked)}</pre>\n"
        f'<form action="/login"><input name="user"></form></body></html>\n'
    )
    return web.Response(status=status, text=page, content_type="text/html")


async def _halved(request: web.Request, response: web.StreamResponse, end: End) -> web.StreamResponse:
    """Announce the whole body, send its first half, and end the connection."""
    body = await _body(response)
    if body is None:
        return end(request)
    half = _like(response)
    half.content_length = len(body)
    await half.prepare(request)
    await half.write(body[: len(body) // 2])
    while request.transport is not None and request.transport.get_write_buffer_size():
        await asyncio.sleep(0.005)
    end(request)
    return half


def _short(response: web.StreamResponse) -> web.Response | None:
    """Half of an answer's JSON, as if it were all; None when it is no JSON."""
    data = _json(response)
    if data is None:
        return None
    text = json.dumps(data)
    return _with(response, text[: len(text) // 2])


def _of_other_type(response: web.StreamResponse, *, inside: bool) -> web.Response | None:
    """Sound JSON in which nothing is what it is documented to be; None for an answer without a body."""
    if not 200 <= response.status < 300 or response.status == 204:
        return None
    data = _json(response)
    if data is None:
        if isinstance(response, web.Response) and not response.body:
            return None
        return web.json_response([], status=response.status)
    if inside:
        return _with(response, json.dumps(_swapped(data)))
    return _with(response, json.dumps({"items": data} if isinstance(data, list) else [data]))


def _swapped(value: Any) -> Any:
    """The same table or list with numbers in place of texts, and texts in place of all else."""
    if isinstance(value, dict):
        return {key: _swapped(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_swapped(item) for item in value]
    return 7 if isinstance(value, str) or value is None else str(value)


async def _slow(
    request: web.Request, response: web.StreamResponse, seconds: float
) -> web.StreamResponse | None:
    """Send the body piece by piece as long as the client wants it; None when there is none."""
    body = await _body(response)
    if not body:
        return None
    slow = _like(response)
    slow.content_length = len(body)
    size = -(-len(body) // _PIECES)
    try:
        await slow.prepare(request)
        for start in range(0, len(body), size):
            await slow.write(body[start : start + size])
            await asyncio.sleep(seconds)
            if request.transport is None or request.transport.is_closing():
                break
    except ConnectionError:
        return cut(request)
    return slow


async def _body(response: web.StreamResponse) -> bytes | None:
    """The bytes that the answer has; None for one that has none, or makes them as it goes."""
    if isinstance(response, web.FileResponse):
        return await asyncio.to_thread(response._path.read_bytes)  # noqa: SLF001 - aiohttp has no public name for it
    if isinstance(response, web.Response):
        return response.body if isinstance(response.body, bytes) else None
    return None


def _json(response: web.StreamResponse) -> Any:
    """The answer's data; None when it is no JSON, whatever it is called."""
    if not response.content_type.endswith("json") or not isinstance(response, web.Response):
        return None
    try:
        return json.loads(response.body) if isinstance(response.body, bytes) else None
    except ValueError:
        return None


def _like(response: web.StreamResponse) -> web.StreamResponse:
    kept = {name: response.headers[name] for name in ("Link", "Location") if name in response.headers}
    headers = {"Content-Type": response.headers.get("Content-Type", "application/octet-stream"), **kept}
    return web.StreamResponse(status=response.status, reason=response.reason, headers=headers)


def _with(response: web.StreamResponse, text: str) -> web.Response:
    headers = _like(response).headers
    return web.Response(status=response.status, reason=response.reason, text=text, headers=headers)


_INSTEAD: Final[Mapping[str, Callable[[web.Request, float], Awaitable[web.Response]]]] = MappingProxyType(
    {
        "silence": _silence,
        "status": _status,
        "too-many": _too_many,
        "retry-after": _retry_after,
        "html": _page,
        "drop-before": _drop_before,
        "reset-before": _reset_before,
        "reset-mid": _reset_in_the_body,
    }
)

_AFTERWARDS: Final[
    Mapping[str, Callable[[web.Request, web.StreamResponse, float], Awaitable[web.StreamResponse | None]]]
] = MappingProxyType(
    {
        "drop-after": _drop_after,
        "reset-mid": _reset_in_the_answer,
        "reset-after": _reset_after,
        "truncate": _truncate,
        "wrong-type": _wrong_type,
        "slow-body": _slow,
    }
)
