"""Tagboat as users have it: its wheel in an environment of its own, with what it needs and nothing else.

A developer's environment costs every start some milliseconds: each ``.pth`` file is read, and some of them run code.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import venv
from collections.abc import Collection
from importlib.metadata import requires
from pathlib import Path
from typing import Final

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT: Final = Path(__file__).parents[1]
LOCK: Final = ROOT / "requirements" / "dev.lock"


def installed(folder: Path) -> str:
    """Return the command, whose wheel was made from the sources as they are now.

    Args:
        folder: for the environment; it is kept while the locked dependencies stay the same.

    Raises:
        subprocess.CalledProcessError: the wheel cannot be made, or something cannot be installed.
    """
    environment, stamp, wheels = folder / "environment", folder / "installed", folder / "wheels"
    python = str(environment / "bin" / "python")
    wanted = entries(LOCK.read_text(), needed("tagboat"))
    if not stamp.is_file() or stamp.read_text() != wanted:
        venv.create(environment, clear=True)
        locked = folder / "tagboat.lock"
        locked.write_text(wanted)
        _pip("--python", python, "install", "--no-deps", "--require-hashes", "-r", str(locked))
        stamp.write_text(wanted)
    shutil.rmtree(wheels, ignore_errors=True)
    _pip("wheel", "--no-deps", "--no-build-isolation", "-w", str(wheels), str(ROOT))
    (wheel,) = wheels.glob("*.whl")
    _pip("--python", python, "install", "--no-deps", "--no-index", "--force-reinstall", str(wheel))
    return str(environment / "bin" / "tagboat")


def needed(name: str) -> Collection[str]:
    """Return the normalized names of all that a distribution of this environment needs here, without its extras."""
    found: set[str] = set()
    left = [name]
    while left:
        for text in requires(left.pop()) or ():
            requirement = Requirement(text)
            wanted = canonicalize_name(requirement.name)
            applies = requirement.marker is None or requirement.marker.evaluate({"extra": ""})
            if applies and wanted not in found:
                found.add(wanted)
                left.append(wanted)
    return found


def entries(lock: str, names: Collection[str]) -> str:
    """Return the entries of a lock file that have one of these names."""
    each = re.split(r"(?m)^(?=[\w.-]+==)", lock)
    return "".join(entry for entry in each if canonicalize_name(entry.partition("==")[0]) in names)


def _pip(*words: str) -> None:
    quiet = (sys.executable, "-m", "pip", "-q", "--disable-pip-version-check")
    subprocess.run((*quiet, *words), check=True, stdout=subprocess.DEVNULL)
