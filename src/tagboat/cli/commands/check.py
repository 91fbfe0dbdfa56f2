"""``tagboat check``: every guard of a tag, and nothing else."""

from __future__ import annotations

from pathlib import Path

import click

from tagboat.cli import options
from tagboat.cli.report import Report
from tagboat.cli.running import answering, safe_stop


@click.command()
@options.selection
@options.commit
@click.option("--out", type=options.FOLDER, help="Write the ledger into this folder, for the next job.")
def check(
    path: Path,
    tags: tuple[str, ...],
    components: tuple[str, ...],
    repository: str,
    sandbox: Path | None,
    state: Path | None,
    as_json: bool,
    commit: str,
    out: Path | None,
) -> None:
    """Ask whether a tag may be released: tag, branch, CI, version, notes, forge release, index window.

    All guards are asked, so that every problem is shown at once. Nothing is changed anywhere. Where the forge holds
    a build of this very release already, it says so: nothing has to be built then.
    """
    report = Report("check", as_json=as_json)
    with answering(report):
        from tagboat.cli.jobs import about, say_adopted  # noqa: PLC0415 - after --help
        from tagboat.wiring.jobs import handing_on  # noqa: PLC0415
        from tagboat.wiring.places import places  # noqa: PLC0415
        from tagboat.wiring.session import Wish, open_release  # noqa: PLC0415

        whole = options.whole_commit(commit, path)
        wish = Wish(path, places(sandbox), repository, tags, components, state, command="check", commit=whole)
        with (
            safe_stop() as stop,
            open_release(wish, observer=report.watch, stop=stop) as run,
            handing_on(run.ports.ledger, out),
        ):
            about(report, run)
            adopted = run.check()["adopt"].facts.get("digest")
            say_adopted(report, str(adopted or ""))
            report.data("all guards pass")
