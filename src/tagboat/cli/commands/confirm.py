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
@options.sandbox
@options.state
@options.as_json
def confirm(manifest_file: Path, sandbox: Path | None, state: Path | None, as_json: bool) -> None:
    """Look every published file up by digest, install it with a real installer, and name any drift."""
    report = Report("confirm", as_json=as_json)
    with answering(report):
        from tagboat.wiring.extras import need  # noqa: PLC0415 - after --help

        need("build", "installing what was published")
        from tagboat.wiring.places import places  # noqa: PLC0415
        from tagboat.wiring.session import open_manifest  # noqa: PLC0415

        opened = open_manifest(
            manifest_file,
            None,
            places(sandbox),
            state,
            observer=report.watch,
            need_files=False,
            command="confirm",
        )
        with opened as (run, manifest):
            report.manifest = manifest
            report.releases = manifest.releases
            run.confirm(manifest)
            report.data(
                f"{len([s for s in run.plan_publish(manifest).steps if s.phase is Phase.CONFIRM])} places confirmed"
            )
