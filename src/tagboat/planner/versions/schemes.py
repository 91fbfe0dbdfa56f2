"""The grammars of versions, behind one protocol: what every strategy may ask of a version."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, Final, Protocol, Self

from tagboat.config.planning import Versioning
from tagboat.core.change import Level
from tagboat.errors import InvalidError

LONGEST: Final = 200
"""The most characters of a version; a longer text is none."""


class Number(Protocol):
    """A version in some grammar; every method returns a new one.

    Two numbers of one grammar compare by their keys.
    """

    @property
    def text(self) -> str:
        """The version, spelled as its grammar spells it."""

    @property
    def key(self) -> Any:
        """What orders versions of this grammar."""

    @property
    def release(self) -> tuple[int, ...]:
        """The components."""

    @property
    def major(self) -> int:
        """The first component."""

    @property
    def is_prerelease(self) -> bool:
        """Whether a final version is still to come."""

    @property
    def stage(self) -> Level:
        """How far this version moved from the one before it, as far as its components tell: 1.3.0 is minor."""

    def final(self) -> Self:
        """Return the final version that a pre-release leads to."""

    def moved(self, level: Level, *, keep: bool = False) -> Self:
        """Return the final version that is ``level`` further.

        Args:
            level: patch or higher.
            keep: leave the pre-release suffix as it is.
        """

    def begun(self, train: str, *, bare: bool = False) -> Self:
        """Return the first pre-release of this final version.

        Args:
            train: the pre-release's word.
            bare: without a number where the grammar allows that.

        Raises:
            ConfigError: the grammar has no such pre-release.
        """

    def rides(self, train: str) -> bool:
        """Say whether this pre-release belongs to the train.

        Raises:
            ConfigError: the grammar has no such pre-release.
        """

    def renumbered(self) -> Self:
        """Return the next version with the same components: the suffix's number is one higher."""

    def packed(self) -> Self:
        """Return the next service pack of this version."""

    def skipped(self) -> Self:
        """Return the smallest step upwards, for when this version is taken."""


Reader = Callable[[str], Number]


def reader(rules: Versioning, today: date) -> Reader:
    """Return the function that reads versions of the configured grammar.

    The function raises ``ValueError`` for text that is no version.

    Raises:
        ConfigError: the CalVer pattern cannot be used.
    """
    match rules.scheme:
        case "pep440":
            from tagboat.planner.versions.pep440 import read as read_pep440  # noqa: PLC0415

            return read_pep440
        case "semver":
            from tagboat.planner.versions.semver import read as read_semver  # noqa: PLC0415

            return read_semver
        case "calver":
            from tagboat.planner.versions.calver import reader as calver_reader  # noqa: PLC0415

            return calver_reader(rules.pattern, today)


def initial(rules: Versioning, read: Reader, today: date) -> Number:
    """Return the version of the first release: the configured one, with CalVer today's unless that one fits.

    Raises:
        ConfigError: the CalVer pattern cannot be used.
        InvalidError: the configured one is no version.
    """
    if rules.scheme != "calver":
        return must_read(read, rules.initial, "the initial version")
    try:
        return read(rules.initial)
    except ValueError:
        from tagboat.planner.versions.calver import first  # noqa: PLC0415

        return first(rules.pattern, today)


def must_read(read: Reader, text: str, what: str) -> Number:
    """Read a version that nothing works without.

    Args:
        read: the grammar.
        text: the version.
        what: what it is, for the message: ``the last release``.

    Raises:
        InvalidError: it is no version.
    """
    try:
        return read(text)
    except ValueError as error:
        raise InvalidError(
            f"{what} is {text[:LONGEST]!r}: {error}",
            remedy="Configure the scheme that the project's versions follow, or ignore the tag that this one comes from.",
        ) from error
