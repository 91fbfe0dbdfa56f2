"""Regular expressions of other tools, made ready for ``re``: the same matches, in bounded time.

Rust's engine takes linear time for any pattern, Python's does not, and both patterns and messages are hostile input. So
a pattern is carried over only when it cannot run away: no repetition of what itself varies in length, and few open
repetitions. The syntax is that of the crate regex 1.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_LONGEST: Final = 1000
_OPEN: Final = 3
_LARGE: Final = 100
_TOKEN = re.compile(
    r"\\(?:x\{(?P<hex>[0-9A-Fa-f]{1,6})\}|u\{(?P<uni>[0-9A-Fa-f]{1,6})\}|(?P<escaped>[^xupP]|[xu](?=[0-9A-Fa-f]{2})))"
    r"|\((?:\?(?:P?<(?P<name>[A-Za-z_]\w*)>|(?P<flags>[a-zA-Z-]*)(?P<after>[:)])))?"
    r"|(?P<close>\))|(?P<bar>\|)|(?P<class>\[)"
    r"|(?P<repeat>[*+?]|\{(?P<least>\d{1,4})(?P<comma>,)?(?P<most>\d{1,4})?\})(?P<lazy>\?)?"
    r"|(?P<plain>[^\\()|\[*+?])",
    re.DOTALL,
)
_POSIX: Final = {
    "alnum": "0-9A-Za-z",
    "alpha": "A-Za-z",
    "digit": "0-9",
    "lower": "a-z",
    "upper": "A-Z",
    "space": r"\s",
    "word": r"\w",
    "xdigit": "0-9A-Fa-f",
}
_CLASS_PART = re.compile(r"\[:(\^?)([a-z]+):\]|\\x\{([0-9A-Fa-f]{1,6})\}|\\[^pPxu]|[^\\\[\]]|\\", re.DOTALL)
_EDGE = re.compile(r"(?:\.\*\??)+")


class Untranslatable(ValueError):  # noqa: N818 - it is no error of the program
    """A pattern that cannot be carried over; its text says why."""


@dataclass(slots=True)
class _Group:
    varies: bool = False
    flagged: int = 0
    empty: bool = True


def translated(pattern: str) -> str:
    """Return a pattern of Rust's ``regex`` (or of Python's ``re`` without look-around) in Python's spelling.

    Groups capture nothing in it, and what a search does not need at its ends (``.*``) is left out.

    Raises:
        Untranslatable: it has no counterpart, or could take more than bounded time.
    """
    if len(pattern) > _LONGEST:
        raise Untranslatable(f"it is longer than {_LONGEST} characters")
    made = _Translation(pattern).made()
    if "|" not in made:
        start = _EDGE.match(made)
        made = made[start.end() :] if start else made
        if made.endswith((".*", ".*?")) and not made.endswith(("\\.*", "\\.*?")):
            made = re.sub(r"(?<!\\)\.\*\??\Z", "", made)
    try:
        re.compile(made)
    except (re.error, OverflowError, RecursionError) as error:
        raise Untranslatable(f"Python cannot read it: {error}") from None
    return made


class _Translation:
    def __init__(self, pattern: str) -> None:
        self.text = pattern
        self.at = 0
        self.groups = [_Group()]
        self.open = 0
        self.inner: bool | None = None  # whether the last atom varies; None: there is nothing to repeat

    def made(self) -> str:
        parts: list[str] = []
        while self.at < len(self.text):
            token = _TOKEN.match(self.text, self.at)
            if token is None:
                raise Untranslatable(f"{self.text[self.at : self.at + 10]!a} has no counterpart in Python")
            self.at = token.end()
            parts.append(self._part(token))
        if len(self.groups) > 1:
            raise Untranslatable("a group is not closed")
        return "".join(parts) + ")" * self.groups[0].flagged

    def _part(self, token: re.Match[str]) -> str:
        if token["repeat"]:
            return self._repeat(token)
        if token["flags"] is not None and token["after"] == ")":
            return self._flags(token["flags"], self.groups[-1])
        if token[0][0] == "(":
            self.groups.append(_Group())
            self.inner = None
            return f"(?{_known_flags(token['flags'] or '')}:"
        return self._close() if token["close"] else self._atom(token)

    def _atom(self, token: re.Match[str]) -> str:
        group = self.groups[-1]
        group.empty, self.inner = False, False
        if token["bar"]:
            group.varies, self.inner = True, None
            return "|"
        if token["class"]:
            return self._class()
        code = token["hex"] or token["uni"]
        if code:
            return _character(code)
        if token["escaped"]:
            if token["escaped"] == "b" and self.text.startswith("{", self.at):
                raise Untranslatable("a half of a word's boundary has no counterpart in Python")
            return _escape(token["escaped"])
        return "\\" + token["plain"] if token["plain"] in "{}" else token["plain"]

    def _repeat(self, token: re.Match[str]) -> str:
        if self.inner is None:
            raise Untranslatable("there is nothing to repeat, or a repetition is repeated")
        optional = token["repeat"] == "?"
        most = token["most"] or ("" if token["comma"] else token["least"])
        fixed = bool(token["least"]) and most == token["least"]
        unbounded = not optional and (not token["least"] or not most or int(most) > _LARGE)
        if self.inner and not optional:
            raise Untranslatable("what is repeated varies in itself, which can take exponential time")
        self.open += unbounded
        if self.open > _OPEN:
            raise Untranslatable(f"it has more than {_OPEN} open repetitions")
        self.groups[-1].varies |= not fixed
        self.inner = None
        return token[0]

    def _flags(self, flags: str, group: _Group) -> str:
        if not group.empty:
            raise Untranslatable(f"the flags ({flags}) stand in the middle")
        group.flagged += 1
        self.inner = None
        return f"(?{_known_flags(flags)}:"

    def _close(self) -> str:
        if len(self.groups) == 1:
            raise Untranslatable("a group is closed that was not opened")
        group = self.groups.pop()
        self.groups[-1].varies |= group.varies
        self.groups[-1].empty = False
        self.inner = group.varies
        return ")" * (1 + group.flagged)

    def _class(self) -> str:
        made = "["
        if self.text.startswith("^", self.at):
            made, self.at = "[^", self.at + 1
        if self.text.startswith("]", self.at):
            made, self.at = made + r"\]", self.at + 1
        while self.at < len(self.text) and self.text[self.at] != "]":
            part = _CLASS_PART.match(self.text, self.at)
            if part is None or part[0] == "\\" or part[1] or (part[2] and part[2] not in _POSIX):
                raise Untranslatable("a class of characters has no counterpart in Python")
            if self.text[self.at : self.at + 2] in {"&&", "--", "~~"}:
                raise Untranslatable("an operation on classes of characters has no counterpart in Python")
            made += _POSIX[part[2]] if part[2] else _character(part[3]) if part[3] else part[0]
            self.at = part.end()
        if self.at >= len(self.text):
            raise Untranslatable("a class of characters is not closed")
        self.at += 1
        return made + "]"


def _known_flags(flags: str) -> str:
    if not set(flags) <= set("ims"):
        raise Untranslatable(f"the flags ({flags}) have no counterpart in Python")
    return flags


def _character(code: str) -> str:
    number = int(code, 16)
    if number > 0x10FFFF:
        raise Untranslatable(f"there is no character of the number {code}")
    return re.escape(chr(number))


def _escape(letter: str) -> str:
    if letter == "z":
        return r"\Z"
    if letter in "<>" or (letter.isascii() and letter.isalnum() and letter not in "AbBdDsSwWafnrtvxu"):
        raise Untranslatable(f"\\{letter} has no counterpart in Python")
    return "\\" + letter
