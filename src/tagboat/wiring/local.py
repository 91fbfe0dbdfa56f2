"""The configuration of the user's own folder, for commands that release nothing."""

from __future__ import annotations

from pathlib import Path

from tagboat.config.at_tag import configuration
from tagboat.config.model import Config
from tagboat.config.project import Tree
from tagboat.errors import ConfigError, RefusedError


def effective(path: Path) -> Config:
    """Return the configuration that a release of HEAD would follow.

    Raises:
        RefusedError: there is no commit, or no project in it.
        ConfigError: the configuration has mistakes.
    """
    from tagboat.adapters.worktree import Worktree  # noqa: PLC0415 - with git, only when asked

    work = Worktree(path)
    if work.head_commit() is None:
        raise RefusedError(f"{path} has no commit yet", remedy="commit something first")
    tree = Tree({entry.path for entry in work.files()}, lambda file: work.read(file) or b"")
    return configuration(tree, work.tags())


def in_work_tree(path: Path) -> Config:
    """Return the configuration as the files stand in the folder now, committed or not.

    Raises:
        RefusedError: there is no project.
        ConfigError: the configuration has mistakes.
    """
    from tagboat.adapters.worktree import Worktree  # noqa: PLC0415

    work = Worktree(path)
    names = {entry.path for entry in work.files()} | {p.name for p in work.root.iterdir() if p.is_file()}
    tree = Tree(names, lambda file: work.read_work_file(file) or b"")
    return configuration(tree, work.tags())


def root_of(path: Path) -> Path:
    """Return the folder in which the project's configuration is written.

    Raises:
        RefusedError: ``path`` is in no git repository, or in one without a work tree.
    """
    from tagboat.adapters.worktree import Worktree  # noqa: PLC0415

    work = Worktree(path)
    if work.bare:
        raise RefusedError(f"{path} has no work tree to write in", remedy="give the path of a clone of it")
    return work.root


def check_folders(config: Config, root: Path) -> None:
    """Refuse a configuration of components that are not in the work tree.

    Args:
        config: the configuration.
        root: the work tree's folder.

    Raises:
        ConfigError: a component's folder is not there; all such are told.
    """
    told = [
        f"{config.source}: the component {component.name} has no folder {component.path}"
        for component in config.components
        if not (root / component.path).is_dir()
    ]
    if told:
        raise ConfigError("; ".join(told), remedy="correct the component's path, or take the component out")
