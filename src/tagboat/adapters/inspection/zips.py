"""Reading a zip archive so that no two readers can disagree about what it holds.

The facts of APPNOTE.TXT (6.3.10) that this reader insists on: the end record is the last thing in the file; the central
directory stands directly before it; the members stand one after the other from the first byte on, without gaps or
overlaps; each member's own header says what the central directory says; only stored and deflated content, neither
encrypted nor split over disks.
"""

from __future__ import annotations

import mmap
import stat
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tagboat.adapters.inspection.contents import MOST_MEMBERS, Contents, DamagedError, Intake, Member
from tagboat.adapters.inspection.paths import note_names

_END = struct.Struct("<4s4H2LH")
_END64_LOCATOR = struct.Struct("<4sLQL")
_END64 = struct.Struct("<4sQ2H2L4Q")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")
_FULL16, _FULL32 = 0xFFFF, 0xFFFFFFFF
_ENCRYPTED, _DESCRIPTOR, _STRONG, _UTF8, _MASKED = 0x1, 0x8, 0x40, 0x800, 0x2000
_PIECE = 1 << 16


@dataclass(frozen=True, slots=True)
class _Entry:
    """One entry of the central directory."""

    raw: bytes
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    mode: int
    offset: int
    extra: bytes

    @property
    def name(self) -> str:
        return _decoded(self.raw, self.flags)


def read_zip(path: Path) -> Contents:
    """Return what the archive holds; damage that stops the reading is the last finding."""
    contents = Contents()
    try:
        with path.open("rb") as file:
            if not path.stat().st_size:
                raise DamagedError("not-a-zip", "it is empty")
            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
                entries, start = _central(data)
                note_names(contents, [entry.name for entry in entries])
                for entry in entries:
                    _note_entry(contents, entry)
                _members(data, entries, start, contents)
    except DamagedError as damage:
        contents.findings.append(damage.finding)
    return contents


def _central(data: mmap.mmap) -> tuple[list[_Entry], int]:
    """Return the central directory's entries and its place."""
    at = len(data) - _END.size
    if at < 0 or data[at : at + 4] != b"PK\x05\x06":
        found = data.rfind(b"PK\x05\x06")
        if found < 0 or len(data) - found < _END.size:
            raise DamagedError("not-a-zip", "it has no end record, so it is no zip archive")
        comment = _END.unpack_from(data, found)[7]
        code = "zip-comment" if found + _END.size + comment == len(data) else "trailing-data"
        raise DamagedError(code, "something follows its end record")
    _, disk, first_disk, here, count, length, start, comment = _END.unpack_from(data, at)
    if comment:
        raise DamagedError("truncated", "its end record announces a comment that is not there")
    end = at
    locator = at - _END64_LOCATOR.size
    if locator >= 0 and data[locator : locator + 4] == b"PK\x06\x07":
        end, disk, first_disk, here, count, length, start = _zip64(data, locator, (count, length, start))
    elif _FULL16 in {here, count} or _FULL32 in {length, start}:
        raise DamagedError("zip64-lie", "it says that it has a zip64 end record, and has none")
    if disk or first_disk or here != count:
        raise DamagedError("zip-disks", "it says that it is split over several disks")
    if count > MOST_MEMBERS:
        raise DamagedError("bomb-count", f"it holds more than {MOST_MEMBERS} members")
    if start + length != end:
        raise DamagedError("zip-gap", "its central directory does not end where its end record begins")
    return list(_entries(data[start:end], count)), start


def _zip64(
    data: mmap.mmap, locator: int, short: tuple[int, int, int]
) -> tuple[int, int, int, int, int, int, int]:
    """Read the zip64 end record and hold it against the short one."""
    _, disk, at, disks = _END64_LOCATOR.unpack_from(data, locator)
    if at + _END64.size != locator or data[at : at + 4] != b"PK\x06\x06" or disk or disks > 1:
        raise DamagedError("zip64-lie", "its zip64 locator points elsewhere than to the record before it")
    _, size, _, _, number, first, here, count, length, start = _END64.unpack_from(data, at)
    if size != _END64.size - 12:
        raise DamagedError("zip64-lie", "its zip64 end record has a wrong size")
    for value, full, said in zip(short, (_FULL16, _FULL32, _FULL32), (count, length, start), strict=True):
        if value not in {full, said}:
            raise DamagedError("zip64-lie", "its two end records disagree")
    return at, number, first, here, count, length, start


def _entries(directory: bytes, count: int) -> Iterator[_Entry]:
    at = 0
    for _ in range(count):
        if directory[at : at + 4] != b"PK\x01\x02" or at + _CENTRAL.size > len(directory):
            raise DamagedError("truncated", "its central directory ends early")
        fields = _CENTRAL.unpack_from(directory, at)
        flags, method, crc, packed, size = fields[3], fields[4], fields[7], fields[8], fields[9]
        name_length, extra_length, comment_length, disk, _, attributes, offset = fields[10:17]
        at += _CENTRAL.size
        raw, extra = (
            directory[at : at + name_length],
            directory[at + name_length : at + name_length + extra_length],
        )
        at += name_length + extra_length + comment_length
        if at > len(directory) or disk not in {0, _FULL16}:
            raise DamagedError("truncated", "its central directory ends early")
        if comment_length:
            raise DamagedError("zip-comment", f"{_decoded(raw, flags)!r} carries a comment")
        size, packed, offset = _widened(extra, (size, packed, offset), raw)
        yield _Entry(raw, flags, method, crc, packed, size, attributes >> 16, offset, extra)
    if at != len(directory):
        raise DamagedError("zip-gap", "its central directory holds more than the end record counts")


def _widened(extra: bytes, values: tuple[int, int, int], raw: bytes) -> tuple[int, int, int]:
    """Replace values that do not fit 32 bits by those of the zip64 extra field."""
    field = _extra_fields(extra, raw).get(1, b"")
    wide, at = [], 0
    for value in values:
        if value == _FULL32:
            if at + 8 > len(field):
                raise DamagedError("zip64-lie", f"{raw!r} needs a zip64 field and has none")
            value = int.from_bytes(field[at : at + 8], "little")  # noqa: PLW2901 - the field stands in for it
            at += 8
        wide.append(value)
    if at != len(field):
        raise DamagedError("zip64-lie", f"{raw!r} carries zip64 values that it does not need")
    return wide[0], wide[1], wide[2]


def _extra_fields(extra: bytes, raw: bytes) -> dict[int, bytes]:
    fields: dict[int, bytes] = {}
    at = 0
    while at < len(extra):
        kind, length = (
            int.from_bytes(extra[at : at + 2], "little"),
            int.from_bytes(extra[at + 2 : at + 4], "little"),
        )
        value = extra[at + 4 : at + 4 + length]
        if at + 4 > len(extra) or len(value) != length or kind in fields:
            raise DamagedError("zip-extra", f"{raw!r} has a malformed extra field")
        fields[kind] = value
        at += 4 + length
    return fields


def _note_entry(contents: Contents, entry: _Entry) -> None:
    name, kind = entry.name, stat.S_IFMT(entry.mode)
    if entry.flags & (_ENCRYPTED | _STRONG | _MASKED):
        raise DamagedError("encrypted", f"{name!r} is encrypted")
    if entry.method not in {0, 8}:
        raise DamagedError("compression-method", f"{name!r} is packed with method {entry.method}")
    if 0x7075 in _extra_fields(entry.extra, entry.raw):
        contents.fail("name-override", f"{name!r} has a second name in an extra field")
    if not entry.raw.isascii() and not entry.flags & _UTF8:
        contents.fail("name-encoding", f"{name!r} is not marked as UTF-8")
    if kind == stat.S_IFLNK:
        contents.fail("link", f"{name!r} is a symbolic link; a wheel has none")
    elif kind not in {0, stat.S_IFREG, stat.S_IFDIR}:
        contents.fail("device", f"{name!r} is a device, pipe or socket")
    if entry.mode & (stat.S_ISUID | stat.S_ISGID | stat.S_ISVTX):
        contents.fail("special-mode", f"{name!r} has a special permission bit")
    if name.endswith("/") != (kind == stat.S_IFDIR) and kind:
        contents.fail("folder-mismatch", f"{name!r} is a folder by its name or its mode, not by both")
    if name.endswith("/") and entry.size:
        contents.fail("folder-mismatch", f"the folder {name!r} has content")


def _members(data: mmap.mmap, entries: list[_Entry], end: int, contents: Contents) -> None:
    """Walk the members in the order of their bytes, so that nothing can stand between or under them."""
    intake, at = Intake(len(data)), 0
    for entry in sorted(entries, key=lambda found: found.offset):
        if entry.offset != at:
            code = "zip-overlap" if entry.offset < at else "prepended-data" if at == 0 else "zip-gap"
            raise DamagedError(
                code, f"bytes that belong to no member, or to two, stand before {entry.name!r}"
            )
        body = _local(data, entry)
        packed = data[body : body + entry.packed]
        if len(packed) != entry.packed or body + entry.packed > end:
            raise DamagedError("truncated", f"{entry.name!r} reaches beyond the members' end")
        member = intake.member(entry.name, _unpacked(packed, entry), entry.size)
        at = _after(data, entry, body + entry.packed)
        if entry.name.endswith("/"):
            contents.members.setdefault(entry.name.rstrip("/"), Member(entry.name.rstrip("/"), "folder"))
        else:
            contents.members.setdefault(entry.name, member)
    if at != end:
        raise DamagedError("zip-gap", "bytes that belong to no member stand before the central directory")


def _local(data: mmap.mmap, entry: _Entry) -> int:
    """Hold a member's own header against its entry; return where its content begins."""
    if data[entry.offset : entry.offset + 4] != b"PK\x03\x04" or entry.offset + _LOCAL.size > len(data):
        raise DamagedError("header-mismatch", f"{entry.name!r} has no header of its own")
    _, _, flags, method, _, _, crc, packed, size, name_length, extra_length = _LOCAL.unpack_from(
        data, entry.offset
    )
    at = entry.offset + _LOCAL.size
    raw = data[at : at + name_length]
    extra = data[at + name_length : at + name_length + extra_length]
    later = flags & _DESCRIPTOR
    fields = _extra_fields(extra, raw)
    if 1 in fields and len(fields[1]) == 16:
        size = int.from_bytes(fields[1][:8], "little") if size == _FULL32 else size
        packed = int.from_bytes(fields[1][8:], "little") if packed == _FULL32 else packed
    said = ((raw, flags, method), (crc, packed, size))
    known = ((entry.raw, entry.flags, entry.method), (entry.crc, entry.packed, entry.size))
    if said[0] != known[0] or (said[1] != known[1] and not (later and not any(said[1]))):
        raise DamagedError(
            "header-mismatch", f"{entry.name!r} says other things in its own header than in the directory"
        )
    if 0x7075 in fields:
        raise DamagedError("name-override", f"{entry.name!r} has a second name in an extra field")
    return int(at + name_length + extra_length)


def _after(data: mmap.mmap, entry: _Entry, at: int) -> int:
    """Return where a member ends, behind the descriptor that follows streamed content."""
    if not entry.flags & _DESCRIPTOR:
        return at
    for form in ("<L2L", "<L2Q"):
        for signature in (b"PK\x07\x08", b""):
            expected = signature + struct.pack(form, entry.crc, entry.packed, entry.size)
            if data[at : at + len(expected)] == expected:
                return at + len(expected)
    raise DamagedError("header-mismatch", f"{entry.name!r} has a descriptor that does not describe it")


def _unpacked(packed: bytes, entry: _Entry) -> Iterator[bytes]:
    crc = 0
    for piece in _inflated(packed, entry) if entry.method else _pieces(packed):
        crc = zlib.crc32(piece, crc)
        yield piece
    if crc != entry.crc:
        raise DamagedError("crc-mismatch", f"{entry.name!r} has other content than its checksum says")


def _pieces(data: bytes) -> Iterator[bytes]:
    for at in range(0, len(data), _PIECE):
        yield data[at : at + _PIECE]


def _inflated(packed: bytes, entry: _Entry) -> Iterator[bytes]:
    engine = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        for piece in _pieces(packed):
            if engine.eof:
                raise DamagedError("trailing-data", f"{entry.name!r} hides bytes behind its content")
            rest = piece
            while rest and not engine.eof:
                yield engine.decompress(rest, _PIECE)
                rest = engine.unconsumed_tail
        while not engine.eof and (more := engine.decompress(engine.unconsumed_tail, _PIECE)):
            yield more
    except zlib.error as damage:
        raise DamagedError("deflate-damage", f"{entry.name!r} cannot be unpacked: {damage}") from damage
    if not engine.eof:
        raise DamagedError("truncated", f"{entry.name!r} ends early")
    if engine.unused_data:
        raise DamagedError("trailing-data", f"{entry.name!r} hides bytes behind its content")


def _decoded(raw: bytes, flags: int) -> str:
    return raw.decode("utf-8" if flags & _UTF8 or raw.isascii() else "cp437", "surrogateescape")
