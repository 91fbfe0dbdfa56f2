"""Stands in for actions/upload-artifact: files of the workspace as an artifact of this run."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import zipfile
from pathlib import Path
from uuid import uuid4

from tagboat.errors import StepFailedError
from tagboat.sandbox.actions.globs import Found, find
from tagboat.sandbox.actions.job.visit import Visit

_ODD = re.compile(r'[":<>|*?\r\n\\/]')


async def act(visit: Visit) -> None:
    """Find the files, pack them, and keep them.

    Raises:
        StepFailedError: The name is none or taken, or no file was found and that shall be an error.
    """
    name = visit.given("name", default="artifact")
    if _ODD.search(name):
        raise StepFailedError(
            f'The artifact name is not valid: {name}. Contains one of " : < > | * ? \\r \\n \\ /'
        )
    patterns = visit.given("path").splitlines()
    if not patterns:
        raise StepFailedError("Input required and not supplied: path")
    hidden = visit.flag("include-hidden-files")
    found = await asyncio.to_thread(find, visit.rooms.workspace, patterns, hidden=hidden)
    if not found.files:
        _nothing(visit, patterns)
        return
    level = min(visit.number("compression-level", 6), 9)
    days, overwrite = visit.number("retention-days", 90) or 90, visit.flag("overwrite")
    # Beside the job's directory, where no step can put anything in its place.
    packed = visit.rooms.folder.with_name(f"{uuid4().hex}.zip")
    try:
        await asyncio.to_thread(_pack, visit, found, packed, level)
        kept = visit.shelf.put(name, packed, days=days, overwrite=overwrite)
    finally:
        packed.unlink(missing_ok=True)
    url = f"{visit.machine.server}/{visit.about('repository')}/actions/runs/{visit.about('run_id')}/artifacts/{kept.id}"
    visit.say(f"With the provided path, there will be {len(found.files)} file(s) uploaded")
    visit.say(
        f"Artifact {name} has been successfully uploaded! Artifact ID is {kept.id}, SHA256 {kept.digest}"
    )
    visit.outputs |= {"artifact-id": str(kept.id), "artifact-url": url, "artifact-digest": kept.digest}


def _nothing(visit: Visit, patterns: list[str]) -> None:
    said = f"No files were found with the provided path: {' '.join(patterns)}. No artifacts will be uploaded."
    demand = visit.given("if-no-files-found", default="warn")
    if demand not in ("warn", "error", "ignore"):
        raise StepFailedError(f"Unrecognized if-no-files-found input. Provided: {demand}")
    if demand == "error":
        raise StepFailedError(said)
    visit.say(f"##[warning]{said}" if demand == "warn" else said)


def _pack(visit: Visit, found: Found, place: Path, level: int) -> None:
    """Names and bytes alone: artifacts have neither rights nor times, which a zip file could not hold before 1980."""
    kind = zipfile.ZIP_DEFLATED if level else zipfile.ZIP_STORED
    with zipfile.ZipFile(place, "w", kind, compresslevel=level or None) as archive:
        for path in found.files:
            with visit.open(path) as source:
                large = os.fstat(source.fileno()).st_size >= zipfile.ZIP64_LIMIT
                name = path.relative_to(found.root).as_posix()
                with archive.open(name, "w", force_zip64=large) as member:
                    shutil.copyfileobj(source, member, 1 << 20)
