"""Every place that a package's own files use for its version, found without configuration.

Changed whatever they hold, because they are the package's version: ``[project] version``, ``[tool.poetry] version``, what a
dynamic version points at, ``[metadata] version`` of ``setup.cfg``, the literal in ``setup.py``, and ``__version__`` in the
package's own modules. Changed only when they hold the last version: ``VERSION`` files, and tuples and other names in those
modules. ``__version__ = "0.0.0"`` beside another version is a stand-in that a build replaces, and stays. When the version
comes from the tag, nothing is edited.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

from packaging.utils import canonicalize_name

from tagboat.config.document import LIMIT, inner, text_at, text_of
from tagboat.config.planning import Rules
from tagboat.config.project import Tree, inside, setup_calls, table_of
from tagboat.errors import ConfigError
from tagboat.planner.edits.locks import NAMES, lock_spots
from tagboat.planner.edits.paths import check_links
from tagboat.planner.edits.python import beside, version_of
from tagboat.planner.edits.spots import LONGEST, REMEDY, Source, Spot, Words
from tagboat.planner.version_place import decisive_places, metadata_places, package_roots
from tagboat.planner.version_python import computed
from tagboat.planner.version_text import VersionPlace, assigned, is_stand_in, whole_text
from tagboat.planner.version_vcs import is_dynamic_from_vcs

_MODULES = ("__init__", "__version__", "_version", "version", "__about__", "about", "_about")
_TEXTS = ("VERSION", "VERSION.txt", "version.txt")
_POINTERS = (("hatch", "version", "path"), ("pdm", "version", "path"), ("setuptools", "dynamic", "version"))


def own_spots(tree: Tree, rules: Rules, words: Words, *, required: bool) -> list[tuple[str, Spot]]:
    """Return the spots of a component's own files and of the lock files that list it, each with its file.

    Raises:
        ConfigError: a file cannot be read, or it is required and no file says the version, which comes from no tag either.
    """
    folder, name = rules.path, rules.distribution or rules.component
    if is_dynamic_from_vcs(tree, folder):
        return []
    first = decisive_places(tree, folder, name)
    if not first:
        if required:
            _explain(tree, folder, name)
        return []
    places = {(place.file, place.start): place for place in (*first, *metadata_places(tree, folder))}
    known = {words.last, *(place.version for place in first)}
    modules = _modules(tree, folder, name)
    standing = all(is_stand_in(text) for text in known if text)
    for file in modules:
        data = tree.read(file)
        found = [VersionPlace.of(data, *span) for span in assigned(data, ["__version__"])]
        real = [place for place in found if not is_stand_in(place.version) or standing]
        places.update({(file, place.start): place for place in real})
    spots = [
        (file, Spot(place.start, place.end, words.value(place.version)))
        for (file, _), place in places.items()
    ]
    spots += [(file, spot) for file in modules for spot in _beside(tree, file, words, known)]
    spots += _version_files(tree, folder, words, known)
    return [*spots, *_locked(tree, rules, words)]


def lock_files(tree: Tree, folder: str) -> list[str]:
    """Return the lock files in a component's folder and the folders above it."""
    above = [str(path) for path in (PurePosixPath(folder), *PurePosixPath(folder).parents)]
    return [
        file
        for place in dict.fromkeys(above)
        for name in NAMES
        if (file := inside(place, name)) in tree.paths
    ]


def _locked(tree: Tree, rules: Rules, words: Words) -> Iterator[tuple[str, Spot]]:
    for file in lock_files(tree, rules.path):
        source = Source.of(file, tree.read(file), LONGEST)
        for spot in lock_spots(source, rules.distribution or rules.component, words).spots:
            yield file, spot


def _beside(tree: Tree, file: str, words: Words, known: set[str]) -> list[Spot]:
    data = tree.read(file)
    readable = b"\0" not in data and len(data) <= LIMIT
    return beside(Source.of(file, data), words, known) if readable else []


def _version_files(tree: Tree, folder: str, words: Words, known: set[str]) -> Iterator[tuple[str, Spot]]:
    olds = {version_of(text) for text in known} - {None}
    for name in _TEXTS:
        file = inside(folder, name)
        for start, end in whole_text(tree.get(file) or b""):
            text = tree.read(file)[start:end].decode()
            if version_of(text) in olds:
                yield file, Spot(start, end, words.value(text))


def _modules(tree: Tree, folder: str, distribution: str) -> list[str]:
    """Return the modules of the package that usually say its version."""
    pyproject = table_of(tree, folder)
    name = canonicalize_name(distribution).replace("-", "_")
    packages = dict.fromkeys((name, name.replace("_", "/"), distribution, *_declared(pyproject)))
    roots = dict.fromkeys(("", "src", *package_roots(tree, folder)))
    files = (
        inside(inside(folder, root), file)
        for root in roots
        for package in packages
        for file in (f"{package}.py", *(f"{package}/{module}.py" for module in _MODULES))
    )
    return [file for file in dict.fromkeys(files) if file in tree.paths]


def _declared(pyproject: Mapping[str, Any]) -> Iterator[str]:
    """Yield the packages that the back ends' own tables name."""
    tools = inner(pyproject, "tool")
    for table in inner(tools, "poetry").get("packages") or ():
        if isinstance(table, dict) and isinstance(name := table.get("include"), str):
            yield f"{table.get('from', '')}/{name}".strip("/")
    listed = (
        inner(tools, "hatch", "build", "targets", "wheel").get("packages"),
        inner(tools, "setuptools").get("packages"),
        inner(tools, "setuptools").get("py-modules"),
        [text_at(tools, "flit", "module", "name"), text_at(tools, "flit", "metadata", "module")],
        [text_at(tools, "uv", "build-backend", "module-name")],
    )
    for names in listed:
        for name in names if isinstance(names, list) else ():
            if isinstance(name, str) and not name.startswith("/") and ".." not in name and "*" not in name:
                yield name if "/" in name else name.replace(".", "/")


def _explain(tree: Tree, folder: str, name: str) -> None:
    """Raise unless the version is dynamic by a way that no file of the project tells."""
    for file in ("setup.py", "setup.cfg", "pyproject.toml"):
        check_links(tree, inside(folder, file))
    pyproject = table_of(tree, folder)
    file = inside(folder, "pyproject.toml")
    pointer = next((".".join(path) for path in _POINTERS if _there(pyproject, path)), "")
    dynamic = inner(pyproject, "project").get("dynamic")
    if not pointer and isinstance(dynamic, list) and "version" in dynamic:
        return
    pointed = f"{file}: tool.{pointer} leads to no version that can be edited"
    coded = _coded(tree, folder, name)
    told = f"{coded}: code says the version of {name}, and no edit changes code" if coded else ""
    where = "" if folder == "." else f"{folder}: "
    raise ConfigError(
        pointed if pointer else told or f"{where}no file of {name} says its version",
        remedy=REMEDY
        if pointer
        else "write [project] version, or configure the places that hold the version",
    )


def _coded(tree: Tree, folder: str, name: str) -> str:
    """Return ``file:line`` of an expression that makes the version, or ""."""
    file = inside(folder, "setup.py")
    calls = setup_calls(text_of(file, tree.get(file) or b""))
    given = [word for call, _ in calls for word in call.keywords if word.arg == "version"]
    if given:
        return f"{file}:{given[0].value.lineno}"
    lines = ((module, computed(tree.read(module), "__version__")) for module in _modules(tree, folder, name))
    return next((f"{module}:{line}" for module, line in lines if line), "")


def _there(pyproject: Mapping[str, Any], path: tuple[str, ...]) -> bool:
    return path[-1] in inner(pyproject, "tool", *path[:-1])
