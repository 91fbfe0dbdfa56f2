"""``tagboat plan``: what would be released, and why."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import click

from tagboat.cli import options, planning


@click.command()
@options.history
@options.window
@click.option(
    "--release-as",
    "chosen",
    multiple=True,
    metavar="[COMPONENT=]VERSION",
    help="Plan this version, or patch, minor or major, whatever the changes say.",
)
@click.option(
    "--taken",
    multiple=True,
    metavar="[COMPONENT=]VERSION",
    help="A version that exists elsewhere, for example on an index; repeatable.",
)
@click.option("--reason", default="", metavar="TEXT", help="Why --release-as; it is kept with the plan.")
@click.option(
    "--ask-indexes", is_flag=True, help="Ask the component's indexes which versions exist; needs the network."
)
@options.sandbox
@click.option("--edits", is_flag=True, help="Also show the edits of every file.")
@click.option("--diff", "as_diff", is_flag=True, help="Print the edits as one patch, and nothing else.")
@click.option(
    "--strict", is_flag=True, help="Fail when a commit does not count, or a version leaves its line."
)
@click.option(
    "--exit-code",
    is_flag=True,
    help="Exit 10 when there is something to release; refuse a version that leaves its line.",
)
@click.option("--expect", default=None, metavar="DIGEST", help="Fail unless the plan still has this digest.")
@click.option("--verbose", is_flag=True, help="Show every reason.")
@options.as_json
def plan(as_of: datetime | None, **words: Any) -> None:
    """Show the next version of each component, with its reasons, its notes and the edits of every file."""
    planning.plan(planning.PlanWords(as_of=as_of.date() if as_of else None, **words))
