"""``tagboat publish``: the publish half alone, from a Manifest and its files."""

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
@options.sandbox
@options.state
@options.as_json
def publish(
    manifest_file: Path, files: Path | None, sandbox: Path | None, state: Path | None, as_json: bool
) -> None:
    """Publish the files of a Manifest, and nothing else.

    The plan is derived again from the forge's tag and the configuration there, and must be the Manifest's. No code of
    the project is checked out or run.
    """
    report = Report("publish", as_json=as_json)
    with answering(report):
        from tagboat.wiring.places import places  # noqa: PLC0415 - after --help
        from tagboat.wiring.session import open_manifest  # noqa: PLC0415

        with (
            safe_stop() as stop,
            open_manifest(manifest_file, files, places(sandbox), state, observer=report.watch, stop=stop) as (
                run,
                manifest,
            ),
        ):
            publish_alone(run, manifest, report)


def publish_alone(run: ReleaseRun, manifest: Manifest, report: Report) -> None:
    """Publish an open Manifest's files, and fill the report.

    Raises:
        TagboatError: as the caller must see it; partial when outside effects exist.
    """
    report.manifest = manifest
    report.extra["state"] = str(run.state.path)
    try:
        report.plan(run.plan_publish(manifest))
        run.publish(manifest, through=Phase.PUBLISH)
    except TagboatError as error:
        raise run.verdict(error) from error
    show_done(run, report)
