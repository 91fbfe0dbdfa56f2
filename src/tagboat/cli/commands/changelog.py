"""``tagboat changelog``: the notes of what is not released yet, or of every release."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from tagboat.cli import options, planning


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
    branch: str,
    as_of: datetime | None,
    whole: bool,
    as_json: bool,
) -> None:
    """Print the notes of what is not released yet, in the changelog's own format."""
    day = as_of.date() if as_of else None
    planning.changelog(
        planning.ChangelogWords(repo, components, repository, since, until, branch, day, whole, as_json)
    )
