"""Names that no archive may hold, each with the code of its finding, and files made by hand to be inspected."""

from __future__ import annotations

import base64
import hashlib
import io
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tagboat.adapters.inspection import Inspection
from tagboat.config.model import Component
from tagboat.core.artifact import Artifact, Role
from tagboat.core.verdict import Finding
from tagboat.ports.inspector import InspectionRequest

BAD_NAMES = {
    "parent": ("../x", "parent-path"),
    "parent-inside": ("a/../../x", "parent-path"),
    "parent-harmless": ("a/b/../c", "parent-path"),
    "parent-last": ("a/..", "parent-path"),
    "absolute": ("/etc/passwd", "absolute-path"),
    "absolute-double": ("//host/share", "absolute-path"),
    "drive": ("C:/x", "drive-letter"),
    "drive-relative": ("c:x", "drive-letter"),
    "drive-backslash": ("C:\\x", "drive-letter"),
    "backslash": ("a\\b", "backslash"),
    "backslash-parent": ("a\\..\\..\\b", "backslash"),
    "unc": ("\\\\host\\share", "backslash"),
    "dot": ("a/./b", "odd-path"),
    "dot-first": ("./a", "odd-path"),
    "double-slash": ("a//b", "odd-path"),
    "newline": ("a\nb", "control-character"),
    "carriage-return": ("a\rb", "control-character"),
    "escape": ("a\x1b[31mb", "control-character"),
    "delete": ("a\x7fb", "control-character"),
    "right-to-left": ("a\u202egpj.py", "control-character"),
    "zero-width": ("a\u200bb", "control-character"),
    "line-separator": ("a\u2028b", "control-character"),
    "long-part": ("a" * 256, "long-path"),
    "long-part-bytes": ("ä" * 128, "long-path"),
    "long-path": ("/".join(["abcdefgh"] * 130), "long-path"),
    "trailing-dot": ("a./b", "trailing-dot"),
    "trailing-space": ("a /b", "trailing-dot"),
    "device-nul": ("a/nul", "reserved-name"),
    "device-con-extension": ("CON.txt", "reserved-name"),
    "device-com": ("a/com1/b", "reserved-name"),
    "stream": ("a:b", "drive-letter"),
    "stream-longer": ("abc:stream", "stream-name"),
}
BAD_PAIRS = {
    "twice": (("a", "a"), "duplicate-name"),
    "case": (("a/X.py", "a/x.py"), "case-clash"),
    "case-folder": (("A/x.py", "a/y.py"), "case-clash"),
    "case-sharp": (("stra\u00dfe", "STRASSE"), "case-clash"),
    "composed": (("caf\u00e9", "cafe\u0301"), "unicode-clash"),
    "composed-folder": (("caf\u00e9/a", "cafe\u0301/b"), "unicode-clash"),
    "compatibility": (("\ufb01x", "fix"), "case-clash"),
    "full-width": (("\uff21", "A"), "unicode-clash"),
    "kelvin": (("\u212a", "K"), "unicode-clash"),
    "file-as-folder": (("a", "a/b"), "file-as-folder"),
    "folder-as-file": (("a/b/c", "a/b"), "file-as-folder"),
}


@pytest.fixture(params=list(BAD_NAMES))
def bad_name(request: pytest.FixtureRequest) -> tuple[str, str]:
    """A bad name and the code that it must get."""
    return BAD_NAMES[request.param]


@pytest.fixture(params=list(BAD_PAIRS))
def bad_pair(request: pytest.FixtureRequest) -> tuple[tuple[str, str], str]:
    """Two names that must not stand together and the code that they must get."""
    return BAD_PAIRS[request.param]


METADATA = """Metadata-Version: 2.4
Name: tiny-boat
Version: 1.2.3
Summary: A tiny boat
Description-Content-Type: text/markdown

# Tiny
"""
WHEEL = "Wheel-Version: 1.0\nGenerator: hand\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
PYPROJECT = '[build-system]\nrequires = ["flit_core"]\nbuild-backend = "flit_core.buildapi"\n'
INFO = "tiny_boat-1.2.3.dist-info"
Files = dict[str, bytes | str]


def encoded(files: Files) -> dict[str, bytes]:
    return {name: text.encode() if isinstance(text, str) else text for name, text in files.items()}


def record_of(files: dict[str, bytes], own: str = f"{INFO}/RECORD") -> str:
    rows = []
    for name, data in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
        rows.append(f"{name},sha256={digest},{len(data)}\n")
    return "".join(rows) + f"{own},,\n"


class Dock:
    """Writes wheels and sdists by hand and inspects them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.paths: list[Path] = []

    def wheel(
        self,
        files: Files | None = None,
        *,
        name: str = "tiny_boat-1.2.3-py3-none-any.whl",
        record: Callable[[str], str] = str,
        without: str = "",
    ) -> Path:
        """Write a wheel; ``files`` are added to a sound one, ``record`` changes the text of its RECORD."""
        sound: Files = {"tiny_boat.py": "x = 1\n", f"{INFO}/METADATA": METADATA, f"{INFO}/WHEEL": WHEEL}
        data = encoded({**sound, **(files or {})})
        data.pop(without, None)
        path = self.folder / name
        with zipfile.ZipFile(path, "w") as archive:
            for member, content in data.items():
                archive.writestr(member, content)
            if without != f"{INFO}/RECORD":
                archive.writestr(f"{INFO}/RECORD", record(record_of(data)))
        self.paths.append(path)
        return path

    def sdist(
        self,
        files: Files | None = None,
        *,
        name: str = "tiny_boat-1.2.3.tar.gz",
        top: str = "tiny_boat-1.2.3",
        without: str = "",
    ) -> Path:
        """Write an sdist; ``files`` are added to a sound one."""
        sound: Files = {"PKG-INFO": METADATA, "pyproject.toml": PYPROJECT, "tiny_boat.py": "x = 1\n"}
        data = encoded({**sound, **(files or {})})
        data.pop(without, None)
        path = self.folder / name
        with tarfile.open(path, "w:gz") as archive:
            for member, content in data.items():
                info = tarfile.TarInfo(f"{top}/{member}" if top else member)
                info.size = len(content)
                archive.addfile(info, io.BytesIO(content))
        self.paths.append(path)
        return path

    def inspect(
        self, *, tree: Files | None = None, component: Component | None = None, **changes: object
    ) -> dict[str, Finding]:
        """Return the findings on everything that was written, by code."""
        tagged = encoded({"pyproject.toml": PYPROJECT, "tiny_boat.py": "x = 1\n"} if tree is None else tree)
        files = {}
        for path in self.paths:
            data = path.read_bytes()
            role = Role.WHEEL if path.suffix == ".whl" else Role.SDIST
            files[Artifact(path.name, hashlib.sha256(data).hexdigest(), len(data), "tiny-boat", role)] = path
        fields: dict[str, object] = {
            "version": "1.2.3",
            "sdist": any(path.suffix == ".gz" for path in self.paths),
            "originals": {
                name: data for name, data in tagged.items() if name in {"setup.cfg", "pyproject.toml"}
            },
            "files": files,
            **changes,
        }
        request = InspectionRequest(
            component=component or Component("tiny-boat", distributions=("tiny-boat",)),
            tree={name: hashlib.sha256(data).hexdigest() for name, data in tagged.items()},
            **fields,  # type: ignore[arg-type]
        )
        return {finding.code: finding for finding in Inspection().inspect(request, lambda _line: None)}


@pytest.fixture
def dock(tmp_path: Path) -> Dock:
    """An empty dock."""
    return Dock(tmp_path)
