"""Which faults of git objects are let in: those of old tools, which real histories hold and which hurt nobody.

Everything else is refused: checking strictly, git makes errors of what it otherwise warns of (``..`` and ``.git`` in
trees, for one).
"""

from __future__ import annotations

from typing import Final

_HARMLESS: Final = (
    "badFilemode",
    "badTimezone",
    "missingEmail",
    "missingNameBeforeEmail",
    "missingSpaceBeforeDate",
    "missingSpaceBeforeEmail",
    "missingTaggerEntry",
    "zeroPaddedDate",
    "zeroPaddedFilemode",
)


def fetch_settings() -> dict[str, str]:
    """Return the settings with which ``git fetch`` checks every object that comes in."""
    return {"fetch.fsckObjects": "true", **{f"fetch.fsck.{name}": "ignore" for name in _HARMLESS}}


def strictness() -> str:
    """Return the option with which ``git index-pack`` checks every object."""
    return "--strict=" + ",".join(f"{name.lower()}=ignore" for name in _HARMLESS)
