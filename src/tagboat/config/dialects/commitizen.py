"""commitizen's configuration: ``[tool.commitizen]`` of ``pyproject.toml``, ``.cz.toml``, ``cz.toml``, or the same as JSON and YAML.

The reference is commitizen 4.19 (commitizen/defaults.py, bump.py and tags.py). The first file that holds the tool's table counts,
in the tool's own order. Its rule: a pattern is searched in every line of every message, and what its first group found is
looked up in a map; the highest increment counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from tagboat.config.dialects.commitizen_options import ELSEWHERE, LOST, used_version
from tagboat.config.dialects.commitizen_rules import Convention, convention_of
from tagboat.config.dialects.naming import names_at
from tagboat.config.dialects.options import Options
from tagboat.config.dialects.sources import Source
from tagboat.config.document import parse, parse_json, parse_yaml, text_of
from tagboat.config.planning import Edit, EditKind, Notes, NotesFormat, Planning, Rules, Scheme, Versioning
from tagboat.config.project import Tree
from tagboat.core.change import Level

TOOL: Final = "commitizen"
_FILES: Final = (".cz.toml", "cz.toml", ".cz.json", "cz.json", ".cz.yaml", "cz.yaml", "pyproject.toml")
_SCHEMES: Final[Mapping[str, Scheme]] = {"pep440": "pep440", "semver": "semver", "semver2": "semver"}
_FORMATS: Final[Mapping[str, NotesFormat]] = {"markdown": "markdown", "restructuredtext": "restructuredtext"}
_SUFFIXES: Final = {"md": "markdown", "rst": "restructuredtext", "adoc": "asciidoc", "textile": "textile"}
_KINDS: Final[Mapping[str, EditKind]] = {"toml": "toml", "json": "json", "yaml": "yaml"}
_PLACE = re.compile(r"\$(?:\{(\w+)\}|(\w+))")
_PARTS: Final = {
    "version": r"v?[0-9]+\.[0-9]+(?:\.[0-9]+)?\S*",
    "major": "[0-9]+",
    "minor": "[0-9]+",
    "patch": "[0-9]+",
    "prerelease": r"[\w.]*",
    "devrelease": r"(?:\.?dev[0-9]+)?",
}
_PROVIDERS: Final[Mapping[str, tuple[Edit, ...]]] = {
    "pep621": (Edit("pyproject.toml", "toml", "$.project.version"),),
    "poetry": (Edit("pyproject.toml", "toml", "$.tool.poetry.version"),),
    "uv": (
        Edit("pyproject.toml", "toml", "$.project.version"),
        Edit("uv.lock", "lock", required=False),
    ),
    "scm": (),
}


def read(tree: Tree) -> Planning | None:
    """Return the rules that commitizen's configuration asks for, or None when there is none.

    Raises:
        ConfigError: a file cannot be read, or an option has the wrong type; all mistakes are told.
    """
    options = _found(tree)
    if options is None:
        return None
    rules = _rules(tree, options)
    options.rest(TOOL)
    options.source.settle()
    source = options.source
    return Planning(TOOL, source.file, (rules,), (), source.origins, tuple(source.remarks))


def _found(tree: Tree) -> Options | None:
    for file in _FILES:
        data = tree.get(file)
        if data is None or b"commitizen" not in data:
            continue
        path: tuple[str, ...] = (TOOL,)
        table: object
        if file.endswith(".toml"):
            table, path = parse(file, data).get("tool"), ("tool", TOOL)
        else:
            table = (parse_json if file.endswith(".json") else parse_yaml)(file, data)
        own = table.get(TOOL) if isinstance(table, dict) else None
        if isinstance(own, dict):
            return Options(Source(file, text_of(file, data)), path, own)
    return None


def _rules(tree: Tree, options: Options) -> Rules:
    name, distribution = names_at(tree, ".")
    convention = convention_of(options, name, used_version(tree, options.text("version")))
    options.beside(ELSEWHERE)
    options.lost(LOST)
    for value, key in (("tag", "tag_format"), ("manifest", "version"), ("edits", "version_files")):
        if key in options:
            options.said(f"{name}.{value}", key)
    return Rules(
        component=name,
        distribution=distribution,
        tag=_grammar(options, options.text("tag_format", "$version")),
        ignored_tags=_ignored(options, name),
        reading=convention.reading,
        versioning=_versioning(options, convention, name),
        notes=_notes(tree, options, convention, name),
        edits=tuple(_edits(options, name)),
        manifest=_last(options),
    )


def _grammar(options: Options, form: str) -> str:
    """Return a tag's form with ``{version}`` for what commitizen's template would put there."""
    parts = [match[1] or match[2] for match in _PLACE.finditer(form)]
    if parts == ["version"]:
        return _PLACE.sub("{version}", form)
    pieces = re.compile(
        r"\$\{?major\}?\.\$\{?minor\}?(?:\.\$\{?patch\}?)?[-.]?(?:\$\{?prerelease\}?)?\.?(?:\$\{?devrelease\}?)?"
    )
    whole = pieces.sub("{version}", form, count=1)
    if whole.count("{version}") == 1 and not _PLACE.search(whole):
        if not re.search(r"\$\{?patch\}?", form):
            options.remark("tag_format", "tags hold the whole version here, not a part of it")
            options.text("tag_format")
        return whole
    options.remark(
        "tag_format", f"{form!a} cannot be read back into a version: tags are taken to be v and the version"
    )
    return "v{version}"


def _ignored(options: Options, name: str) -> tuple[str, ...]:
    """Return regular expressions of ``ignored_tag_formats``, in which ``*`` is anything."""
    forms = options.texts("ignored_tag_formats")
    if forms:
        options.said(f"{name}.ignored_tags", "ignored_tag_formats")

    def expression(form: str) -> str:
        text, end = "", 0
        for match in re.finditer(r"\$(?:\{(\w+)\}|(\w+))|\*", form):
            text += re.escape(form[end : match.start()])
            text += ".*" if match[0] == "*" else _PARTS.get(match[1] or match[2], re.escape(match[0]))
            end = match.end()
        return f"^{text}{re.escape(form[end:])}"

    return tuple(expression(form) for form in forms)


def _versioning(options: Options, convention: Convention, name: str) -> Versioning:
    asked = options.text("version_scheme") or options.text("version_type") or "pep440"
    scheme = _SCHEMES.get(asked)
    if scheme is None:
        options.remark("version_scheme", f"{asked!a} is a plugin's: versions follow PEP 440")
    below = options.flag("major_version_zero")
    for value, key in (("scheme", "version_scheme"), ("breaking_below_one", "major_version_zero")):
        if key in options:
            options.said(f"{name}.versioning.{value}", key)
    return Versioning(
        scheme=scheme or "pep440",
        levels=convention.levels_below_one if below else convention.levels,
        other=Level.NONE,
        breaking=convention.breaking_below_one if below else Level.MAJOR,
        breaking_below_one=convention.breaking_below_one if below else Level.MAJOR,
        releases="level",
    )


def _notes(tree: Tree, options: Options, convention: Convention, name: str) -> Notes:
    path = options.text("changelog_file", "CHANGELOG.md")
    asked = options.text("changelog_format") or _SUFFIXES.get(path.rpartition(".")[2].lower(), "markdown")
    if asked not in _FORMATS:
        key = "changelog_format" if "changelog_format" in options else "changelog_file"
        options.remark(key, f"no changelog is written in {asked!a}: the section is Markdown")
    for value, key in (
        ("path", "changelog_file"),
        ("format", "changelog_format"),
        ("path", "update_changelog_on_bump"),
    ):
        if key in options:
            options.said(f"{name}.notes.{value}", key)
    if not options.flag("update_changelog_on_bump") and path not in tree.paths:
        path = ""
    return Notes(
        format=_FORMATS.get(asked, "markdown"),
        path=path,
        sections=convention.sections,
        cases=None,
    )


def _last(options: Options) -> str:
    return options.text("version") if options.text("version_provider", TOOL) == TOOL else ""


def _edits(options: Options, name: str) -> Iterator[Edit]:
    provider = options.text("version_provider", TOOL)
    if provider == TOOL:
        if "version" in options:
            file = options.source.file
            yield Edit(
                file, _KINDS[file.rpartition(".")[2]], "$." + ".".join((*map(str, options.path), "version"))
            )
    elif provider in _PROVIDERS:
        options.said(f"{name}.edits", "version_provider")
        yield from _PROVIDERS[provider]
    else:
        options.remark(
            "version_provider", f"{provider!a} is another language's or a plugin's: its files are left alone"
        )
    for key in ("version_files", "files"):
        for entry in options.texts(key):
            path, _, line = entry.partition(":")
            yield Edit(path, "pattern", search="{last}", line=line, every=True)
