"""Finding a repository on the disk without asking git, which would read its configuration to do so."""

from __future__ import annotations

import os

from tagboat.errors import RefusedError


def git_dir_of(path: str | os.PathLike[str]) -> str:
    """Return what ``git --git-dir`` needs for the repository that holds ``path``: its ``.git``, or a bare repository.

    Raises:
        RefusedError: ``path`` is in no git repository.
    """
    parts = [part for part in os.path.join(os.getcwd(), path).split("/") if part not in ("", ".")]
    for end in range(len(parts), -1, -1):
        folder = "/" + "/".join(parts[:end])
        git_dir = f"{folder.rstrip('/')}/.git"
        if os.path.exists(git_dir):
            return git_dir
        if bare(folder):
            return folder
    raise RefusedError(
        f"{path} is in no git repository", remedy="give the path of a git repository, or `git init` one"
    )


def bare(folder: str | os.PathLike[str]) -> bool:
    """Tell whether ``folder`` itself is a repository (a bare one, or a ``.git`` folder)."""
    inner = f"{os.fspath(folder)}/"
    return (
        os.path.isfile(f"{inner}HEAD") and os.path.isdir(f"{inner}objects") and os.path.isdir(f"{inner}refs")
    )
