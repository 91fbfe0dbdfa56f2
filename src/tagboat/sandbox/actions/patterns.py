"""Filter patterns of ``branches``, ``tags`` and ``paths``.

``*`` stops at a slash and ``**`` does not; ``?`` and ``+`` repeat the letter before them; ``!`` in front takes away what
an earlier pattern gave. Source: GitHub's workflow syntax, "Filter pattern cheat sheet".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache


@lru_cache(maxsize=1000)
def _compiled(pattern: str) -> re.Pattern[str]:
    made, at = "", 0
    while at < len(pattern):
        letter = pattern[at]
        if pattern.startswith("**/", at):
            made, at = made + "(?:.*/)?", at + 3
            continue
        if pattern.startswith("**", at):
            made, at = made + ".*", at + 2
            continue
        end = pattern.find("]", at + 1) if letter == "[" else -1
        if end > at + 1:
            made, at = made + "[" + re.escape(pattern[at + 1 : end]).replace(r"\-", "-") + "]", end + 1
            continue
        if letter == "\\" and at + 1 < len(pattern):
            made, at = made + re.escape(pattern[at + 1]), at + 2
            continue
        if letter in "?+" and made:
            made += letter
        else:
            made += "[^/]*" if letter == "*" else re.escape(letter)
        at += 1
    return re.compile(re.sub(r"(?<!\\)([?+])[?+]+", r"\1", made))


def chosen(name: str, patterns: Sequence[str]) -> bool:
    """Whether the patterns, read from first to last, end with this name taken."""
    taken = False
    for pattern in patterns:
        negative = pattern.startswith("!")
        if _compiled(pattern.removeprefix("!")).fullmatch(name):
            taken = not negative
    return taken


def any_chosen(names: Iterable[str], patterns: Sequence[str]) -> bool:
    """Whether at least one of the names is taken."""
    return any(chosen(name, patterns) for name in names)
