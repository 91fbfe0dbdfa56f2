"""The actions that generated workflows use, each pinned by a commit; nothing else may be used in them.

A tag can be moved, a commit cannot. To refresh a row, ask the action's repository for its newest release:

    git ls-remote --tags https://HOST/OWNER/NAME 'v*'

and take the commit of that tag (the line with ``^{}`` where the tag is annotated). A project's own files are kept fresh by
Dependabot or Renovate; what these have put there stays (:func:`newest`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from packaging.version import InvalidVersion, Version


@dataclass(frozen=True, slots=True)
class Pin:
    """A commit of an action, and the release that it is."""

    commit: str
    version: str


PINS: Mapping[str, Pin] = {
    "actions/checkout": Pin("3d3c42e5aac5ba805825da76410c181273ba90b1", "v7.0.1"),
    "actions/setup-python": Pin("5fda3b95a4ea91299a34e894583c3862153e4b97", "v7.0.0"),
    "actions/upload-artifact": Pin("bbbca2ddaa5d8feaa63e36b76fdaad77386f024f", "v7.0.0"),
    "actions/download-artifact": Pin("3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c", "v8.0.1"),
}

_USES = re.compile(
    r"(?m)^(?P<head> *(?:- )?uses: )(?P<action>[\w.-]+/[\w.-]+)@(?P<commit>[0-9a-f]{40}) # (?P<version>\S+)$"
)


def pins_in(text: str) -> dict[str, Pin]:
    """Return the pins of a file's text; the newest where an action is used several times."""
    found: dict[str, Pin] = {}
    for use in _USES.finditer(text):
        pin = Pin(use["commit"], use["version"])
        found[use["action"]] = _newer(found.get(use["action"], pin), pin)
    return found


def newest(text: str) -> dict[str, Pin]:
    """Return our pins, those of ``text`` in their place where they are newer."""
    there = pins_in(text)
    return {action: _newer(pin, there.get(action, pin)) for action, pin in PINS.items()}


def without_pins(text: str) -> str:
    """Return a text with every pin left open: two that differ in pins alone become the same."""
    return _USES.sub(r"\g<head>\g<action>", text)


def _newer(one: Pin, other: Pin) -> Pin:
    try:
        return max(one, other, key=lambda pin: Version(pin.version))
    except InvalidVersion:
        return one
