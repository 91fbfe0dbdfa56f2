"""What each back end is known to add to an sdist, so that anything else is noticed.

The xz backdoor of 2024 was armed by build files that stood in the release archive alone. What a back end writes is
therefore a short list here; what a back end rewrites is the matter of ``rewritten.py``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

_ALWAYS = ("PKG-INFO",)
_EGG_INFO = tuple(
    f"{prefix}*.egg-info/{name}"
    for prefix in ("", "*/")
    for name in (
        *(
            "PKG-INFO",
            "SOURCES.txt",
            "dependency_links.txt",
            "requires.txt",
            "top_level.txt",
            "entry_points.txt",
        ),
        *("not-zip-safe", "zip-safe", "namespace_packages.txt", "eager_resources.txt", "pbr.json"),
        *("scm_file_list.json", "scm_version.json"),
    )
)
_BY_BACK_END: Mapping[str, tuple[str, ...]] = {
    "setuptools": (*_EGG_INFO, "setup.cfg"),
    "pbr": (*_EGG_INFO, "setup.cfg", "AUTHORS", "ChangeLog"),
    "flit_core": ("setup.py",),
    "flit": ("setup.py",),
    "poetry": ("setup.py",),
    "hatchling": (".gitignore", ".hgignore"),
    "maturin": ("Cargo.lock",),
    "uv_build": ("pyproject.toml.orig",),
}
_VERSION_FILE_KEYS = (
    ("tool", "setuptools_scm", "write_to"),
    ("tool", "setuptools_scm", "version_file"),
    ("tool", "hatch", "build", "hooks", "vcs", "version-file"),
    ("tool", "hatch", "build", "targets", "sdist", "hooks", "vcs", "version-file"),
    ("tool", "pdm", "version", "write_to"),
    ("tool", "versioningit", "write", "file"),
)


def known_additions(pyproject: str | None) -> Iterator[str]:
    """Yield the patterns of files that the back end of this ``pyproject.toml`` adds."""
    try:
        data: dict[str, Any] = tomllib.loads(pyproject or "")
    except tomllib.TOMLDecodeError:
        data = {}
    system = data.get("build-system", {})
    back_end = str(system.get("build-backend", "setuptools.build_meta")) if isinstance(system, dict) else ""
    if isinstance(system, dict) and "backend-path" in system:
        back_end = "setuptools"
    yield from _ALWAYS
    yield from _BY_BACK_END.get(back_end.split(".")[0].partition(":")[0], ())
    for keys in _VERSION_FILE_KEYS:
        value: Any = data
        for key in keys:
            value = value.get(key) if isinstance(value, dict) else None
        if isinstance(value, str):
            yield value


def matches(path: str, patterns: tuple[str, ...]) -> bool:
    """Tell whether a path fits one of the patterns; a folder's name stands for all in it."""
    return any(
        fnmatchcase(path, pattern) or path.startswith(pattern.rstrip("/") + "/") for pattern in patterns
    )
