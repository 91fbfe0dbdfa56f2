"""The fragments that towncrier makes a release's notes from: which files they are.

Towncrier itself renders them, in a child of its own (``tagboat.adapters.towncrier``): its templates are programs of the
project. What is here was observed on towncrier 24.8 and 26.9: where fragments are looked for, and what their names mean.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from posixpath import basename, dirname, join, normpath
from typing import Any, Final

from tagboat.config.document import inner, parse
from tagboat.config.planning import Notes
from tagboat.config.project import Tree
from tagboat.errors import ConfigError
from tagboat.planner.notes.insertion import mark_of

MOST_FILES: Final = 5_000
MOST_BYTES: Final = 8 << 20

_TYPES: Final = ("feature", "bugfix", "doc", "removal", "misc")
_LOOKS_INSIDE: Final = re.compile(r"\{[^{}:]*[.\[]")
_RESOURCE: Final = re.compile(r"([-\w.]+):[-\w.]+\n?")
"""What towncrier takes for a template in a package: it imports the package to find it."""
_OWN: Final = ("towncrier", "towncrier.templates")
_IGNORED: Final = (".gitignore", ".gitkeep", ".keep", "readme", "readme.md", "readme.rst")


@dataclass(frozen=True, slots=True)
class Fragments:
    """What towncrier needs to render a release's notes.

    Attributes:
        config: the path of its configuration.
        files: path → content: the configuration, the template, and all files beside the fragments.
        used: the paths of the fragments that the release uses up.
        name: the project's name as the configuration says it, or "".
        start: what the changelog's header ends with (``start_string``), with its line end.
    """

    config: str
    files: Mapping[str, bytes]
    used: tuple[str, ...]
    name: str
    start: str


def fragments(tree: Tree, notes: Notes) -> Fragments:
    """Return towncrier's fragments in a tree.

    Raises:
        ConfigError: its configuration cannot be read, names a place outside of the tree, or there are too many files.
    """
    file = notes.fragments
    data = tree.get(file)
    if data is None:
        raise ConfigError(
            f"{file} is not there: it should configure towncrier", remedy="name the file that does"
        )
    table = inner(parse(file, data), "tool", "towncrier")
    _check_forms(file, table)
    files = {file: data}
    beside = normpath(join(dirname(file), "pyproject.toml"))
    if beside in tree.paths:
        files[beside] = tree.read(beside)
    project = str(inner(parse(beside, files.get(beside, b"")), "project").get("name") or "")
    template = str(table.get("template", ""))
    resource = _RESOURCE.fullmatch(template)
    if resource and resource[1] not in _OWN:
        raise ConfigError(
            f"{file}: template: {template!a} lies in a package, and whoever looks there imports it: a plan runs nothing that a"
            " project names",
            remedy="copy the template into the repository, and name its path",
        )
    if template and not resource:
        path = _inside(file, "template", template)
        content = tree.get(path)
        if content is None:
            raise ConfigError(f"{file}: template: there is no file {path!a}", remedy="correct the path")
        files[path] = content
    folders = {_inside(file, "directory", folder) for folder in _folders(table, project)}
    listed = sorted(path for path in tree.paths if dirname(path) in folders)
    if len(listed) > MOST_FILES:
        raise ConfigError(
            f"{file}: there are {len(listed)} fragments, more than {MOST_FILES}", remedy="remove old ones"
        )
    for path in listed:
        files[path] = tree.read(path)
    if sum(map(len, files.values())) > MOST_BYTES:
        raise ConfigError(f"{file}: the fragments have more than {MOST_BYTES} bytes", remedy="shorten them")
    ignored = [*_IGNORED, basename(template).lower(), *(str(name).lower() for name in _list(table, "ignore"))]
    types = _types(table)
    used = tuple(path for path in listed if _is_fragment(basename(path), types, ignored))
    start = str(table.get("start_string") or mark_of(str(table.get("filename", "NEWS.rst"))))
    name = str(table.get("name") or project or table.get("package") or "")
    return Fragments(file, files, used, name, start)


def _check_forms(file: str, table: Mapping[str, Any]) -> None:
    """Refuse forms whose placeholders are more than names: a form of Python's can look into what it is given."""
    for key in ("issue_format", "title_format"):
        form = str(table.get(key) or "")
        if _LOOKS_INSIDE.search(form.replace("{{", "").replace("}}", "")):
            raise ConfigError(
                f"{file}: {key}: {form!a} asks for more than a name",
                remedy="write {issue}, {name} or {version}",
            )


def _inside(file: str, key: str, path: str) -> str:
    found = normpath(join(dirname(file), path))
    if found.startswith(("/", "..")):
        raise ConfigError(
            f"{file}: {key}: {path!a} lies outside of the repository", remedy="correct the path"
        )
    return found


def _folders(table: Mapping[str, Any], project: str) -> set[str]:
    """Return the folders of fragments, relative to the configuration's own.

    Where no package is named, newer versions of towncrier look below the project's name, older ones do not.
    """
    below = [str(entry.get("path", "")) for entry in _list(table, "section") if isinstance(entry, dict)] or [
        ""
    ]
    directory = table.get("directory")
    if directory is not None:
        return {join(str(directory), path) for path in below}
    packages = {str(table["package"])} if table.get("package") else {"", project}
    start = str(table.get("package_dir", "."))
    return {join(start, package, path, "newsfragments") for package in packages for path in below}


def _list(table: Mapping[str, Any], key: str) -> list[Any]:
    found = table.get(key)
    return found if isinstance(found, list) else []


def _types(table: Mapping[str, Any]) -> set[str]:
    named = {
        str(entry.get("directory", str(entry.get("name", "")).lower()))
        for entry in _list(table, "type")
        if isinstance(entry, dict)
    }
    return named or set(inner(table, "fragment")) or set(_TYPES)


def _is_fragment(name: str, types: set[str], ignored: list[str]) -> bool:
    if any(fnmatchcase(name.lower(), pattern) for pattern in ignored if pattern):
        return False
    return not types.isdisjoint(name.split(".")[1:])
