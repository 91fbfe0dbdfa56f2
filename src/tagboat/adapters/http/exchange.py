"""One request and its answer on a connection: redirects, and bounds on the answer's size and time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Final
from urllib.parse import urljoin

import urllib3
from urllib3.exceptions import IncompleteRead

from tagboat._version import __version__
from tagboat.adapters.http.answer import Answer
from tagboat.adapters.http.body import CHUNK, Body
from tagboat.adapters.http.connections import Connections, checked, origin
from tagboat.adapters.http.credentials import Credentials
from tagboat.errors import TagboatError, UnavailableError
from tagboat.ports.clock import Clock

REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True, slots=True)
class Limits:
    """How long and how often.

    Attributes:
        connect: seconds to make a connection.
        read: seconds to the answer of a read, and between two pieces of it.
        answer: the same for a write, whose other side may have much to do before it answers.
        whole: seconds for a whole answer.
        tries: how often a read, or a connection for a write, is tried.
        redirects: how many are followed.
        longest_pause: the most seconds that a ``Retry-After`` is obeyed.
    """

    connect: float = 10.0
    read: float = 60.0
    answer: float = 300.0
    whole: float = 900.0
    tries: int = 4
    redirects: int = 5
    longest_pause: float = 60.0


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked; the credential goes to the origin of ``url`` alone."""

    method: str
    url: str
    headers: Mapping[str, str]
    credentials: Credentials | None
    body: Body = field(default_factory=Body)


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer whose body is still to come, and the address that gave it."""

    response: urllib3.BaseHTTPResponse
    url: str

    @property
    def status(self) -> int:
        """The status code."""
        return self.response.status


def place(url: str) -> str:
    """Return the address for messages: without its query."""
    return url.partition("?")[0].partition("#")[0]


class Exchange:
    """Sends requests over the pools of ``connections``."""

    def __init__(self, connections: Connections, limits: Limits, clock: Clock) -> None:
        self._connections = connections
        self._limits = limits
        self._clock = clock

    @contextmanager
    def open(self, request: Request, *, follow: bool = False) -> Iterator[Reply]:
        """Send the request, follow redirects if wanted, and give the reply; its connection is freed afterwards.

        Raises:
            urllib3.exceptions.HTTPError: the exchange failed.
            UnavailableError: redirects without end, or to an address that may not be asked.
        """
        for _ in range(self._limits.redirects + 1):
            response = self._sent(request)
            try:
                target = response.headers.get("Location", "") if response.status in REDIRECTS else ""
                if not (follow and target):
                    yield Reply(response, place(request.url))
                    return
            finally:
                _free(response)
            request = _redirected(request, target)
        raise UnavailableError(f"{place(request.url)}: redirects without end", remedy="check the address")

    def pieces(self, reply: Reply, limit: int, *, decode: bool = True) -> Iterator[bytes]:
        """Give the body as it comes; files are taken as they are, not decoded.

        Raises:
            urllib3.exceptions.HTTPError: it ended early, or the connection failed.
            UnavailableError: it is larger than ``limit`` bytes, or takes too long.
        """
        end = self._clock.monotonic() + self._limits.whole
        received = 0
        while piece := reply.response.read1(CHUNK, decode_content=decode):
            received += len(piece)
            if received > limit:
                raise UnavailableError(
                    f"{reply.url}: the answer is larger than {limit} bytes", remedy="is the address right?"
                )
            if self._clock.monotonic() > end:
                raise UnavailableError(f"{reply.url}: the answer takes too long", remedy="try again later")
            yield piece
        if reply.response.length_remaining:
            raise IncompleteRead(received, reply.response.length_remaining)

    def whole(self, reply: Reply, limit: int) -> Answer:
        """Return the answer with its whole body; raises as ``pieces`` does."""
        body = b"".join(self.pieces(reply, limit))
        return Answer(reply.status, reply.response.reason or "", reply.response.headers, body, reply.url)

    def _sent(self, request: Request) -> urllib3.BaseHTTPResponse:
        parts = checked(request.url)
        headers = {"User-Agent": f"tagboat/{__version__}", "Accept-Encoding": "gzip", **request.headers}
        if request.credentials:
            headers["Authorization"] = request.credentials.header
        sends = request.method not in ("GET", "HEAD")
        limits = self._limits
        if sends:
            headers["Content-Length"] = str(request.body.length)
        return self._connections.pool(parts).urlopen(
            request.method,
            request.url,
            body=iter(request.body) if sends and request.body.length else None,
            headers=headers,
            timeout=urllib3.Timeout(connect=limits.connect, read=limits.answer if sends else limits.read),
            preload_content=False,
            retries=False,
            redirect=False,
        )


def _redirected(request: Request, target: str) -> Request:
    try:
        url = urljoin(request.url, target)
        checked(url)
    except (TagboatError, ValueError) as problem:
        said = problem.cause if isinstance(problem, TagboatError) else f"not a web address: {target[:200]!a}"
        raise UnavailableError(
            f"{place(request.url)}: redirects to where we do not go ({said})",
            remedy="check the address",
        ) from None
    same = origin(url) == origin(request.url)
    return replace(request, url=url, credentials=request.credentials if same else None)


def _free(response: urllib3.BaseHTTPResponse) -> None:
    """Give the connection back when the body was read to its end, else close it."""
    if not response.closed:
        response.close()
    response.release_conn()
