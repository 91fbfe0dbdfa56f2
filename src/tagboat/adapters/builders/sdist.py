"""Source distributions whose bytes depend on the tree alone.

Most back ends already write them so when SOURCE_DATE_EPOCH is set; their bytes stay as they are, so that anybody who
builds the tag gets the same file. setuptools and pdm-backend record the clock, the user or the file modes of this
machine; what they make is written again: members sorted by name, times at the epoch, owner 0, modes 0644 and 0755.
"""

from __future__ import annotations

import gzip
import io
import os
import tarfile
from pathlib import Path

from tagboat.errors import StepFailedError

_NOBODY = ("", "root")


def member_names(sdist: Path) -> frozenset[str]:
    """Return the files of an sdist, relative to its one folder."""
    with tarfile.open(sdist, "r:gz") as archive:
        return frozenset(name.partition("/")[2] for name in archive.getnames())


def normalise(sdist: Path, epoch: int) -> bool:
    """Write the sdist again when it holds more than the tree and the epoch; return whether it was.

    Raises:
        StepFailedError: it is no readable ``.tar.gz``.
    """
    try:
        content = sdist.read_bytes()
        with tarfile.open(fileobj=io.BytesIO(content), mode="r:gz") as archive:
            members = archive.getmembers()
            if _stable(content, members, epoch):
                return False
            written = _rewritten(archive, members, epoch)
    except (tarfile.TarError, OSError, EOFError) as damage:
        raise StepFailedError(f"{sdist.name} is no readable sdist: {damage}") from damage
    temporary = sdist.with_name(f".{sdist.name}.new")
    temporary.write_bytes(written)
    temporary.replace(sdist)
    return True


def _stable(content: bytes, members: list[tarfile.TarInfo], epoch: int) -> bool:
    gzip_time = int.from_bytes(content[4:8], "little")
    return gzip_time <= epoch and all(
        member.mtime <= epoch
        and member.mtime == int(member.mtime)
        and not (member.uid or member.gid or member.uname not in _NOBODY or member.gname not in _NOBODY)
        and member.mode & 0o777 in (0o644, 0o755)
        for member in members
    )


def _rewritten(archive: tarfile.TarFile, members: list[tarfile.TarInfo], epoch: int) -> bytes:
    target = io.BytesIO()
    with (
        gzip.GzipFile(filename="", fileobj=target, mode="wb", compresslevel=9, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as output,
    ):
        for member in sorted(members, key=lambda found: found.name):
            data = archive.extractfile(member) if member.isreg() else None
            member.pax_headers = {}
            member.mtime = epoch
            member.uid = member.gid = 0
            member.uname = member.gname = ""
            member.mode = 0o755 if member.isdir() or member.mode & 0o111 else 0o644
            output.addfile(member, data)
    return target.getvalue()


def single_folder(folder: Path) -> Path:
    """Return the one folder that an sdist was unpacked to.

    Raises:
        StepFailedError: the sdist has another shape than PEP 625's one folder.
    """
    found = [entry for entry in os.scandir(folder) if entry.is_dir(follow_symlinks=False)]
    if len(found) != 1:
        raise StepFailedError(f"the sdist holds {len(found)} top folders in place of one (PEP 625)")
    return Path(found[0].path)
