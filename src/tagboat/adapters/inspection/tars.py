"""Reading a gzipped tar archive so that no two readers can disagree about what it holds.

Accepted are regular files, folders and links in ustar, GNU or pax form (POSIX.1-2001), with names that every reader
sees alike: an extended name may stand only where the plain header cannot hold it. One gzip member, one archive, zeros
until its end. Sparse files, devices, volumes and multi-part members are refused: no back end writes them.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tagboat.adapters.inspection.contents import Contents, DamagedError, Intake, Member
from tagboat.adapters.inspection.links import note_links
from tagboat.adapters.inspection.paths import note_names

_BLOCK = 512
_PIECE = 1 << 16
_LONGEST_HEADER = 1 << 20
_SHORT_NAME = 100
_HARMLESS = frozenset(
    {
        "atime",
        "ctime",
        "mtime",
        "uid",
        "gid",
        "uname",
        "gname",
        "comment",
        "hdrcharset",
        "LIBARCHIVE.creationtime",
    }
)
"""Pax records that change nothing that anybody unpacks; extended attributes (``SCHILY.xattr``) are not among them."""


@dataclass(slots=True)
class _Extended:
    """What stands before a member's own header and changes it."""

    pax: dict[str, str] | None = None
    long_name: str | None = None
    long_target: str | None = None


@dataclass(slots=True)
class _State:
    """The reading of one archive."""

    contents: Contents
    intake: Intake
    names: list[str] = field(default_factory=list)
    pending: _Extended = field(default_factory=_Extended)


class _Stream:
    """The unpacked bytes of a gzip file, in order, counted."""

    def __init__(self, path: Path, intake: Intake) -> None:
        self._pieces = _gunzipped(path, intake)
        self._rest = b""

    def exactly(self, size: int) -> bytes:
        """Return the next bytes.

        Raises:
            DamagedError: there are fewer.
        """
        data = self.at_most(size)
        if len(data) != size:
            raise DamagedError("truncated", "it ends in the middle of a member")
        return data

    def at_most(self, size: int) -> bytes:
        """Return the next bytes, fewer at the end."""
        parts = [self._rest]
        length = len(self._rest)
        while length < size and (piece := next(self._pieces, b"")):
            parts.append(piece)
            length += len(piece)
        data = b"".join(parts)
        self._rest = data[size:]
        return data[:size]


def read_tar_gz(path: Path) -> Contents:
    """Return what the archive holds; damage that stops the reading is the last finding."""
    state = _State(Contents(), Intake(path.stat().st_size))
    try:
        stream = _Stream(path, state.intake)
        while _next_member(stream, state):
            pass
        _only_zeros(stream)
    except DamagedError as damage:
        state.contents.findings.append(damage.finding)
    note_names(state.contents, state.names)
    note_links(state.contents)
    return state.contents


def _gunzipped(path: Path, intake: Intake) -> Iterator[bytes]:
    engine = zlib.decompressobj(zlib.MAX_WBITS | 16)
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            if engine.eof:
                raise DamagedError("trailing-data", "something follows its gzip stream")
            try:
                rest = piece
                while rest and not engine.eof:
                    data = engine.decompress(rest, _PIECE)
                    rest = engine.unconsumed_tail
                    intake.take(len(data))
                    yield data
            except zlib.error as damage:
                raise DamagedError("not-a-gzip", f"it cannot be unpacked: {damage}") from damage
    if not engine.eof:
        raise DamagedError("truncated", "its gzip stream ends early")
    if engine.unused_data:
        raise DamagedError("trailing-data", "something follows its gzip stream")


def _next_member(stream: _Stream, state: _State) -> bool:
    """Read one header with what it announces; return False at the archive's end."""
    header = stream.exactly(_BLOCK)
    if not any(header):
        if state.pending != _Extended():
            raise DamagedError("pax-override", "it ends with an extended header that belongs to no member")
        return False
    _check_header(header)
    kind = header[156:157]
    size = _number(header[124:136], "size")
    if kind in b"xgLK":
        _extend(kind, header, size, stream, state)
        return True
    pending, state.pending = state.pending, _Extended()
    name, target, size = _resolved(header, pending, size)
    mode = _number(header[100:108], "mode")
    if mode & 0o7000:
        state.contents.fail("special-mode", f"{name!r} has a special permission bit")
    _take(kind, name, target, size, stream, state)
    return True


def _take(kind: bytes, name: str, target: str, size: int, stream: _Stream, state: _State) -> None:
    """Note a member and read its content."""
    members, plain = state.contents.members, name.rstrip("/")
    if kind in {b"0", b"\0"}:
        if name.endswith("/"):
            state.contents.fail("folder-mismatch", f"{name!r} is a file with a folder's name")
        state.names.append(name)
        # The stream counts the unpacked bytes already; a second intake would count them twice.
        members.setdefault(plain, Intake(2**62).member(plain, _content(stream, size), size))
        state.intake.start()
        return
    if size:
        raise DamagedError("size-mismatch", f"{name!r} is no file and announces content")
    if kind == b"5":
        state.names.append(plain + "/")
        members.setdefault(plain, Member(plain, "folder"))
    elif kind in {b"1", b"2"}:
        state.names.append(name)
        members.setdefault(plain, Member(plain, "hardlink" if kind == b"1" else "symlink", target=target))
    elif kind in {b"3", b"4", b"6"}:
        raise DamagedError("device", f"{name!r} is a device or a pipe")
    elif kind == b"S":
        raise DamagedError("sparse", f"{name!r} is a sparse file")
    else:
        raise DamagedError("tar-type", f"{name!r} has the type {kind!r}, which no back end writes")
    state.intake.start()


def _content(stream: _Stream, size: int) -> Iterator[bytes]:
    left = size
    while left:
        data = stream.exactly(min(left, _PIECE))
        left -= len(data)
        yield data
    if any(stream.exactly(-size % _BLOCK)):
        raise DamagedError("trailing-data", "a member hides bytes in its padding")


def _extend(kind: bytes, header: bytes, size: int, stream: _Stream, state: _State) -> None:
    if size > _LONGEST_HEADER:
        raise DamagedError("long-path", "an extended header is too long")
    data = b"".join(_content(stream, size))
    pending = state.pending
    if kind == b"g":
        if set(_records(data)) - {"comment"}:
            raise DamagedError("pax-override", "a global header changes its members")
    elif kind == b"x" and pending.pax is None:
        pending.pax = _records(data)
    elif kind == b"L" and pending.long_name is None:
        pending.long_name = _text(data.rstrip(b"\0"))
    elif kind == b"K" and pending.long_target is None:
        pending.long_target = _text(data.rstrip(b"\0"))
    else:
        raise DamagedError("pax-override", f"{_field(header, 0, 100)!r} extends a member twice")
    state.intake.start()


def _records(data: bytes) -> dict[str, str]:
    """Read pax records: ``LENGTH KEY=VALUE`` and a line end each."""
    records: dict[str, str] = {}
    at = 0
    while at < len(data):
        space = data.find(b" ", at, at + 20)
        digits = data[at:space] if space > 0 else b""
        end = at + int(digits) if digits.isdigit() else -1
        key, equals, value = data[space + 1 : end - 1].partition(b"=")
        if end <= space or end > len(data) or data[end - 1 : end] != b"\n" or not equals:
            raise DamagedError("pax-damage", "an extended header cannot be read")
        if _text(key) in records:
            raise DamagedError("pax-override", f"an extended header has {_text(key)!r} twice")
        records[_text(key)] = _text(value)
        at = end
    return records


def _resolved(header: bytes, pending: _Extended, size: int) -> tuple[str, str, int]:
    """Return name, link target and size after the extended headers, which may only say what a plain one cannot."""
    prefix = _field(header, 345, 500) if header[257:263] == b"ustar\0" else ""
    short = _field(header, 0, 100)
    name, target = f"{prefix}/{short}" if prefix else short, _field(header, 157, 257)
    pax = pending.pax or {}
    for key in pax:
        if key.startswith("GNU.sparse"):
            raise DamagedError("sparse", f"{name!r} is a sparse file")
        if key not in _HARMLESS and key not in {"path", "linkpath", "size"}:
            raise DamagedError("pax-override", f"{name!r} has the extended record {key!r}")
    if "size" in pax and pax["size"] != str(size):
        raise DamagedError("pax-override", f"{name!r} has two sizes")
    name = _extended_text(name, (pax.get("path"), pending.long_name))
    target = _extended_text(target, (pax.get("linkpath"), pending.long_target))
    return name, target, size


def _extended_text(plain: str, extended: tuple[str | None, str | None]) -> str:
    given = [text for text in extended if text is not None]
    if not given:
        return plain
    text = given[0]
    if len(given) > 1 or (
        text.isascii() and len(text) < _SHORT_NAME and text.rstrip("/") != plain.rstrip("/")
    ):
        raise DamagedError("pax-override", f"{plain!r} is called {text!r} by an extended header")
    return text


def _check_header(header: bytes) -> None:
    said = _number(header[148:156], "checksum")
    if said != sum(header[:148]) + 8 * 32 + sum(header[156:]):
        raise DamagedError("header-damage", f"the header of {_field(header, 0, 100)!r} is damaged")
    if header[257:263] not in {b"ustar\0", b"ustar "}:
        raise DamagedError("tar-format", f"{_field(header, 0, 100)!r} has a header of an unknown form")


def _number(raw: bytes, what: str) -> int:
    if raw[0] & 0x80:
        value = int.from_bytes(raw, "big", signed=True) if raw[0] == 0xFF else int.from_bytes(raw[1:], "big")
    else:
        digits = raw.strip(b" \0") or b"0"
        if digits.strip(b"01234567"):
            raise DamagedError("tar-number", f"a member's {what} is no number")
        value = int(digits, 8)
    if value < 0 or value > 1 << 50:
        raise DamagedError("tar-number", f"a member's {what} is impossible")
    return value


def _field(header: bytes, start: int, end: int) -> str:
    raw, _, rest = header[start:end].partition(b"\0")
    if any(rest):
        raise DamagedError("header-damage", f"{raw!r} hides bytes behind its end")
    return _text(raw)


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")


def _only_zeros(stream: _Stream) -> None:
    """Behind the first block of zeros there may only be more of them, at least one block (POSIX)."""
    second = stream.at_most(_BLOCK)
    if len(second) != _BLOCK:
        raise DamagedError("truncated", "it lacks the two blocks of zeros at its end")
    data = second
    while data:
        if any(data):
            raise DamagedError("trailing-data", "something follows the archive's end")
        data = stream.at_most(_PIECE)
