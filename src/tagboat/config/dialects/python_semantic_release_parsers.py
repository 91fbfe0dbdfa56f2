"""python-semantic-release's commit parsers, as rules: conventional, angular, emoji, scipy and tag."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from tagboat.config.dialects.options import Options
from tagboat.config.dialects.patterns import Untranslatable, translated
from tagboat.config.planning import MessageRule, ReadingRules, Section
from tagboat.core.change import Level

MINOR_TAGS: Final = ("feat",)
PATCH_TAGS: Final = ("fix", "perf")
OTHER_TAGS: Final = ("build", "chore", "ci", "docs", "style", "refactor", "test")
_EMOJI: Final[Mapping[str, tuple[str, ...]]] = {
    "major_tags": (":boom:",),
    "minor_tags": (
        ":sparkles:",
        ":children_crossing:",
        ":lipstick:",
        ":iphone:",
        ":egg:",
        ":chart_with_upwards_trend:",
    ),
    "patch_tags": (
        ":ambulance:",
        ":lock:",
        ":bug:",
        ":zap:",
        ":goal_net:",
        ":alien:",
        ":wheelchair:",
        ":speech_balloon:",
        ":mag:",
        ":apple:",
        ":penguin:",
        ":checkered_flag:",
        ":robot:",
        ":green_apple:",
    ),
    "other_allowed_tags": (":checkmark:", ":construction_worker:", ":memo:", ":recycle:"),
}
_SCIPY: Final[Mapping[str, tuple[str, ...]]] = {
    "major_tags": ("API", "DEP"),
    "minor_tags": ("ENH", "FEAT"),
    "patch_tags": ("BLD", "BUG", "MAINT"),
    "other_allowed_tags": ("DEV", "BENCH", "DOC", "STY", "TST", "REL", "TEST"),
}
_CONVENTIONAL: Final[Mapping[str, tuple[str, ...]]] = {
    "minor_tags": MINOR_TAGS,
    "patch_tags": PATCH_TAGS,
    "other_allowed_tags": OTHER_TAGS,
}
_LEVELS: Final = (Level.NONE, Level.NONE, Level.PATCH, Level.MINOR, Level.MAJOR)
_WORDS: Final = {
    "no_release": Level.NONE,
    "prerelease_revision": Level.NONE,
    "patch": Level.PATCH,
    "minor": Level.MINOR,
    "major": Level.MAJOR,
}
_TITLES: Final = {
    "build": "Build System",
    "chore": "Chores",
    "ci": "Continuous Integration",
    "docs": "Documentation",
    "feat": "Features",
    "fix": "Bug Fixes",
    "perf": "Performance Improvements",
    "refactor": "Refactoring",
    "style": "Code Style",
    "test": "Testing",
}


@dataclass(frozen=True, slots=True)
class Parser:
    """A commit parser, as rules.

    Attributes:
        reading: how messages are read.
        levels: type → level.
        other: the level of other types.
        types: every type that counts, in the order of their levels.
    """

    reading: ReadingRules
    levels: Mapping[str, Level]
    other: Level = Level.NONE
    types: tuple[str, ...] = ()


def parser_of(options: Options, generation: int, name: str) -> Parser:
    """Return the parser that the configuration of version 8 or later asks for."""
    kind = options.text("commit_parser", "conventional" if generation >= 10 else "angular")
    own = options.table("commit_parser_options")
    if "commit_parser" in options:
        options.said(f"{name}.reading", "commit_parser")
    if kind == "tag":
        parser = tag_parser(own.text("minor_tag", ":sparkles:"), own.text("patch_tag", ":nut_and_bolt:"))
    elif kind == "emoji":
        tags = _tags(own, _EMOJI, name)
        parser = emoji_parser(
            tags, _default_level(own, "default_bump_level"), merges=_merges(own, generation, kind)
        )
        own.beside({"parse_linked_issues": "notes link what the messages name"})
        own.lost(
            {"parse_squash_commits": "the bullets of a squash message are read where they have a header"}
        )
    elif kind == "scipy":
        tags = _tags(own, _SCIPY, name)
        level = _default_level(own, "default_level_bump")
        squash, merges = _squash(own, generation, kind), _merges(own, generation, kind)
        parser = scipy_parser(tags, level, squash=squash, merges=merges)
    else:
        if kind not in {"conventional", "angular", "conventional-monorepo"}:
            options.remark(
                "commit_parser",
                f"{kind!a} is the project's own code: headers are read as 'conventional' reads them",
            )
        own.lost(
            {
                "path_filters": "the component is the whole repository",
                "scope_prefix": "a scope does not choose the component",
            }
        )
        tags = _tags(own, _CONVENTIONAL, name)
        level = _default_level(own, "default_bump_level")
        squash, merges = _squash(own, generation, kind), _merges(own, generation, kind)
        parser = header_parser(tags, level, squash=squash, merges=merges)
    own.rest("python-semantic-release")
    return parser


def header_parser(tags: Mapping[str, Sequence[str]], level: Level, *, squash: bool, merges: bool) -> Parser:
    """Return the parser of headers: only the types that are allowed count, spelled exactly so."""
    levels = _level_of_each(tags, level)
    return Parser(
        ReadingRules(
            reverts=False, once=False, bullets=squash, bodies=squash, merges=merges, types=tuple(levels)
        ),
        levels,
        types=tuple(levels),
    )


def scipy_parser(tags: Mapping[str, Sequence[str]], level: Level, *, squash: bool, merges: bool) -> Parser:
    """Return the parser of SciPy's headers (``ENH: linalg: ...``); its major tags break something."""
    plain = header_parser(tags, level, squash=squash, merges=merges)
    major = "|".join(map(re.escape, tags.get("major_tags", ())))
    rules = (MessageRule(rf"\A(?:{major})[:!(]", breaking=True),) if major else ()
    reading = ReadingRules(
        rules, reverts=False, once=False, bullets=squash, bodies=squash, merges=merges, types=plain.types
    )
    return Parser(reading, plain.levels, types=plain.types)


def emoji_parser(
    tags: Mapping[str, Sequence[str]], level: Level, *, anywhere: bool = False, merges: bool = True
) -> Parser:
    """Return the parser of titles that begin with an emoji, or that hold one ``anywhere`` (up to version 9).

    The highest level counts when there are several.
    """
    levels = _level_of_each(tags, level)
    before = r"\A[^\n]*?" if anywhere else r"\A"
    order = [
        tag
        for key in ("major_tags", "minor_tags", "patch_tags", "other_allowed_tags")
        for tag in tags.get(key, ())
    ]
    order += [tag for tag in tags.get("allowed_tags", ()) if tag not in order]
    rules = tuple(
        MessageRule(before + re.escape(tag), type=tag, breaking=tag in tags.get("major_tags", ()))
        for tag in order
    )
    return Parser(ReadingRules(rules, reverts=False, once=False, merges=merges), levels, types=tuple(order))


def tag_parser(minor: str, patch: str) -> Parser:
    """Return the parser of version 1: a mark anywhere in the message."""
    rules = (MessageRule(re.escape(minor), type="feature"), MessageRule(re.escape(patch), type="fix"))
    levels = {"feature": Level.MINOR, "fix": Level.PATCH}
    return Parser(
        ReadingRules(rules, reverts=False, once=False, types=tuple(levels)), levels, types=tuple(levels)
    )


def sections_of(parser: Parser, hidden: Iterable[str]) -> tuple[Section, ...]:
    """Return a heading for each type, in alphabetical order as the tool has them; what is excluded is hidden."""
    patterns = []
    for text in hidden:
        with suppress(
            Untranslatable
        ):  # one that looks ahead tells two commits of a type apart, which a heading cannot
            patterns.append(re.compile(translated(text)))

    def out(kind: str) -> bool:
        return any(
            all(pattern.match(sample) for sample in (f"{kind}: x", f"{kind}(x): x")) for pattern in patterns
        )

    found = (Section(kind, _TITLES.get(kind, kind), hidden=out(kind)) for kind in parser.types)
    return tuple(sorted(found, key=lambda section: section.title.lower()))


def _tags(own: Options, defaults: Mapping[str, tuple[str, ...]], name: str) -> dict[str, tuple[str, ...]]:
    tags = {key: own.texts(key) if key in own else value for key, value in defaults.items()}
    tags["allowed_tags"] = own.texts("allowed_tags")
    for key in tags:
        if key in own:
            own.said(f"{name}.versioning.levels", key)
    if tags["allowed_tags"]:
        tags["other_allowed_tags"] = ()
    return tags


def _level_of_each(tags: Mapping[str, Sequence[str]], level: Level) -> dict[str, Level]:
    """Return the level of each tag; of one that stands in several lists the highest counts."""
    levels = {tag: level for key in ("allowed_tags", "other_allowed_tags") for tag in tags.get(key, ())}
    allowed = tags.get("allowed_tags") or ()
    for key, own in (("patch_tags", Level.PATCH), ("minor_tags", Level.MINOR), ("major_tags", Level.MAJOR)):
        for tag in tags.get(key, ()):
            if not allowed or tag in allowed:
                levels.pop(tag, None)
                levels[tag] = own
    return levels


def _default_level(own: Options, key: str) -> Level:
    """Return the level of types that are allowed and in no other list; the tool takes its number or its name."""
    said = own.text(key, "no_release").lower().replace("-", "_")
    if said.isdecimal() and int(said[:9]) < len(_LEVELS):
        return _LEVELS[int(said)]
    if said not in _WORDS:
        own.source.mistake((*own.path, key), "must be no_release, patch, minor or major")
    return _WORDS.get(said, Level.NONE)


def _squash(own: Options, generation: int, kind: str) -> bool:
    return own.flag("parse_squash_commits", generation >= 10 and kind != "angular")


def _merges(own: Options, generation: int, kind: str) -> bool:
    return not own.flag("ignore_merge_commits", generation >= 10 and kind != "angular")
