"""Tools that take the version from the tag: setuptools-scm, hatch-vcs, versioningit, poetry-dynamic-versioning and others.

With them no file holds the version, so there is nothing to edit; what they say of tags is the grammar. How they name
what lies *between* releases (development versions, local parts) does not concern the next release. Observed on
setuptools-scm 10.3, hatch-vcs 0.5, versioningit 3.3 and poetry-dynamic-versioning 1.10.

A repository may hold several such projects (``root = "../.."``): then each folder is a component.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, Final

from tagboat.config.dialects.naming import names_at
from tagboat.config.dialects.options import Options
from tagboat.config.dialects.scm_options import READERS
from tagboat.config.dialects.sources import Source
from tagboat.config.document import inner, parse, text_of
from tagboat.config.planning import SECTIONS as USUAL
from tagboat.config.planning import Notes, Planning, ReadingRules, Rules, Section, Versioning
from tagboat.config.project import Tree, inside, setup_calls, setup_cfg_of

_COMPONENTS: Final = 500
_DEEPEST: Final = 5
_HATCH: Final = {"vcs": "hatch-vcs", "versioningit": "versioningit"}
_KEYWORDS: Final = {
    "use_scm_version": "setuptools-scm",
    "setuptools_git_versioning": "other",
    "version_config": "other",
    "pbr": "other",
}
_SIMPLE = re.compile(r"setuptools[-_.]scm\s*\[[^\]]*\bsimple\b", re.IGNORECASE)
READING: Final = ReadingRules(unknown="keep", merges=False)
"""With these tools a person chooses the version, and commits need not follow any convention; merges only repeat them."""
VERSIONING: Final = Versioning(releases="level")
NOTES: Final = Notes(path="", sections=(*USUAL, Section("", "Other Changes")))


@dataclass(frozen=True, slots=True)
class _Found:
    tool: str
    options: Options


def read(tree: Tree) -> Planning | None:
    """Return the rules of the projects whose version comes from their tag, or None when there is none.

    Raises:
        ConfigError: a file cannot be read, or an option that matters has the wrong type.
    """
    found = [(".", source) for source in _at(tree, ".")]
    if not found:
        found = [(folder, item) for folder in _folders(tree) for item in _at(tree, folder)]
    if not found:
        return None
    components: dict[str, Rules] = {}
    origins: dict[str, str] = {}
    remarks = []
    for folder, item in found:
        if folder in components:
            continue
        components[folder] = _rules(tree, folder, item)
        origins |= item.options.source.origins
        remarks += item.options.source.remarks
    first = found[0][1].options.source.file
    return Planning("scm", first, tuple(components.values()), origins=origins, remarks=tuple(remarks))


def _rules(tree: Tree, folder: str, found: _Found) -> Rules:
    name, distribution = names_at(tree, folder)
    options = found.options
    said = READERS[found.tool](options)
    options.rest(found.tool if found.tool != "other" else "the tool")
    options.source.settle()
    rules = Rules(name, distribution, folder, reading=READING, versioning=VERSIONING, notes=NOTES, edits=())
    options.said(f"{name}.edits", "")
    if said.tag:
        rules = rules._replace(tag=said.tag)
        options.source.origins[f"{name}.tag"] = said.tag_place
    if said.pattern:
        rules = rules._replace(versioning=VERSIONING._replace(scheme="calver", pattern=said.pattern))
        for value in ("scheme", "pattern"):
            options.source.origins[f"{name}.versioning.{value}"] = said.pattern_place
    return rules


def _folders(tree: Tree) -> list[str]:
    """Return the folders below the root that hold a project's files, the first few hundred of them."""
    names = {"pyproject.toml", "setup.py"}
    paths = (PurePosixPath(path) for path in tree.paths if path.endswith(("/pyproject.toml", "/setup.py")))
    folders = {str(path.parent) for path in paths if path.name in names and len(path.parts) <= _DEEPEST}
    return sorted(folder for folder in folders if not _beside(folder))[:_COMPONENTS]


def _beside(folder: str) -> bool:
    """Tell whether a folder holds examples or test data, not a project of the repository."""
    parts = PurePosixPath(folder).parts
    return any(
        part.startswith(".") or part in {"tests", "test", "testing", "examples", "docs"} for part in parts
    )


def _at(tree: Tree, folder: str) -> Iterator[_Found]:
    """Yield the tools that give the project in ``folder`` its version; the first one decides."""
    file = inside(folder, "pyproject.toml")
    data = tree.get(file)
    if data is not None:
        table = parse(file, data)
        if "version" not in inner(table, "project"):
            yield from _in_pyproject(Source(file, text_of(file, data)), table)
    yield from _in_setup(tree, folder)


def _in_pyproject(source: Source, table: Mapping[str, Any]) -> Iterator[_Found]:
    tools = inner(table, "tool")
    hatch = inner(tools, "hatch", "version")
    kind = _HATCH.get(str(hatch.get("source", "")))
    if kind == "versioningit" and "versioningit" in tools and len(hatch) == 1:
        kind = None
    if kind is not None:
        yield _Found(kind, Options(source, ("tool", "hatch", "version"), hatch))
    for key, tool, on in (
        ("setuptools_scm", "setuptools-scm", True),
        ("vcs-versioning", "setuptools-scm", True),
        ("versioningit", "versioningit", True),
        ("poetry-dynamic-versioning", "poetry-dynamic-versioning", "enable"),
        ("setuptools-git-versioning", "other", True),
        ("versioneer", "versioneer", True),
    ):
        options = tools.get(key)
        if isinstance(options, dict) and (on is True or options.get(on) is True):
            yield _Found(tool, Options(source, ("tool", key), options))
    if hatch.get("source") == "uv-dynamic-versioning":
        path = ("tool", "uv-dynamic-versioning")
        yield _Found("poetry-dynamic-versioning", Options(source, path, inner(table, *path)))
    pdm = inner(tools, "pdm", "version")
    if pdm.get("source") == "scm":
        yield _Found("pdm", Options(source, ("tool", "pdm", "version"), pdm))
    system = inner(table, "build-system")
    requires = system.get("requires")
    simple = any(_SIMPLE.match(str(item)) for item in requires) if isinstance(requires, list) else False
    if "flit_scm" in str(system.get("build-backend", "")) or simple:
        yield _Found("other", Options(source, ("build-system",), {}))


def _in_setup(tree: Tree, folder: str) -> Iterator[_Found]:
    parser = setup_cfg_of(tree, folder)
    file = inside(folder, "setup.cfg")
    if parser.has_section("versioneer"):
        source = Source(file, "")
        yield _Found("versioneer", Options(source, ("versioneer",), dict(parser.items("versioneer"))))
    file = inside(folder, "setup.py")
    data = tree.get(file)
    for call, _ in setup_calls(text_of(file, data)) if data is not None else ():
        for given in call.keywords:
            tool = _KEYWORDS.get(given.arg or "")
            if tool is not None:
                source = Source(file, "")
                table = _literal(given.value)
                options = Options(source, (f"setup({given.arg}=...)",), table or {})
                text = "it is computed when the package is built, so it was not read"
                for key in [""] if table is None else [key for key, value in table.items() if value is None]:
                    options.remark(key, text)
                yield _Found(tool, options)


def _literal(node: ast.expr) -> dict[str, Any] | None:
    """Return a keyword's table; what is no literal in it is left out. None when it is no table at all."""
    if isinstance(node, ast.Constant) and node.value is True:
        return {}
    if not isinstance(node, ast.Dict):
        return None
    table: dict[str, Any] = {}
    for key, value in zip(node.keys, node.values, strict=True):
        if isinstance(key, ast.Constant) and isinstance(key.value, str):
            try:
                table[key.value] = ast.literal_eval(value)
            except (ValueError, TypeError, RecursionError, MemoryError):
                table[key.value] = None
    return table
