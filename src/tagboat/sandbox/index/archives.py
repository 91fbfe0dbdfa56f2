"""Whether an uploaded file is a sound archive of its kind; nothing is ever extracted.

Rules as observed on PyPI: one top directory in an sdist, PKG-INFO in it; METADATA, WHEEL and RECORD in a wheel; no
path that leaves the archive, no duplicate, nothing before or after a ZIP, no compression bomb; the licence files that
the metadata lists are there.
"""

from __future__ import annotations

import gzip
import io
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Final

_RATIO_FROM: Final = 64 << 20
_RATIO: Final = 50
_END_OF_DIRECTORY: Final = b"PK\x05\x06"
_UNREADABLE: Final = (
    tarfile.TarError,
    zipfile.BadZipFile,
    gzip.BadGzipFile,
    EOFError,
    zlib.error,
    NotImplementedError,
    RuntimeError,
    ValueError,
    struct.error,
)


def problem(path: Path, filename: str, license_files: Sequence[str]) -> str | None:
    """What is wrong with the archive, in one sentence, or None; the name says which kind it is."""
    try:
        if filename.endswith(".tar.gz"):
            return _tar_problem(path, license_files)
        names, found = _zip_names(path)
        if found is not None:
            return found
        if filename.endswith(".whl"):
            return _wheel_problem(filename, names, license_files)
        return _sdist_problem(names, license_files)
    except _UNREADABLE as error:
        return f"The archive cannot be read: {error}."


def wheel_metadata(path: Path, filename: str) -> bytes:
    """The METADATA of a wheel that was found sound."""
    with zipfile.ZipFile(path) as archive:
        return archive.read(f"{_dist_info(filename, archive.namelist())}/METADATA")


def _zip_names(path: Path) -> tuple[list[str], str | None]:
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        return names, _zip_problem(path, archive, archive.infolist())


def _zip_problem(path: Path, archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> str | None:
    names = [entry.filename for entry in entries]
    unsafe = next((name for name in names if _leaves(name)), None)
    unpacked = sum(entry.file_size for entry in entries)
    shifted = entries and min(entry.header_offset for entry in entries) != 0
    found = None
    if len(set(names)) != len(names):
        found = "Duplicate filename in central directory."
    elif unsafe is not None:
        found = f"Path leaves the archive: {unsafe!r}."
    elif unpacked > max(_RATIO_FROM, path.stat().st_size * _RATIO):
        found = "Exceeds compression ratio limits."
    elif any(entry.flag_bits & 0x1 for entry in entries):
        found = "Encrypted entries are not allowed."
    elif shifted or not _ends_cleanly(path, archive):
        found = "Bytes before or after the ZIP are not allowed."
    elif broken := archive.testzip():
        found = f"Wrong checksum: {broken!r}."
    return found


def _ends_cleanly(path: Path, archive: zipfile.ZipFile) -> bool:
    """Whether the end-of-directory record with its comment is the very end of the file."""
    tail = 22 + len(archive.comment)
    with path.open("rb") as file:
        file.seek(-tail, io.SEEK_END)
        return file.read(4) == _END_OF_DIRECTORY


def _tar_problem(path: Path, license_files: Sequence[str]) -> str | None:
    allowed = max(_RATIO_FROM, path.stat().st_size * _RATIO)
    unpacked = 0
    with gzip.open(path) as content:  # to its very end, where checksum and length stand
        while piece := content.read(1 << 20):
            unpacked += len(piece)
            if unpacked > allowed:
                return "Exceeds compression ratio limits."
    names: list[str] = []
    with tarfile.open(path, "r:gz") as archive:
        for member in archive:
            try:
                tarfile.data_filter(member, "/sandbox")
            except tarfile.FilterError as error:
                return f"Path leaves the archive: {error}."
            if _leaves(member.name):
                return f"Path leaves the archive: {member.name!r}."
            names.append(member.name + "/" if member.isdir() else member.name)
    return _sdist_problem(names, license_files)


def _sdist_problem(names: list[str], license_files: Sequence[str]) -> str | None:
    tops = {name.split("/", 1)[0] for name in names}
    if len(tops) != 1 or any("/" not in name for name in names):
        return f"Incorrect number of top-level directories in sdist: {len(tops)}, exactly one is needed."
    top = tops.pop()
    if f"{top}/PKG-INFO" not in names:
        return f"PKG-INFO not found at {top}/PKG-INFO."
    return _license_problem([f"{top}/{name}" for name in license_files], names)


def _wheel_problem(filename: str, names: list[str], license_files: Sequence[str]) -> str | None:
    dist_info = _dist_info(filename, names)
    for needed in ("WHEEL", "METADATA", "RECORD"):
        if f"{dist_info}/{needed}" not in names:
            return f"Wheel {filename!r} does not contain the required {needed} file: {dist_info}/{needed}."
    return _license_problem([f"{dist_info}/licenses/{name}" for name in license_files], names)


def _dist_info(filename: str, names: Sequence[str]) -> str:
    """The metadata folder that belongs to the file's name, in the spelling that the archive uses."""
    expected = "-".join(filename.split("-")[:2]) + ".dist-info"
    folders = {name.split("/", 1)[0] for name in names if "/" in name}
    return next((folder for folder in sorted(folders) if folder.lower() == expected.lower()), expected)


def _license_problem(needed: list[str], names: list[str]) -> str | None:
    missing = next((name for name in needed if name not in names), None)
    return f"License-File does not exist in the distribution at {missing}." if missing else None


def _leaves(name: str) -> bool:
    return name.startswith("/") or "\\" in name or "\0" in name or ".." in name.split("/") or name[1:2] == ":"
