"""Addresses that whoever holds them may read: what GitHub redirects to for logs and archives."""

from __future__ import annotations

import hashlib
import hmac
from urllib.parse import quote

from aiohttp import web

from tagboat.sandbox.forge.calls import Answer, Call
from tagboat.sandbox.frame import FRAME


def signature(token: str, path: str) -> str:
    """What proves that the forge itself gave this path out."""
    return hmac.new(token.encode(), path.encode(), hashlib.sha256).hexdigest()


def redirect(call: Call, path: str) -> Answer:
    """An answer 302 to a path below ``/_sandbox/``, signed."""
    proof = signature(call.forge.frame.token, path)
    place = f"{call.links.origin}{quote(path)}?signature={proof}"
    return Answer(b"", 302, {"Location": place, "Content-Type": "text/html;charset=utf-8"})


def genuine(request: web.Request) -> None:
    """Let a request for a signed path pass.

    Raises:
        web.HTTPNotFound: Its signature is not ours.
    """
    wanted = signature(request.app[FRAME].token, request.path)
    if not hmac.compare_digest(wanted, request.query.get("signature", "")):
        raise web.HTTPNotFound
