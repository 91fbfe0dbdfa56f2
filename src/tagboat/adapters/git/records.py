"""What git's listings say, taken apart while they come: memory stays bounded however long the history is."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import IO, Final

from tagboat.core.commit import Commit

_PIECE: Final = 1 << 16
_START: Final = "\x01"


def texts(stream: IO[bytes]) -> Iterator[list[str]]:
    """Yield the texts between NUL characters, many at a time; what is no UTF-8 is replaced."""
    rest: list[bytes] = []
    number = stream.fileno()
    while piece := os.read(number, _PIECE):
        whole, nul, behind = piece.rpartition(b"\0")
        if not nul:
            rest.append(piece)
            continue
        yield b"".join((*rest, whole)).decode("utf-8", "replace").split("\0")
        rest = [behind]


def commits_without_paths(pieces: Iterator[list[str]]) -> Iterator[Commit]:
    """Yield the commits of ``rev-list``: id, parents, time, author and message, and a line end before the next id."""
    fields: list[str] = []
    for piece in pieces:
        fields += piece
        left = len(fields) % 5
        each = iter(fields)
        for id_, parents, time, author, message in zip(each, each, each, each, each, strict=False):
            yield Commit(id_.lstrip("\n"), tuple(parents.split()), int(time or 0), author, message)
        fields = fields[len(fields) - left :]


def commits_with_paths(pieces: Iterator[list[str]]) -> Iterator[Commit]:
    """Yield the commits of ``diff-tree``: the same fields, then status and path of each file.

    A path can hold any character, so it is never asked what it looks like: it is what follows a status.
    """
    fields: list[str] = []
    paths: list[str] = []
    awaits_path = False
    for piece in pieces:
        for text in piece:
            if awaits_path:
                paths.append(text)
                awaits_path = False
            elif text.startswith(_START) and (not fields or len(fields) >= 5):
                if fields:
                    yield _commit(fields, paths)
                fields, paths = [text[1:]], []
            elif len(fields) < 5:
                fields.append(text)
            else:
                awaits_path = bool(text.strip("\n"))
    if fields:
        yield _commit(fields, paths)


def names_in(tree: bytes, size: int) -> Iterator[bytes]:
    """Yield the names in a tree object: mode, space, name, NUL, and the id in binary.

    Args:
        tree: the object's content.
        size: the bytes of an id: 20 with SHA-1, 32 with SHA-256.
    """
    start = 0
    while start < len(tree):
        end = tree.index(b"\0", start)
        yield tree[tree.index(b" ", start) + 1 : end]
        start = end + 1 + size


def _commit(fields: list[str], paths: list[str]) -> Commit:
    id_, parents, time, author, message = fields
    return Commit(id_, tuple(parents.split()), int(time or 0), author, message, tuple(paths))
