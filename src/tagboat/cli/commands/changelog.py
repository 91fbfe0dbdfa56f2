"""``tagboat changelog``: the notes of what is not released yet, or of every release."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from tagboat.cli import options
from tagboat.cli.report import Report
from tagboat.cli.running import answering


@click.command()
@options.history
@options.window
@click.option("--all", "whole", is_flag=True, help="Also every release before, newest first.")
@options.as_json
def changelog(
    repo: Path,
    components: tuple[str, ...],
    repository: str,
    since: str,
    until: str,
    as_of: datetime | None,
    whole: bool,
    as_json: bool,
) -> None:
    """Print the notes of what is not released yet, in the changelog's own format."""
    report = Report("changelog", as_json=as_json)
    with answering(report):
        from tagboat.wiring.planning import Ask, changelogs  # noqa: PLC0415 - after --help

        day = as_of.date() if as_of else None
        ask = Ask(repo, components, since, until, day, repository)
        rows = []
        for component, sections in changelogs(ask, whole=whole):
            rows.append({"component": component, "sections": sections})
            if sections:
                report.data("\n\n".join(sections))
            else:
                report.say(f"{component}: nothing to release")
        report.extra["changelogs"] = rows
