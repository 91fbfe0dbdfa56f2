from __future__ import annotations

import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from tagboat.adapters.inspection import contents as limits
from tagboat.adapters.inspection.contents import Contents
from tagboat.adapters.inspection.zips import read_zip

END, CENTRAL, LOCAL = b"PK\x05\x06", b"PK\x01\x02", b"PK\x03\x04"


def plain(*names: str, mode: int = stat.S_IFREG | 0o644, content: bytes = b"content") -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names or ("a.py",):
            info = zipfile.ZipInfo("placeholder")
            info.filename = name
            info.external_attr = mode << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    return target.getvalue()


def streamed() -> bytes:
    class Unseekable(io.BytesIO):
        def seekable(self) -> bool:
            return False

        def seek(self, *_: int) -> int:
            raise io.UnsupportedOperation

        def tell(self) -> int:
            raise io.UnsupportedOperation

    target = Unseekable()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.py", b"content")
        archive.writestr("b.py", b"content")
    return target.getvalue()


def put(data: bytes, at: int, form: str, value: int) -> bytes:
    return data[:at] + struct.pack(form, value) + data[at + struct.calcsize(form) :]


def in_end(offset: int, form: str, value: int) -> Callable[[], bytes]:
    return lambda: put(plain(), plain().rfind(END) + offset, form, value)


def in_central(offset: int, form: str, value: int) -> Callable[[], bytes]:
    return lambda: put(plain(), plain().find(CENTRAL) + offset, form, value)


def in_local(offset: int, form: str, value: int) -> Callable[[], bytes]:
    return lambda: put(plain(), offset, form, value)


def in_both(central: int, form: str, value: int) -> Callable[[], bytes]:
    def make() -> bytes:
        data = put(plain(), central - 2, form, value)
        return put(data, data.find(CENTRAL) + central, form, value)

    return make


def with_inserted(extra: bytes, before: bytes) -> Callable[[], bytes]:
    """Insert bytes and move the offsets that lie behind them, so that only the extra bytes are wrong."""

    def make() -> bytes:
        data = plain("a.py", "b.py")
        at = data.find(before) if before != LOCAL else data.find(LOCAL, 4)
        moved = data[:at] + extra + data[at:]
        end = moved.rfind(END)
        if before in {CENTRAL, LOCAL}:
            moved = put(moved, end + 16, "<L", data.find(CENTRAL) + len(extra))
        if before == LOCAL:
            second = moved.find(CENTRAL, moved.find(CENTRAL) + 4)
            moved = put(moved, second + 42, "<L", at + len(extra))
        return moved

    return make


def with_extra(kind: int, value: bytes, *, where: str = "both") -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        info = zipfile.ZipInfo("a.py")
        info.extra = struct.pack("<HH", kind, len(value)) + value
        archive.writestr(info, b"content")
    data = target.getvalue()
    if where == "central":
        field = len(info.extra)
        cut = data[: 30 + 4] + data[30 + 4 + field :]
        cut = put(cut, 28, "<H", 0)
        return put(cut, cut.rfind(END) + 16, "<L", cut.find(CENTRAL))
    return data


def renamed_locally() -> bytes:
    return plain("a.py").replace(b"a.py", b"b.py", 1)


def commented() -> bytes:
    target = io.BytesIO(plain())
    with zipfile.ZipFile(target, "a") as archive:
        archive.comment = b"hello"
    return target.getvalue()


def member_comment() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        info = zipfile.ZipInfo("a.py")
        info.comment = b"hello"
        archive.writestr(info, b"content")
    return target.getvalue()


def repacked(packed: bytes, *, declared: int = 7) -> bytes:
    """Give the one member another compressed body, with all headers telling its new length."""
    data = plain()
    start, central = 34, data.find(CENTRAL)
    new = data[:start] + packed + data[central:]
    new = put(put(new, 18, "<L", len(packed)), 22, "<L", declared)
    central = start + len(packed)
    new = put(put(new, central + 20, "<L", len(packed)), central + 24, "<L", declared)
    return put(new, new.rfind(END) + 16, "<L", central)


def deflated(content: bytes) -> bytes:
    engine = zlib.compressobj(9, zlib.DEFLATED, -15)
    return engine.compress(content) + engine.flush()


def zip64_end(*, count: int = 1, at: int = 0, size: int = 44, comment: bytes = b"") -> bytes:
    data = plain()
    end = data.rfind(END)
    length, start = struct.unpack_from("<LL", data, end + 12)
    record = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", size, 45, 45, 0, 0, count, count, length, start)
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, end + at, 1)
    return data[:end] + record + comment + locator + data[end:]


def prepended() -> bytes:
    data, script = plain(), b"#!/bin/sh\n"
    moved = script + data
    moved = put(moved, moved.find(CENTRAL) + 42, "<L", len(script))
    return put(moved, moved.rfind(END) + 16, "<L", data.find(CENTRAL) + len(script))


def overlapping() -> bytes:
    data = plain("a.py", "b.py")
    second = data.find(CENTRAL, data.find(CENTRAL) + 4)
    return put(data, second + 42, "<L", 0)


HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty-file": (lambda: b"", "not-a-zip"),
    "text": (lambda: b"no archive at all, but some text", "not-a-zip"),
    "end-record-cut": (lambda: plain()[:-4], "not-a-zip"),
    "data-behind": (lambda: plain() + b"x", "trailing-data"),
    "archive-behind": (lambda: plain() + plain("b.py"), "zip-gap"),
    "data-before": (lambda: b"#!/bin/sh\n" + plain(), "zip-gap"),
    "data-before-and-offsets-moved": (prepended, "prepended-data"),
    "comment": (commented, "zip-comment"),
    "member-comment": (member_comment, "zip-comment"),
    "comment-announced": (in_end(20, "<H", 5), "truncated"),
    "disk": (in_end(4, "<H", 1), "zip-disks"),
    "directory-disk": (in_end(6, "<H", 1), "zip-disks"),
    "count-here": (in_end(8, "<H", 2), "zip-disks"),
    "directory-length": (in_end(12, "<L", 10), "zip-gap"),
    "directory-place": (in_end(16, "<L", 0), "zip-gap"),
    "more-than-counted": (
        lambda: put(
            put(plain("a", "b"), plain("a", "b").rfind(END) + 8, "<H", 1), len(plain("a", "b")) - 12, "<H", 1
        ),
        "zip-gap",
    ),
    "fewer-than-counted": (
        lambda: put(put(plain(), len(plain()) - 14, "<H", 2), len(plain()) - 12, "<H", 2),
        "truncated",
    ),
    "gap-before-directory": (with_inserted(b"hidden", CENTRAL), "zip-gap"),
    "gap-between-members": (with_inserted(b"hidden", LOCAL), "zip-gap"),
    "hidden-local-member": (with_inserted(plain("hidden.py")[:41], CENTRAL), "zip-gap"),
    "gap-before-end": (with_inserted(b"hidden", END), "zip-gap"),
    "overlap": (overlapping, "zip-overlap"),
    "local-name": (renamed_locally, "header-mismatch"),
    "local-signature": (in_local(0, "<L", 0), "header-mismatch"),
    "local-method": (in_local(8, "<H", 0), "header-mismatch"),
    "local-flags": (in_local(6, "<H", 0x800), "header-mismatch"),
    "local-crc": (in_local(14, "<L", 1), "header-mismatch"),
    "local-packed": (in_local(18, "<L", 1), "header-mismatch"),
    "local-size": (in_local(22, "<L", 1), "header-mismatch"),
    "central-size": (in_central(24, "<L", 6), "header-mismatch"),
    "central-crc": (in_central(16, "<L", 1), "header-mismatch"),
    "central-disk": (in_central(34, "<H", 3), "truncated"),
    "central-signature": (in_central(0, "<L", 0), "truncated"),
    "central-offset": (in_central(42, "<L", 3), "prepended-data"),
    "both-crc": (in_both(16, "<L", 1), "crc-mismatch"),
    "both-size-less": (in_both(24, "<L", 6), "size-mismatch"),
    "both-size-more": (in_both(24, "<L", 8), "size-mismatch"),
    "both-packed-more": (in_both(20, "<L", 500), "truncated"),
    "encrypted": (in_both(8, "<H", 0x1), "encrypted"),
    "strong-encryption": (in_both(8, "<H", 0x40), "encrypted"),
    "masked": (in_both(8, "<H", 0x2000), "encrypted"),
    "bzip2": (in_both(10, "<H", 12), "compression-method"),
    "lzma": (in_both(10, "<H", 14), "compression-method"),
    "zstd": (in_both(10, "<H", 93), "compression-method"),
    "deflate64": (in_both(10, "<H", 9), "compression-method"),
    "descriptor-announced": (in_both(8, "<H", 0x8), "header-mismatch"),
    "descriptor-lies": (lambda: streamed().replace(b"PK\x07\x08", b"PK\x07\x09", 1), "header-mismatch"),
    "deflate-garbage": (lambda: repacked(b"\xff\xff\xff\xff"), "deflate-damage"),
    "deflate-cut": (lambda: repacked(deflated(b"content")[:-2]), "truncated"),
    "deflate-then-more": (lambda: repacked(deflated(b"content") + b"hidden"), "trailing-data"),
    "deflate-then-much-more": (lambda: repacked(deflated(b"content") + b"h" * 200_000), "trailing-data"),
    "symlink": (lambda: plain(mode=stat.S_IFLNK | 0o777), "link"),
    "character-device": (lambda: plain(mode=stat.S_IFCHR | 0o644), "device"),
    "block-device": (lambda: plain(mode=stat.S_IFBLK | 0o644), "device"),
    "pipe": (lambda: plain(mode=stat.S_IFIFO | 0o644), "device"),
    "socket": (lambda: plain(mode=stat.S_IFSOCK | 0o644), "device"),
    "setuid": (lambda: plain(mode=stat.S_IFREG | 0o4755), "special-mode"),
    "setgid": (lambda: plain(mode=stat.S_IFREG | 0o2755), "special-mode"),
    "sticky": (lambda: plain(mode=stat.S_IFREG | 0o1644), "special-mode"),
    "folder-by-mode": (lambda: plain("a", mode=stat.S_IFDIR | 0o755), "folder-mismatch"),
    "file-by-mode": (lambda: plain("a/", mode=stat.S_IFREG | 0o644), "folder-mismatch"),
    "folder-with-content": (lambda: plain("a/", mode=stat.S_IFDIR | 0o755), "folder-mismatch"),
    "latin-name": (lambda: plain("aé.py").replace(b"\x00\x08\x08\x00", b"\x00\x00\x08\x00"), "name-encoding"),
    "second-name": (lambda: with_extra(0x7075, b"\x01" + bytes(4) + b"b.py"), "name-override"),
    "extra-cut": (
        lambda: with_extra(0x9999, b"abcd").replace(b"\x99\x99\x04\x00", b"\x99\x99\x09\x00"),
        "zip-extra",
    ),
    "zip64-unneeded": (lambda: with_extra(1, bytes(8), where="central"), "zip64-lie"),
    "zip64-size-without-field": (in_central(24, "<L", 0xFFFFFFFF), "zip64-lie"),
    "zip64-offset-without-field": (in_central(42, "<L", 0xFFFFFFFF), "zip64-lie"),
    "zip64-count-without-record": (
        lambda: put(put(plain(), len(plain()) - 14, "<H", 0xFFFF), len(plain()) - 12, "<H", 0xFFFF),
        "zip64-lie",
    ),
    "zip64-record-count": (lambda: zip64_end(count=2), "zip64-lie"),
    "zip64-record-place": (lambda: zip64_end(at=1), "zip64-lie"),
    "zip64-record-size": (lambda: zip64_end(size=50), "zip64-lie"),
    "zip64-record-then-more": (lambda: zip64_end(comment=b"hidden"), "zip64-lie"),
}


def read(tmp_path: Path, data: bytes) -> Contents:
    path = tmp_path / "x.whl"
    path.write_bytes(data)
    return read_zip(path)


def codes(contents: Contents) -> set[str]:
    return {finding.code for finding in contents.findings}


@pytest.mark.parametrize("case", list(HOSTILE))
def test_a_hostile_zip_is_found_out(tmp_path, case):
    make, code = HOSTILE[case]

    assert code in codes(read(tmp_path, make()))


def test_a_bad_name_is_found_out(tmp_path, bad_name):
    name, code = bad_name

    assert code in codes(read(tmp_path, plain(name)))


def test_two_names_that_clash_are_found_out(tmp_path, bad_pair):
    names, code = bad_pair

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("warnings.warn", lambda *_, **__: None)
        data = plain(*names)
    assert code in codes(read(tmp_path, data))


def test_an_empty_name_is_found_out(tmp_path):
    assert "empty-name" in codes(read(tmp_path, plain("")))


def test_a_name_that_is_no_utf8_is_found_out(tmp_path):
    data = plain("aéb.py").replace("é".encode(), b"\xc3\x28")

    assert "control-character" in codes(read(tmp_path, data))


def test_a_bomb_is_stopped_before_it_is_unpacked(tmp_path):
    contents = read(tmp_path, plain(content=bytes(200 * 1024**2)))

    assert codes(contents) == {"bomb-ratio"}
    assert not contents.members


def test_a_bomb_of_many_members_is_stopped(tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "BOMB_BYTES", 1000)

    assert "bomb-ratio" in codes(read(tmp_path, plain(*(f"f{n}" for n in range(9)), content=bytes(100_000))))


def test_too_many_members_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "MOST_MEMBERS", 3)

    assert "bomb-count" in codes(read(tmp_path, plain("a", "b", "c", "d")))


def test_more_bytes_than_is_sane_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "MOST_BYTES", 3)

    assert "bomb-size" in codes(read(tmp_path, plain()))


def test_sound_archives_of_every_form_are_read(tmp_path):
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        with archive.open("big.py", "w", force_zip64=True) as member:
            member.write(b"content")
        archive.mkdir("folder")
        archive.writestr("folder/METADATA", b"text")

    for data in (plain("a/b.py", "ä.py"), streamed(), whole.getvalue(), zip64_end(), plain(content=b"")):
        contents = read(tmp_path, data)
        assert contents.findings == []
        assert contents.files
    assert read(tmp_path, whole.getvalue()).text("folder/METADATA") == "text"
