"""One REST call: who asks about what, with which arguments; and the way from a handler's answer to HTTP."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeVar
from uuid import uuid4

from aiohttp import web

from tagboat.errors import UnavailableError
from tagboat.sandbox.forge.access import Caller, acting
from tagboat.sandbox.forge.fields import Fields
from tagboat.sandbox.forge.forge import FORGE, Forge
from tagboat.sandbox.forge.git.child import Git
from tagboat.sandbox.forge.model import Repository
from tagboat.sandbox.forge.refusals import Refusal, not_found
from tagboat.sandbox.forge.shapes.links import Links
from tagboat.sandbox.frame import exchange_of, operation

LINKS: Final = web.AppKey("links", Links)
"""The addresses of a forge that answers under public names; not set where it answers under whatever it is asked by."""

ItemT = TypeVar("ItemT")
Endpoint = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a handler answers: JSON data (or bytes as they are), a status and more headers."""

    data: object = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


def links_of(request: web.Request) -> Links:
    """The addresses that an answer to this request names: the forge's public ones, or those below the host asked."""
    return request.app.get(LINKS) or Links(_origin(request))


class Call:
    """A request with its arguments resolved; what it names and the caller may not see is a 404."""

    def __init__(self, request: web.Request, forge: Forge, caller: Caller, body: Fields) -> None:
        self.request = request
        self.forge = forge
        self.caller = caller
        self.body = body
        self.links = links_of(request)
        self.stale = exchange_of(request).stale
        self.more_headers: dict[str, str] = {}

    def path(self, name: str) -> str:
        """An argument in the path."""
        return self.request.match_info[name]

    def number(self, name: str) -> int:
        """An argument in the path that is an identifier."""
        text = self.path(name)
        if not text.isdigit() or len(text) > 18:
            raise not_found()
        return int(text)

    def query(self, name: str, default: str = "") -> str:
        """An argument after the question mark."""
        return self.request.query.get(name, default)

    def about(self, key: str) -> None:
        """Tell the frame what this request is about."""
        exchange_of(self.request).key = key

    def repository(self, permission: str = "metadata", level: str = "read") -> Repository:
        """The repository in the path, if the caller has this right in it."""
        owner, name = self.path("owner"), self.path("repo").removesuffix(".git")
        found = self.forge.records.matching(Repository, owner=owner, name=name)
        if found is None:
            raise not_found()
        self.forge.access.require(self.caller, found, permission, level)
        return found

    def git(self, repository: Repository) -> Git:
        """The repository's objects and references."""
        return self.forge.git(repository)

    def page(self, items: Sequence[ItemT]) -> list[ItemT]:
        """The asked-for page of a list; the answer's ``Link`` header tells of the others."""
        size = min(max(_int(self.query("per_page"), 30), 1), 100)
        number = max(_int(self.query("page"), 1), 1)
        last = max((len(items) + size - 1) // size, 1)
        self.link(number, last)
        return list(items[(number - 1) * size : number * size])

    def link(self, number: int, last: int) -> None:
        """Announce the neighbours of page ``number`` of ``last``."""
        pages = {"prev": number - 1, "next": number + 1, "last": last, "first": 1}
        if number >= last:
            pages = {"prev": min(number - 1, last), "first": 1}
        if number <= 1:
            pages = {relation: page for relation, page in pages.items() if relation in ("next", "last")}
        parts = [
            f'<{_origin(self.request)}{self.request.rel_url.update_query(page=str(page))}>; rel="{relation}"'
            for relation, page in pages.items()
        ]
        if parts:
            self.more_headers["Link"] = ", ".join(parts)


def endpoint(name: str, *, read: bool | None = None) -> Callable[[Callable[[Call], Answer]], Endpoint]:
    """Declare a REST handler: a plain function from a call to an answer, under an operation's name.

    Refusals become GitHub's error bodies. A handler runs in the loop's thread and is never interrupted, so that what it
    reads and what it then writes belong together.
    """

    def declare(handler: Callable[[Call], Answer]) -> Endpoint:
        @operation(name, read=read)
        async def answered(request: web.Request) -> web.StreamResponse:
            text = await request.read()
            return reply(request, handler, text)

        return answered

    return declare


def reply(request: web.Request, handler: Callable[[Call], Answer], body: bytes = b"") -> web.Response:
    """Run a handler for a request whose body has been read, and dress its answer."""
    forge = request.app[FORGE]
    links = links_of(request)
    headers: dict[str, str] = {
        "X-GitHub-Media-Type": "github.v3; format=json",
        "X-GitHub-Request-Id": uuid4().hex,
    }
    try:
        if "\0" in f"{request.path}{request.rel_url.query_string}":
            raise Refusal(400, "Bad Request")
        caller = forge.access.caller(request.headers.get("Authorization", ""))
        acting.set(caller)
        if not request.path.startswith("/_sandbox/"):
            headers |= forge.rates.count(caller)
        if caller.kind == "classic":
            headers["X-OAuth-Scopes"] = "repo, workflow, read:org, gist"
        call = Call(request, forge, caller, Fields.parse(body))
        answer = handler(call)
        headers |= {**call.more_headers, **answer.headers}
    except Refusal as refusal:
        return _refused(refusal, links, headers)
    except UnavailableError as problem:
        return _refused(Refusal(502, f"Server Error: {problem.cause}"), links, headers)
    response = _dressed(request, answer, headers)
    if response.status == 304:
        forge.rates.uncount(caller)
    return response


def _dressed(request: web.Request, answer: Answer, headers: dict[str, str]) -> web.Response:
    if answer.status == 204:
        return web.Response(status=204, headers=headers)
    if isinstance(answer.data, bytes):
        body = answer.data
    else:
        body = json.dumps(answer.data).encode()
        headers["Content-Type"] = "application/json; charset=utf-8"
    if request.method in ("GET", "HEAD") and answer.status == 200:
        tag = f'W/"{hashlib.sha256(body).hexdigest()}"'
        headers |= {
            "ETag": tag,
            "Cache-Control": "private, max-age=60, s-maxage=60",
            "Vary": "Accept, Authorization",
        }
        wanted = {
            part.strip().removeprefix("W/") for part in request.headers.get("If-None-Match", "").split(",")
        }
        if tag.removeprefix("W/") in wanted:
            headers.pop("Content-Type", None)
            return web.Response(status=304, headers=headers)
    return web.Response(status=answer.status, body=body, headers=headers)


def _refused(refusal: Refusal, links: Links, headers: dict[str, str]) -> web.Response:
    data: dict[str, object] = {"message": refusal.message}
    if refusal.errors:
        data["errors"] = list(refusal.errors)
    data |= {"documentation_url": links.documentation, "status": str(refusal.status)}
    headers |= refusal.headers
    return web.json_response(data, status=refusal.status, headers=headers)


def _origin(request: web.Request) -> str:
    return f"{request.scheme}://{request.host}"


def _int(text: str, default: int) -> int:
    return int(text) if text.isdigit() and len(text) < 10 else default
