"""What git's listings say, taken apart while they come: memory stays bounded however long the history is."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterable, Iterator
from typing import IO, Final

from tagboat.core.commit import Commit

_PIECE: Final = 1 << 16
_START: Final = "\x01"
_FIELDS: Final = 5
_BLANK: Final = ("", "\n")


def pieces(stream: IO[bytes]) -> Generator[bytes, None, None]:
    """Yield what a child says, as it comes."""
    number = stream.fileno()
    while piece := os.read(number, _PIECE):
        yield piece


def texts(pieces: Iterable[bytes]) -> Iterator[list[str]]:
    """Yield the texts between NUL characters, many at a time; what is no UTF-8 is replaced."""
    rest: list[bytes] = []
    for piece in pieces:
        whole, nul, behind = piece.rpartition(b"\0")
        if not nul:
            rest.append(piece)
            continue
        yield b"".join((*rest, whole)).decode("utf-8", "replace").split("\0")
        rest = [behind]


def commits_without_paths(pieces: Iterable[list[str]]) -> Iterator[Commit]:
    """Yield the commits of ``rev-list``: id, parents, time, author and message, and a line end before the next id."""
    fields: list[str] = []
    for piece in pieces:
        fields += piece
        left = len(fields) % _FIELDS
        each = iter(fields)
        for id_, parents, time, author, message in zip(each, each, each, each, each, strict=False):
            yield Commit._make(
                (id_.lstrip("\n"), tuple(parents.split()), int(time or 0), author, message, None)
            )
        fields = fields[len(fields) - left :]


def commits_with_paths(pieces: Iterable[list[str]]) -> Iterator[Commit]:
    """Yield the commits of ``diff-tree``: the same fields, then status and path of each file.

    A path can hold any character, so it is never asked what it looks like: it is what follows a status.
    """
    held: list[str] = []  # begins with a commit's id
    files = place = _FIELDS  # where its statuses begin, and which text is looked at
    for piece in pieces:
        held += piece
        start, count = 0, len(held)
        while place < count:
            text = held[place]
            if text.startswith(_START):
                yield _commit(held, start, files, place)
                start, files = place, place + _FIELDS
                place = files
            elif text in _BLANK:  # behind the message
                files = place = place + 1
            else:
                place += 2
        del held[:start]
        files, place = files - start, place - start
    if held:
        yield _commit(held, 0, files, len(held))


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


def _commit(texts: list[str], start: int, files: int, end: int) -> Commit:
    id_, parents, time, author, message = texts[start : start + _FIELDS]
    paths = tuple(texts[files + 1 : end : 2])
    return Commit(id_[1:], tuple(parents.split()), int(time or 0), author, message, paths)
