"""Finding a repository on the disk without asking git, which would read its configuration to do so."""

from __future__ import annotations

from pathlib import Path

from tagboat.errors import RefusedError


def git_dir_of(path: Path) -> Path:
    """Return what ``git --git-dir`` needs for the repository that holds ``path``: its ``.git``, or a bare repository.

    Raises:
        RefusedError: ``path`` is in no git repository.
    """
    start = path.absolute()
    for folder in (start, *start.parents):
        if (folder / ".git").exists():
            return folder / ".git"
        if bare(folder):
            return folder
    raise RefusedError(
        f"{path} is in no git repository", remedy="give the path of a git repository, or `git init` one"
    )


def bare(folder: Path) -> bool:
    """Tell whether ``folder`` itself is a repository (a bare one, or a ``.git`` folder)."""
    return (folder / "HEAD").is_file() and (folder / "objects").is_dir() and (folder / "refs").is_dir()
