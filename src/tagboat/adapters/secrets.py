"""Who wants to hear of every secret that this process comes to hold, so that a log can hide it: short-lived ones too."""

from __future__ import annotations

from collections.abc import Callable

_listeners: list[Callable[[str], None]] = []


def on_secret(told: Callable[[str], None]) -> None:
    """Let ``told`` hear of every secret from now on; it may hear of one more than once."""
    _listeners.append(told)


def announce(*secrets: str) -> None:
    """Tell of secrets, the moment that they are there."""
    for told in _listeners:
        for secret in secrets:
            told(secret)
