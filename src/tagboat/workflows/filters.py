"""The forge's patterns of branches, tags and paths in a trigger's filters.

Rules (GitHub, "Filter pattern cheat sheet"): ``*`` is anything but ``/``; ``**`` is anything; ``?`` and ``+`` repeat the
character or brackets before them, none or once and once or more; ``[abc]`` and ``[a-z]`` are one character; ``!`` at the
beginning takes out what an earlier pattern took. A backslash makes the next character plain.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache


def taken(patterns: Sequence[str], name: str) -> bool:
    """Whether a list of patterns takes a name; the last pattern that says something about it decides."""
    found = False
    for pattern in patterns:
        if pattern.startswith("!"):
            found = found and not matches(pattern[1:], name)
        else:
            found = found or matches(pattern, name)
    return found


def matches(pattern: str, name: str) -> bool:
    """Whether one pattern takes the whole name; a pattern that cannot be read takes nothing but itself."""
    compiled = _compiled(pattern)
    return compiled.fullmatch(name) is not None if compiled else pattern == name


def plain_beginning(pattern: str) -> str:
    """Return the text that every name begins with that the pattern takes."""
    found = ""
    for place, character in enumerate(pattern):
        if character in "*?+[\\!":
            # What may be absent or repeated is no certain beginning.
            return found[:-1] if character == "?" else found
        found = pattern[: place + 1]
    return found


@cache
def _compiled(pattern: str) -> re.Pattern[str] | None:
    try:
        return re.compile("".join(_pieces(pattern)), re.DOTALL)
    except re.error:
        return None


def _pieces(pattern: str) -> list[str]:
    """Return the regular expression's pieces, one for each character, brackets or star."""
    pieces: list[str] = []
    place = 0
    while place < len(pattern):
        character = pattern[place]
        place += 1
        if character == "*":
            deep = pattern.startswith("*", place)
            while pattern.startswith("*", place):
                place += 1
            pieces.append(".*" if deep else "[^/]*")
        elif character in "?+" and pieces and not pieces[-1].endswith(("*", "?", "+")):
            pieces[-1] += character
        elif character == "[" and (end := pattern.find("]", place)) > place:
            inner = re.sub(r"([\\^\[])", r"\\\1", pattern[place:end])
            pieces.append(f"[{inner}]")
            place = end + 1
        elif character == "\\" and place < len(pattern):
            pieces.append(re.escape(pattern[place]))
            place += 1
        else:
            pieces.append(re.escape(character))
    return pieces
