"""What an installation of Tagboat brings, from the installed packages' own metadata and from the lock."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from importlib.metadata import requires
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
LOCK = (ROOT / "requirements" / "dev.lock").read_text()
PINS = {
    canonicalize_name(name): Version(version) for name, version in re.findall(r"(?m)^([\w.-]+)==(\S+)", LOCK)
}


def declared(extra: str = "") -> list[str]:
    project = PROJECT["project"]
    found: list[str] = project["optional-dependencies"][extra] if extra else project["dependencies"]
    return found


def brought(lines: Iterable[str]) -> set[str]:
    """The names of all packages that these requirements install here, their requirements included."""
    found: set[tuple[str, str]] = set()
    waiting = [(Requirement(line), "") for line in lines]
    while waiting:
        requirement, asked = waiting.pop()
        if requirement.marker and not requirement.marker.evaluate({"extra": asked}):
            continue
        name = canonicalize_name(requirement.name)
        for extra in ("", *requirement.extras):
            if (name, extra) not in found:
                found.add((name, extra))
                below = declared() + declared(extra) if name == "tagboat" else requires(name) or []
                waiting += [(Requirement(line), extra) for line in below]
    return {name for name, _ in found} - {"tagboat"}


def locked(names: Iterable[str]) -> str:
    """The blocks of the lock for these packages, hashes and all."""
    wanted = {canonicalize_name(name) for name in names}
    blocks = re.split(r"(?m)^(?=[\w.-]+==)", LOCK)[1:]
    return "".join(block for block in blocks if canonicalize_name(block.split("==", 1)[0]) in wanted)
