"""The artifacts of runs, as zip files under their digest."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tagboat.errors import StepFailedError
from tagboat.sandbox.actions.job.order import StoredArtifact
from tagboat.sandbox.actions.model import Artifact
from tagboat.sandbox.forge.model import Run, now
from tagboat.sandbox.forge.records import Records
from tagboat.sandbox.state import Blobs

_MOST_DAYS = 90


class RunShelf:
    """What one run keeps; of a name that several attempts uploaded, the newest counts."""

    def __init__(self, records: Records, blobs: Blobs, run: Run) -> None:
        self._records = records
        self._blobs = blobs
        self._run = run

    def listed(self) -> list[StoredArtifact]:
        """The newest of each name."""
        newest = {each.name: each for each in self._records.all(Artifact, run_id=self._run.id, gone=False)}
        return [self._stored(each) for each in sorted(newest.values(), key=lambda each: each.id)]

    def put(self, name: str, content: Path, *, days: int, overwrite: bool) -> StoredArtifact:
        """Keep a zip file, which is taken over.

        Raises:
            StepFailedError: This attempt has one of that name.
        """
        same = self._records.get(
            Artifact, run_id=self._run.id, attempt=self._run.attempt, name=name, gone=False
        )
        if same and not overwrite:
            raise StepFailedError(
                "Failed to CreateArtifact: Received non-retryable error: Failed request: (409) Conflict: an artifact "
                "with this name already exists on the workflow run"
            )
        writer = self._blobs.writer()
        with content.open("rb") as source:
            shutil.copyfileobj(source, writer, 1 << 20)
        content.unlink()
        size, digest = writer.size, writer.keep()
        expires = datetime.now(UTC) + timedelta(days=min(max(days, 1), _MOST_DAYS))
        with self._records.together():
            if same:
                self._records.change(same, gone=True)
            made = self._records.add(
                Artifact,
                repository_id=self._run.repository_id,
                run_id=self._run.id,
                attempt=self._run.attempt,
                name=name,
                size=size,
                sha256=digest,
                created=now(),
                expires=expires.strftime("%Y-%m-%dT%H:%M:%SZ"),
                gone=False,
            )
        return self._stored(made)

    def _stored(self, artifact: Artifact) -> StoredArtifact:
        return StoredArtifact(artifact.id, artifact.name, self._blobs.path(artifact.sha256), artifact.sha256)
