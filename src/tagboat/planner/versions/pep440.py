"""Versions by PEP 440: epochs, any number of components, a/b/rc, post, dev and local parts.

A version keeps its number of components where that is possible: 1.2 is followed by 1.3, or by 1.2.1.
Bumping drops what belongs to one release alone, the local part included (indexes accept none).
"""

from __future__ import annotations

import re
from typing import Final

from tagboat.core.change import Level
from tagboat.core.record import Record
from tagboat.errors import ConfigError
from tagboat.planner.versions.schemes import LONGEST

_TRAIN = re.compile(r"[-_.]?([a-z]+)[-_.]?([0-9]{0,9})")
_PLAIN = re.compile(r"[0-9]+(?:\.[0-9]+)*")
_WORDS: Final = {
    "a": "a",
    "alpha": "a",
    "b": "b",
    "beta": "b",
    "c": "rc",
    "rc": "rc",
    "pre": "rc",
    "preview": "rc",
    "dev": "dev",
    "post": "post",
    "r": "post",
    "rev": "post",
}


Key = tuple[
    int, tuple[int, ...], tuple[int, str, int], int, tuple[int, int], tuple[tuple[int, int, str], ...]
]


class Pep440(Record):
    """A version by PEP 440.

    Attributes:
        epoch: the epoch, 0 for none.
        release: the components.
        pre: the pre-release's letters and number, or None.
        post: the post-release's number, or None.
        dev: the development release's number, or None.
        local: the local part, or "".
    """

    epoch: int
    release: tuple[int, ...]
    pre: tuple[str, int] | None = None
    post: int | None = None
    dev: int | None = None
    local: str = ""

    @property
    def text(self) -> str:
        """The version in PEP 440's normal form."""
        epoch = f"{self.epoch}!" if self.epoch else ""
        pre = f"{self.pre[0]}{self.pre[1]}" if self.pre else ""
        post = f".post{self.post}" if self.post is not None else ""
        dev = f".dev{self.dev}" if self.dev is not None else ""
        local = f"+{self.local}" if self.local else ""
        return f"{epoch}{'.'.join(map(str, self.release))}{pre}{post}{dev}{local}"

    @property
    def key(self) -> Key:
        """What orders versions, as PEP 440 does: dev, pre-releases, the release, its local versions, post-releases."""
        release = self.release
        while release and not release[-1]:
            release = release[:-1]
        if self.pre is not None:
            pre: tuple[int, str, int] = (0, *self.pre)
        else:
            pre = (-1 if self.post is None and self.dev is not None else 1, "", 0)
        post = -1 if self.post is None else self.post
        dev = (1, 0) if self.dev is None else (0, self.dev)
        local = tuple(
            (1, int(part), "") if part.isdigit() else (0, 0, part) for part in self.local.split(".") if part
        )
        return self.epoch, release, pre, post, dev, local

    @property
    def major(self) -> int:
        """The first component."""
        return self.release[0]

    @property
    def is_prerelease(self) -> bool:
        """Whether it has a pre-release or a development part."""
        return self.pre is not None or self.dev is not None

    @property
    def stage(self) -> Level:
        """How far it moved from the one before it, as far as its components tell."""
        rest = self.release[1:]
        if any(rest[1:]):
            return Level.PATCH
        return Level.MINOR if any(rest) else Level.MAJOR

    def final(self) -> Pep440:
        """Return the version without pre-release, development and local parts; 1.2.post1.dev2 leads to 1.2.post1."""
        return Pep440(self.epoch, self.release, None, None if self.pre else self.post)

    def moved(self, level: Level, *, keep: bool = False) -> Pep440:
        """Return the version that is ``level`` further."""
        place = Level.MAJOR - max(level, Level.PATCH)
        numbers = list(self.release) + [0] * (place + 1 - len(self.release))
        numbers = [*numbers[:place], numbers[place] + 1, *[0] * (len(numbers) - place - 1)]
        return Pep440(self.epoch, tuple(numbers), *((self.pre, None, self.dev) if keep else ()))

    def begun(self, train: str, *, bare: bool = False) -> Pep440:  # noqa: ARG002 - PEP 440 always has a number
        """Return the first pre-release (or post-release) of this version; ``alpha`` and ``alpha.0`` say where to begin."""
        word, number = _train(train)
        match word:
            case "dev":
                return Pep440(self.epoch, self.release, None, self.post, number)
            case "post":
                return Pep440(self.epoch, self.release, None, number)
            case _:
                return Pep440(self.epoch, self.release, (word, number))

    def rides(self, train: str) -> bool:
        """Say whether this version's suffix is the train's."""
        word, _ = _train(train)
        if self.dev is not None or word == "dev":
            return self.dev is not None and word == "dev"
        if self.post is not None or word == "post":
            return self.pre is None and word == "post"
        return self.pre is not None and self.pre[0] == word

    def renumbered(self) -> Pep440:
        """Return the version whose last part is one higher; a development release leads to what it develops."""
        if self.dev is not None:
            if self.pre is None and self.post is None:
                return Pep440(self.epoch, self.release, None, None, self.dev + 1)
            return Pep440(self.epoch, self.release, self.pre, self.post)
        if self.post is not None:
            return Pep440(self.epoch, self.release, self.pre, self.post + 1)
        if self.pre is not None:
            return Pep440(self.epoch, self.release, (self.pre[0], self.pre[1] + 1))
        return self.skipped()

    def packed(self) -> Pep440:
        """Return the next post-release, which is what PEP 440 has for service packs."""
        return Pep440(self.epoch, self.release, self.pre, 1 if self.post is None else self.post + 1)

    def skipped(self) -> Pep440:
        """Return the smallest step upwards: in the last part, or in the last component."""
        if self.dev is not None:
            return Pep440(self.epoch, self.release, self.pre, self.post, self.dev + 1)
        if self.pre is not None or self.post is not None:
            return self.renumbered()
        return Pep440(self.epoch, (*self.release[:-1], self.release[-1] + 1))


def read(text: str) -> Pep440:
    """Read a version in any of PEP 440's spellings.

    Raises:
        ValueError: it is none.
    """
    if len(text) <= LONGEST and _PLAIN.fullmatch(text):
        return Pep440(0, tuple(map(int, text.split("."))))
    from packaging.version import InvalidVersion, Version  # noqa: PLC0415 - most versions are plain numbers

    try:
        version = Version(text if len(text) <= LONGEST else "")
    except InvalidVersion as error:
        raise ValueError("PEP 440 reads no version there") from error
    return Pep440(version.epoch, version.release, version.pre, version.post, version.dev, version.local or "")


def _train(train: str) -> tuple[str, int]:
    match = _TRAIN.fullmatch(train.lower())
    word = _WORDS.get(match[1], "") if match else ""
    if match is None or not word:
        raise ConfigError(
            f"PEP 440 has no pre-release {train!r}",
            remedy='Choose one of "a", "b", "rc", "dev" and "post", or the scheme "semver".',
        )
    return word, int(match[2]) if match[2] else 1
