"""Which faults of git objects are let in: those of old tools, which real histories hold and which hurt nobody."""

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
_HARMFUL: Final = ("emptyName", "fullPathname", "hasDot", "hasDotdot", "hasDotgit", "nullSha1")
"""What git itself only warns of."""
_SEVERITIES: Final = {**dict.fromkeys(_HARMLESS, "ignore"), **dict.fromkeys(_HARMFUL, "error")}


def fetch_settings() -> dict[str, str]:
    """Return the settings with which ``git fetch`` checks every object that comes in."""
    severities = {f"fetch.fsck.{name}": severity for name, severity in _SEVERITIES.items()}
    return {"fetch.fsckObjects": "true", **severities}


def strictness() -> str:
    """Return the option with which ``git index-pack`` checks every object."""
    return "--strict=" + ",".join(f"{name.lower()}={severity}" for name, severity in _SEVERITIES.items())
