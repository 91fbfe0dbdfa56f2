"""A version that a person chooses, with the reason for it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from tagboat.config.planning import Versioning
from tagboat.core.change import Level
from tagboat.core.proposal import Reason
from tagboat.errors import UsageError
from tagboat.planner.versions.decide import Decision, distance
from tagboat.planner.versions.schemes import LONGEST, initial, must_read, reader
from tagboat.planner.versions.strategies import following
from tagboat.planner.versions.taken import Taken

_LEVELS = {level.word: level for level in (Level.PATCH, Level.MINOR, Level.MAJOR)}


def chosen(
    last: str, wanted: str, reason: str, rules: Versioning, *, today: date, taken: Collection[str] = ()
) -> Decision:
    """Return the decision for what a person wants.

    Args:
        last: the version of the last release, or "" before the first.
        wanted: the version, or ``patch``, ``minor`` or ``major``.
        reason: why, in the person's words.
        rules: how versions follow.
        today: the date, for CalVer.
        taken: versions that exist already.

    Raises:
        UsageError: there is no reason, or the version is none, is not above the last release, or exists already.
        ConfigError: the rules cannot be used.
        InvalidError: the last release is no version of the scheme.
    """
    text = wanted.strip()[:LONGEST]
    if not reason.strip():
        raise UsageError(
            f"no reason is given for {text!r}", remedy="Say why; the reason is kept with the release."
        )
    read, known = reader(rules, today), Taken(taken)
    before = must_read(read, last, "the last release") if last else None
    if wanted.strip() in _LEVELS:
        level = _LEVELS[wanted.strip()]
        number = following(before, level, rules) if before else initial(rules, read, today)
        free, _ = known.free(number)
        return Decision(
            free.text, level, (Reason(level, f"a person asked for {level.word}", text=reason.strip()),)
        )
    try:
        number = read(wanted.strip())
    except ValueError as error:
        raise UsageError(
            f"{text!r} is no version: {error}", remedy="Give a version, or patch, minor or major."
        ) from error
    if before is not None and number.key <= before.key:
        raise UsageError(
            f"{number.text} is not above the last release {before.text}",
            remedy="Give a higher version; for a fix of an older line, plan on that line's branch.",
        )
    if number.text in known:
        raise UsageError(
            f"{number.text} exists already, as a tag or on the index", remedy="Give a version that is free."
        )
    level = distance(before, number) if before else Level.MAJOR
    return Decision(
        number.text, level, (Reason(level, f"a person chose {number.text}", text=reason.strip()),)
    )
