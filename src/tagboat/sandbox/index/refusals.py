"""Refusals as PyPI words them on the wire: the message stands in the HTTP reason phrase and in the body.

Observed behaviour of PyPI: there is nothing machine readable in a refused upload; twine shows the reason phrase, uv
shows the body.
"""

from __future__ import annotations

from typing import Final

from aiohttp import web

_CLASSES: Final[dict[int, type[web.HTTPException]]] = {
    400: web.HTTPBadRequest,
    403: web.HTTPForbidden,
    404: web.HTTPNotFound,
    406: web.HTTPNotAcceptable,
    410: web.HTTPGone,
    429: web.HTTPTooManyRequests,
    503: web.HTTPServiceUnavailable,
}


def refusal(status: int, message: str, *, headers: dict[str, str] | None = None) -> web.HTTPException:
    """The exception to raise in a handler; the reason phrase is one line of ASCII, whatever the message holds."""
    line = " ".join(message.split()).encode("ascii", "replace").decode()
    return _CLASSES[status](reason=line, text=f"{status} {line}\n\n{message}\n", headers=headers)


def bad(message: str) -> web.HTTPException:
    """400, the usual answer of an upload that is not taken."""
    return refusal(400, message)


def denied(message: str) -> web.HTTPException:
    """403, for who may not."""
    return refusal(403, message)
