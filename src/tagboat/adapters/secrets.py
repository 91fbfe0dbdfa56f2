"""The secrets of this process: those of its environment and those that it comes to hold, short-lived ones too.

Whoever passes on a text from outside lets it go through ``clean`` before cutting it, as half a secret is not found again.
"""

from __future__ import annotations

import os
from collections.abc import Callable

from tagboat.core.known_secrets import KnownSecrets, secrets_in
from tagboat.core.secrecy import Lines, shaped

_listeners: list[Callable[[str], None]] = []
_known = KnownSecrets()


def on_secret(told: Callable[[str], None]) -> None:
    """Let ``told`` hear of every secret from now on; it may hear of one more than once."""
    _listeners.append(told)


def announce(*secrets: str) -> None:
    """Tell of secrets, the moment that they are there; from now on they are hidden."""
    _known.learn(*secrets)
    for told in _listeners:
        for secret in secrets:
            told(secret)


def hide(text: str) -> str:
    """Return the text with a mask in place of every secret that this process knows, however it is spelled."""
    _known.learn(*secrets_in(os.environ))
    return _known.hide(text)


def clean(text: str) -> str:
    """Return a message with a mask in place of every secret that is known, and of what can be nothing but one."""
    return shaped(hide(text))


def masked_lines() -> Lines:
    """Return what masks a log line by line, of which there may be many: the environment is looked at once."""
    hide("")
    return Lines(_known.hide)


def forget() -> None:
    """Know nothing any more: for tests, which hold secrets of many processes in one."""
    global _known  # noqa: PLW0603 - the one thing that a process has
    _known = KnownSecrets()
    _listeners.clear()
