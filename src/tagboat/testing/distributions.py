"""Tiny real distributions, made in memory: what an index accepts and an installer installs."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

from packaging.utils import canonicalize_name

_TIME = 1_700_000_000


def metadata_text(name: str, version: str, more: str = "") -> str:
    """Return a METADATA or PKG-INFO file's text; ``more`` are further header lines."""
    return f"Metadata-Version: 2.4\nName: {name}\nVersion: {version}\nSummary: A tiny package\n{more}"


def make_wheel(folder: Path, name: str, version: str, *, more: str = "", content: str = "x = 1\n") -> Path:
    """Write a pure wheel with one module, and a RECORD that is true; return its path."""
    plain = canonicalize_name(name).replace("-", "_")
    info = f"{plain}-{version}.dist-info"
    files = {
        f"{plain}.py": content,
        f"{info}/METADATA": metadata_text(name, version, more),
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: tagboat\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(
        f"{path},sha256={_record_hash(text)},{len(text.encode())}\n" for path, text in files.items()
    )
    files[f"{info}/RECORD"] = f"{record}{info}/RECORD,,\n"
    return _written(folder, f"{plain}-{version}-py3-none-any.whl", _zipped(files))


def make_sdist(folder: Path, name: str, version: str, *, more: str = "", content: str = "x = 1\n") -> Path:
    """Write an sdist with one module, to be built by flit-core; return its path."""
    plain = canonicalize_name(name).replace("-", "_")
    root = f"{plain}-{version}"
    project = (
        '[build-system]\nrequires = ["flit_core>=3.12,<4"]\nbuild-backend = "flit_core.buildapi"\n\n'
        f'[project]\nname = "{name}"\nversion = "{version}"\ndescription = "A tiny package"\n'
    )
    files = {
        f"{root}/PKG-INFO": metadata_text(name, version, more),
        f"{root}/pyproject.toml": project,
        f"{root}/{plain}.py": content,
    }
    return _written(folder, f"{root}.tar.gz", _tarred(files))


def sha256_of(path: Path) -> str:
    """Return a file's digest in hex."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _record_hash(text: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()


def _written(folder: Path, filename: str, content: bytes) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / filename
    path.write_bytes(content)
    return path


def _zipped(files: Mapping[str, str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in files.items():
            archive.writestr(zipfile.ZipInfo(name), text, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _tarred(files: Mapping[str, str]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name, text in files.items():
            member = tarfile.TarInfo(name)
            member.size, member.mtime = len(text.encode()), _TIME
            archive.addfile(member, io.BytesIO(text.encode()))
    return gzip.compress(buffer.getvalue(), mtime=0)
