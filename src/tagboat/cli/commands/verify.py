"""``tagboat verify``: a stranger's proof that a Manifest is true."""

from __future__ import annotations

from pathlib import Path

import click

from tagboat.cli import options
from tagboat.cli.report import Report
from tagboat.cli.running import answering
from tagboat.errors import StepFailedError


@click.command()
@click.argument("manifest_file", metavar="MANIFEST", type=options.FILE)
@click.option("--files", type=options.FOLDER, help="Compare the files in this folder.")
@click.option(
    "--repo", type=options.FOLDER, help="Compare this git repository, and make the source archive again."
)
@click.option("--offline", is_flag=True, help="Ask neither forge nor indexes.")
@options.sandbox
@options.as_json
def verify(
    manifest_file: Path,
    files: Path | None,
    repo: Path | None,
    offline: bool,
    sandbox: Path | None,
    as_json: bool,
) -> None:
    """Hold MANIFEST against files, repository, forge and indexes.

    Exit status: 0 all of it is true, 1 each difference is named, 8 a service did not answer.
    """
    report = Report("verify", as_json=as_json)
    with answering(report):
        from tagboat.engine.release import manifest_in  # noqa: PLC0415 - after --help
        from tagboat.wiring.places import places  # noqa: PLC0415
        from tagboat.wiring.proof import differences  # noqa: PLC0415

        manifest, text = manifest_in(manifest_file)
        report.manifest, report.releases = manifest, manifest.releases
        found, looked = differences(manifest, text, places(sandbox), files=files, repo=repo, offline=offline)
        report.extra |= {"differences": found, "looked_at": looked}
        for line in looked:
            report.say(f"looked at {line}")
        for line in found:
            report.data(f"differs: {line}")
        if found:
            count = "1 difference" if len(found) == 1 else f"{len(found)} differences"
            raise StepFailedError(
                f"{count}: {'; '.join(found)}",
                remedy="find out which side is wrong before anybody installs these files",
            )
        report.data(f"true: {len(manifest.artifacts)} files of {', '.join(r.tag for r in manifest.releases)}")
