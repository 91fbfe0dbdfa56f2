"""Naming what differs between two builds of one file."""

from __future__ import annotations

import hashlib
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

_Member = tuple[str, ...]
_FACETS = ("content", "mode", "time", "owner")


def differences(first: Path, second: Path) -> list[str]:
    """Return a line for each member that differs, or one for the container when all members are equal.

    Archives that cannot be read are compared as bytes.
    """
    if first.read_bytes() == second.read_bytes():
        return []
    try:
        one, two = _members(first), _members(second)
    except (tarfile.TarError, zipfile.BadZipFile, OSError, EOFError):
        return [f"{first.name}: the bytes differ, and they are no readable archives"]
    lines = [f"{first.name}: {name} is only in the first build" for name in sorted(set(one) - set(two))]
    lines += [f"{first.name}: {name} is only in the second build" for name in sorted(set(two) - set(one))]
    for name in sorted(set(one) & set(two)):
        facets = [facet for facet, a, b in zip(_FACETS, one[name], two[name], strict=True) if a != b]
        if facets:
            lines.append(f"{first.name}: {name} differs in {', '.join(facets)}")
    return lines or [f"{first.name}: {_container(one, two)}"]


def _container(one: Mapping[str, _Member], two: Mapping[str, _Member]) -> str:
    return (
        "the order of its members differs"
        if list(one) != list(two)
        else "the compression or its header differs"
    )


def _members(path: Path) -> dict[str, _Member]:
    if path.suffix == ".whl":
        with zipfile.ZipFile(path) as wheel:
            return {
                info.filename: (
                    hashlib.sha256(wheel.read(info)).hexdigest(),
                    oct(info.external_attr >> 16),
                    str(info.date_time),
                    "",
                )
                for info in wheel.infolist()
            }
    with tarfile.open(path) as sdist:
        members: dict[str, _Member] = {}
        for info in sdist.getmembers():
            data = sdist.extractfile(info) if info.isreg() else None
            content = hashlib.sha256(data.read() if data else info.linkname.encode()).hexdigest()
            owner = f"{info.uid} {info.gid} {info.uname} {info.gname}"
            members[info.name] = (content, oct(info.mode), str(info.mtime), owner)
        return members
