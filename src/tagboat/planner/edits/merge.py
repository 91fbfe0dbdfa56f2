"""Several spots of one file become its new content."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from tagboat.core.proposal import FileEdit, Place
from tagboat.errors import ConfigError
from tagboat.planner.edits.spots import REMEDY, Spot, printable


@dataclass(frozen=True, slots=True)
class Wanted:
    """A spot, and the rule that asks for it."""

    spot: Spot
    rule: str


def merged(file: str, data: bytes, wanted: list[Wanted]) -> FileEdit:
    """Return the edit of a file; without places when everything stands there already.

    Raises:
        ConfigError: two rules want different texts in one place.
    """
    spots = sorted({one.spot for one in wanted}, key=lambda spot: (spot.start, spot.end, spot.text))
    for left, right in pairwise(spots):
        if right.start < left.end or (right.start, right.end) == (left.start, left.end):
            line = data.count(b"\n", 0, right.start) + 1
            texts = " and ".join(dict.fromkeys(printable(text)[:60] for text in (left.text, right.text)))
            raise ConfigError(f"{file}:{line}: two edits meet here ({texts})", remedy=REMEDY)
    pieces: list[bytes] = []
    places: list[Place] = []
    position = line = 0
    for spot in spots:
        before, after = data[spot.start : spot.end], spot.text.encode()
        kept = data[position : spot.start]
        line += kept.count(b"\n")
        pieces += [kept, after]
        if before != after:
            places.append(Place(line + 1, before.decode("utf-8", "replace"), spot.text))
        line += before.count(b"\n")
        position = spot.end
    changed = {one.rule for one in wanted}
    return FileEdit(
        file, data, b"".join([*pieces, data[position:]]), tuple(places), ", ".join(sorted(changed))
    )
