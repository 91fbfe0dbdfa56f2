"""Where a project writes its version down, to the byte.

Looked for in the order in which the back ends decide:

1. ``[project] version``, then ``[tool.poetry] version``, in ``pyproject.toml``;
2. what ``pyproject.toml`` points at for a dynamic version: Hatch's ``path``, setuptools' ``attr`` or ``file``, PDM's file
   source, ``[package] version`` of maturin's ``Cargo.toml``, and the ``__version__`` of flit's module;
3. ``[metadata] version`` in ``setup.cfg``, there too ``attr:`` and ``file:``;
4. the literal ``version`` of ``setup.py``;
5. for a ``setup.py`` that reads it from elsewhere: the one ``__version__`` of the package or of the files that it names.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Any

from packaging.utils import canonicalize_name

from tagboat.config.document import inner, parse, text_at
from tagboat.config.project import Tree, inside, setup_cfg_of, table_of
from tagboat.errors import RefusedError
from tagboat.planner.version_text import (
    VersionPlace,
    assigned,
    cfg_value,
    given_to_setup,
    imported_from,
    named_texts,
    toml_value,
    whole_text,
)

_REMEDY = "give a tag to rehearse with --tag, or write the version as [project] version"
_TABLES = (("project", "version"), ("tool", "poetry", "version"))
_USUAL = ("__version__.py", "_version.py", "version.py", "__about__.py", "__init__.py")


def version_place(tree: Tree, folder: str, distribution: str) -> VersionPlace:
    """Return the one place that decides the version of the project in ``folder``.

    Raises:
        ConfigError: a file of the project cannot be read.
        RefusedError: there is no such place, or more than one.
    """
    places = decisive_places(tree, folder, distribution)
    if not places:
        raise RefusedError(
            f"no file of {distribution} says its version in a way that can be edited", remedy=_REMEDY
        )
    if len(places) > 1:
        rows = ", ".join(f"{place.file}:{place.line} ({place.version})" for place in places)
        raise RefusedError(f"{distribution} has more than one place for its version: {rows}", remedy=_REMEDY)
    return places[0]


def decisive_places(tree: Tree, folder: str, distribution: str) -> list[VersionPlace]:
    """Return every place of the first way that says the version; none when no way does.

    Raises:
        ConfigError: a file of the project cannot be read.
    """
    pyproject = table_of(tree, folder)
    searches = (
        _in_pyproject(tree, folder, pyproject),
        _pointed_at(tree, folder, pyproject, distribution),
        _in_setup_cfg(tree, folder),
        _in_setup_py(tree, folder),
        _in_package(tree, folder, distribution),
    )
    first = next((places for search in searches if (places := list(search))), [])
    return list({(place.file, place.start): place for place in first}.values())


def metadata_places(tree: Tree, folder: str) -> list[VersionPlace]:
    """Return the literals in ``pyproject.toml``, ``setup.cfg`` and ``setup.py``, the deciding one or not.

    Raises:
        ConfigError: one of them cannot be read.
    """
    file = inside(folder, "pyproject.toml")
    data = tree.get(file)
    spans = [] if data is None else [span for path in _TABLES for span in toml_value(data, path)]
    return [
        *(_read(tree, file, spans) if spans else ()),
        *_in_setup_cfg(tree, folder),
        *_in_setup_py(tree, folder),
    ]


def _in_pyproject(tree: Tree, folder: str, pyproject: dict[str, Any]) -> Iterator[VersionPlace]:
    for path in _TABLES:
        if text_at(pyproject, *path) is not None:
            file = inside(folder, "pyproject.toml")
            yield from _read(tree, file, toml_value(tree.read(file), path))
            return


def _pointed_at(
    tree: Tree, folder: str, pyproject: dict[str, Any], distribution: str
) -> Iterator[VersionPlace]:
    for path in (("tool", "hatch", "version", "path"), ("tool", "pdm", "version", "path")):
        if (name := text_at(pyproject, *path)) is not None:
            yield from _assigned(tree, inside(folder, name), ("__version__", "VERSION", "version"))
    yield from _setuptools(tree, folder, inner(pyproject, "tool", "setuptools", "dynamic", "version"))
    backend = text_at(pyproject, "build-system", "build-backend") or ""
    if backend.startswith("maturin"):
        manifest = text_at(pyproject, "tool", "maturin", "manifest-path") or "Cargo.toml"
        yield from _cargo(tree, inside(folder, manifest))
    if backend.startswith("flit"):
        usual = canonicalize_name(distribution).replace("-", "_")
        name = text_at(pyproject, "tool", "flit", "module", "name")
        name = name or text_at(pyproject, "tool", "flit", "metadata", "module") or usual
        yield from _attribute(tree, folder, f"{name}.__version__")


def _cargo(tree: Tree, file: str) -> Iterator[VersionPlace]:
    data = tree.get(file)
    if data is not None and isinstance(inner(parse(file, data), "package").get("version"), str):
        yield from _read(tree, file, toml_value(data, ("package", "version")))


def _setuptools(tree: Tree, folder: str, version: Mapping[str, Any]) -> Iterator[VersionPlace]:
    attribute, files = version.get("attr"), version.get("file")
    if isinstance(attribute, str):
        yield from _attribute(tree, folder, attribute)
    for file in files if isinstance(files, list) else [files]:
        if isinstance(file, str):
            yield from _whole(tree, inside(folder, file))


def _in_setup_cfg(tree: Tree, folder: str) -> Iterator[VersionPlace]:
    value = setup_cfg_of(tree, folder).get("metadata", "version", fallback="").strip()
    kind, _, rest = value.partition(":")
    if kind == "attr":
        yield from _attribute(tree, folder, rest.strip())
    elif kind == "file":
        yield from _whole(tree, inside(folder, rest.strip()))
    elif value:
        file = inside(folder, "setup.cfg")
        yield from _read(tree, file, cfg_value(tree.read(file), value))


def _in_setup_py(tree: Tree, folder: str) -> Iterator[VersionPlace]:
    file = inside(folder, "setup.py")
    data = tree.get(file)
    if data is not None:
        yield from _read(tree, file, given_to_setup(data))


def _in_package(tree: Tree, folder: str, distribution: str) -> Iterator[VersionPlace]:
    setup = tree.get(inside(folder, "setup.py"))
    if setup is None:
        return
    for name in named_texts(setup):
        if name.endswith(".py"):
            yield from _assigned(tree, inside(folder, name), ("__version__",))
    package = canonicalize_name(distribution).replace("-", "_")
    for start in ("", "src/"):
        for name in (f"{start}{package}.py", *(f"{start}{package}/{usual}" for usual in _USUAL)):
            yield from _assigned(tree, inside(folder, name), ("__version__",))
    for name in ("VERSION", "VERSION.txt", "version.txt"):
        yield from _whole(tree, inside(folder, name))


def _attribute(tree: Tree, folder: str, dotted: str) -> Iterator[VersionPlace]:
    """Yield the places of ``package.module.NAME``, where setuptools and flit would import or read it."""
    module, _, name = dotted.rpartition(".")
    path = module.replace(".", "/")
    roots = dict.fromkeys(("", "src", *package_roots(tree, folder)))
    for file in (f"{path}/__init__.py", f"{path}.py"):
        for root in roots:
            whole = inside(inside(folder, root), file)
            yield from _assigned(tree, whole, (name,))
            sibling = imported_from(tree.get(whole) or b"", name)
            if sibling:
                yield from _assigned(tree, str(PurePosixPath(whole).parent / f"{sibling}.py"), (name,))


def package_roots(tree: Tree, folder: str) -> Iterator[str]:
    """Yield the folders, relative to the project's, that setuptools is told to look for packages in."""
    pyproject = table_of(tree, folder)
    directories = inner(pyproject, "tool", "setuptools", "package-dir").values()
    where = inner(pyproject, "tool", "setuptools", "packages", "find").get("where")
    for value in (*directories, *(where if isinstance(where, list) else ())):
        if isinstance(value, str) and not PurePosixPath(value).is_absolute():
            yield value


def _assigned(tree: Tree, file: str, names: tuple[str, ...]) -> Iterator[VersionPlace]:
    data = tree.get(file)
    if data is not None:
        yield from _read(tree, file, assigned(data, names))


def _whole(tree: Tree, file: str) -> Iterator[VersionPlace]:
    data = tree.get(file)
    if data is not None:
        yield from _read(tree, file, whole_text(data))


def _read(tree: Tree, file: str, found: list[tuple[int, int]]) -> Iterator[VersionPlace]:
    data = tree.read(file)
    for start, end in found:
        yield replace(VersionPlace.of(data, start, end), file=file)
