"""``tagboat cost``: how many jobs a tag, a push and a release start, before and after Tagboat's workflows."""

from __future__ import annotations

from pathlib import Path

import click

from tagboat.cli import options
from tagboat.cli.report import Report
from tagboat.cli.running import answering
from tagboat.errors import UsageError

_MOST, _DIGITS = 256, 9


@click.command()
@options.project
@options.component
@options.repository
@click.option(
    "--assume",
    "assumed",
    multiple=True,
    metavar="[FILE:]JOB=N",
    help="How many jobs a matrix makes that only a run can tell; repeatable.",
)
@click.option(
    "--recorded",
    type=options.FILE,
    help="The jobs of a run as the forge lists them (JSON): the sizes of its matrices are taken.",
)
@click.option("--verbose", is_flag=True, help="Show each job, too.")
@options.as_json
def cost(
    path: Path,
    components: tuple[str, ...],
    repository: str,
    assumed: tuple[str, ...],
    recorded: Path | None,
    verbose: bool,
    as_json: bool,
) -> None:
    """Count the jobs that a tag, a push to the default branch and a release start, from the workflow files alone.

    Before: with the files as they are in the work tree. After: with those that init --workflows would write. What no
    file tells is shown as "at least N", with the --assume that settles it.
    """
    report = Report("cost", as_json=as_json)
    with answering(report):
        from tagboat.cli.costs import answer, told  # noqa: PLC0415 - after --help
        from tagboat.wiring.costs import costs  # noqa: PLC0415
        from tagboat.wiring.workflows import Asked  # noqa: PLC0415

        found = costs(Asked(path, repository), components, _numbers(assumed), recorded)
        report.extra |= answer(found)
        if not found.sources:
            report.say("no workflows here: before is nothing")
        report.data("\n".join(told(found, verbose=verbose)))
        if found.no_after:
            report.say(f"no 'after': {found.no_after}")


def _numbers(assumed: tuple[str, ...]) -> dict[str, int]:
    found: dict[str, int] = {}
    for text in assumed:
        job, _, number = text.rpartition("=")
        if not job or not number.isdecimal() or len(number) > _DIGITS or int(number) > _MOST:
            raise UsageError(
                f"--assume {text[:100]} is no number of jobs",
                remedy=f"say --assume JOB=N, N from 0 to {_MOST}",
            )
        found[job] = int(number)
    return found
