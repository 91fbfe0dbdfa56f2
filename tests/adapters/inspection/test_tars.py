from __future__ import annotations

import gzip
import io
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tagboat.adapters.inspection import contents as limits
from tagboat.adapters.inspection.contents import Contents
from tagboat.adapters.inspection.tars import read_tar_gz

Entry = tuple[str, bytes, str, bytes]
"""Name, type, link target, content."""


def header(name: str, kind: bytes = b"0", *, size: int = 0, target: str = "", **changes: bytes) -> bytes:
    """Write a header by hand, so that it may say what no library would write; ``raw_`` changes replace a field."""
    fields = {
        "name": name.encode()[:100].ljust(100, b"\0"),
        "mode": b"0000644\0",
        "uid": b"0000000\0",
        "gid": b"0000000\0",
        "size": b"%011o\0" % size,
        "mtime": b"%011o\0" % 0,
        "checksum": b" " * 8,
        "kind": kind,
        "target": target.encode()[:100].ljust(100, b"\0"),
        "magic": b"ustar\x0000",
        "rest": bytes(64 + 16),
        "prefix": bytes(155 + 12),
    }
    fields.update({key.removeprefix("raw_"): value for key, value in changes.items()})
    block = b"".join(fields.values())
    if "checksum" not in changes:
        block = block[:148] + b"%06o\0 " % sum(block) + block[156:]
    assert len(block) == 512
    return block


def member(name: str, content: bytes = b"", kind: bytes = b"0", **changes: bytes) -> bytes:
    return header(name, kind, size=len(content), **changes) + content + bytes(-len(content) % 512)


def link(name: str, target: str, kind: bytes = b"2") -> bytes:
    return header(name, kind, target=target)


def pax(records: dict[str, str], kind: bytes = b"x") -> bytes:
    body = b""
    for key, value in records.items():
        line = f" {key}={value}\n".encode()
        length = len(line) + len(str(len(line)))
        length = len(line) + len(str(length))
        body += str(length).encode() + line
    return member("pax", body, kind)


def packed(*blocks: bytes, end: bytes = bytes(1024)) -> bytes:
    return gzip.compress(b"".join(blocks) + end, mtime=0)


def long_name(name: str, kind: bytes = b"L") -> bytes:
    return member("././@LongLink", name.encode() + b"\0", kind)


FILE = member("p/a.py", b"content")
HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty-file": (lambda: b"", "truncated"),
    "not-gzip": (lambda: b"no archive at all", "not-a-gzip"),
    "plain-tar": (lambda: gzip.decompress(packed(FILE)), "not-a-gzip"),
    "gzip-cut": (lambda: packed(FILE)[:-9], "truncated"),
    "gzip-checksum": (lambda: packed(FILE)[:-8] + bytes(8), "not-a-gzip"),
    "behind-gzip": (lambda: packed(FILE) + b"hidden", "trailing-data"),
    "second-gzip": (lambda: packed(FILE) + packed(FILE), "trailing-data"),
    "zeros-behind-gzip": (lambda: packed(FILE) + bytes(100), "trailing-data"),
    "no-end": (lambda: packed(FILE, end=b""), "truncated"),
    "half-an-end": (lambda: packed(FILE, end=bytes(512)), "truncated"),
    "member-behind-end": (lambda: packed(FILE, bytes(1024), FILE), "trailing-data"),
    "member-behind-one-zero-block": (lambda: packed(FILE, bytes(512), FILE), "trailing-data"),
    "text-behind-end": (lambda: packed(FILE, bytes(1024), b"x" * 512), "trailing-data"),
    "content-cut": (lambda: packed(header("p/a", size=5000), b"short", end=b""), "truncated"),
    "padding": (lambda: packed(header("p/a", size=3) + b"abc" + b"h" * 509), "trailing-data"),
    "checksum": (lambda: packed(header("p/a", checksum=b"000001\0 ")), "header-damage"),
    "old-format": (lambda: packed(header("p/a", magic=bytes(8))), "tar-format"),
    "unknown-magic": (lambda: packed(header("p/a", magic=b"weird\x0000")), "tar-format"),
    "size-no-number": (lambda: packed(header("p/a").replace(b"00000000000\0", b"0000000000x\0", 1)), "header-damage"),
    "size-letters": (lambda: packed(header("p/a", raw_size=b"zzzzzzzzzzz\0")), "tar-number"),
    "size-negative": (lambda: packed(header("p/a", raw_size=b"\xff" * 12)), "tar-number"),
    "size-enormous": (lambda: packed(header("p/a", raw_size=b"\x80" + b"\x7f" * 11)), "tar-number"),
    "mode-letters": (lambda: packed(header("p/a", mode=b"rw-r--r-")), "tar-number"),
    "character-device": (lambda: packed(header("p/a", b"3")), "device"),
    "block-device": (lambda: packed(header("p/a", b"4")), "device"),
    "pipe": (lambda: packed(header("p/a", b"6")), "device"),
    "contiguous": (lambda: packed(header("p/a", b"7")), "tar-type"),
    "volume": (lambda: packed(header("p/a", b"V")), "tar-type"),
    "multi-volume": (lambda: packed(header("p/a", b"M")), "tar-type"),
    "dump-folder": (lambda: packed(header("p/a", b"D")), "tar-type"),
    "unknown-type": (lambda: packed(header("p/a", b"Z")), "tar-type"),
    "sparse": (lambda: packed(header("p/a", b"S")), "sparse"),
    "pax-sparse": (lambda: packed(pax({"GNU.sparse.major": "1"}), FILE), "sparse"),
    "pax-sparse-name": (lambda: packed(pax({"GNU.sparse.name": "p/b"}), FILE), "sparse"),
    "pax-other-name": (lambda: packed(pax({"path": "p/other.py"}), FILE), "pax-override"),
    "pax-outside": (lambda: packed(pax({"path": "../../x"}), FILE), "pax-override"),
    "pax-other-size": (lambda: packed(pax({"size": "3"}), FILE), "pax-override"),
    "pax-other-target": (lambda: packed(FILE, pax({"linkpath": "/etc/x"}), link("p/l", "a.py")), "pax-override"),
    "pax-xattr": (lambda: packed(pax({"SCHILY.xattr.security.capability": "x"}), FILE), "pax-override"),
    "pax-unknown": (lambda: packed(pax({"vendor.thing": "x"}), FILE), "pax-override"),
    "pax-twice": (lambda: packed(pax({"mtime": "1"}), pax({"mtime": "2"}), FILE), "pax-override"),
    "pax-key-twice": (lambda: packed(member("pax", b"11 mtime=1\n11 mtime=2\n", b"x"), FILE), "pax-override"),
    "pax-garbage": (lambda: packed(member("pax", b"no records", b"x"), FILE), "pax-damage"),
    "pax-length-lies": (lambda: packed(member("pax", b"99 mtime=1\n", b"x"), FILE), "pax-damage"),
    "pax-no-equals": (lambda: packed(member("pax", b"7 abcd\n", b"x"), FILE), "pax-damage"),
    "pax-of-nothing": (lambda: packed(FILE, pax({"path": "p/b"})), "pax-override"),
    "global-path": (lambda: packed(pax({"path": "p/b"}, b"g"), FILE), "pax-override"),
    "global-size": (lambda: packed(pax({"size": "1"}, b"g"), FILE), "pax-override"),
    "global-time": (lambda: packed(pax({"mtime": "1"}, b"g"), FILE), "pax-override"),
    "gnu-other-name": (lambda: packed(long_name("p/other.py"), FILE), "pax-override"),
    "gnu-two-names": (lambda: packed(long_name("p/b"), long_name("p/c"), FILE), "pax-override"),
    "gnu-and-pax-name": (lambda: packed(long_name("p/" + "b" * 120), pax({"path": "p/" + "c" * 120}), FILE), "pax-override"),
    "gnu-name-outside": (lambda: packed(long_name("../" + "b" * 120), FILE), "parent-path"),
    "gnu-name-enormous": (lambda: packed(header("././@LongLink", b"L", size=1 << 21), bytes(1 << 21), FILE), "long-path"),
    "pax-name-outside": (lambda: packed(pax({"path": "../" + "b" * 120}), FILE), "parent-path"),
    "prefix-outside": (lambda: packed(header("x", prefix=b"../up".ljust(167, b"\0"))), "parent-path"),
    "bytes-behind-name": (lambda: packed(header("x", raw_name=b"p/a.py\0hidden".ljust(100, b"\0"))), "header-damage"),
    "file-with-folder-name": (lambda: packed(member("p/a/", b"content")), "folder-mismatch"),
    "folder-with-content": (lambda: packed(member("p/a/", b"content", b"5")), "size-mismatch"),
    "link-with-content": (lambda: packed(FILE, header("p/l", b"2", size=5, target="a.py"), b"hello"), "size-mismatch"),
    "setuid": (lambda: packed(header("p/a", mode=b"0004755\0")), "special-mode"),
    "setgid": (lambda: packed(header("p/a", mode=b"0002755\0")), "special-mode"),
    "symlink-absolute": (lambda: packed(FILE, link("p/l", "/etc/passwd")), "link-outside"),
    "symlink-parent": (lambda: packed(FILE, link("p/l", "../x")), "link-outside"),
    "symlink-deep-parent": (lambda: packed(FILE, link("p/d/e/l", "../../../x")), "link-outside"),
    "symlink-sibling-folder": (lambda: packed(FILE, link("p/l", "../q/x")), "link-outside"),
    "symlink-empty": (lambda: packed(FILE, link("p/l", "")), "link-outside"),
    "symlink-drive": (lambda: packed(FILE, link("p/l", "C:x")), "link-outside"),
    "symlink-backslash": (lambda: packed(FILE, link("p/l", "..\\x")), "link-outside"),
    "symlink-dangling": (lambda: packed(FILE, link("p/l", "nothing")), "link-dangling"),
    "symlink-itself": (lambda: packed(FILE, link("p/l", "l")), "link-to-link"),
    "symlink-chain": (lambda: packed(FILE, link("p/l", "a.py"), link("p/m", "l")), "link-to-link"),
    "symlink-through": (lambda: packed(member("p/d/x", b""), link("p/l", "d"), link("p/m", "l/x")), "link-to-link"),
    "symlink-through-and-up": (lambda: packed(member("p/d/x", b""), link("p/l", "d"), link("p/m", "l/../d/x")), "link-to-link"),
    "symlink-top": (lambda: packed(link("p", "/var"), FILE), "link-outside"),
    "file-below-symlink": (lambda: packed(member("p/d/y", b""), link("p/l", "d"), member("p/l/x", b"")), "through-link"),
    "hardlink-absolute": (lambda: packed(FILE, link("p/l", "/etc/passwd", b"1")), "link-outside"),
    "hardlink-parent": (lambda: packed(FILE, link("p/l", "../x", b"1")), "link-outside"),
    "hardlink-forward": (lambda: packed(link("p/l", "p/a.py", b"1"), FILE), "link-order"),
    "hardlink-dangling": (lambda: packed(FILE, link("p/l", "p/nothing", b"1")), "link-dangling"),
    "hardlink-to-symlink": (lambda: packed(FILE, link("p/l", "a.py"), link("p/m", "p/l", b"1")), "link-to-link"),
    "hardlink-to-deeper-symlink": (
        lambda: packed(member("p/d/e/f", b""), link("p/d/e/l", "../../nothere"), link("p/m", "p/d/e/l", b"1")),
        "link-to-link",
    ),
    "hardlink-to-hardlink": (lambda: packed(FILE, link("p/l", "p/a.py", b"1"), link("p/m", "p/l", b"1")), "link-to-link"),
    "hardlink-itself": (lambda: packed(FILE, link("p/l", "p/l", b"1")), "link-to-link"),
}  # fmt: skip


def read(tmp_path: Path, data: bytes) -> Contents:
    path = tmp_path / "x.tar.gz"
    path.write_bytes(data)
    return read_tar_gz(path)


def codes(contents: Contents) -> set[str]:
    return {finding.code for finding in contents.findings}


def named(*names: str) -> bytes:
    """Members of any name, by pax where the plain header cannot hold it."""
    blocks = []
    for name in names:
        if not name.isascii() or len(name) > 100:
            blocks.append(pax({"path": name}))
        blocks.append(member(name if name.isascii() else "p/placeholder", b""))
    return packed(*blocks)


@pytest.mark.parametrize("case", list(HOSTILE))
def test_a_hostile_tar_is_found_out(tmp_path, case):
    make, code = HOSTILE[case]

    assert code in codes(read(tmp_path, make()))


def test_a_bad_name_is_found_out(tmp_path, bad_name):
    name, code = bad_name

    assert code in codes(read(tmp_path, named(name)))


def test_two_names_that_clash_are_found_out(tmp_path, bad_pair):
    names, code = bad_pair

    assert code in codes(read(tmp_path, named(*names)))


def test_a_bomb_is_stopped_while_it_is_unpacked(tmp_path):
    contents = read(tmp_path, packed(member("p/zero", bytes(200 * 1024**2))))

    assert "bomb-ratio" in codes(contents)
    assert not contents.members


def test_too_many_members_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "MOST_MEMBERS", 3)

    assert "bomb-count" in codes(read(tmp_path, named("a", "b", "c", "d")))


def test_more_bytes_than_is_sane_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "MOST_BYTES", 2000)

    assert "bomb-size" in codes(read(tmp_path, packed(FILE, FILE)))


@pytest.mark.parametrize("form", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_sound_archives_of_every_form_are_read(tmp_path, form):
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w:gz", format=form) as archive:
        for name in ("p/a.py", "p/" + "d" * 60 + "/" + "e" * 70, "p/ä.py"):
            info = tarfile.TarInfo(name)
            info.size, info.mtime = 7, 1_700_000_000
            archive.addfile(info, io.BytesIO(b"content"))
        folder = tarfile.TarInfo("p/folder")
        folder.type = tarfile.DIRTYPE
        archive.addfile(folder)
        for kind, name, to in (
            (tarfile.SYMTYPE, "p/folder/l", "../a.py"),
            (tarfile.LNKTYPE, "p/h", "p/a.py"),
        ):
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, to
            archive.addfile(info)

    contents = read(tmp_path, target.getvalue())

    assert contents.findings == []
    assert set(contents.members) == {
        "p/a.py", "p/" + "d" * 60 + "/" + "e" * 70, "p/ä.py", "p/folder", "p/folder/l", "p/h",
    }  # fmt: skip
