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
@options.as_json
def show(path: Path, as_json: bool) -> None:
    """Print the configuration that a release of HEAD would follow, every default filled in."""
    report = Report("config show", as_json=as_json)
    with answering(report):
        from tagboat.wiring.local import effective  # noqa: PLC0415 - after --help

        data = effective(path).as_json()
        report.extra["config"] = data
        report.data(json.dumps(data, indent=1, ensure_ascii=False))


@config.command()
@options.project
@options.as_json
def check(path: Path, as_json: bool) -> None:
    """Read the files in the work tree and report every mistake with its file and line."""
    report = Report("config check", as_json=as_json)
    with answering(report):
        from tagboat.wiring.local import in_work_tree  # noqa: PLC0415

        found = in_work_tree(path)
        names = ", ".join(component.name for component in found.components)
        report.extra["components"] = [component.name for component in found.components]
        report.data(f"{found.source}: {len(found.components)} components: {names}")


@config.command()
def schema() -> None:
    """Print the JSON Schema of the configuration, for editors."""
    from tagboat.config.schema import schema as made  # noqa: PLC0415

    click.echo(json.dumps(made(), indent=2))
