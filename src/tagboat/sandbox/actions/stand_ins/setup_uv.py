"""Stands in for astral-sh/setup-uv: the uv that this machine has."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from tagboat.errors import StepFailedError
from tagboat.sandbox.actions.job.visit import Visit


async def act(visit: Visit) -> None:
    """Put uv on the path; with ``activate-environment`` also a virtual environment.

    Raises:
        StepFailedError: This machine has no uv.
    """
    found = shutil.which(
        "uv", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    )
    if found is None:
        raise StepFailedError("this machine has no uv", remedy="pip install 'tagboat[build]' brings one")
    place = visit.rooms.tools / "uv" / "bin"
    place.mkdir(parents=True, exist_ok=True)
    link = place / "uv"
    if not link.exists():
        link.symlink_to(found)
    said = await visit.run(str(link), "--version", quiet=True)
    version = said.split()[1]
    asked = visit.given("version")
    if asked and asked != version:
        visit.say(f"##[warning]uv {asked} was asked for; this machine has {version}, which is used")
    visit.paths.append(str(place))
    visit.outputs |= {"uv-version": version, "uv-path": str(link), "cache-hit": "false"}
    visit.exports["UV_CACHE_DIR"] = str(visit.rooms.temp / "setup-uv-cache")
    python = visit.given("python-version")
    if python:
        visit.exports["UV_PYTHON"] = python
    if visit.flag("activate-environment"):
        venv = visit.rooms.workspace / ".venv"
        await visit.run(str(link), "venv", str(venv), *(["--python", python] if python else []))
        visit.exports["VIRTUAL_ENV"] = str(venv)
        visit.paths.append(str(venv / "bin"))
