"""The Python interpreters of this machine: on the path, in pyenv's and in uv's folders."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import Version

from tagboat.errors import StepFailedError
from tagboat.sandbox.actions.machine import search_path

TIME_LIMIT: Final = 20.0
_ASKED: Final = (
    "import json, platform, sys; print(json.dumps(["
    "platform.python_version(), platform.python_implementation(), sys.version_info.releaselevel]))"
)
_FOLDERS: Final = ("~/.pyenv/versions/*/bin", "~/.local/share/uv/python/*/bin")


@dataclass(frozen=True, slots=True)
class Interpreter:
    """An executable and its version."""

    path: Path
    version: Version


def chosen(asked: str, *, prereleases: bool = False) -> Interpreter:
    """The newest interpreter that satisfies a version as setup-python understands it.

    Raises:
        StepFailedError: None does; all that there are are named.
    """
    wanted = _specifier(asked)
    found = [each for each in interpreters() if wanted.contains(each.version, prereleases=True)]
    found = [each for each in found if prereleases or not each.version.is_prerelease]
    if not found:
        have = ", ".join(sorted({str(each.version) for each in interpreters()}, key=Version)) or "none"
        raise StepFailedError(
            f"The version '{asked}' was not found: this machine has the interpreters {have}",
            remedy="install one, by uv or pyenv, or ask for another",
        )
    return max(found, key=lambda each: each.version)


def _specifier(asked: str) -> SpecifierSet:
    plain = asked.strip()
    try:
        if re.fullmatch(r"\d+(\.\d+){0,1}", plain) or re.fullmatch(r"\d+(\.\d+)?\.[x*]", plain):
            return SpecifierSet(f"=={re.sub(r'[.][x*]$', '', plain)}.*")
        if re.fullmatch(r"\d+\.\d+\.\d+([a-z]+\d+)?", plain):
            return SpecifierSet(f"=={plain}")
        if re.match(r"[<>=~!]", plain) and "||" not in plain:
            return SpecifierSet(",".join(re.split(r"[\s,]+(?=[<>=~!])", plain)))
    except InvalidSpecifier:
        pass
    raise StepFailedError(f"The Python '{asked}' is not in this sandbox: only CPython by its version is")


@lru_cache(maxsize=1)
def interpreters() -> tuple[Interpreter, ...]:
    """All of them, each version once, looked for once in the life of the process."""
    found: dict[Version, Interpreter] = {}
    for path in _candidates():
        version = _version(path)
        if version is not None and version not in found:
            found[version] = Interpreter(path, version)
    return tuple(found.values())


def _candidates() -> Iterator[Path]:
    folders = [Path(part) for part in search_path().split(os.pathsep)]
    for pattern in _FOLDERS:
        home, _, tail = str(Path(pattern).expanduser()).partition("*")
        folders += sorted(Path(home).glob("*" + tail))
    for folder in folders:
        if "shims" not in folder.parts and folder.is_dir():
            yield from sorted(
                each for each in folder.iterdir() if re.fullmatch(r"python3(\.\d+)?", each.name)
            )


def _version(path: Path) -> Version | None:
    try:
        done = subprocess.run(
            [path, "-I", "-c", _ASKED], capture_output=True, text=True, timeout=TIME_LIMIT, check=True,
            env={"PATH": os.defpath}, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        version, kind, _ = json.loads(done.stdout)
    except (OSError, subprocess.SubprocessError, ValueError):
        return None
    return Version(version) if kind == "CPython" else None
