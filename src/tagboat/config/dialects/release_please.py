"""release-please's configuration: ``release-please-config.json`` with its manifest, or ``.github/release-please.yml``.

The reference is release-please 17.1.3 (schemas/config.json and src/manifest.ts). Every option is honoured or reported;
its own docs/manifest-releaser.md describes them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from tagboat.config.dialects.release_please_options import ELSEWHERE, KNOWN, MATTERS, YAML_NAMES
from tagboat.config.dialects.release_please_sections import sections_by_default, sections_of
from tagboat.config.dialects.release_please_values import (
    PackageOptions,
    object_of,
    text_of,
    texts_of,
    typed,
)
from tagboat.config.dialects.sources import Source, settle
from tagboat.config.document import parse_json, parse_yaml
from tagboat.config.document import text_of as text_in
from tagboat.config.planning import (
    Edit,
    EditKind,
    Notes,
    Planning,
    ReadingRules,
    Remark,
    Rules,
    Scheme,
    Strategy,
    Versioning,
)
from tagboat.config.project import Tree, project_at
from tagboat.core.change import Level
from tagboat.errors import ConfigError, RefusedError

CONFIGS: Final = ("release-please-config.json", ".release-please-config.json")
MANIFEST: Final = ".release-please-manifest.json"
YAML: Final = ".github/release-please.yml"

_STRATEGIES: Final[Mapping[str, Strategy]] = {
    "default": "default",
    "always-bump-patch": "always-patch",
    "always-bump-minor": "always-minor",
    "always-bump-major": "always-major",
    "service-pack": "service-pack",
    "prerelease": "prerelease",
}
_STRUCTURED: Final[Mapping[object, EditKind]] = {
    "json": "json",
    "yaml": "yaml",
    "yml": "yaml",
    "toml": "toml",
}
_SEMVER = re.compile(r"[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?")
_SPECIAL_WORDS: Final = ("gRPC", "npm")
"""Option → the attribute of the rules that it decides; the others decide none."""


def read(tree: Tree) -> Planning | None:
    """Return the rules that release-please's files ask for, or None when there are none.

    Raises:
        ConfigError: a file cannot be read, or values have the wrong type; all of them are told.
    """
    for file in CONFIGS:
        data = tree.get(file)
        if data is not None:
            return _Reader(tree, Source(file, text_in(file, data)), parse_json(file, data)).planning()
    data = tree.get(YAML)
    if data is None:
        return None
    table = {YAML_NAMES.get(name, name): value for name, value in parse_yaml(YAML, data).items()}
    source = Source(YAML, text_in(YAML, data), names={ours: theirs for theirs, ours in YAML_NAMES.items()})
    return _Reader(tree, source, {**table, "packages": {".": {}}}).planning()


class _Reader:
    def __init__(self, tree: Tree, source: Source, table: dict[str, Any]) -> None:
        self.tree = tree
        self.source = source
        self.file = source.file
        self.table = table
        self.origins: dict[str, str] = {}
        self.remarks: list[Remark] = []
        self.names: set[str] = set()

    def planning(self) -> Planning:
        packages = typed(self.source, self.table, "packages", dict) or {}
        manifest, listed = self._manifest()
        self._report(self.table, "")
        components = tuple(
            self._component(path, self._as_options(path, options), manifest)
            for path, options in packages.items()
        )
        linked, cases = self._plugins(components)
        settle(self.source, listed)
        if cases is not None:
            components = tuple(_with_cases(rules, cases) for rules in components)
            place = f"{self.file}: plugins sentence-case"
            self.origins |= {f"{rules.component}.notes.cases": place for rules in components}
        return Planning(
            "release-please",
            self.file,
            components,
            tuple(linked),
            origins=self.origins,
            remarks=tuple(dict.fromkeys(self.remarks)),
        )

    def _manifest(self) -> tuple[Mapping[str, str], Source]:
        """Return path → version, and the file, with its mistakes."""
        data = self.tree.get(MANIFEST)
        if data is None:
            return {}, Source(MANIFEST, "")
        source = Source(MANIFEST, text_in(MANIFEST, data))
        manifest = parse_json(MANIFEST, data)
        return {path: text_of(source, manifest, path, ()) for path in manifest}, source

    def _as_options(self, path: str, options: object) -> dict[str, Any]:
        found = object_of(self.source, options, ("packages", path))
        self._report(found, f'packages."{path}".')
        return found

    def _report(self, table: Mapping[str, Any], place: str) -> None:
        for name in table:
            if name in ELSEWHERE:
                applies = name in MATTERS
                self.remarks.append(Remark(f"{self.file}: {place}{name}", ELSEWHERE[name], applies=applies))
            elif name not in KNOWN:
                self.remarks.append(
                    Remark(f"{self.file}: {place}{name}", "release-please knows no such option")
                )

    def _component(self, path: str, own: dict[str, Any], manifest: Mapping[str, Any]) -> Rules:
        options = PackageOptions(self.source, self.table, path, own, self.origins)
        folder = "." if path in {".", ""} else path.strip("/")
        distribution = _distribution(self.tree, folder)
        asked = options.text("component") or _last_part(options.text("package-name"))
        name = asked or distribution or (folder if folder != "." else "project")
        if name in self.names:
            why = f"another package is called {name!r} too: this one is called by its folder here"
            self.remarks.append(Remark(f'{self.file}: packages."{path}"', why))
            name = f"{name} ({folder})"
        self.names.add(name)
        options.name = name
        if asked:
            options.said("component" if options.text("component") else "package-name")
        if self.file != YAML:
            self.origins[f"{name}.path"] = f'{self.file}: packages."{path}"'
        if path in manifest:
            self.origins[f"{name}.manifest"] = f'{MANIFEST}: "{path}"'
        kind = self._kind(options)
        version = str(manifest.get(path, ""))
        if kind != "python":
            self.remarks.append(
                Remark(
                    f"{self.file}: release-type",
                    f"{kind!r} is another language's: the files that it would change are left alone, "
                    "the version and the notes are planned",
                )
            )
        return Rules(
            component=name,
            distribution=distribution or options.text("package-name"),
            path=folder,
            exclude=tuple(text.strip("/") for text in options.texts("exclude-paths")),
            tag=_tag(options, asked),
            reading=ReadingRules(reverts=False, once=False),
            versioning=self._versioning(options, version),
            notes=self._notes(options, kind),
            edits=tuple(self._edits(options, kind)),
            manifest=version,
            manifest_path=MANIFEST if path in manifest else "",
            since=options.text("bootstrap-sha"),
            stop=options.text("last-release-sha"),
        )

    def _kind(self, options: PackageOptions) -> str:
        kind = options.text("release-type") or ("node" if self.file != YAML else "python")
        if kind == "python-librarian":  # since 17.8.0
            self.remarks.append(Remark(f"{self.file}: release-type", "librarian.yaml is left alone"))
            return "python"
        return kind

    def _versioning(self, options: PackageOptions, last: str) -> Versioning:
        asked = options.text("versioning") or "default"
        strategy = _STRATEGIES.get(asked)
        if strategy is None:
            self.remarks.append(Remark(f"{self.file}: versioning", f"{asked!r} is unknown: default is taken"))
        if options.flag("prerelease") and asked != "prerelease":
            why = "it marks the forge's release as a pre-release; the version does not follow it"
            self.remarks.append(Remark(f"{self.file}: prerelease", why, applies=False))
        if asked == "prerelease" and not options.flag("prerelease"):
            why = "without it versions up to 17.1.3 go on with pre-releases, as here; later ones end them"
            self.remarks.append(Remark(f"{self.file}: prerelease", why))
        if options.text("initial-version"):
            why = "release-please's Python strategy starts at 0.1.0 whatever this says, and so do we here"
            self.remarks.append(Remark(f"{self.file}: initial-version", why))
        scheme = _scheme(last, suffixed=asked in {"prerelease", "service-pack"})
        return Versioning(
            scheme=scheme,
            graduates=scheme == "pep440",
            strategy=strategy or "default",
            breaking_below_one=Level.MINOR if options.flag("bump-minor-pre-major") else Level.MAJOR,
            minor_below_one=Level.PATCH if options.flag("bump-patch-for-minor-pre-major") else Level.MINOR,
            train=options.text("prerelease-type") if asked == "prerelease" else "",
            release_as=options.text("release-as"),
        )

    def _notes(self, options: PackageOptions, kind: str) -> Notes:
        sections = options.value("changelog-sections", list)
        if options.text("changelog-type") == "github":
            why = "the forge writes these notes on its own; they are drafted from the commits here"
            self.remarks.append(Remark(f"{self.file}: changelog-type", why))
        path = "" if options.flag("skip-changelog") else options.text("changelog-path") or "CHANGELOG.md"
        return Notes(
            path=path,
            sections=sections_of(
                self.source, sections, (*options.path_to("changelog-sections"), "changelog-sections")
            )
            if sections is not None
            else sections_by_default(kind),
            host=options.text("changelog-host").rstrip("/"),
            settings={"breaking": "raw"},
        )

    def _edits(self, options: PackageOptions, kind: str) -> Iterator[Edit]:
        if kind == "python":
            yield Edit(required=False)
            yield Edit("**/version.py", "python", "__version__", required=False)
        version_file = options.text("version-file") or ("version.txt" if kind == "simple" else "")
        if version_file:
            yield Edit(version_file, "text", required=False)
        yield Edit(f"/{MANIFEST}", "json", f'$["{options.path}"]', required=False)
        path = (*options.path_to("extra-files"), "extra-files")
        for place, extra in enumerate(options.value("extra-files", list) or ()):
            yield from self._extra(extra, (*path, place))

    def _extra(self, extra: object, place: tuple[str | int, ...]) -> Iterator[Edit]:
        if isinstance(extra, str):
            structured = _STRUCTURED.get(extra.rpartition(".")[2])
            if structured:
                yield Edit(extra, structured, "$.version", required=False)
            yield Edit(extra, "markers", required=False)
            return
        options = object_of(self.source, extra, place)
        path, kind = (text_of(self.source, options, name, place) for name in ("path", "type"))
        if kind == "generic":
            yield Edit(path, "markers", required=False)
        elif kind in _STRUCTURED:
            yield Edit(
                path, _STRUCTURED[kind], text_of(self.source, options, "jsonpath", place), required=False
            )
        else:
            why = f"files of the type {kind!r} are not edited"
            self.remarks.append(Remark(f"{self.file}: extra-files {path}", why))

    def _plugins(self, components: tuple[Rules, ...]) -> tuple[list[tuple[str, ...]], tuple[str, ...] | None]:
        linked: list[tuple[str, ...]] = []
        cases: tuple[str, ...] | None = None
        known = {rules.component for rules in components}
        for number, plugin in enumerate(typed(self.source, self.table, "plugins", list) or ()):
            place = ("plugins", number)
            options = {"type": plugin} if isinstance(plugin, str) else object_of(self.source, plugin, place)
            kind = text_of(self.source, options, "type", place)
            if kind == "linked-versions":
                linked.append(
                    tuple(n for n in texts_of(self.source, options, "components", place) if n in known)
                )
                self.origins["linked"] = f"{self.file}: plugins linked-versions"
            elif kind == "sentence-case":
                words = texts_of(self.source, options, "specialWords", place)
                cases = words if "specialWords" in options else _SPECIAL_WORDS
            elif kind == "group-priority":
                why = "it orders release pull requests"
                self.remarks.append(Remark(f"{self.file}: plugins group-priority", why, applies=False))
            else:
                why = "it belongs to another language's workspaces, or is not known"
                self.remarks.append(Remark(f"{self.file}: plugins {kind}", why))
        return linked, cases


def _tag(options: PackageOptions, component: str) -> str:
    letter = "v" if options.flag("include-v-in-tag", default=True) else ""
    if not component or not options.flag("include-component-in-tag", default=True):
        return f"{letter}{{version}}"
    separator = options.value("tag-separator", str)
    return _checked(f"{component}{'-' if separator is None else separator}{letter}{{version}}", options)


def _checked(tag: str, options: PackageOptions) -> str:
    """Return the form of tags, which a name or a separator can make one that git does not allow."""
    if not re.fullmatch(r"[A-Za-z0-9](?:[@_/-]?[A-Za-z0-9])*[@_/-]?\{version\}", tag):
        from tagboat.core.tag import TagGrammar  # noqa: PLC0415 - most names are plain

        try:
            TagGrammar(tag)
        except ValueError as error:
            names = ("tag-separator", "component", "package-name")
            name = next(name for name in names if name in options.own or name in options.table)
            options.source.mistake((*options.path_to(name), name), str(error))
    return tag


def _scheme(last: str, *, suffixed: bool) -> Scheme:
    """Return how versions are spelled: as the last one is; a suffix that the tool begins itself is SemVer's.

    A version that only PEP 440 can read would lose what release-please does not know of it.
    """
    known = _SEMVER.fullmatch(last) if last else None
    if known:
        return "semver" if suffixed or known[1] else "pep440"
    return "semver" if suffixed and not last else "pep440"


def _with_cases(rules: Rules, cases: tuple[str, ...]) -> Rules:
    return rules._replace(notes=rules.notes._replace(cases=cases))


def _distribution(tree: Tree, folder: str) -> str:
    try:
        project = project_at(tree, folder)
    except (ConfigError, RefusedError):
        return ""
    return project.distribution if project else ""


def _last_part(name: str) -> str:
    """Return the component of a package's name: an npm scope is no part of it."""
    return name.rpartition("/")[2] if name.startswith("@") else name
