"""python-semantic-release's configuration: ``[tool.semantic_release]``, ``releaserc.toml`` or ``.json``, or version 7's ``setup.cfg``.

The reference is python-semantic-release 10.6 (src/semantic_release/cli/config.py and commit_parser/); defaults that
changed between its major versions follow the version that the project's workflows and requirements name. What
version 7 read otherwise is in :mod:`tagboat.config.dialects.python_semantic_release_7`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from tagboat.config.dialects.naming import names_at
from tagboat.config.dialects.options import Options, ini_of
from tagboat.config.dialects.python_semantic_release_options import (
    CHANGELOG_ELSEWHERE,
    ELSEWHERE,
    OLD,
    PUBLISH,
    REMOTE,
    generation_of,
)
from tagboat.config.dialects.python_semantic_release_parsers import Parser, parser_of, sections_of
from tagboat.config.dialects.python_semantic_release_places import toml_edits, variable_edits
from tagboat.config.dialects.sources import Source
from tagboat.config.document import inner, parse, parse_json, text_of
from tagboat.config.planning import Edit, Notes, Planning, Rules, Versioning
from tagboat.config.project import Tree

TOOL: Final = "python-semantic-release"
_TABLES: Final = ("pyproject.toml", "releaserc.toml", ".releaserc.toml", "semantic_release.toml")
_OBJECTS: Final = ("releaserc.json", ".releaserc.json")
_SECTION: Final = "semantic_release"
_LEVELS: Final = ("default_bump_level", "default_level_bump")


def read(tree: Tree) -> Planning | None:
    """Return the rules that python-semantic-release's configuration asks for, or None when there is none.

    The tool itself reads ``pyproject.toml`` unless its command line names another file; the usual names of such files
    are looked for when ``pyproject.toml`` says nothing.

    Raises:
        ConfigError: a file cannot be read, or an option has the wrong type; all mistakes are told.
    """
    found = _found(tree)
    if found is None:
        return None
    options, table = found
    generation = generation_of(tree, options, table)
    if generation <= OLD:
        from tagboat.config.dialects.python_semantic_release_7 import rules_of_seven  # noqa: PLC0415 - rarely needed

        rules = rules_of_seven(tree, options, names_at(tree, "."))
    else:
        rules = _rules(tree, options, table, generation)
    options.rest(TOOL)
    options.source.settle()
    source = options.source
    return Planning(TOOL, source.file, (rules,), (), source.origins, tuple(source.remarks))


def _found(tree: Tree) -> tuple[Options, Mapping[str, Any]] | None:
    for file in _TABLES:
        data = tree.get(file)
        if data is None or b"semantic_release" not in data:
            continue
        table = parse(file, data)
        tool = table.get("tool")
        for path, held in ((("tool", _SECTION), tool), ((_SECTION,), table)):
            own = held.get(_SECTION) if isinstance(held, dict) else None
            if isinstance(own, dict):
                return Options(Source(file, text_of(file, data)), path, _worded(own)), own
    for file in _OBJECTS:
        data = tree.get(file)
        if data is not None and b"semantic_release" in data:
            own = parse_json(file, data).get(_SECTION)
            if isinstance(own, dict):
                return Options(Source(file, text_of(file, data)), (_SECTION,), _worded(own)), own
    data = tree.get("setup.cfg")
    if data is not None and b"[semantic_release]" in data:
        parser = ini_of("setup.cfg", data)
        if parser.has_section(_SECTION):
            table = dict(parser.items(_SECTION))
            return Options(Source("setup.cfg", text_of("setup.cfg", data)), (_SECTION,), table), table
    return None


def _worded(table: Mapping[str, Any]) -> dict[str, Any]:
    """Return the table with the numbers of levels as text, because the tool takes them as numbers and as names."""
    options = inner(table, "commit_parser_options")
    worded = {
        key: str(value) if key in _LEVELS and isinstance(value, int) else value
        for key, value in options.items()
    }
    return {**table, "commit_parser_options": worded} if worded else dict(table)


def _rules(tree: Tree, options: Options, table: Mapping[str, Any], generation: int) -> Rules:
    name, distribution = names_at(tree, ".")
    parser = parser_of(options, generation, name)
    options.beside(ELSEWHERE)
    tag = options.text("tag_format", "v{version}")
    options.said(f"{name}.tag", "tag_format")
    options.beside({"add_partial_tags": "tags such as v1 and v1.2 are never taken for releases"})
    return Rules(
        component=name,
        distribution=distribution,
        tag=tag,
        ignored_tags=(partial_tags(tag),),
        trains=_trains(options, table, name),
        reading=parser.reading,
        versioning=_versioning(options, parser, generation, name),
        notes=_notes(tree, options, table, parser, name),
        edits=tuple(_edits(tree, options, name)),
    )


def partial_tags(tag: str) -> str:
    """Return a regular expression of the tags that only say ``v10`` or ``v10.6``, which move from release to release."""
    return "^" + r"[0-9]+(?:\.[0-9]+)?".join(re.escape(part) for part in tag.split("{version}")) + "$"


def _versioning(options: Options, parser: Parser, generation: int, name: str) -> Versioning:
    zero = options.flag("allow_zero_version", generation < 10)
    holds = not options.flag("major_on_zero", True)
    for value, key in (("zero_ends", "allow_zero_version"), ("zero_holds", "major_on_zero")):
        if key in options:
            options.said(f"{name}.versioning.{value}", key)
    return Versioning(
        scheme="semver",
        levels=parser.levels,
        other=parser.other,
        zero_holds=zero and holds,
        zero_ends=not zero,
        releases="level",
        initial="0.1.0" if zero else "1.0.0",
    )


def _trains(options: Options, table: Mapping[str, Any], name: str) -> Mapping[str, str]:
    groups = options.table("branches")
    trains: dict[str, str] = {}
    for key in inner(table, "branches"):
        group = groups.table(key)
        match = group.text("match", "(main|master)")
        token = group.text("prerelease_token", "rc")
        trains.setdefault(".*" if match == "*" else match, token if group.flag("prerelease") else "")
        group.said(f"{name}.trains.{match}", "match")
        group.rest(TOOL)
    return trains or {"(main|master)": ""}


def _notes(tree: Tree, options: Options, table: Mapping[str, Any], parser: Parser, name: str) -> Notes:
    changelog = options.table("changelog")
    defaults = changelog.table("default_templates")
    path = changelog.text("changelog_file") or defaults.text("changelog_file") or "CHANGELOG.md"
    form = defaults.text("output_format") or path.rpartition(".")[2]
    if "changelog_file" in changelog:
        changelog.said(f"{name}.notes.path", "changelog_file")
    elif "changelog_file" in defaults:
        defaults.said(f"{name}.notes.path", "changelog_file")
    if changelog.text("mode", "update") == "init":
        changelog.remark("mode", "the new section is put into the changelog, which is not written anew")
    templates = changelog.text("template_dir", "templates").rstrip("/")
    if any(file.startswith(f"{templates}/") and file.endswith(".j2") for file in tree.paths):
        changelog.remark("template_dir", "these templates are not run: sections have Tagboat's own form")
    changelog.beside(CHANGELOG_ELSEWHERE)
    defaults.beside({"mask_initial_release": "the first section lists the changes like every other"})
    hidden = changelog.texts("exclude_commit_patterns")
    if "exclude_commit_patterns" in changelog:
        changelog.said(f"{name}.notes.sections", "exclude_commit_patterns")
    remote = options.table("remote")
    domain = ""
    if isinstance(inner(table, "remote").get("domain"), dict):
        remote.remark("domain", "a planned release reads no variables of the environment")
    elif domain := remote.text("domain"):
        remote.said(f"{name}.notes.host", "domain")
    remote.beside(REMOTE)
    options.table("publish").beside(PUBLISH)
    for group in (changelog, defaults, remote):
        group.rest(TOOL)
    return Notes(
        format="restructuredtext" if form == "rst" else "markdown",
        path=path,
        sections=sections_of(parser, hidden),
        host=f"https://{domain.removeprefix('https://').rstrip('/')}" if domain else "",
    )


def _edits(tree: Tree, options: Options, name: str) -> Iterator[Edit]:
    for key, edits in (("version_toml", toml_edits), ("version_variables", variable_edits)):
        if key in options:
            options.said(f"{name}.edits", key)
        for definition in options.texts(key):
            yield from edits(tree, options, key, definition)
