"""What the files of a Python project call it: the distribution's name, without running anything.

Read in this order, as the back ends do: ``[project]`` of ``pyproject.toml`` (PEP 621), ``[tool.poetry]``,
``[tool.flit.metadata]``, ``[metadata]`` of ``setup.cfg``, and the ``name`` that ``setup.py`` gives to ``setup()`` as a literal.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from posixpath import join
from typing import TYPE_CHECKING, Any

from tagboat.config.document import LIMIT, inner, parse, text_of
from tagboat.core.record import Record
from tagboat.errors import ConfigError, RefusedError

if TYPE_CHECKING:
    import ast
    import configparser

_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")


class Tree(Record):
    """The files of a commit, read when they are asked for.

    Attributes:
        paths: every file, relative to the root, with '/'.
        read: returns a file's bytes; called only with one of ``paths``.
        links: lists the symbolic links, which are no files; none where nobody needs to know.
        modules: lists the submodules, whose files are another repository's; none where nobody needs to know.
    """

    paths: Collection[str]
    read: Callable[[str], bytes]
    links: Callable[[], Collection[str]] = tuple
    modules: Callable[[], Collection[str]] = tuple

    def get(self, path: str) -> bytes | None:
        """Return the bytes of a file, or None when there is none of this path."""
        return self.read(path) if path in self.paths else None


class Project(Record):
    """A Python project in a tree: its folder and the name of its distribution."""

    path: str
    distribution: str


def project_at(tree: Tree, folder: str) -> Project | None:
    """Return the project whose files stand in ``folder`` ("." for the root), or None when there is none.

    A workspace's own ``pyproject.toml``, which describes no distribution, is no project.

    Raises:
        ConfigError: a file cannot be read.
        RefusedError: there is a project, and its files do not say its name.
    """
    pyproject = table_of(tree, folder)
    if _is_workspace(pyproject):
        return None
    declared = _declared(pyproject) or _in_setup_cfg(tree, folder)
    if declared is None and inside(folder, "setup.py") in tree.paths:
        file = inside(folder, "setup.py")
        declared = name_in_setup_py(text_of(file, tree.read(file)))
        if declared is None:
            raise RefusedError(
                f"{file} does not give a name to setup() as a literal, and no other file says it",
                remedy="write [project] name into pyproject.toml, or configure the component under [tool.tagboat]",
            )
    if declared is None and not ("project" in pyproject or "poetry" in inner(pyproject, "tool")):
        return None
    if not isinstance(declared, str) or not _NAME.fullmatch(declared) or len(declared) > 100:
        file = inside(folder, "pyproject.toml")
        raise RefusedError(
            f"{file} gives the project no usable name"
            if declared is None
            else f"{declared!a} is no distribution's name",
            remedy="write [project] name into pyproject.toml (the form is PEP 508's)",
        )
    return Project(folder, declared)


def inside(folder: str, name: str) -> str:
    """Return the path of a file in ``folder``, as ``PurePosixPath`` joins them; that is slow to import."""
    path = join(folder, name)
    root = "//" if path.startswith("//") and not path.startswith("///") else "/" * path.startswith("/")
    return root + "/".join(part for part in path.split("/") if part not in ("", ".")) or "."


def table_of(tree: Tree, folder: str) -> dict[str, Any]:
    """Return what the folder's ``pyproject.toml`` holds; an empty table when there is none.

    Raises:
        ConfigError: it is not TOML.
    """
    file = inside(folder, "pyproject.toml")
    data = tree.get(file)
    return {} if data is None else parse(file, data)


def setup_cfg_of(tree: Tree, folder: str) -> configparser.RawConfigParser:
    """Return what the folder's ``setup.cfg`` holds; an empty one when there is none.

    Raises:
        ConfigError: it cannot be read.
    """
    import configparser  # noqa: PLC0415 - few projects still have the file

    file = inside(folder, "setup.cfg")
    parser = configparser.RawConfigParser(strict=False)
    data = tree.get(file)
    if data is not None:
        try:
            parser.read_string(text_of(file, data), source=file)
        except configparser.Error as error:
            said = str(error).splitlines()[0]
            raise ConfigError(f"{file}: {said}", remedy="correct the file") from None
    return parser


def name_in_setup_py(text: str) -> str | None:
    """Return the one name that a ``setup.py`` gives to ``setup()`` as a literal, or as a constant of the module."""
    names = {keyword_literal(call, constants, "name") for call, constants in setup_calls(text)}
    return names.pop() if len(names) == 1 else None


def statements(source: str | bytes) -> list[ast.stmt]:
    """Return the statements of a Python module; none when it is not one, or is too long to be read."""
    import ast  # noqa: PLC0415 - slow to import, and only for files of Python
    import warnings  # noqa: PLC0415

    if len(source) > LIMIT:
        return []
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of another project's old spellings
            return ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []


def setup_calls(text: str) -> list[tuple[ast.Call, Mapping[str, str]]]:
    """Return every call of ``setup()`` in the text of a ``setup.py``, with the constants of its module."""
    import ast  # noqa: PLC0415

    body = statements(text)
    constants: dict[str, str] = {}
    for node in body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=str(value))):
                constants[name] = value
            case _:
                pass
    return [
        (node, constants)
        for node in ast.walk(ast.Module(body, []))
        if isinstance(node, ast.Call) and _called(node) == "setup"
    ]


def keyword_literal(call: ast.Call, constants: Mapping[str, str], keyword: str) -> str | None:
    """Return the text that a call gives to ``keyword``, as a literal or by a constant; None when it is neither."""
    import ast  # noqa: PLC0415

    for given in call.keywords:
        if given.arg == keyword:
            match given.value:
                case ast.Constant(value=str(value)):
                    return value
                case ast.Name(id=name):
                    return constants.get(name)
                case _:
                    return None
    return None


def _called(call: ast.Call) -> str:
    import ast  # noqa: PLC0415

    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""


def _is_workspace(pyproject: Mapping[str, Any]) -> bool:
    tools = inner(pyproject, "tool")
    if inner(tools, "poetry").get("package-mode") is False and "project" not in pyproject:
        return True
    return inner(tools, "uv").get("package") is False and "build-system" not in pyproject


def _declared(pyproject: Mapping[str, Any]) -> object:
    tools = inner(pyproject, "tool")
    flit = inner(tools, "flit", "metadata")
    for name in (
        inner(pyproject, "project").get("name"),
        inner(tools, "poetry").get("name"),
        flit.get("dist-name"),
        flit.get("module"),
    ):
        if name is not None:
            return name
    return None


def _in_setup_cfg(tree: Tree, folder: str) -> str | None:
    if inside(folder, "setup.cfg") not in tree.paths:
        return None
    return setup_cfg_of(tree, folder).get("metadata", "name", fallback=None) or None
