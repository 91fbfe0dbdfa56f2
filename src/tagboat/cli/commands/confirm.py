"""``tagboat confirm``: is everything that a Manifest names where it must be?"""

from __future__ import annotations

from pathlib import Path

import click

from tagboat.cli import options
from tagboat.cli.report import Report
from tagboat.cli.running import answering
from tagboat.core.step import Phase


@click.command()
@click.option(
    "--manifest", "manifest_file", type=options.FILE, required=True, help="The file that gather wrote."
)
@click.option("--files", type=options.FOLDER, help="The folder of its files (default: the Manifest's own).")
@click.option(
    "--phase", type=click.Choice(["stage"]), help="Install from the staging index, before anything is final."
)
@options.manifest_digest
@options.repository
@options.ledgers
@options.sandbox
@options.state
@options.as_json
def confirm(
    manifest_file: Path,
    files: Path | None,
    phase: str | None,
    manifest_digest: str,
    repository: str,
    ledgers: tuple[Path, ...],
    sandbox: Path | None,
    state: Path | None,
    as_json: bool,
) -> None:
    """Look every published file up by digest, install it with a real installer, and name any drift.

    It runs the project's code, and so belongs into a job that may write nothing. With --phase stage it tries what
    'tagboat publish --phase stage' uploaded.
    """
    report = Report("confirm", as_json=as_json)
    with answering(report):
        from tagboat.wiring.extras import need  # noqa: PLC0415 - after --help

        need("build", "installing what was published")
        from tagboat.cli.jobs import about, say_public  # noqa: PLC0415
        from tagboat.engine.jobs import try_staged  # noqa: PLC0415
        from tagboat.wiring.handed import Given, open_manifest  # noqa: PLC0415
        from tagboat.wiring.jobs import handing_on, ledgers_in  # noqa: PLC0415
        from tagboat.wiring.places import places  # noqa: PLC0415

        folder = files or manifest_file.parent
        given = Given(manifest_file, files, manifest_digest, repository, (*ledgers, *ledgers_in([folder])))
        opened = open_manifest(
            given,
            places(sandbox),
            state,
            observer=report.watch,
            need_files=phase == "stage",
            command="confirm",
            phase=phase or "",
        )
        with opened as (run, manifest), handing_on(run.ports.ledger, folder):
            report.manifest = manifest
            about(report, run, manifest.releases)
            if phase == "stage":
                tried = try_staged(run, manifest)
                report.data(f"{len(tried)} installed from the staging index")
                return
            run.confirm(manifest)
            say_public(report, run)
            report.data(
                f"{len([s for s in run.plan_publish(manifest).steps if s.phase is Phase.CONFIRM])} places confirmed"
            )
