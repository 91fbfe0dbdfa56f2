"""Versions by SemVer 2.0.0 (https://semver.org), read tolerantly: PEP 440's spelling of one is understood too."""

from __future__ import annotations

import re
from typing import Final

from tagboat.core.change import Level
from tagboat.core.record import Record
from tagboat.errors import ConfigError
from tagboat.planner.versions.schemes import LONGEST

_VERSION = re.compile(r"v?([0-9]+)\.([0-9]+)\.([0-9]+)(?:-([0-9A-Za-z.-]+))?(?:\+([0-9A-Za-z.-]+))?")
_LAST_NUMBER = re.compile(r"[0-9]+(?=[^0-9]*\Z)")
_PACK = re.compile(r"sp\.([0-9]+)")
_WORD = re.compile(r"[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*")
_PEP440_WORDS: Final = {"a": "alpha", "b": "beta", "rc": "rc"}


class SemVer(Record):
    """A version by SemVer.

    Attributes:
        release: major, minor and patch.
        pre: the pre-release identifiers, or "".
        build: the build metadata, or "".
    """

    release: tuple[int, int, int]
    pre: str = ""
    build: str = ""

    @property
    def text(self) -> str:
        """The version as SemVer spells it."""
        pre = f"-{self.pre}" if self.pre else ""
        build = f"+{self.build}" if self.build else ""
        return f"{'.'.join(map(str, self.release))}{pre}{build}"

    @property
    def key(self) -> tuple[object, ...]:
        """What orders versions: SemVer's precedence (clause 11)."""
        identifiers = tuple(
            (0, int(word), "") if word.isdecimal() else (1, 0, word)
            for word in self.pre.split(".")
            if self.pre
        )
        return (self.release, not self.pre, identifiers)

    @property
    def major(self) -> int:
        """The first component."""
        return self.release[0]

    @property
    def is_prerelease(self) -> bool:
        """Whether it has pre-release identifiers."""
        return bool(self.pre)

    @property
    def stage(self) -> Level:
        """How far it moved from the one before it, as far as its components tell."""
        _, minor, patch = self.release
        return Level.PATCH if patch else Level.MINOR if minor else Level.MAJOR

    def final(self) -> SemVer:
        """Return the version without pre-release and build metadata."""
        return SemVer(self.release)

    def moved(self, level: Level, *, keep: bool = False) -> SemVer:
        """Return the version that is ``level`` further; build metadata stays with the suffix."""
        major, minor, patch = self.release
        match level:
            case Level.MAJOR:
                release = (major + 1, 0, 0)
            case Level.MINOR:
                release = (major, minor + 1, 0)
            case _:
                release = (major, minor, patch + 1)
        return SemVer(release, self.pre, self.build) if keep else SemVer(release)

    def begun(self, train: str, *, bare: bool = False) -> SemVer:
        """Return the first pre-release of this version."""
        _check(train)
        numbered = bare or _LAST_NUMBER.search(train)
        return self._replace(pre=train if numbered else f"{train}.1")

    def rides(self, train: str) -> bool:
        """Say whether this version's suffix is the train's, whatever its number."""
        _check(train)
        return bool(self.pre) and _bare(self.pre) == _bare(train)

    def renumbered(self) -> SemVer:
        """Return the version whose last run of digits in the suffix is one higher; zero padding stays."""
        if not self.pre:
            return self.skipped()
        number = _LAST_NUMBER.search(self.pre)
        if number is None:
            return self._replace(pre=f"{self.pre}.1")
        following = str(int(number[0]) + 1).zfill(len(number[0]))
        return self._replace(pre=self.pre[: number.start()] + following + self.pre[number.end() :])

    def packed(self) -> SemVer:
        """Return the next service pack: 1.2.3, 1.2.3-sp.1, 1.2.3-sp.2."""
        pack = _PACK.search(self.pre)
        return self._replace(pre=f"sp.{int(pack[1]) + 1}" if pack else "sp.1")

    def skipped(self) -> SemVer:
        """Return the smallest step upwards: in the suffix's number, or in the patch component."""
        return self.renumbered() if self.pre else self.moved(Level.PATCH)


def read(text: str) -> SemVer:
    """Read a version by SemVer, or one that PEP 440 spells and SemVer can hold.

    Raises:
        ValueError: it is none.
    """
    match = _VERSION.fullmatch(text.strip()) if len(text) <= LONGEST else None
    if match:
        return SemVer((int(match[1]), int(match[2]), int(match[3])), match[4] or "", match[5] or "")
    from tagboat.planner.versions.pep440 import read as read_pep440  # noqa: PLC0415

    other = read_pep440(text)
    if other.epoch or other.post is not None or len(other.release) > 3:
        raise ValueError("SemVer has no place for it")
    words = [*(f"{_PEP440_WORDS[other.pre[0]]}.{other.pre[1]}" for _ in "x" if other.pre)]
    words += [f"dev.{other.dev}"] if other.dev is not None else []
    major, minor, patch = (*other.release, 0, 0)[:3]
    return SemVer((major, minor, patch), ".".join(words), other.local)


def _bare(pre: str) -> str:
    return _LAST_NUMBER.sub("", pre).strip(".-")


def _check(train: str) -> None:
    if _WORD.fullmatch(train) is None:
        raise ConfigError(
            f"{train!r} cannot stand in a pre-release",
            remedy="SemVer allows letters, digits and hyphens there, with dots between.",
        )
