"""Which form of a simple page a client gets (PEP 691): JSON or HTML, by the Accept header with its q-values."""

from __future__ import annotations

from typing import Final

JSON: Final = "application/vnd.pypi.simple.v1+json"
HTML: Final = "application/vnd.pypi.simple.v1+html"
PLAIN_HTML: Final = "text/html"

_OFFERS: Final = {
    PLAIN_HTML: PLAIN_HTML,
    HTML: HTML,
    JSON: JSON,
    "application/vnd.pypi.simple.latest+json": JSON,
    "application/vnd.pypi.simple.latest+html": HTML,
}


def chosen(accept: str) -> str | None:
    """The content type to answer with, or None when nothing that we have is acceptable.

    The most wanted wins; among equals the one that the client names first, and for a wildcard plain HTML.
    """
    wanted = _wanted(accept)
    best: tuple[float, str] | None = None
    for pattern, quality in wanted:
        offer = _OFFERS.get(pattern) or _wildcard(pattern)
        if offer is not None and quality > 0 and (best is None or quality > best[0]):
            best = (quality, offer)
    return best[1] if best else None


def _wanted(accept: str) -> list[tuple[str, float]]:
    wanted = []
    for item in (accept.strip() or "*/*").split(","):
        pattern, *parameters = (piece.strip().lower() for piece in item.split(";"))
        quality = 1.0
        for parameter in parameters:
            name, _, value = parameter.partition("=")
            if name.strip() == "q":
                quality = _number(value)
        if pattern:
            wanted.append((pattern, quality))
    return wanted


def _wildcard(pattern: str) -> str | None:
    return {"*/*": PLAIN_HTML, "text/*": PLAIN_HTML, "application/*": JSON}.get(pattern)


def _number(value: str) -> float:
    try:
        return min(1.0, max(0.0, float(value)))
    except ValueError:
        return 0.0
