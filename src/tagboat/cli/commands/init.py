"""``tagboat init``: a configuration for this project, written where it belongs."""

from __future__ import annotations

from pathlib import Path

import click

from tagboat.cli import options
from tagboat.cli.report import Report
from tagboat.cli.running import answering
from tagboat.errors import RefusedError


@click.command()
@options.project
@click.option("--print", "only_print", is_flag=True, help="Print the text and write nothing.")
@options.as_json
def init(path: Path, only_print: bool, as_json: bool) -> None:
    """Write [tool.tagboat] at the end of pyproject.toml (or tagboat.toml) for the project that is found here.

    What is there stays as it is, to the byte; a configuration that exists is never overwritten.
    """
    report = Report("init", as_json=as_json)
    with answering(report):
        from tagboat.config.init import appended, configuration_text  # noqa: PLC0415 - after --help
        from tagboat.engine.state import write_durably  # noqa: PLC0415
        from tagboat.wiring.local import in_work_tree, root_of  # noqa: PLC0415

        found, root = in_work_tree(path), root_of(path)
        file = root / "pyproject.toml"
        if only_print:
            report.extra["text"] = configuration_text(found)
            report.data(configuration_text(found))
            return
        if (root / "tagboat.toml").exists():
            raise RefusedError(
                "there is a tagboat.toml already", remedy="edit it; tagboat config check helps"
            )
        if file.exists():
            write_durably(file, appended(file.read_bytes(), found).decode())
        else:
            file = root / "tagboat.toml"
            text = configuration_text(found).replace("[tool.tagboat]\n", "")
            write_durably(file, text.replace("[tool.tagboat.", "["))
        report.extra["file"] = str(file)
        names = ", ".join(component.name for component in found.components)
        report.data(f"{file}: configured {names}; next: tagboat rehearse {path}")
