"""What python-semantic-release read up to version 7: ``setup.cfg`` and the old names of the options.

The reference is version 7.34.6 (semantic_release/defaults.cfg). Old commits of a history hold such configuration.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from tagboat.config.dialects.options import Options
from tagboat.config.dialects.python_semantic_release_options import SEVEN_ELSEWHERE, SEVEN_LOST
from tagboat.config.dialects.python_semantic_release_parsers import (
    MINOR_TAGS,
    OTHER_TAGS,
    PATCH_TAGS,
    Parser,
    emoji_parser,
    header_parser,
    scipy_parser,
    sections_of,
    tag_parser,
)
from tagboat.config.dialects.python_semantic_release_places import pattern_edits, toml_edits, variable_edits
from tagboat.config.planning import Edit, MessageRule, Notes, Rules, Versioning
from tagboat.config.project import Tree
from tagboat.core.change import Level

_LEVELS: Final = {
    "no-release": Level.NONE,
    "patch": Level.PATCH,
    "minor": Level.MINOR,
    "major": Level.MAJOR,
}
_SCIPY: Final = {
    "major_tags": ("API", "DEP"),
    "minor_tags": ("ENH", "FEAT"),
    "patch_tags": ("BLD", "BUG", "MAINT", "REV"),
    "other_allowed_tags": ("BENCH", "DEV", "DOC", "STY", "TST", "REL", "TEST"),
}
_MAJOR: Final = "💥,:boom:"
_MINOR: Final = "✨,:sparkles:"
_PATCH: Final = (
    "⚡️,🐛,🚑️,💄,🔒️,⬇️,⬆️,📌,📈,➕,➖,🔧,🌐,✏️,⏪️,📦️,👽️,🍱,♿️,💬,🗃️,🚸,📱,🥚,⚗️,🔍️,🏷️,🚩,🥅,💫,🗑️,🛂,🩹,👔,:zap:,"  # noqa: RUF001 - the tool's own default
    ":bug:,:ambulance:,:lipstick:,:lock:,:arrow_down:,:arrow_up:,:pushpin:,:chart_with_upwards_trend:,:heavy_plus_sign:,"
    ":heavy_minus_sign:,:wrench:,:globe_with_meridians:,:pencil2:,:rewind:,:package:,:alien:,:bento:,:wheelchair:,"
    ":speech_balloon:,:card_file_box:,:children_crossing:,:iphone:,:egg:,:alembic:,:mag:,:label:,"
    ":triangular_flag_on_post:,:goal_net:,:dizzy:,:wastebasket:,:passport_control:,:adhesive_bandage:,:necktie:"
)
_HEADINGS: Final = {"feature": "feat", "fix": "fix", "documentation": "docs", "performance": "perf"}


def rules_of_seven(tree: Tree, options: Options, named: tuple[str, str]) -> Rules:
    """Return the rules that version 7's options ask for."""
    name, distribution = named
    parser = _parser(options)
    options.beside(SEVEN_ELSEWHERE)
    options.lost(SEVEN_LOST)
    tag = options.text("tag_format", "v{version}")
    reading = parser.reading
    if options.flag("patch_without_tag"):
        parser = replace(parser, other=Level.PATCH)
        reading = reading._replace(unknown="keep", types=())
        options.said(f"{name}.reading.unknown", "patch_without_tag")
    for value, key in (("tag", "tag_format"), ("reading", "commit_parser"), ("trains", "branch")):
        if key in options:
            options.said(f"{name}.{value}", key)
    if "prerelease_tag" in options:
        options.remark(
            "prerelease_tag", "version 7 makes a pre-release only when its command line asks for one"
        )
        options.text("prerelease_tag")
    return Rules(
        component=name,
        distribution=distribution,
        tag=tag,
        trains={options.text("branch", "master"): ""},
        reading=reading,
        versioning=_versioning(options, parser, name),
        notes=_notes(options, parser, name),
        edits=tuple(_edits(tree, options, name)),
    )


def _parser(options: Options) -> Parser:
    kind = options.text("commit_parser", "angular_parser").rpartition(".")[2]
    kind = kind.rpartition(":")[2]
    tags = {
        "major_tags": _words(options, "major_emoji", _MAJOR),
        "minor_tags": _words(options, "minor_emoji", _MINOR),
        "patch_tags": _words(options, "patch_emoji", _PATCH),
    }
    minor, patch = options.text("minor_tag", ":sparkles:"), options.text("fix_tag", ":wrench:")
    marks = marked(options.text("major_tag", ":boom:"), minor, options.text("patch_tag", ":bug:"))
    header = {
        "allowed_tags": _words(
            options, "parser_angular_allowed_types", ",".join((*MINOR_TAGS, *PATCH_TAGS, *OTHER_TAGS))
        ),
        "minor_tags": _words(options, "parser_angular_minor_types", ",".join(MINOR_TAGS)),
        "patch_tags": _words(options, "parser_angular_patch_types", ",".join(PATCH_TAGS)),
    }
    said = options.text("parser_angular_default_level_bump", "no-release").lower()
    if said not in _LEVELS:
        options.source.mistake(
            (*options.path, "parser_angular_default_level_bump"), "must be no-release, patch, minor or major"
        )
    if kind.startswith("emoji"):
        return emoji_parser(tags, Level.NONE, anywhere=True)
    if kind.startswith("scipy"):
        return scipy_parser(_SCIPY, Level.NONE, squash=False, merges=True)
    if kind.startswith("tag"):
        return tag_parser(minor, patch)
    if not kind.startswith("angular"):
        options.remark(
            "commit_parser",
            f"{kind!a} is the project's own code: headers are read as angular_parser reads them",
        )
    parser = header_parser(header, _LEVELS.get(said, Level.NONE), squash=False, merges=True)
    if "commit_parser" in options:
        return parser
    return replace(parser, reading=parser.reading._replace(rules=marks))


def marked(major: str, minor: str, patch: str) -> tuple[MessageRule, ...]:
    """Return the rules of version 1, whose commits begin with a mark and which had no other parser.

    Nothing in a project's files tells version 1 from a later one that names no parser, so both count.
    """
    return (
        MessageRule(rf"\A[^\n:]*{re.escape(major)}", type="feat", breaking=True),
        MessageRule(rf"\A[^\n:]*{re.escape(minor)}", type="feat"),
        MessageRule(rf"\A[^\n:]*{re.escape(patch)}", type="fix"),
    )


def _versioning(options: Options, parser: Parser, name: str) -> Versioning:
    holds = not options.flag("major_on_zero", True)
    if "major_on_zero" in options:
        options.said(f"{name}.versioning.zero_holds", "major_on_zero")
    return Versioning(
        scheme="semver",
        levels=parser.levels,
        other=parser.other,
        zero_holds=holds,
        releases="level",
    )


def _notes(options: Options, parser: Parser, name: str) -> Notes:
    path = options.text("changelog_file", "CHANGELOG.md")
    sections = sections_of(parser, ())
    wanted = _words(options, "changelog_sections", "feature,fix,breaking,documentation,performance")
    for value, key in (("path", "changelog_file"), ("sections", "changelog_sections")):
        if key in options:
            options.said(f"{name}.notes.{value}", key)
    types = [_HEADINGS.get(word, word) for word in wanted]
    domain = options.text("hvcs_domain")
    if domain:
        options.said(f"{name}.notes.host", "hvcs_domain")
    return Notes(
        format="restructuredtext" if path.endswith(".rst") else "markdown",
        path=path,
        sections=tuple(
            section._replace(hidden=section.type not in types)
            for section in sorted(
                sections, key=lambda one: types.index(one.type) if one.type in types else len(types)
            )
        ),
        host=f"https://{domain}" if domain else "",
    )


def _edits(tree: Tree, options: Options, name: str) -> Iterator[Edit]:
    for key, edits in (
        ("version_toml", toml_edits),
        ("version_variable", variable_edits),
        ("version_pattern", pattern_edits),
    ):
        if key in options:
            options.said(f"{name}.edits", key)
        for text in options.texts(key):
            for definition in text.split("," if key != "version_pattern" else "\n"):
                if definition.strip():
                    yield from edits(tree, options, key, definition)


def _words(options: Options, key: str, default: str) -> tuple[str, ...]:
    texts = options.texts(key) if key in options else (default,)
    return tuple(word.strip() for text in texts for word in text.split(",") if word.strip())
