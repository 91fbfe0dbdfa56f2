"""The files that an edit's path names: relative to the component's folder or, with a leading ``/``, to the root."""

from __future__ import annotations

import fnmatch
from collections.abc import Collection
from pathlib import PurePosixPath

from tagboat.config.project import Tree
from tagboat.errors import ConfigError

_NO_NAMES = frozenset({"", ".", "..", ".git"})


def check_place(tree: Tree, path: str) -> None:
    """Check that a file can be written there: inside the repository, and not where a symbolic link leads.

    Raises:
        ConfigError: it cannot.
    """
    if not _NO_NAMES.isdisjoint(path.lower().split("/")):
        raise ConfigError(
            f"{path!a} is no place for a file of the repository", remedy="name a file inside it, without .."
        )
    if path not in tree.paths:
        check_links(tree, path)


def check_links(tree: Tree, path: str) -> None:
    """Check that a path is no symbolic link, and lies below none.

    Raises:
        ConfigError: it is, or does.
    """
    above = (path, *map(str, PurePosixPath(path).parents))
    link = next((place for place in above if place in tree.links()), "")
    if link:
        raise ConfigError(
            f"{path}: {link} is a symbolic link, which no edit follows",
            remedy="name the file that it leads to, or put a file in its place",
        )


def named(paths: Collection[str], folder: str, path: str, exclude: Collection[str] = ()) -> list[str]:
    """Return the files of a tree that ``path`` names; ``*`` stands for a part of a name, ``**`` for any depth.

    Args:
        paths: the tree's files; symbolic links are not among them.
        folder: the component's folder.
        path: the edit's path.
        exclude: folders below which a ``*`` finds nothing: they are other components' own.

    Raises:
        ConfigError: the path leaves the repository, or is no path.
    """
    parts = PurePosixPath(path.lstrip("/")).parts
    if (
        not parts
        or ".." in parts
        or parts[0].startswith("~")
        or path.startswith("//")
        or set(path) & set("\\\0\n")
    ):
        raise ConfigError(
            f"{path!a} is no path of a file in the repository",
            remedy="write it relative to the component's folder, or with one leading / to the root, without ..",
        )
    start = () if path.startswith("/") or folder == "." else PurePosixPath(folder).parts
    whole = "/".join((*start, *parts))
    if "*" not in path:
        return [whole] if whole in paths else []
    last = parts[-1]
    prefix = "/".join(start) + "/" if start else ""
    others = tuple(f"{other.strip('/')}/" for other in exclude)
    return sorted(
        candidate
        for candidate in paths
        if candidate.startswith(prefix)
        and ("*" in last or candidate.endswith(last))
        and not candidate.startswith(others)
        and _matches(candidate[len(prefix) :].split("/"), parts)
    )


def _matches(names: list[str], parts: tuple[str, ...]) -> bool:
    """Compare part by part; ``**`` takes any number of them (all starts are kept, so the time is bounded)."""
    at = {0}
    for part in parts:
        if part == "**":
            at = set(range(min(at), len(names) + 1)) if at else set()
        else:
            at = {place + 1 for place in at if place < len(names) and fnmatch.fnmatchcase(names[place], part)}
    return len(names) in at
