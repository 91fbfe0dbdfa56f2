"""The next version of a component, with the evidence for it.

What a person said comes first: the configured version, then the newest ``Release-As`` footer, then a version that
a reviewed change wrote into a file. Else the strategy decides. A version that cannot be is passed over with a warning,
never taken silently, and never an error: a forgotten line in a configuration must not stop every later release.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Final

from tagboat.config.planning import Versioning
from tagboat.core.change import Change, Level
from tagboat.core.proposal import Reason
from tagboat.core.record import Record
from tagboat.planner.versions.levels import decisive_first, evidence, highest
from tagboat.planner.versions.schemes import LONGEST, Number, Reader, initial, must_read, reader
from tagboat.planner.versions.strategies import FIXED, following
from tagboat.planner.versions.taken import Taken

if TYPE_CHECKING:
    from tagboat.planner.versions.paths import PathChange

_FILES: Final = "the version in the files"
_SUFFIXED: Final = ("prerelease", "service-pack")
"""Strategies of release-please whose suffixes are no trains."""


class Decision(Record):
    """What comes after the last release.

    Attributes:
        version: the next version, or "" when nothing is to be released.
        level: how far it moves.
        reasons: why, the deciding ones first.
        warnings: what a person should look at.
    """

    version: str
    level: Level
    reasons: tuple[Reason, ...]
    warnings: tuple[str, ...] = ()


class _Wish(Record):
    """A version that somebody asked for."""

    version: str
    name: str
    rule: str
    commit: str = ""
    text: str = ""
    configured: bool = False


def decide(
    last: str,
    changes: Sequence[Change],
    rules: Versioning,
    *,
    today: date,
    taken: Collection[str] = (),
    reviewed: str = "",
    levels: Mapping[Change, Level] | None = None,
    paths: Sequence[PathChange] = (),
    places: Mapping[str, str] | None = None,
) -> Decision:
    """Return the next version.

    Args:
        last: the version of the last release, or "" before the first.
        changes: the changes since, newest first.
        rules: how the version follows.
        today: the date, for CalVer.
        taken: versions that exist already, as tags or on an index; none of them is returned.
        reviewed: the version that the files hold at the commit, when it shall count; or "". It is a release of its
            own when it is above the last one, even without any change that counts.
        levels: the changes that a rule for messages gave a level.
        paths: the files that the changes touch, for the strategy ``paths``.
        places: attribute of ``rules`` (``strategy``) → where it was configured; ``rules`` for the rules for messages.

    Raises:
        ConfigError: the rules cannot be used with this scheme.
        InvalidError: the last release or the initial version is no version of this scheme.
    """
    by_paths, said = rules.strategy == "paths", places or {}
    idle = not changes and not (by_paths and paths)
    if idle and not reviewed:
        return Decision("", Level.NONE, ())
    read, known = reader(rules, today), Taken(taken)
    before = must_read(read, last, "the last release") if last else None
    if by_paths:
        from tagboat.planner.versions.paths import evidence as path_evidence  # noqa: PLC0415 - few projects go by paths

        reasons = path_evidence(paths, rules, said)
    else:
        below_one = before is not None and before.major == 0
        reasons = evidence(changes, rules, levels or {}, said, below_one=below_one)
    level, reasons = (Level.NONE, ()) if idle else _level(reasons, rules, said)
    base = _baseline(before, taken, read) if by_paths else before
    wishes = _wishes(changes, "" if idle else rules.release_as, reviewed)
    wish, warnings = _granted(wishes, before, read, known, rules)
    if wish is not None and by_paths and wish[1].name == _FILES and base is not None:
        wish = wish if wish[0].key >= base.moved(level).key else None
    if wish is not None:
        first, warning = _told(wish, before, level, said)
        return Decision(wish[0].text, first.level, (first, *reasons), (*warnings, *warning))
    if idle or rules.strategy == "manual" or (level == Level.NONE and rules.releases == "level"):
        return Decision("", level, reasons, warnings)
    number, level, why, attribute = _strategic(base, level, rules, read, today)
    free, rule = _free(number, level, rules, known)
    if rule:
        reasons = (*reasons, Reason(level, rule))
    first_reasons = (Reason(level, why, place=said.get(attribute, "")),) if why else ()
    return Decision(free.text, level, (*first_reasons, *reasons), warnings)


def _strategic(
    base: Number | None, level: Level, rules: Versioning, read: Reader, today: date
) -> tuple[Number, Level, str, str]:
    """Return what the strategy gives, how far that moves, and why (by which attribute) when changes alone do not say."""
    level = max(level, Level.PATCH)
    if base is None:
        number = initial(rules, read, today)
        if rules.train and rules.strategy != "prerelease" and not number.is_prerelease:
            number = number.begun(rules.train)
        return number, level, f"the first release is {number.text}", "initial"
    if rules.zero_ends and base.major == 0:
        number = following(base, Level.MAJOR, rules)
        return (
            number,
            Level.MAJOR,
            f"versions below 1 are not released, so {number.text} is next",
            "zero_ends",
        )
    return following(base, level, rules), level, "", ""


def _free(number: Number, level: Level, rules: Versioning, known: Taken) -> tuple[Number, str]:
    """Return the first version from ``number`` upwards that is free, and why it is another; a train's end must be too."""
    departed = ""
    while rules.train and rules.strategy not in _SUFFIXED and number.is_prerelease:
        final = number.final()
        if final.text not in known:
            break
        departed, number = final.text, following(final, level, rules)
    free, skipped = known.free(number)
    if skipped:
        return free, f"{number.text} exists already, so {free.text} is the first version that is free"
    return free, f"{departed} exists already, so the next train begins" if departed else ""


def _wishes(changes: Sequence[Change], release_as: str, reviewed: str) -> Iterator[_Wish]:
    if release_as:
        yield _Wish(release_as, "release-as", f"release-as is {release_as}", configured=True)
    for change in changes:
        if change.release_as.strip():
            name = f"Release-As of commit {change.commit[:7]}"
            word = change.release_as.split(maxsplit=1)[0]
            rule = f"the newest Release-As footer asks for {word[:LONGEST]}"
            yield _Wish(word, name, rule, change.commit, change.header)
            break
    if reviewed:
        yield _Wish(reviewed, _FILES, f"the files hold {reviewed} already")


def _told(
    wish: tuple[Number, _Wish], before: Number | None, level: Level, places: Mapping[str, str]
) -> tuple[Reason, tuple[str, ...]]:
    """Return the reason for a version that somebody asked for, and a warning when the files hold too low a one."""
    number, asked = wish
    moved = distance(before, number) if before else level
    place = places.get("release_as", "") if asked.configured else ""
    reason = Reason(moved, asked.rule, asked.commit, asked.text, place)
    if asked.name != _FILES or moved >= level:
        return reason, ()
    text = f"the files hold {number.text}, which is {moved.word}, but the changes are {level.word}"
    return reason, (text,)


def _granted(
    wishes: Iterator[_Wish], before: Number | None, read: Reader, taken: Taken, rules: Versioning
) -> tuple[tuple[Number, _Wish] | None, tuple[str, ...]]:
    """Return the first wish that can be, and why those before it cannot."""
    warnings: list[str] = []
    for wish in wishes:
        text = wish.version.strip()[:LONGEST]
        try:
            number = read(wish.version.strip())
        except ValueError:
            warnings.append(f"{wish.name} {text!r} is no version, so it was ignored")
            continue
        if before is not None and number.key <= before.key:
            if wish.name != _FILES or (rules.strategy == "manual" and number.key < before.key):
                warnings.append(
                    f"{wish.name} {text} is not above the last release {before.text}, so it was ignored"
                )
        elif wish.name == _FILES and "dev" in text.lower() and not rules.train.startswith("dev"):
            final = number.final().text
            warnings.append(
                f"the files hold {text}, a development version, which says what is worked on and decides nothing: to release"
                f" it, write {final} into them, or plan with --release-as {final}"
            )
        elif number.text in taken:
            warnings.append(f"{wish.name} {text} exists already, so it was ignored")
        else:
            return (number, wish), tuple(warnings)
    return None, tuple(warnings)


def _level(
    reasons: Sequence[Reason], rules: Versioning, places: Mapping[str, str]
) -> tuple[Level, tuple[Reason, ...]]:
    """Return the level that the strategy asks for, and all reasons for it, the deciding ones first."""
    level, ordered, place = highest(reasons), decisive_first(reasons), places.get("strategy", "")
    if rules.strategy in FIXED:
        level = FIXED[rules.strategy]
        return level, (Reason(level, f"the strategy is {rules.strategy}", place=place), *ordered)
    if rules.strategy == "manual":
        return level, (Reason(level, "a person chooses the version", place=place), *ordered)
    if level == Level.NONE and rules.releases == "notes":
        return level, (Reason(Level.PATCH, "a release moves the version by a patch at least"), *ordered)
    return level, ordered


def _baseline(before: Number | None, taken: Collection[str], read: Reader) -> Number | None:
    """Return the highest final version that exists, for the strategy ``paths``."""
    numbers = [] if before is None else [before]
    for text in taken:
        try:
            number = read(text)
        except ValueError:
            continue
        if not number.is_prerelease:
            numbers.append(number)
    return max(numbers, key=lambda number: number.key, default=None)


def distance(before: Number, after: Number) -> Level:
    """Return how far a version is from the one before it, by the first component that differs."""
    for place, (old, new) in enumerate(zip(before.release, after.release, strict=False)):
        if old != new:
            return Level(max(Level.MAJOR - place, Level.PATCH))
    return Level.PATCH
