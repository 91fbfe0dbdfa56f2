"""Whether a project's version comes from its tag, so that a tag is all that a new version needs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from tagboat.config.document import inner, text_of
from tagboat.config.project import Tree, inside, setup_calls, setup_cfg_of, table_of

_HATCH = {
    "vcs": "hatch-vcs",
    "versioningit": "versioningit",
    "uv-dynamic-versioning": "uv-dynamic-versioning",
}
_KEYWORDS = {
    "use_scm_version": "setuptools-scm",
    "setuptools_git_versioning": "setuptools-git-versioning",
    "version_config": "setuptools-git-versioning",
    "pbr": "pbr",
}
_BACKENDS = {"flit_scm": "flit_scm", "pbr": "pbr"}


def is_dynamic_from_vcs(tree: Tree, folder: str) -> str:
    """Return the name of the tool that takes the version of the project in ``folder`` from the tag; "" when none does.

    Raises:
        ConfigError: a file of the project cannot be read.
    """
    pyproject = table_of(tree, folder)
    project = inner(pyproject, "project")
    if "version" in project:
        return ""
    return _declared(pyproject, dynamic="version" in _texts(project.get("dynamic"))) or _in_setup(
        tree, folder
    )


def _declared(pyproject: Mapping[str, Any], *, dynamic: bool) -> str:
    tools, system = inner(pyproject, "tool"), inner(pyproject, "build-system")
    backend = re.split(r"[.:]", str(system.get("build-backend", "")))[0]
    hatch = str(inner(tools, "hatch", "version").get("source", ""))
    git_versioning = inner(tools, "setuptools-git-versioning")
    signs = (
        (_BACKENDS.get(backend, ""), True),
        (_HATCH.get(hatch, ""), True),
        ("pdm", inner(tools, "pdm", "version").get("source") == "scm"),
        ("poetry-dynamic-versioning", inner(tools, "poetry-dynamic-versioning").get("enable") is True),
        ("setuptools-scm", "setuptools_scm" in tools or (dynamic and _requires_simple_scm(system))),
        ("setuptools-git-versioning", bool(git_versioning) and git_versioning.get("enabled", True) is True),
        ("versioningit", "versioningit" in tools),
        ("versioneer", "versioneer" in tools),
    )
    return next((name for name, there in signs if name and there), "")


def _requires_simple_scm(system: Mapping[str, Any]) -> bool:
    """Whether setuptools-scm is switched on by its extra ``simple`` alone."""
    wanted = re.compile(r"setuptools[-_.]scm\s*\[[^\]]*\bsimple\b", re.IGNORECASE)
    return any(wanted.match(text) for text in _texts(system.get("requires")))


def _in_setup(tree: Tree, folder: str) -> str:
    if setup_cfg_of(tree, folder).has_section("versioneer"):
        return "versioneer"
    file = inside(folder, "setup.py")
    data = tree.get(file)
    for call, _ in setup_calls(text_of(file, data)) if data is not None else ():
        for given in call.keywords:
            if given.arg in _KEYWORDS:
                return _KEYWORDS[given.arg]
    return ""


def _texts(value: object) -> list[str]:
    return [text for text in value if isinstance(text, str)] if isinstance(value, list) else []
