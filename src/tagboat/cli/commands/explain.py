"""``tagboat explain``: the evidence for a version, a commit or a setting."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from tagboat.cli import options
from tagboat.cli.report import Report
from tagboat.cli.running import answering


@click.group()
def explain() -> None:
    """Show the evidence for a version, a commit or a setting: commit, rule, place in the configuration."""


@explain.command()
@click.argument("component", default="")
@options.place
@options.window
@options.as_json
def version(
    component: str, repo: Path, since: str, until: str, branch: str, as_of: datetime | None, as_json: bool
) -> None:
    """Show why the next version of each component, or of one, is what it is."""
    report = Report("explain version", as_json=as_json)
    with answering(report):
        from tagboat.cli.explanations import version_as_json, version_told  # noqa: PLC0415 - after --help
        from tagboat.wiring.opening import opened  # noqa: PLC0415
        from tagboat.wiring.planning import Ask, planned  # noqa: PLC0415

        day = as_of.date() if as_of else None
        with opened(repo) as history:
            names = (component,) if component else ()
            made = planned(Ask(repo, names, since, until, day, branch=branch), history)
        report.extra["components"] = [version_as_json(next_) for next_ in made.next]
        for next_ in made.next:
            report.data("\n".join(version_told(next_)))


@explain.command()
@click.argument("commit")
@options.component
@options.place
@options.window
@options.as_json
def commit(
    commit: str,
    components: tuple[str, ...],
    repo: Path,
    since: str,
    until: str,
    branch: str,
    as_of: datetime | None,
    as_json: bool,
) -> None:
    """Show whether COMMIT counts, as what, by which rule and for which components, or why not."""
    report = Report("explain commit", as_json=as_json)
    with answering(report):
        from tagboat.cli.explanations import commit_as_json, commit_told  # noqa: PLC0415 - after --help
        from tagboat.wiring.explaining import explained_commit  # noqa: PLC0415
        from tagboat.wiring.planning import Ask  # noqa: PLC0415

        day = as_of.date() if as_of else None
        found = explained_commit(Ask(repo, components, since, until, day, branch=branch), commit)
        report.extra |= commit_as_json(found)
        report.data("\n".join(commit_told(found)))


@explain.command()
@click.argument("setting", metavar="[COMPONENT.]KEY")
@options.place
@options.as_json
def setting(setting: str, repo: Path, as_json: bool) -> None:
    """Show a value, where it comes from and what it means; keys as in `tagboat config show --effective`."""
    report = Report("explain setting", as_json=as_json)
    with answering(report):
        from tagboat.cli.settings import as_json as data  # noqa: PLC0415 - after --help
        from tagboat.cli.settings import shown  # noqa: PLC0415
        from tagboat.config.settings import meaning, setting_of  # noqa: PLC0415
        from tagboat.wiring.settings import effective_settings  # noqa: PLC0415

        found = setting_of(effective_settings(repo).settings, setting)
        text = meaning(found)
        report.extra |= {"setting": data(found), "meaning": text}
        report.data(f"{found.name} = {shown(found.value)}\n  from: {found.place}\n  for: {found.stage}")
        if text:
            report.data(f"  {text}")
