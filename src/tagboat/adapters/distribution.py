"""The metadata that a built distribution holds, read out of the archive without extracting it."""

from __future__ import annotations

import tarfile
import zipfile
from pathlib import Path, PurePosixPath
from typing import IO, Final

from packaging.metadata import parse_email

from tagboat.errors import StepFailedError

LARGEST: Final = 16 << 20
"""The most bytes of metadata that are read."""


def metadata_of(path: Path) -> bytes:
    """Return the bytes of a wheel's METADATA or an sdist's PKG-INFO.

    Raises:
        StepFailedError: it is neither a wheel nor a ``.tar.gz`` sdist, or holds no metadata that can be read.
    """
    if path.name.endswith(".whl"):
        return _from_wheel(path)
    if path.name.endswith(".tar.gz"):
        return _from_sdist(path)
    raise StepFailedError(
        f"{path.name} is neither a wheel nor an sdist", remedy="publish .whl and .tar.gz files"
    )


def requires_python(path: Path) -> str:
    """Return the Requires-Python of a distribution, "" when it states none.

    Raises:
        StepFailedError: its metadata cannot be read.
    """
    metadata, _ = parse_email(metadata_of(path))
    return metadata.get("requires_python", "")


def _from_wheel(path: Path) -> bytes:
    try:
        with zipfile.ZipFile(path) as archive:
            for member in archive.infolist():
                parts = PurePosixPath(member.filename).parts
                if len(parts) == 2 and parts[0].endswith(".dist-info") and parts[1] == "METADATA":
                    with archive.open(member) as file:
                        return _bounded(file, path)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as problem:
        raise StepFailedError(f"{path.name} is not a sound wheel: {problem}") from None
    raise StepFailedError(f"{path.name} holds no .dist-info/METADATA")


def _from_sdist(path: Path) -> bytes:
    try:
        with tarfile.open(path, "r:gz") as archive:
            for member in archive:
                parts = PurePosixPath(member.name).parts
                if len(parts) == 2 and parts[1] == "PKG-INFO" and (file := archive.extractfile(member)):
                    with file:
                        return _bounded(file, path)
    except (tarfile.TarError, OSError, EOFError) as problem:
        raise StepFailedError(f"{path.name} is not a sound sdist: {problem}") from None
    raise StepFailedError(f"{path.name} holds no PKG-INFO in its folder")


def _bounded(file: IO[bytes], path: Path) -> bytes:
    content = file.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise StepFailedError(f"{path.name}: its metadata is larger than {LARGEST} bytes")
    return content
