"""What can be known before a build starts: files that would falsify it, and tools that the machine lacks."""

from __future__ import annotations

import shutil
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from tagboat.errors import InvalidError, RefusedError

_VERSION_FILES = (
    ("tool", "setuptools_scm", "write_to"),
    ("tool", "setuptools_scm", "version_file"),
    ("tool", "hatch", "build", "hooks", "vcs", "version-file"),
    ("tool", "pdm", "version", "write_to"),
    ("tool", "versioningit", "write", "file"),
    ("tool", "vcs-versioning", "version_file"),
)
"""Where back ends are told to write a file with the version, as their documentation names the keys."""

_COMPILERS = ("cc", "gcc", "clang")
_NEEDS: Mapping[str, tuple[tuple[str, ...], str]] = {
    "maturin": (("cargo",), "Rust (cargo)"),
    "setuptools-rust": (("cargo",), "Rust (cargo)"),
    "meson-python": (_COMPILERS, "a C compiler"),
    "scikit-build-core": (_COMPILERS, "a C compiler"),
    "py-build-cmake": (_COMPILERS, "a C compiler"),
}
"""Build requirement → programs of which one must be there, and what people call them; what PyPI has is not listed."""


def read_pyproject(folder: Path) -> dict[str, Any]:
    """Return the folder's ``pyproject.toml``, or nothing when there is none.

    Raises:
        InvalidError: it is no TOML.
    """
    path = folder / "pyproject.toml"
    if not path.is_file():
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as mistake:
        raise InvalidError(f"pyproject.toml cannot be read: {mistake}", remedy="mend its syntax") from mistake


def check_before(tree: Path, component: Path, version: str, environment: Mapping[str, str]) -> None:
    """Refuse what would build the wrong thing, or cannot be built here.

    Args:
        tree: the written tree.
        component: the component's folder in it.
        version: the version under release, or "".
        environment: the shard's own variables; a compiler named in ``CC`` counts.

    Raises:
        RefusedError: a root ``PKG-INFO`` would decide the version, the build is set to rewrite a tracked file, or a tool
            is not on this machine.
    """
    pyproject = read_pyproject(component)
    _no_package_info(tree, component, pyproject)
    _no_tracked_version_file(component, pyproject, version)
    _tools(pyproject, environment)


def _no_package_info(tree: Path, component: Path, pyproject: Mapping[str, Any]) -> None:
    """An sdist's ``PKG-INFO`` in the tree is believed by hatchling, pbr, setuptools-scm and versioningit."""
    project = pyproject.get("project")
    if isinstance(project, dict) and "version" in project:
        return
    for folder in dict.fromkeys((component, tree)):
        if (folder / "PKG-INFO").is_file():
            name = (folder / "PKG-INFO").relative_to(tree).as_posix()
            raise RefusedError(
                f"the tag holds {name}, which would decide the version in place of the tag",
                remedy=f"git rm {name}, commit, and tag again",
            )


def _no_tracked_version_file(component: Path, pyproject: Mapping[str, Any], version: str) -> None:
    for keys in _VERSION_FILES:
        value: Any = pyproject
        for key in keys:
            value = value.get(key) if isinstance(value, dict) else None
        if not isinstance(value, str) or not (component / value).is_file():
            continue
        if version and version in (component / value).read_text(encoding="utf-8", errors="replace"):
            continue
        raise RefusedError(
            f"the build would rewrite the tracked file {value} ({'.'.join(keys)})",
            remedy=f"git rm --cached {value} and ignore it, or take {keys[-1]} out",
        )


def _tools(pyproject: Mapping[str, Any], environment: Mapping[str, str]) -> None:
    system = pyproject.get("build-system")
    requires = system.get("requires", []) if isinstance(system, dict) else []
    for name in _names(requires if isinstance(requires, list) else []):
        programs, called = _NEEDS.get(name, ((), ""))
        if programs is _COMPILERS and "CC" in environment:
            continue
        if programs and not any(shutil.which(program) for program in programs):
            raise RefusedError(
                f"this project builds with {name}, which needs {called}, and this machine has none",
                remedy=f"install {called}, or build this part elsewhere and adopt its files (builder = 'adopt')",
            )


def _names(requirements: Sequence[object]) -> list[str]:
    names: list[str] = []
    for text in requirements:
        try:
            names.append(canonicalize_name(Requirement(str(text)).name))
        except InvalidRequirement as mistake:
            raise InvalidError(f"build-system.requires holds {text!r}: {mistake}") from mistake
    return names
