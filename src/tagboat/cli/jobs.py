"""What commands that run as one job of several tell the jobs after them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tagboat.cli.report import Report, in_actions
from tagboat.core.names import flat_name
from tagboat.errors import DeniedError, StepFailedError, UnavailableError

if TYPE_CHECKING:
    from tagboat.core.release import Release
    from tagboat.engine.release import ReleaseRun


def about(report: Report, run: ReleaseRun, releases: Sequence[Release] = ()) -> None:
    """Let the report know what is released, and where each component lives."""
    report.releases = releases or run.derived.prepare.releases
    report.paths = {component.name: component.path for component in run.derived.config.components}


def say_adopted(report: Report, digest: str) -> None:
    """Say whether the forge holds the build already; ``digest`` is its Manifest's, or ""."""
    _say_made(report, "adopted", digest, "the forge holds this build already")


def say_handed_over(report: Report, digest: str) -> None:
    """Say whether the tag hands a finished build over; ``digest`` is its Manifest's, or ""."""
    _say_made(report, "handed-over", digest, "the tag hands this build over")


def _say_made(report: Report, output: str, digest: str, said: str) -> None:
    report.outputs[output] = "true" if digest else "false"
    report.extra[output.replace("-", "_")] = bool(digest)
    if digest:
        report.outputs["manifest-digest"] = digest
        report.data(f"{said}: Manifest {digest}")


def say_files(report: Report, folder: Path, files: Sequence[Path]) -> None:
    """Say where the files are that this job hands on."""
    report.outputs["folder"] = str(folder)
    report.outputs["files"] = json.dumps([str(file) for file in files])


def say_public(report: Report, run: ReleaseRun) -> None:
    """Say what the forge and the indexes hold of the release now; only GitHub Actions asks for it."""
    if not in_actions():
        return
    tags = {release.tag for release in report.releases}
    try:
        report.public = [release for release in run.ports.forge.releases() if release.tag in tags]
    except (UnavailableError, DeniedError, StepFailedError) as error:
        # What was published stays published, whatever becomes of telling it.
        report.say(f"the outputs about the forge's release are left out: {error.cause}")
    report.links |= {f"release {release.tag}": release.url for release in report.public}
    for release in report.releases:
        component = run.derived.config.component(release.component)
        for target in component.targets:
            simple = run.ports.indexes[target].simple_url.rstrip("/")
            for name in component.distributions:
                page = f"{simple}/{flat_name(name).replace('_', '-')}/"
                report.links[f"{name} on {target}"] = page
