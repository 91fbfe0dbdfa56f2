"""A commit's files as a ``.tar.gz`` whose bytes depend on nothing but the commit, the prefix, and zlib's level 9.

``git archive`` would not do: the project's own attributes (``export-ignore``, ``export-subst``) change what it writes,
and so does git's version. Members are sorted by path, owned by nobody, dated by the commit; folders are implied.
"""

from __future__ import annotations

import secrets
import struct
import tarfile
import tempfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

from tagboat.adapters.git.checkout import link_target, missing_content
from tagboat.adapters.git.objects import Objects
from tagboat.adapters.git.tree import LINK, PROGRAM, SUBMODULE, check_paths
from tagboat.errors import StepFailedError
from tagboat.ports.repository import TreeEntry

_HEADER: Final = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff"
"""RFC 1952: deflate, no name, no time, best compression, no known system."""
_IN_MEMORY: Final = 16 << 20
_PIECE: Final = 1 << 18


def write_archive(
    entries: Sequence[TreeEntry], objects: Objects, *, prefix: str, time: int, destination: Path
) -> None:
    """Write the archive; it appears under its name only when it is whole.

    Raises:
        RefusedError: a path that must not be written.
        StepFailedError: the disk refuses, or an object is missing.
    """
    check_paths(entries)
    partial = destination.with_name(f".{secrets.token_hex(8)}.partial")
    try:
        with partial.open("wb") as file:
            file.writelines(_gzipped(_tarred(entries, objects, prefix.strip("/"), time)))
        partial.replace(destination)
    except OSError as problem:
        raise StepFailedError(f"{destination} cannot be written: {problem.strerror}") from None
    finally:
        partial.unlink(missing_ok=True)


def _gzipped(pieces: Iterable[bytes]) -> Iterator[bytes]:
    compressor = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    checksum = size = 0
    yield _HEADER
    for piece in pieces:
        checksum, size = zlib.crc32(piece, checksum), size + len(piece)
        yield compressor.compress(piece)
    yield compressor.flush() + struct.pack("<LL", checksum, size & 0xFFFFFFFF)


def _tarred(entries: Sequence[TreeEntry], objects: Objects, prefix: str, time: int) -> Iterator[bytes]:
    for entry in entries:
        member = tarfile.TarInfo(f"{prefix}/{entry.path}")
        member.mtime = time
        if entry.mode == SUBMODULE:
            member.type, member.mode = tarfile.DIRTYPE, 0o755
            yield _head(member)
        elif entry.mode == LINK:
            member.type, member.mode, member.linkname = tarfile.SYMTYPE, 0o777, link_target(entry, objects)
            yield _head(member)
        else:
            member.mode = 0o755 if entry.mode == PROGRAM else 0o644
            yield from _file(member, entry, objects)
    yield bytes(2 * tarfile.BLOCKSIZE)


def _file(member: tarfile.TarInfo, entry: TreeEntry, objects: Objects) -> Iterator[bytes]:
    with tempfile.SpooledTemporaryFile(_IN_MEMORY) as content:
        if not objects.copy(entry.blob, "blob", content.write):
            raise missing_content(entry)
        member.size = content.tell()
        content.seek(0)
        yield _head(member)
        while piece := content.read(_PIECE):
            yield piece
        yield bytes(-member.size % tarfile.BLOCKSIZE)


def _head(member: tarfile.TarInfo) -> bytes:
    return member.tobuf(tarfile.PAX_FORMAT, "utf-8", "surrogateescape")
