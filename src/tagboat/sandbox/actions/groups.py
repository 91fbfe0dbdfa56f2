"""Concurrency groups: one goes, one waits, and a newcomer takes the place of the one that waits.

Source: GitHub's workflow syntax, "concurrency".
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(eq=False, slots=True)
class Place:
    """Somebody's place in a group; ``cancel`` ends who holds it."""

    cancel: Callable[[], None]
    admitted: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(slots=True)
class _Group:
    going: Place
    waiting: Place | None = None


class Groups:
    """All groups of a forge, by repository and name; upper and lower case are the same."""

    def __init__(self) -> None:
        self._groups: dict[tuple[int, str], _Group] = {}

    def enter(self, repository: int, name: str, cancel: Callable[[], None], *, cancels: bool) -> Place:
        """A place in a group, admitted at once when nobody is in it; with ``cancels``, who goes is cancelled."""
        place, key = Place(cancel), (repository, name.lower())
        group = self._groups.get(key)
        if group is None:
            self._groups[key] = _Group(place)
            place.admitted.set()
            return place
        if group.waiting is not None:
            group.waiting.cancel()
        group.waiting = place
        if cancels:
            group.going.cancel()
        return place

    def leave(self, repository: int, name: str, place: Place) -> None:
        """Give a place up; who waited goes on."""
        key = (repository, name.lower())
        group = self._groups.get(key)
        if group is None:
            return
        if group.waiting is place:
            group.waiting = None
        elif group.going is place and group.waiting is not None:
            group.going, group.waiting = group.waiting, None
            group.going.admitted.set()
        elif group.going is place:
            del self._groups[key]
