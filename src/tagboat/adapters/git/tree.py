"""The files of a commit, and which of them may be written to a disk.

A tree from outside may name anything. Refused are paths with empty, ``.`` or ``..`` parts, parts that some file system
takes for ``.git``, two entries in one place, and symbolic links that lead, followed as a kernel follows them, out of the
tree. The content of links and files is the repository's own, byte for byte.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import Final

from tagboat.adapters.git.child import Git
from tagboat.core.text import plain
from tagboat.errors import RefusedError
from tagboat.ports.repository import TreeEntry

FILE: Final = "100644"
PROGRAM: Final = "100755"
LINK: Final = "120000"
SUBMODULE: Final = "160000"
_STEPS: Final = 64
"""How many links in a row are followed; Linux follows forty."""
_IGNORED: Final = dict.fromkeys(
    [*range(0x200C, 0x2010), *range(0x202A, 0x202F), *range(0x206A, 0x2070), 0xFEFF]
)
"""Characters that HFS+ leaves out of names, so that ``.g\u200cit`` is ``.git`` there."""


def read_tree(git: Git, commit: str) -> list[TreeEntry]:
    """Return every file of the commit, sorted by path; odd old modes count as plain files, as git reads them."""
    listing = git.run("ls-tree", "-r", "-z", "--full-tree", "--end-of-options", commit).stdout
    entries = [_entry(record) for record in listing.split(b"\0") if record]
    return sorted(entries, key=lambda entry: entry.path)


def _entry(record: bytes) -> TreeEntry:
    head, _, path = record.partition(b"\t")
    mode, _, blob = head.decode("ascii").split(" ")
    if mode not in (FILE, PROGRAM, LINK, SUBMODULE):
        mode = PROGRAM if int(mode, 8) & 0o100 else FILE
    return TreeEntry(path.decode("utf-8", "surrogateescape"), mode, blob)


def check_paths(entries: Sequence[TreeEntry]) -> None:
    """Check that the paths can be written below a folder without leaving it or meeting each other.

    Raises:
        RefusedError: one of them cannot.
    """
    files = {entry.path for entry in entries}
    if len(files) != len(entries):
        raise RefusedError("the commit's tree names one path twice")
    for entry in entries:
        parts = entry.path.split("/")
        if any(part in ("", ".", "..") or _like_git(part) for part in parts):
            raise RefusedError(
                f"the commit's tree holds the path {_shown(entry.path)}, which must not be written"
            )
        above = PurePosixPath(entry.path).parents
        if any(str(folder) in files for folder in above):
            raise RefusedError(
                f"the commit's tree holds {_shown(entry.path)} below something that is no folder"
            )


def check_links(links: Mapping[str, str]) -> None:
    """Check symbolic links, given as path → target, all of one tree.

    Raises:
        RefusedError: one leads out of the tree, by itself or through others.
    """
    for path, target in links.items():
        if _leaves(path, links):
            raise RefusedError(
                f"the symbolic link {_shown(path)} leads out of the tree, to {_shown(target)}",
                remedy="remove it from the repository, or let it lead to something inside",
            )


def _leaves(path: str, links: Mapping[str, str]) -> bool:
    """Follow the link as a kernel does: ``..`` goes up from where the links before it led."""
    place: list[str] = path.split("/")[:-1]
    ahead = list(reversed(links[path].split("/")))
    if links[path].startswith("/") or "\0" in links[path]:
        return True
    for _ in range(_STEPS * (len(ahead) + 1)):
        if not ahead:
            return False
        part = ahead.pop()
        if part == "..":
            if not place:
                return True
            place.pop()
        elif part not in ("", "."):
            place.append(part)
            target = links.get("/".join(place))
            if target is not None:
                if target.startswith("/"):
                    return True
                place.pop()
                ahead.extend(reversed(target.split("/")))
    # A circle of links leads nowhere, and so not out.
    return False


def _like_git(part: str) -> bool:
    name = part.translate(_IGNORED).casefold().split(":", 1)[0].rstrip(" .")
    return name in (".git", "git~1")


def _shown(path: str) -> str:
    return repr(plain(path, limit=200))
