"""Other tools' configuration, one file each: what they decide about versions, notes and files, as planning rules."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib import import_module
from typing import Final

from tagboat.config.dialects.open_tags import with_fitting_tags
from tagboat.config.load import may_have_own_table
from tagboat.config.planning import Planning
from tagboat.config.project import Tree
from tagboat.core.record import Record

_SHARED: Final = ("pyproject.toml", "setup.cfg", "setup.py")
"""Files in which many tools keep their configuration."""


class Dialect(Record):
    """A tool whose configuration is understood.

    Attributes:
        module: its module here.
        files: files of its own, at the root.
        marks: texts of which one stands in a shared file that configures it; a cheap first look.
        whole: whether it decides the version from the changes; the others say where versions or notes are.
    """

    module: str
    files: tuple[str, ...]
    marks: tuple[bytes, ...] = ()
    whole: bool = False


DIALECTS: Final = (
    Dialect(
        "release_please",
        ("release-please-config.json", ".release-please-config.json", ".github/release-please.yml"),
        whole=True,
    ),
    Dialect(
        "python_semantic_release",
        ("semantic_release.toml", "releaserc.toml", "releaserc.json", ".releaserc.toml", ".releaserc.json"),
        (b"semantic_release",),
        whole=True,
    ),
    Dialect(
        "commitizen",
        (".cz.toml", "cz.toml", ".cz.json", "cz.json", ".cz.yaml", "cz.yaml"),
        (b"commitizen",),
        whole=True,
    ),
    Dialect("git_cliff", ("cliff.toml", ".cliff.toml", ".config/cliff.toml"), (b"git-cliff",), whole=True),
    Dialect("bumpver", ("pycalver.toml", "bumpver.toml", ".bumpver.toml"), (b"bumpver", b"pycalver")),
    Dialect("bump_my_version", (".bumpversion.cfg", ".bumpversion.toml"), (b"bumpversion",)),
    Dialect("scm", (), (b"scm", b"vcs", b"versioning", b"versioneer", b"pbr")),
    Dialect("towncrier", ("towncrier.toml",), (b"towncrier",)),
)
"""Every dialect, in the order in which one goes before another."""


def planning_of(tree: Tree, tags: Sequence[str] = ()) -> Planning:
    """Return the planning rules of a repository, whoever wrote them: Tagboat's own configuration goes first.

    Args:
        tree: the files of the commit to plan from.
        tags: the repository's tags, to see how a project without configuration names them.

    Raises:
        ConfigError: the configuration has mistakes, or a tool's file cannot be read.
    """
    if may_have_own_table(tree):
        from tagboat.config.own_planning import own_planning  # noqa: PLC0415 - pydantic is slow to import

        own = own_planning(tree, tags, lambda: _of_tools(tree, tags))
        if own is not None:
            return own
    found = _of_tools(tree, tags)
    if found is not None:
        return found
    from tagboat.config.dialects.defaults import defaults  # noqa: PLC0415 - most projects have a tool

    planning = defaults(tree, tags)
    if any(rules.path == "." and rules.distribution for rules in planning.components):
        return planning
    from tagboat.config.dialects.scm_folders import with_folders  # noqa: PLC0415 - the root of most is a project

    return with_folders(planning, tree, tags)


def _of_tools(tree: Tree, tags: Sequence[str]) -> Planning | None:
    """Return the rules that other tools' configuration asks for, or None when there is none."""
    found = list(_read(tree))
    if not found:
        return None
    whole = next((planning for dialect, planning in found if dialect.whole), None)
    partial = [planning for _, planning in found if planning is not whole]
    if partial or whole is None:
        from tagboat.config.dialects.combined import combined  # noqa: PLC0415 - only for several tools

        whole = combined(whole, partial)
    return with_fitting_tags(whole, tags)


def _read(tree: Tree) -> Iterator[tuple[Dialect, Planning]]:
    shared = b"\n".join(tree.get(file) or b"" for file in _SHARED)
    for dialect in DIALECTS:
        own = any(file in tree.paths for file in dialect.files)
        if own or any(mark in shared for mark in dialect.marks):
            planning = import_module(f"{__name__}.{dialect.module}").read(tree)
            if isinstance(planning, Planning):
                yield dialect, planning
