"""How long to wait between two tries."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

FIRST: Final = 0.5
LONGEST: Final = 20.0


def pause(turn: int, jitter: float) -> float:
    """Return the seconds to wait after try ``turn`` (from 1): doubling, and uneven by ``jitter`` (0 to 1) of its half."""
    return min(FIRST * 2.0 ** (turn - 1), LONGEST) * (0.5 + jitter / 2)


def asked_pause(headers: Mapping[str, str], now: datetime) -> float | None:
    """Return the seconds that ``Retry-After`` asks for (a number, or a date: RFC 9110, 10.2.3), or None."""
    text = headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        when = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    if when.tzinfo is None:
        when = when.replace(tzinfo=UTC)
    return max((when - now).total_seconds(), 0.0)
