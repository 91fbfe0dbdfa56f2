"""Which references may deploy to a protected environment of the forge."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase

_OTHERS = ("**", "[^", "{", "}", "\\")
"""What the forge's patterns may mean by these is not documented well enough to judge by."""


def admits(patterns: Sequence[str], name: str) -> bool | None:
    """Tell whether a branch or tag fits one of the patterns; None where that cannot be told.

    The forge compares as Ruby's ``File.fnmatch`` does, and no wildcard takes a ``/`` (GitHub's description of its API,
    "deployment branch policies").
    """
    judged = [_fits(pattern, name) for pattern in patterns]
    if any(judged):
        return True
    return None if None in judged else False


def _fits(pattern: str, name: str) -> bool | None:
    parts, wanted = name.split("/"), pattern.split("/")
    if any(sign in pattern for sign in _OTHERS) or any("[" in part and "]" not in part for part in wanted):
        return None
    return len(parts) == len(wanted) and all(map(fnmatchcase, parts, wanted))
