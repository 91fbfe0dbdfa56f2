"""What a write sends: bytes and files, streamed, with a record of how much of it has left."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

from tagboat.errors import ConflictError

CHUNK: Final = 65_536


class Body:
    """The body of a request: parts in order, files read piece by piece, and so repeatable.

    Attributes:
        length: bytes in all.
        complete: the last piece was handed to the connection: the other side may have all of it.
        started: the first piece was.
    """

    def __init__(self, *parts: bytes | Path) -> None:
        self._parts = [(part, _size(part)) for part in parts]
        self.length = sum(size for _, size in self._parts)
        self.started = False
        self.complete = self.length == 0

    def __iter__(self) -> Iterator[bytes]:
        self.started, self.complete = False, self.length == 0
        left = self.length
        for part, size in self._parts:
            for piece in _pieces(part, size):
                left -= len(piece)
                self.started, self.complete = True, left == 0
                yield piece


def _size(part: bytes | Path) -> int:
    return len(part) if isinstance(part, bytes) else part.stat().st_size


def _pieces(part: bytes | Path, size: int) -> Iterator[bytes]:
    if isinstance(part, bytes):
        yield from (part[start : start + CHUNK] for start in range(0, size, CHUNK))
        return
    with part.open("rb") as file:
        yield from _file_pieces(file, part, size)


def _file_pieces(file: BinaryIO, path: Path, size: int) -> Iterator[bytes]:
    left = size
    while left:
        piece = file.read(min(CHUNK, left))
        if not piece:
            raise ConflictError(f"{path.name} became shorter while it was sent", remedy="who else writes it?")
        left -= len(piece)
        yield piece
