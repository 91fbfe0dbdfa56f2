"""``tagboat plan``: what would be released, and why."""

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
@click.option(
    "--release-as",
    "chosen",
    multiple=True,
    metavar="[COMPONENT=]VERSION",
    help="Plan this version, whatever the changes say.",
)
@click.option(
    "--taken",
    multiple=True,
    metavar="[COMPONENT=]VERSION",
    help="A version that exists elsewhere, for example on an index; repeatable.",
)
@click.option("--edits", is_flag=True, help="Also show the edits of every file.")
@click.option("--diff", "as_diff", is_flag=True, help="Print the edits as one patch, and nothing else.")
@click.option("--strict", is_flag=True, help="Fail when a commit does not count.")
@click.option("--exit-code", is_flag=True, help="Exit 10 when there is something to release.")
@click.option("--expect", default="", metavar="DIGEST", help="Fail unless the plan still has this digest.")
@click.option("--verbose", is_flag=True, help="Show every reason.")
@options.as_json
def plan(
    repo: Path,
    components: tuple[str, ...],
    repository: str,
    since: str,
    until: str,
    as_of: datetime | None,
    chosen: tuple[str, ...],
    taken: tuple[str, ...],
    edits: bool,
    as_diff: bool,
    strict: bool,
    exit_code: bool,
    expect: str,
    verbose: bool,
    as_json: bool,
) -> None:
    """Show the next version of each component, with its reasons, its notes and the edits of every file."""
    report = Report("plan", as_json=as_json)
    with answering(report):
        from tagboat.cli.proposals import answer, patch, remarks_told, told  # noqa: PLC0415 - after --help
        from tagboat.wiring.planning import Ask, checked, planned, with_edits  # noqa: PLC0415

        day = as_of.date() if as_of else None
        versions = {name: found[-1] for name, found in options.by_component(chosen).items()}
        ask = Ask(repo, components, since, until, day, repository, versions, options.by_component(taken))
        made = checked(planned(ask), expect=expect, strict=strict)
        if edits or as_diff:
            made = with_edits(made)
        report.extra |= answer(made)
        for file in made.uncommitted:
            report.say(f"warning: {file} differs in the work tree; the plan follows the commit")
        if as_diff:
            report.raw(patch(made.next))
        elif not as_json:
            for next_ in made.next:
                report.data("\n".join(told(next_, verbose=verbose)))
            for line in remarks_told(made.planning):
                report.say(f"not carried over: {line}")
            report.say(f"rules: {made.planning.dialect} {made.planning.source}".rstrip())
            report.say(f"digest: {made.digest}")
        if exit_code and any(next_.version for next_ in made.next):
            report.end("changes", 10)
