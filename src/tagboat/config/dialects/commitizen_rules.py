"""commitizen's conventions, as rules: its own conventional commits, Jira's, and those that a project writes itself."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tagboat.config.dialects.commitizen_options import CUSTOM_ELSEWHERE, CUSTOM_LOST
from tagboat.config.dialects.options import Options
from tagboat.config.dialects.patterns import Untranslatable, translated
from tagboat.config.planning import MessageRule, ReadingRules, Section
from tagboat.core.change import Level

PATTERN: Final = r"^((BREAKING[\-\ ]CHANGE|\w+)(\(.+\))?!?):"
OLD_PATTERN: Final = r"^((BREAKING[\-\ ]CHANGE|feat|fix|refactor|perf)(\(.+\))?!?)"
"""The pattern up to commitizen 3.1, which asked for no colon: a line such as ``fixes #202`` counted, too."""

MAP: Final = {
    r"^.+!$": "MAJOR",
    r"^BREAKING[\-\ ]CHANGE": "MAJOR",
    r"^feat": "MINOR",
    r"^fix": "PATCH",
    r"^refactor": "PATCH",
    r"^perf": "PATCH",
}
_LEVELS: Final = {"MAJOR": Level.MAJOR, "MINOR": Level.MINOR, "PATCH": Level.PATCH}
_WORD = re.compile(r"[A-Za-z][\w-]*")
_TITLES: Final = {"feat": "Feat", "fix": "Fix", "refactor": "Refactor", "perf": "Perf"}


@dataclass(frozen=True, slots=True)
class Convention:
    """How a convention reads commits, and what they count for.

    Attributes:
        reading: how messages are read.
        levels: type → level.
        levels_below_one: the same with ``major_version_zero``.
        breaking_below_one: the level of what breaks, with ``major_version_zero``.
        sections: the headings of the notes.
    """

    reading: ReadingRules
    levels: Mapping[str, Level]
    levels_below_one: Mapping[str, Level]
    breaking_below_one: Level
    sections: tuple[Section, ...]


def convention_of(options: Options, component: str, used: tuple[int, int]) -> Convention:
    """Return the convention that the option ``name`` chooses.

    Args:
        options: the tool's options.
        component: the component's name, for the origins.
        used: the version of commitizen that the project uses.
    """
    chosen = options.text("name", "cz_conventional_commits")
    if "name" in options:
        options.said(f"{component}.reading", "name")
    titles = _mapped(options, "change_type_map")
    if chosen == "cz_customize":
        return _customized(options.table("customize"), titles, component)
    if "customize" in options:
        options.remark("customize", "it counts with the name cz_customize alone")
    if chosen == "cz_jira":
        options.remark("name", "Jira's convention moves no version: a person chooses it")
        return _convention("(?!)", {}, {}, {})
    if chosen != "cz_conventional_commits":
        options.remark("name", f"{chosen!a} is a plugin's convention: commits are read as conventional ones")
    return _convention(OLD_PATTERN if used < (3, 2) else PATTERN, MAP, {}, {**_TITLES, **titles})


def _customized(custom: Options, titles: Mapping[str, str], component: str) -> Convention:
    pattern = custom.text("bump_pattern") or PATTERN
    steps = _mapped(custom, "bump_map") or MAP
    below = _mapped(custom, "bump_map_major_version_zero")
    for value, keys in (
        ("reading.rules", ("bump_pattern", "bump_map")),
        ("notes.sections", ("change_type_map", "change_type_order")),
        ("versioning.levels", ("bump_map_major_version_zero",)),
    ):
        for key in keys:
            if key in custom:
                custom.said(f"{component}.{value}", key)
    custom.beside(CUSTOM_ELSEWHERE)
    custom.lost(CUSTOM_LOST)
    _check(custom, steps)
    pattern = _bounded(custom, "bump_pattern", pattern) or PATTERN
    steps = {word: step for word, step in steps.items() if _bounded(custom, "bump_map", word)}
    titles = {**titles, **_mapped(custom, "change_type_map")}
    order = custom.texts("change_type_order")
    custom.rest("commitizen")
    return _convention(pattern, steps, below, titles, order)


def _mapped(options: Options, key: str) -> dict[str, str]:
    """Return a table of texts; its order counts."""
    table = options.table(key)
    return {word: table.text(word) for word in table.names()}


def _check(custom: Options, steps: Mapping[str, str]) -> None:
    for word, step in steps.items():
        if step not in _LEVELS:
            custom.source.mistake((*custom.path, "bump_map", word), "must be MAJOR, MINOR or PATCH")


def _bounded(custom: Options, key: str, pattern: str) -> str:
    """Return a pattern when it can be searched for in bounded time in any message, else "" with a remark or a mistake."""
    try:
        compiled = re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        custom.source.mistake((*custom.path, key), f"{pattern!a} is no regular expression: {error}")
        return ""
    if key == "bump_pattern" and not compiled.groups:
        custom.source.mistake(
            (*custom.path, key), "must have a group: what it finds is looked up in bump_map"
        )
    try:
        translated(pattern)
    except Untranslatable as error:
        custom.remark(key, f"{pattern[:80]!a} is left out: {error}")
        return ""
    return pattern


def _convention(
    pattern: str,
    steps: Mapping[str, str],
    below: Mapping[str, str],
    titles: Mapping[str, str],
    order: Sequence[str] = (),
) -> Convention:
    rules: list[MessageRule] = []
    levels: dict[str, Level] = {}
    for word, step in steps.items():
        level = _LEVELS.get(step, Level.NONE)
        named = _WORD.search(word)
        kind = named[0] if named and level < Level.MAJOR else ""
        rules.append(MessageRule(pattern, type=kind, word=word, breaking=level == Level.MAJOR))
        if kind:
            levels[kind] = max(level, levels.get(kind, Level.NONE))
    zero = {kind: min(level, Level.MINOR) for kind, level in levels.items()}
    breaking = Level.MINOR
    for word, step in below.items():
        named = _WORD.search(word)
        level = _LEVELS.get(step, Level.NONE)
        if steps.get(word) == "MAJOR":
            breaking = level
        elif named:
            zero[named[0]] = level
    sections = tuple(Section(kind, titles.get(kind, kind)) for kind in levels)
    ranks = {title: rank for rank, title in enumerate(order)}
    return Convention(
        ReadingRules(tuple(rules), each_line=True, reverts=False, once=False),
        levels,
        zero,
        breaking,
        tuple(sorted(sections, key=lambda section: ranks.get(section.title, len(ranks)))),
    )
