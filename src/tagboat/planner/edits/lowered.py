"""Edits that would put a lower version where a higher one stands: a person should know before that is written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from packaging.version import InvalidVersion, Version

from tagboat.core.proposal import FileEdit


def lowered(edits: Iterable[FileEdit]) -> Iterator[str]:
    """Yield a warning for each file where a version becomes lower; what PEP 440 does not read is passed over."""
    for edit in edits:
        for place in edit.places:
            try:
                falls = Version(place.after) < Version(place.before)
            except InvalidVersion:
                continue
            if falls:
                yield f"{edit.path}:{place.line} holds {place.before}, which is above {place.after}"
                break
