"""What the world shows late: an index's page and a forge's list may lack for a while what is there already."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeVar

from tagboat.ports.clock import Clock, growing_pauses

_LOOKS: Final = 5
_FIRST_PAUSE: Final = 1.0
FoundT = TypeVar("FoundT")


def looked_for(clock: Clock, look: Callable[[], FoundT | None]) -> FoundT | None:
    """Look, with growing pauses, until it is there; None when it is not within a quarter of a minute."""
    for pause in (0.0, *growing_pauses(_LOOKS, _FIRST_PAUSE)):
        clock.sleep(pause)
        found = look()
        if found is not None:
            return found
    return None
