"""``tagboat verify``'s choice of what to look at: the files, a repository, and unless offline the forge and indexes."""

from __future__ import annotations

import tempfile
from pathlib import Path

from tagboat.adapters.secrets import clean
from tagboat.core.acceptance import contradictions
from tagboat.core.artifact import Manifest
from tagboat.engine import proof
from tagboat.errors import DeniedError, TagboatError, UnavailableError
from tagboat.wiring.indexes import indexes_of
from tagboat.wiring.places import Places
from tagboat.wiring.project import derive, forge_source
from tagboat.wiring.session import forge_of, http_of


def differences(
    manifest: Manifest, text: bytes, places: Places, *, files: Path | None, repo: Path | None, offline: bool
) -> tuple[list[str], list[str]]:
    """Return every difference, and what was looked at.

    Raises:
        UnavailableError: a service did not answer.
        DeniedError: the forge refused our credential.
    """
    found, looked = [*proof.spelled(manifest, text), *contradictions(manifest)], ["the Manifest itself"]
    if files is not None:
        found += proof.beside(manifest, files)
        looked.append(f"the files in {files}")
    if repo is not None:
        found += _repository(manifest, repo)
        looked.append(f"the repository {repo}")
    if not offline:
        found += _online(manifest, text, places)
        looked += [f"the forge's {manifest.repository}", "the indexes that it is published to"]
    return [clean(line) for line in found], looked


def _repository(manifest: Manifest, repo: Path) -> list[str]:
    from tagboat.adapters.git.mirror import Mirror  # noqa: PLC0415 - only when asked for

    with tempfile.TemporaryDirectory(prefix="tagboat-") as folder:
        mirror = Mirror(Path(folder) / "mirror.git", repo)
        mirror.refresh()
        return list(proof.against_repository(manifest, mirror, Path(folder)))


def _online(manifest: Manifest, text: bytes, places: Places) -> list[str]:
    http = http_of(places)
    forge = forge_of(http, places, manifest.repository)
    try:
        found = list(proof.against_forge(manifest, text, forge))
    except DeniedError as error:
        # A forge answers 404 to what is not there and to what we may not see; a bad credential it refuses everywhere.
        forge.viewer()
        return [f"the forge shows no {manifest.repository}: {error.cause}"]
    tags = [f"{release.component}={release.tag}" for release in manifest.releases]
    try:
        derived = derive(forge_source(forge), manifest.repository, tags)
    except UnavailableError:
        raise
    except TagboatError as error:
        return [*found, f"the configuration at the tag cannot be followed: {error.cause}"]
    found += [line for line in proof.against_plan(manifest, derived.prepare) if line not in found]
    found += proof.against_indexes(manifest, derived.config, indexes_of(http, places, derived.config))
    return found
