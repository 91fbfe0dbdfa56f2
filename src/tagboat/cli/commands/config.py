"""``tagboat config``: what the configuration says, and whether it is right."""

from __future__ import annotations

import json
from pathlib import Path

import click

from tagboat.cli import options
from tagboat.cli.report import Report
from tagboat.cli.running import answering


@click.group()
def config() -> None:
    """Show or check the configuration of a project."""


@config.command()
@options.project
@click.option(
    "--effective",
    "with_places",
    is_flag=True,
    help="Show each value with where it comes from, planning included.",
)
@options.as_json
def show(path: Path, with_places: bool, as_json: bool) -> None:
    """Print the configuration that a release of HEAD would follow, every default filled in."""
    report = Report("config show", as_json=as_json)
    with answering(report):
        if with_places:
            _show_places(report, path)
            return
        from tagboat.wiring.local import effective  # noqa: PLC0415 - after --help

        data = effective(path).as_json()
        report.extra["config"] = data
        report.data(json.dumps(data, indent=1, ensure_ascii=False))


def _show_places(report: Report, path: Path) -> None:
    from tagboat.cli.proposals import remarks_told  # noqa: PLC0415 - after --help
    from tagboat.cli.settings import answer, told  # noqa: PLC0415
    from tagboat.wiring.settings import effective_settings  # noqa: PLC0415

    found = effective_settings(path)
    report.extra |= answer(found)
    report.data("\n".join(told(found)))
    for file in found.uncommitted:
        report.say(f"warning: {file} differs in the work tree; this is what the commit says")
    if found.unreleased:
        report.say(f"no values of a release: {found.unreleased}")
    for line in remarks_told(found.planning):
        report.say(f"not carried over: {line}")


@config.command()
@options.project
@options.as_json
def check(path: Path, as_json: bool) -> None:
    """Read the files in the work tree and report every mistake with its file and line."""
    report = Report("config check", as_json=as_json)
    with answering(report):
        from tagboat.wiring.local import check_folders, in_work_tree, root_of  # noqa: PLC0415

        found = in_work_tree(path)
        check_folders(found, root_of(path))
        names = ", ".join(component.name for component in found.components)
        report.extra["components"] = [component.name for component in found.components]
        report.data(f"{found.source}: {len(found.components)} components: {names}")


@config.command()
@options.as_json
def schema(as_json: bool) -> None:
    """Print the JSON Schema of the configuration, for editors."""
    report = Report("config schema", as_json=as_json)
    with answering(report):
        from tagboat.config.schema import schema as made  # noqa: PLC0415

        report.extra["json_schema"] = made()
        if not as_json:
            click.echo(json.dumps(made(), indent=2))
