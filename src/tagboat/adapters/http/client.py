"""The HTTP client that all adapters share.

Rules: reads are tried a bounded number of times with growing, uneven pauses; a write is sent again only when it
certainly never left; a write that may have been received without an answer is an ``AnswerLostError``. Redirects are
followed for reads that ask for it, to https (or this machine) only, and a credential never crosses to another origin.
Answers are bounded in size and time, and one that ends early is a failure.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

from urllib3.exceptions import HTTPError

from tagboat.adapters.http.answer import Answer
from tagboat.adapters.http.body import Body
from tagboat.adapters.http.connections import Connections
from tagboat.adapters.http.credentials import Credentials
from tagboat.adapters.http.exchange import Exchange, Limits, Reply, Request, place
from tagboat.adapters.http.failures import LOOK, lost, permanent, unavailable, unsent
from tagboat.adapters.http.pauses import asked_pause, pause
from tagboat.adapters.secrets import hide
from tagboat.errors import AnswerLostError, UnavailableError
from tagboat.ports.clock import Clock

MEBIBYTE: Final = 1 << 20
BUSY: Final = frozenset({429, 500, 502, 503, 504})
"""The statuses after which a read is tried again."""


@dataclass(frozen=True, slots=True)
class Download:
    """What arrived in a file."""

    sha256: str
    size: int


ArrivedT = TypeVar("ArrivedT", bound=Answer | Download)


class HTTP:
    """One process's HTTP; safe to share between threads.

    Args:
        clock: waits between tries.
        ca: the certificates to trust; without it SSL_CERT_FILE's, else those of the package certifi.
        environment: where proxies and SSL_CERT_FILE are named; the process's own by default.
        limits: how long and how often.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        ca: Path | None = None,
        environment: Mapping[str, str] | None = None,
        limits: Limits | None = None,
    ) -> None:
        self.clock = clock
        self.limits = limits or Limits()
        connections = Connections(ca, os.environ if environment is None else environment)
        self._exchange = Exchange(connections, self.limits, clock)
        self._jitter = secrets.SystemRandom().random

    def read(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        credentials: Credentials | None = None,
        limit: int = 16 * MEBIBYTE,
        follow: bool = False,
        busy: Collection[int] = BUSY,
    ) -> Answer:
        """GET, repeated while the other side fails or is busy; any other answer is returned as it is.

        Args:
            url: https, or http to this machine.
            headers: more headers.
            credentials: sent to the origin of ``url`` only.
            limit: the most bytes of a body.
            follow: follow redirects.
            busy: the statuses that are tried again.

        Raises:
            UnavailableError: no useful answer within the bounded tries, or one larger than ``limit``.
        """
        request = Request("GET", url, headers or {}, credentials)

        def once() -> Answer:
            with self._exchange.open(request, follow=follow) as reply:
                return _shown(self._exchange.whole(reply, limit))

        return self._repeated(once, url, busy)

    def write(
        self,
        method: str,
        url: str,
        body: Body,
        *,
        headers: Mapping[str, str] | None = None,
        credentials: Credentials | None = None,
        limit: int = 4 * MEBIBYTE,
    ) -> Answer:
        """Send a request that changes something; whatever answer was seen is returned.

        Only a connection that was never made is tried again.

        Raises:
            AnswerLostError: the request may have been received, and no whole answer was seen within the bounds.
            UnavailableError: it certainly was not received.
        """
        request = Request(method, url, headers or {}, credentials, body)
        for turn in range(1, self.limits.tries + 1):
            try:
                with self._exchange.open(request) as reply:
                    return _shown(self._answered(reply, limit))
            except HTTPError as problem:
                if not unsent(problem, body):
                    raise lost(problem, place(url)) from None
                if permanent(problem) or body.started or turn == self.limits.tries:
                    raise unavailable(problem, place(url)) from None
            self.clock.sleep(pause(turn, self._jitter()))
        raise AssertionError("the last try returns or raises")

    def _answered(self, reply: Reply, limit: int) -> Answer:
        """Read the answer to a write; one without an end is as good as lost.

        Raises:
            AnswerLostError: it is too large or takes too long.
        """
        try:
            return self._exchange.whole(reply, limit)
        except UnavailableError as problem:
            raise AnswerLostError(problem.cause, remedy=LOOK) from None

    def download(
        self,
        url: str,
        destination: Path,
        *,
        limit: int,
        headers: Mapping[str, str] | None = None,
        credentials: Credentials | None = None,
    ) -> Answer | Download:
        """GET into a file, following redirects; the file appears only when all of it arrived.

        Returns:
            What arrived, or the answer when it is not one of success.

        Raises:
            UnavailableError: no whole answer within the bounded tries, or one larger than ``limit`` bytes.
        """
        request = Request("GET", url, {"Accept-Encoding": "identity", **(headers or {})}, credentials)
        partial = destination.with_name(f".{secrets.token_hex(8)}.partial")

        def once() -> Answer | Download:
            with self._exchange.open(request, follow=True) as reply:
                if not 200 <= reply.status < 300:
                    return _shown(self._exchange.whole(reply, MEBIBYTE))
                return _stored(self._exchange.pieces(reply, limit, decode=False), partial)

        try:
            arrived = self._repeated(once, url, BUSY)
            if isinstance(arrived, Download):
                partial.replace(destination)
            return arrived
        finally:
            partial.unlink(missing_ok=True)

    def _repeated(self, once: Callable[[], ArrivedT], url: str, busy: Collection[int]) -> ArrivedT:
        """Try a read until it arrives, is refused for good, or the tries are used up."""
        for turn in range(1, self.limits.tries + 1):
            wait = pause(turn, self._jitter())
            last = turn == self.limits.tries
            try:
                arrived = once()
            except HTTPError as problem:
                if last or permanent(problem):
                    raise unavailable(problem, place(url)) from None
            else:
                if not isinstance(arrived, Answer) or arrived.status not in busy:
                    return arrived
                asked = asked_pause(arrived.headers, self.clock.now())
                if last or (asked or 0.0) > self.limits.longest_pause:
                    raise busy_error(arrived, asked)
                wait = max(wait, asked or 0.0)
            self.clock.sleep(wait)
        raise AssertionError("the last try returns or raises")


def _shown(answer: Answer) -> Answer:
    """Return an answer of failure without any secret of ours, to whatever length it is cut for its reader."""
    return answer if answer.good else answer.masked(hide)


def busy_error(answer: Answer, asked: float | None) -> UnavailableError:
    """Return the error for an answer that says "not now"; ``asked`` are the seconds that it wants us to wait."""
    when = f"in {asked:.0f} seconds, as it asks" if asked else "later"
    return UnavailableError(
        f"{answer.url} answered {answer.status}: {answer.message}", remedy=f"try again {when}"
    )


def _stored(pieces: Iterable[bytes], path: Path) -> Download:
    digest, size = hashlib.sha256(), 0
    with path.open("wb") as file:
        for piece in pieces:
            digest.update(piece)
            size += len(piece)
            file.write(piece)
    return Download(digest.hexdigest(), size)
