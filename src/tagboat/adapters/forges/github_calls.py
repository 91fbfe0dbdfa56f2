"""Calls to GitHub's REST API: authentication, pages, rate limits, and what each refusal means.

Sources: GitHub's REST documentation ("Rate limits", "Using pagination", "Troubleshooting") and its OpenAPI description.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final

from tagboat.adapters.http import HTTP, Answer, Body, Credentials
from tagboat.adapters.http.client import BUSY
from tagboat.adapters.http.connections import origin
from tagboat.adapters.http.failures import LOOK
from tagboat.adapters.http.pauses import asked_pause
from tagboat.adapters.secrets import clean
from tagboat.adapters.shape import Shape
from tagboat.core.canonical import JSON
from tagboat.core.text import plain
from tagboat.errors import (
    AnswerLostError,
    ConflictError,
    DeniedError,
    StepFailedError,
    TagboatError,
    UnavailableError,
)

PAGES: Final = 100
"""The most pages of a list that are read; each has a hundred items."""
WAITS: Final = 3
"""How often a rate limit is waited out."""
ABSENT: Final = frozenset({404, 409, 422})
"""What the forge answers about things that are not there (409: the repository is empty; 422: no such commit)."""
_LINK: Final = re.compile(r"<([^<>]*)>([^<>]*)")
_NEXT_PAGE: Final = re.compile(r'\brel="?next\b')
_LONGEST_WAIT: Final = 1e9
"""Seconds of a wait that can be told as a date; what a forge says may be none any more."""
_JSON: Final = "application/vnd.github+json"
_TAKEN: Final = "look at what is there; nothing was overwritten"
_MOVED: Final = (StepFailedError, "the repository has moved: set its new owner/name in the configuration")
_REFUSALS: Final[Mapping[int, tuple[type[TagboatError], str]]] = {
    **dict.fromkeys((301, 302, 307, 308), _MOVED),
    401: (DeniedError, "the token is wrong, expired or revoked: give another one"),
    403: (DeniedError, ""),
    409: (ConflictError, _TAKEN),
    422: (StepFailedError, "put right what it names"),
    451: (DeniedError, "the forge withholds it"),
}


class Calls:
    """GitHub's REST API below ``api``, with one credential."""

    def __init__(self, http: HTTP, api: str, credentials: Credentials | None) -> None:
        self.http = http
        self.api = api.rstrip("/")
        self.credentials = credentials

    def get(self, path: str, *, accept: str = _JSON, besides: Collection[int] = ABSENT) -> Answer:
        """GET ``path``; an answer of success, or one of the statuses ``besides``, which the caller understands.

        Raises:
            DeniedError: the credential is refused or lacks a permission.
            UnavailableError: no useful answer, or the rate limit is used up.
        """
        return self._get(f"{self.api}{path}", accept, besides)

    def object(self, path: str) -> Shape | None:
        """GET an object, or None when it is not there."""
        answer = self.get(path)
        if not answer.good:
            return None
        return Shape.of(answer.json(), answer.url)

    def bytes(self, path: str, limit: int) -> bytes | None:
        """GET what ``path`` redirects to, at most ``limit`` bytes of it; None when it is not there (410: any more).

        The place that it leads to sees no credential.

        Raises:
            UnavailableError: also when it is larger.
        """
        url = f"{self.api}{path}"

        def once() -> Answer:
            return self.http.read(
                url, headers=_headers(_JSON), credentials=self.credentials, limit=limit, follow=True,
                busy=BUSY - {429},
            )  # fmt: skip

        answer = self._patient(once)
        _refuse_page(answer)
        if answer.good:
            return answer.body
        if answer.status in (404, 410):
            return None
        raise self.refusal(answer)

    def pages(self, path: str, inside: str = "") -> Iterator[Shape]:
        """Give every item of a list, page by page; the list is the answer itself or its member ``inside``.

        Raises:
            DeniedError: also when the forge shows us nothing there (404).
            UnavailableError: also for a list without end.
        """
        url = f"{self.api}{path}"
        for _ in range(PAGES):
            answer = self._get(url, _JSON, ())
            data = answer.json()
            yield from (
                Shape.of(data, answer.url).items(inside) if inside else Shape.list_of(data, answer.url)
            )
            url = next_page(answer.headers.get("Link", ""))
            if not url:
                return
            if origin(url) != origin(self.api):
                raise UnavailableError(
                    f"{answer.url}: the next page is on another host", remedy="check the address"
                )
        raise UnavailableError(f"{self.api}{path}: more than {PAGES} pages", remedy="narrow the question")

    def viewer(self) -> str:
        """Return the login that GraphQL knows our token by; "" when it does not tell.

        Raises:
            UnavailableError: no useful answer.
        """
        # GitHub Enterprise Server has its two interfaces side by side, the public service has one below the other.
        above = self.api.removesuffix("/api/v3")
        url = f"{self.api}/graphql" if above == self.api else f"{above}/api/graphql"
        content = json.dumps({"query": "query UserCurrent { viewer { login } }"}).encode()
        try:
            answer = self.sent("POST", url, lambda: Body(content))
        except AnswerLostError as problem:
            raise UnavailableError(problem.cause, remedy="try again later") from None
        if not answer.good:
            return ""
        return Shape.of(answer.json(), answer.url).inner("data").inner("viewer").maybe("login")

    def send(self, method: str, path: str, data: Mapping[str, JSON] | None = None) -> Answer:
        """Send a write of JSON and return its answer of success; nothing else is returned.

        Raises:
            AnswerLostError: it may have been done.
            ConflictError, DeniedError, StepFailedError, UnavailableError: it was refused.
        """
        content = b"" if data is None else json.dumps(data).encode()
        answer = self.sent(method, f"{self.api}{path}", lambda: Body(content))
        if not answer.good:
            raise self.refusal(answer)
        return answer

    def sent(self, method: str, url: str, body: Callable[[], Body], kind: str = "application/json") -> Answer:
        """Send a write and return its answer, whatever it says, once no rate limit holds it back.

        Raises:
            AnswerLostError: the forge failed, or somebody else answered in its place; it may have been done.
            UnavailableError: it was not done.
        """

        def once() -> Answer:
            headers = {**_headers(_JSON), "Content-Type": kind}
            return self.http.write(method, url, body(), headers=headers, credentials=self.credentials)

        answer = self._patient(once)
        if answer.status >= 500:
            raise AnswerLostError(f"{answer.url} answered {answer.status}: {self._said(answer)}", remedy=LOOK)
        if answer.good and answer.page:
            raise AnswerLostError(_told(answer), remedy=LOOK)
        return answer

    def refusal(self, answer: Answer) -> TagboatError:
        """Return the error for an answer that is not one of success."""
        said = f"{answer.url} answered {answer.status}: {self._said(answer)}"
        if answer.status == 404:
            return self.unseen(said)
        if answer.status == 422 and any(error.maybe("code") == "already_exists" for error in _errors(answer)):
            return ConflictError(said, remedy=_TAKEN)
        if answer.status >= 500:
            return UnavailableError(said, remedy="try again later")
        kind, remedy = _REFUSALS.get(answer.status, (StepFailedError, ""))
        return kind(said, remedy=_missing_permission(answer) if answer.status == 403 else remedy)

    def unseen(self, said: str) -> DeniedError:
        """Return the error for something that is not there, or not for us: GitHub answers 404 to both."""
        if self.credentials is None:
            return DeniedError(said, remedy="it does not exist, or it is private and needs a token")
        return DeniedError(said, remedy="it does not exist, or the token may not see it")

    def _get(self, url: str, accept: str, besides: Collection[int]) -> Answer:
        def once() -> Answer:
            return self.http.read(
                url, headers=_headers(accept), credentials=self.credentials, busy=BUSY - {429}
            )

        answer = self._patient(once)
        _refuse_page(answer)
        if answer.good or answer.status in besides:
            return answer
        raise self.refusal(answer)

    def _patient(self, once: Callable[[], Answer]) -> Answer:
        """Wait out short rate limits: a request that was limited was not done."""
        waits = 0
        while True:
            answer = once()
            wait = _limited(answer, self.http.clock.now())
            if wait is None:
                return answer
            if wait > self.http.limits.longest_pause or waits == WAITS:
                raise self._exhausted(answer, wait)
            self.http.clock.sleep(wait)
            waits += 1

    def _exhausted(self, answer: Answer, wait: float) -> UnavailableError:
        until = self.http.clock.now() + timedelta(seconds=min(wait, _LONGEST_WAIT))
        return UnavailableError(
            f"{answer.url}: the rate limit is used up ({self._said(answer)})",
            remedy=f"try again after {until:%Y-%m-%d %H:%M:%S} UTC, or with a token that has a limit of its own",
        )

    def _said(self, answer: Answer) -> str:
        """The message, with the details that GitHub gives as ``errors``; never a secret."""
        details = [
            " ".join(filter(None, (error.maybe("field"), error.maybe("code"), error.maybe("message"))))
            for error in _errors(answer)
        ]
        return plain(clean("; ".join([answer.message, *filter(None, details)])), limit=500)


def next_page(link: str) -> str:
    """Return the address of the next page that a ``Link`` header names (RFC 8288), or ""; in linear time."""
    links = _LINK.finditer(link)
    return next((found.group(1) for found in links if _NEXT_PAGE.search(found.group(2))), "")


def _headers(accept: str) -> dict[str, str]:
    return {"Accept": accept, "X-GitHub-Api-Version": "2022-11-28"}


def _told(answer: Answer) -> str:
    return f"{answer.url} answered {answer.status} with a page for people, which the forge's interface never does"


def _refuse_page(answer: Answer) -> None:
    """Make sure that it is the forge who answers with success.

    Raises:
        UnavailableError: it is a page, as proxies and places to log in show it.
    """
    if answer.good and answer.page:
        raise UnavailableError(_told(answer), remedy="what is in between? If nothing, try again later")


def _errors(answer: Answer) -> list[Shape]:
    """The objects in the body's ``errors``; texts among them become messages."""
    try:
        data = json.loads(answer.body)
    except (ValueError, RecursionError):
        return []
    found = data.get("errors") if isinstance(data, dict) else None
    if not isinstance(found, list):
        return []
    objects = [item if isinstance(item, dict) else {"message": str(item)} for item in found]
    return [Shape({key: str(value) for key, value in item.items()}, answer.url) for item in objects]


def _limited(answer: Answer, now: datetime) -> float | None:
    """Return the seconds that a rate limit asks us to wait, or None when the answer is not about one.

    Primary limit: ``x-ratelimit-remaining: 0`` and a reset time. Secondary: ``Retry-After``, or only a message; GitHub
    then asks for at least a minute.
    """
    if answer.status not in (403, 429):
        return None
    asked = asked_pause(answer.headers, now)
    if asked is not None:
        return asked
    reset = answer.headers.get("x-ratelimit-reset", "")
    if answer.headers.get("x-ratelimit-remaining") == "0" and reset.isascii() and reset.isdigit():
        return max(int(reset[:12]) - now.timestamp(), 0.0) + 1
    if answer.status == 429 or "rate limit" in answer.message.lower():
        return 60.0
    return None


def _missing_permission(answer: Answer) -> str:
    fine = plain(clean(answer.headers.get("X-Accepted-GitHub-Permissions", "")), limit=200)
    classic = plain(clean(answer.headers.get("X-Accepted-OAuth-Scopes", "")), limit=200)
    if fine:
        return f"give the token the permission: {fine}"
    if classic:
        return f"give the token one of the scopes: {classic}"
    return "give the token the missing permission, or use another one"
