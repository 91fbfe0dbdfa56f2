"""The fourteen kinds of fault that every call meets, and how the sandbox plays each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

SILENT = "silence"
SLOW = "slow-body"
ALWAYS = 1_000_000


class Fault(NamedTuple):
    """One way in which a kind comes: the sandbox's word for it, and its number."""

    word: str
    value: float | None = None

    def __str__(self) -> str:
        return self.word if self.value is None else f"{self.word} {self.value:g}"


KINDS: dict[str, tuple[Fault, ...]] = {
    "timeout": (Fault(SILENT),),
    "reset before": (Fault("reset-before"),),
    "reset mid": (Fault("reset-mid"),),
    "reset after": (Fault("reset-after"),),
    "refused, 400 to 451": tuple(Fault("status", s) for s in (400, 401, 403, 404, 408, 409, 410, 422, 451)),
    "failed, 500 to 504": tuple(Fault("status", s) for s in (500, 501, 502, 503, 504)),
    "429 with Retry-After": (Fault("retry-after", 2), Fault("retry-after", 3600)),
    "429 without": (Fault("too-many"),),
    "HTML page": (Fault("html", 502), Fault("html", 200)),
    "truncated JSON": (Fault("truncate", 0), Fault("truncate", 1)),
    "wrong type": (Fault("wrong-type", 0), Fault("wrong-type", 1)),
    "slow body": (Fault(SLOW, 0.6),),
    "stale read": (Fault("stale", 1),),
    "lost answer": (Fault("drop-after"),),
}


def cases(kind: str) -> Iterator[tuple[Fault, bool]]:
    """Yield every fault of a kind: as it comes once, and as it never ends."""
    for fault in KINDS[kind]:
        yield fault, False
        yield fault, True
