"""``tagboat publish``: the publish half alone, from a Manifest and its files; as one job or as several."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tagboat.cli import options
from tagboat.cli.commands.release import show_done
from tagboat.cli.report import Report
from tagboat.cli.running import answering, safe_stop
from tagboat.core.step import Phase
from tagboat.errors import TagboatError

if TYPE_CHECKING:
    from tagboat.core.artifact import Manifest
    from tagboat.engine.release import ReleaseRun


@click.command()
@click.option(
    "--manifest", "manifest_file", type=options.FILE, required=True, help="The file that gather wrote."
)
@click.option("--files", type=options.FOLDER, help="The folder of its files (default: the Manifest's own).")
@click.option(
    "--phase",
    type=click.Choice(["stage", "publish"]),
    help="Only this part: the draft and the staging indexes, or the final ones (default: both).",
)
@click.option(
    "--prefer-draft",
    is_flag=True,
    help="Go on with a whole build of this release that the forge holds; it replaces the files in the folder.",
)
@options.manifest_digest
@options.repository
@options.ledgers
@options.sandbox
@options.state
@options.as_json
def publish(
    manifest_file: Path,
    files: Path | None,
    phase: str | None,
    prefer_draft: bool,
    manifest_digest: str,
    repository: str,
    ledgers: tuple[Path, ...],
    sandbox: Path | None,
    state: Path | None,
    as_json: bool,
) -> None:
    """Publish the files of a Manifest, and nothing else.

    The plan is derived again from the forge's tag and the configuration there, and must be the Manifest's. No code of
    the project is checked out, and with --phase none is run: 'tagboat confirm --phase stage' installs from the staging
    index in a job that may write nothing. --phase publish uploads nothing to a staging index: it looks
    for what --phase stage did there.
    """
    report = Report("publish", as_json=as_json)
    with answering(report):
        from tagboat.cli.jobs import say_adopted  # noqa: PLC0415 - after --help
        from tagboat.engine.jobs import prefer_draft as preferred  # noqa: PLC0415
        from tagboat.wiring.extras import installed  # noqa: PLC0415
        from tagboat.wiring.handed import Given, open_manifest  # noqa: PLC0415
        from tagboat.wiring.jobs import handing_on, ledgers_in  # noqa: PLC0415
        from tagboat.wiring.places import places  # noqa: PLC0415

        folder = files or manifest_file.parent
        report.extra["packages"] = installed()
        given = Given(manifest_file, files, manifest_digest, repository, (*ledgers, *ledgers_in([folder])))
        with (
            safe_stop() as stop,
            open_manifest(
                given, places(sandbox), state, observer=report.watch, stop=stop, phase=phase or ""
            ) as (run, manifest),
            handing_on(run.ports.ledger, folder),
        ):
            if prefer_draft:
                taken = preferred(run, manifest, folder, manifest_file)
                say_adopted(report, "" if taken is manifest else taken.digest)
                manifest = taken  # noqa: PLW2901 - from here on it is the release's Manifest
            publish_alone(run, manifest, report, phase or "")


def publish_alone(run: ReleaseRun, manifest: Manifest, report: Report, phase: str = "") -> None:
    """Publish an open Manifest's files, and fill the report.

    Raises:
        TagboatError: as the caller must see it; partial when outside effects exist.
    """
    from tagboat.cli.jobs import about, say_public  # noqa: PLC0415 - after --help
    from tagboat.engine import jobs  # noqa: PLC0415
    from tagboat.wiring.extras import need  # noqa: PLC0415
    from tagboat.wiring.jobs import record_reviews  # noqa: PLC0415

    report.manifest = manifest
    report.extra["state"] = str(run.state.path)
    about(report, run, manifest.releases)
    try:
        plan = run.plan_publish(manifest)
        if not phase and any(step.kind == jobs.TRIES for step in plan.steps):
            need(
                "build", "installing from the staging index (or: publish --phase stage, then --phase publish)"
            )
        if phase != "stage":
            record_reviews(run.ports.forge, run.ports.ledger)
        report.plan(plan, jobs.steps_of(plan, phase))
        match phase:
            case "stage":
                jobs.stage(run, manifest)
            case "publish":
                jobs.publish(run, manifest)
            case _:
                run.publish(manifest, through=Phase.PUBLISH)
    except TagboatError as error:
        raise run.verdict(error) from error
    say_public(report, run)
    if phase == "stage":
        report.data("staged; next: tagboat confirm --phase stage, then tagboat publish --phase publish")
    else:
        show_done(run, report)
