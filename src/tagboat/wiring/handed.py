"""What a job was handed of a release: the Manifest, its files, and the ledgers of the jobs before it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tagboat.core.artifact import Manifest
from tagboat.engine.events import Observer, nobody
from tagboat.engine.release import ReleaseRun, manifest_in, read_manifest
from tagboat.errors import ConflictError, UsageError
from tagboat.wiring.jobs import in_actions
from tagboat.wiring.places import Places
from tagboat.wiring.session import Wish, open_release


@dataclass(frozen=True, slots=True)
class Given:
    """What a job was handed of a release.

    Attributes:
        manifest: the Manifest's file.
        files: the folder of its files; None for the Manifest's own.
        digest: the digest that the Manifest must have, "" when nobody said.
        repository: the ``owner/name`` that it must be of, "" when nobody said.
        ledgers: those of the jobs before this one.
    """

    manifest: Path
    files: Path | None = None
    digest: str = ""
    repository: str = ""
    ledgers: tuple[Path, ...] = ()

    def read(self) -> Manifest:
        """Return the Manifest.

        Raises:
            ConflictError: it cannot be read, was edited, or is not the one that this job was to be handed.
        """
        manifest = intact(self.manifest, manifest_in(self.manifest)[1])
        said = self.repository or (os.environ.get("GITHUB_REPOSITORY", "") if in_actions() else "")
        wanted = {manifest.digest: self.digest, manifest.repository: said}
        for held, expected in wanted.items():
            if expected not in ("", held):
                raise ConflictError(
                    f"{self.manifest} is not the Manifest of this release: it says {held}, not {expected}",
                    remedy="find out who replaced it on its way between the jobs; nothing was published",
                )
        return manifest


@contextmanager
def open_manifest(
    given: Given,
    places: Places,
    state: Path | None,
    *,
    observer: Observer = nobody,
    stop: Callable[[], bool] = lambda: False,
    need_files: bool = True,
    command: str = "publish",
    phase: str = "",
) -> Iterator[tuple[ReleaseRun, Manifest]]:
    """Open the release that a Manifest names, with its files in the store.

    Raises:
        ConflictError: the Manifest is not the expected one, or a file beside it is not the one that it names.
        UsageError: a file is absent.
    """
    manifest = given.read()
    tags = tuple(f"{release.component}={release.tag}" for release in manifest.releases)
    wish = Wish(
        None,
        places,
        manifest.repository,
        tags,
        (),
        state,
        command=command,
        phase=phase,
        ledgers=given.ledgers,
    )
    with open_release(wish, observer=observer, stop=stop, from_forge=True) as run:
        folder = given.files or given.manifest.parent
        for artifact in manifest.artifacts if need_files else ():
            path = folder / artifact.file
            if not path.is_file():
                raise UsageError(f"{path} is absent", remedy="say --files DIR, where gather's files are")
            sha256, _ = run.ports.store.put(path)
            if sha256 != artifact.sha256:
                raise ConflictError(
                    f"{path} is not the file that the Manifest names: {sha256[:12]}, not {artifact.sha256[:12]}",
                    remedy="transfer the files again; nothing was published",
                )
        yield run, manifest


def intact(path: Path, text: bytes) -> Manifest:
    """Return the Manifest of a file's bytes when they are, to the byte, what is written for it.

    Raises:
        ConflictError: it is not a Manifest, or was damaged or edited.
    """
    manifest = read_manifest(text)
    if text != manifest.text.encode():
        raise ConflictError(
            f"{path} is not as it was written: it was damaged or edited",
            remedy="use the file that the build wrote, to the byte; nothing was published",
        )
    return manifest
