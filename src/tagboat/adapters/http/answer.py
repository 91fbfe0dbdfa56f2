"""An answer that came completely, and what it says to people."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Final

from tagboat.adapters.secrets import clean
from tagboat.core.text import plain
from tagboat.errors import UnavailableError

_PAGES: Final = ("text/html", "application/xhtml+xml")
_TAGS: Final = re.compile(r"<(script|style)\b.*?(?:</\1\s*>|\Z)|<[^<>]*>", re.DOTALL | re.IGNORECASE)
"""In linear time, whatever it is given: what is not closed takes the rest, and no tag is looked for behind another's start."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer.

    Attributes:
        reason: the reason phrase, in which PyPI puts its messages.
        headers: names compare without case.
        url: where it came from, without a query.
    """

    status: int
    reason: str
    headers: Mapping[str, str]
    body: bytes
    url: str

    @property
    def page(self) -> bool:
        """Whether it is a page for people, as a proxy or a place to log in puts it before what was asked for."""
        return self.headers.get("Content-Type", "").partition(";")[0].strip().lower() in _PAGES

    @property
    def good(self) -> bool:
        """Whether the status is one of success."""
        return 200 <= self.status < 300

    def json(self) -> object:
        """Return the body as JSON.

        Raises:
            UnavailableError: it is none.
        """
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            shown = plain(self.text, limit=120)
            raise UnavailableError(
                f"{self.url} answered {self.status} with something that is not JSON: {shown}",
                remedy="is the address right, and no login page or proxy in between? If so, try again later",
            ) from None

    def masked(self, hide: Callable[[str], str]) -> Answer:
        """Return the answer with ``hide`` applied to all of its words, before anything of it is cut to a length."""
        body = hide(self.body.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")
        return replace(self, reason=hide(self.reason), body=body)

    @property
    def text(self) -> str:
        """The body as text for people, without secrets; tags of HTML are left out."""
        text = self.body.decode("utf-8", "replace")
        if "html" in self.headers.get("Content-Type", ""):
            text = html.unescape(_TAGS.sub(" ", text))
        return clean(text)

    @property
    def worded(self) -> bool:
        """Whether the reason phrase is no standard one: indexes put their words there, and nobody else does."""
        usual = {"", _phrase(self.status), *_OTHER_PHRASES.get(self.status, ())}
        return self.reason not in usual

    @property
    def message(self) -> str:
        """One line of what it says: its own reason phrase, else JSON's ``message``, else its text, else the status."""
        if self.worded:
            return plain(clean(self.reason))
        return (
            plain(clean(_json_message(self.body)) or self.text, limit=500)
            or f"{self.status} {_phrase(self.status)}".strip()
        )


_OTHER_PHRASES: Final[Mapping[int, tuple[str, ...]]] = {
    413: ("Request Entity Too Large", "Payload Too Large", "Content Too Large"),
    416: ("Requested Range Not Satisfiable", "Range Not Satisfiable"),
    422: ("Unprocessable Entity", "Unprocessable Content"),
}
"""The names that RFC 2616, RFC 4918, RFC 7231 and RFC 9110 gave one after the other, whichever this Python knows."""


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


def _json_message(body: bytes) -> str:
    """The text that JSON errors of forges and indexes carry."""
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    return str(data.get("message", "")) if isinstance(data, dict) else ""
