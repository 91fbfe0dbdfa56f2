"""Stands in for actions/download-artifact: artifacts of this very run; those of other runs are not reachable."""

from __future__ import annotations

import asyncio
import zipfile
from fnmatch import fnmatchcase
from pathlib import Path

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
    place = (visit.rooms.workspace / visit.given("path", default=".")).resolve()
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
        await asyncio.to_thread(_unpack, each, place if direct else place / each.name)
        visit.say(f"Artifact {each.name} (SHA256 {each.digest}) downloaded")
    visit.outputs["download-path"] = str(place)


def _unpack(artifact: StoredArtifact, place: Path) -> None:
    place.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(artifact.content) as archive:
        archive.extractall(place)
