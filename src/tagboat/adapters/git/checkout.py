"""Writing a commit's tree for building: the repository's bytes, and a small ``.git`` of ours beside them."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from tagboat.adapters.git.child import Git
from tagboat.adapters.git.objects import Objects
from tagboat.adapters.git.references import Reference, as_packed
from tagboat.adapters.git.tree import LINK, PROGRAM, SUBMODULE, check_links, check_paths
from tagboat.errors import RefusedError, StepFailedError
from tagboat.ports.repository import TreeEntry

_CONFIG: Final = """\
[core]
\trepositoryformatversion = 0
\tfilemode = true
\tbare = false
\tlogallrefupdates = false
\thooksPath = /dev/null
[gc]
\tauto = 0
"""
_ATTRIBUTES: Final = "* -text -filter -ident -working-tree-encoding -diff\n"
"""These outrank the project's own attributes, so that git compares the files as the bytes that they are."""


def write_files(entries: Sequence[TreeEntry], objects: Objects, destination: Path, time: int) -> None:
    """Write the files into the new folder ``destination``; a submodule is an empty folder.

    Raises:
        RefusedError: a path or a link that must not be written.
        StepFailedError: the disk refuses, or an object is missing.
    """
    check_paths(entries)
    links = {entry.path: link_target(entry, objects) for entry in entries if entry.mode == LINK}
    check_links(links)
    try:
        destination.mkdir(parents=True)
        for entry in entries:
            path = destination / entry.path
            if entry.mode == SUBMODULE:
                path.mkdir(parents=True, exist_ok=True)
            elif entry.mode != LINK:
                path.parent.mkdir(parents=True, exist_ok=True)
                _write_file(entry, objects, path)
                os.utime(path, (time, time))
        # Links come last, so that nothing is ever written through one.
        for name, target in links.items():
            path = destination / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.symlink_to(target)
            os.utime(path, (time, time), follow_symlinks=False)
    except OSError as problem:
        raise StepFailedError(
            f"the tree cannot be written to {destination}: {problem.strerror}",
            remedy="the folder must be new, and its disk must have room",
        ) from None


def write_repository(
    destination: Path, mirror: Path, commit: str, references: Mapping[str, Reference]
) -> None:
    """Make ``destination`` a checkout of ``commit`` that borrows the mirror's objects, with all of its tags.

    The index matches the files, so that ``git status`` is clean and ``git describe`` not "dirty".
    """
    git_dir = destination / ".git"
    for folder in ("objects/info", "refs/heads", "refs/tags", "info"):
        (git_dir / folder).mkdir(parents=True)
    for name, text in {
        "HEAD": f"{commit}\n",
        "config": _CONFIG,
        "packed-refs": as_packed(references),
        "objects/info/alternates": f"{mirror / 'objects'}\n",
        "info/attributes": _ATTRIBUTES,
    }.items():
        (git_dir / name).write_text(text, encoding="utf-8", errors="surrogateescape")
    git = Git(git_dir, work_tree=destination)
    git.run("read-tree", "HEAD")
    git.run("update-index", "-q", "--refresh")


def settle_folders(destination: Path, time: int) -> None:
    """Give the folders of the tree the commit's time, too; ``.git`` is left alone."""
    for folder, folders, _ in os.walk(destination):
        if ".git" in folders:
            folders.remove(".git")
        os.utime(folder, (time, time))


def _write_file(entry: TreeEntry, objects: Objects, path: Path) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    with os.fdopen(os.open(path, flags, 0o644), "wb") as file:
        if not objects.copy(entry.blob, "blob", file.write):
            raise missing_content(entry)
        os.fchmod(file.fileno(), 0o755 if entry.mode == PROGRAM else 0o644)


def link_target(entry: TreeEntry, objects: Objects) -> str:
    """Return what a symbolic link says.

    Raises:
        RefusedError: no system could follow it.
        StepFailedError: its content is missing.
    """
    content = objects.read(entry.blob, "blob")
    if content is None:
        raise missing_content(entry)
    if not content or len(content) > 4096:
        raise RefusedError(f"the symbolic link {entry.path!r} has a target that no system follows")
    return content.decode("utf-8", "surrogateescape")


def missing_content(entry: TreeEntry) -> StepFailedError:
    """Return the error for an entry whose content the mirror does not hold."""
    return StepFailedError(
        f"the content of {entry.path!r} is not in the mirror", remedy="delete the mirror; it is fetched anew"
    )
