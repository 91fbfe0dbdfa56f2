"""A crash file: what the makers need to find a bug of Tagboat's, and no secret of the person who met it."""

from __future__ import annotations

import os
import platform
import re
import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from tagboat._version import __version__
from tagboat.errors import BugError

HIDDEN: Final = "***"
_SHORT: Final = (
    re.compile(r"(?i)(?<=basic )[a-z0-9+/=]{6,}|(?<=bearer )[^\s'\",]{6,}|(?<=token )[^\s'\",]{6,}"),
    re.compile(r"\b(?:gh[oprsu]_|github_pat_|pypi-)[A-Za-z0-9_-]{6,}"),
)
"""What could be words in a message and never is in a traceback: shorter than any secret that is known by its shape."""


def bug(error: BaseException, command: str, state: str = "") -> BugError:
    """Write a crash file and return the error that tells of it.

    Args:
        error: what came up.
        command: the command's name; its arguments are not written.
        state: the state directory of the run, or "" for the user's own state folder.
    """
    cause = f"Tagboat met a bug in itself: {hidden(f'{type(error).__name__}: {error}')}"
    try:
        path = _written(_folder(state), _text(error, command))
    except OSError as refusal:
        return BugError(
            cause,
            remedy=f"report it with the steps that lead to it; no crash file could be written: {refusal}",
        )
    return BugError(
        cause,
        remedy=f"read {path}, then report it with that file to Tagboat's issue tracker; what was done is kept: "
        "tagboat status",
    )


def hidden(text: str) -> str:
    """Return the text without the secrets of this process, and without what looks like one."""
    from tagboat.adapters.secrets import hide  # noqa: PLC0415 - hardly ever
    from tagboat.core.secrecy import redacted  # noqa: PLC0415

    text = redacted(hide(text))
    for pattern in _SHORT:
        text = pattern.sub(HIDDEN, text)
    return text


def _text(error: BaseException, command: str) -> str:
    """Versions, and the way through the code; no variable's value is in it, and no argument."""
    way = "".join(traceback.format_exception(error, limit=-100))
    return (
        f"tagboat {__version__}, Python {platform.python_version()}, {platform.platform()}\n"
        f"tagboat {command}\n\n{hidden(way)}"
    )


def _folder(state: str) -> Path:
    if state:
        return Path(state)
    from platformdirs import user_state_path  # noqa: PLC0415 - only when there is a bug

    return user_state_path("tagboat") / "crashes"


def _written(folder: Path, text: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
    path = folder / f"crash-{moment}-{os.getpid()}.txt"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "w", encoding=sys.getdefaultencoding(), errors="backslashreplace") as file:
        file.write(text)
    return path
