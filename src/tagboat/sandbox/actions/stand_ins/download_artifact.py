"""Stands in for actions/download-artifact: artifacts of this very run; those of other runs are not reachable."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
from fnmatch import fnmatchcase
from pathlib import Path
from uuid import uuid4

from tagboat.errors import StepFailedError
from tagboat.sandbox.actions.job.order import StoredArtifact
from tagboat.sandbox.actions.job.visit import Visit


async def act(visit: Visit) -> None:
    """Unpack one artifact, those that match a pattern, or all.

    Raises:
        StepFailedError: The one that is named is not there.
    """
    name, pattern = visit.given("name"), visit.given("pattern")
    numbers = visit.given("artifact-ids").replace(",", " ").split()
    place = Path(os.path.normpath(visit.rooms.workspace / visit.given("path", default=".")))
    listed = visit.shelf.listed()
    if name:
        chosen = [each for each in listed if each.name == name]
        if not chosen:
            have = ", ".join(each.name for each in listed) or "none"
            raise StepFailedError(
                f"Unable to download artifact(s): Artifact not found for name: {name}. The run has: {have}"
            )
    elif numbers:
        chosen = [each for each in listed if str(each.id) in numbers]
        if len(chosen) < len(set(numbers)):
            raise StepFailedError(
                f"Unable to download artifact(s): not all of {', '.join(numbers)} are of this run"
            )
    else:
        chosen = [each for each in listed if not pattern or fnmatchcase(each.name, pattern)]
    direct = bool(name) or visit.flag("merge-multiple") or (len(numbers) == 1 and len(chosen) == 1)
    if not chosen:
        visit.say(f"##[warning]No artifacts found{f' for pattern {pattern}' if pattern else ''} in this run")
    for each in chosen:
        await _unpack(visit, each, place if direct else place / each.name)
        visit.say(f"Artifact {each.name} (SHA256 {each.digest}) downloaded")
    visit.outputs["download-path"] = str(place)


async def _unpack(visit: Visit, artifact: StoredArtifact, place: Path) -> None:
    """By a command of the job's: it reaches what the job reaches, whatever links stand in the way."""
    copy = visit.rooms.folder / f"{uuid4().hex}.zip"
    try:
        await asyncio.to_thread(_copied, artifact.content, copy)
        unzip = (sys.executable, "-I", "-m", "zipfile", "-e")
        await visit.run(*unzip, str(copy), str(place), told=f"unzip {artifact.name}.zip into {place}")
    finally:
        copy.unlink(missing_ok=True)


def _copied(content: Path, copy: Path) -> None:
    with content.open("rb") as source, copy.open("xb") as target:
        shutil.copyfileobj(source, target, 1 << 20)
