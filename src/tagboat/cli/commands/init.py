"""``tagboat init``: a configuration for this project, written where it belongs; with ``--workflows``, its CI."""

from __future__ import annotations

from pathlib import Path

import click

from tagboat.cli import options
from tagboat.cli.report import Report
from tagboat.cli.running import answering
from tagboat.errors import RefusedError, UsageError


@click.command()
@options.project
@click.option("--print", "only_print", is_flag=True, help="Print the text and write nothing.")
@click.option(
    "--workflows",
    is_flag=True,
    help="Write the CI's workflow files, their locks and the release checklist instead, as configured.",
)
@click.option(
    "--diff", is_flag=True, help="With --workflows: print one patch for git apply, and write nothing."
)
@options.repository
@click.option(
    "--tagboat",
    default="",
    metavar="REQUIREMENT|URL",
    help="With --workflows: the Tagboat that the jobs install (default: the running version).",
)
@click.option(
    "--find-links",
    multiple=True,
    type=options.FOLDER,
    help="With --workflows: a folder that may hold Tagboat's wheel, beside the index; repeatable.",
)
@options.as_json
def init(
    path: Path,
    only_print: bool,
    workflows: bool,
    diff: bool,
    repository: str,
    tagboat: str,
    find_links: tuple[Path, ...],
    as_json: bool,
) -> None:
    """Write [tool.tagboat] at the end of pyproject.toml (or tagboat.toml) for the project that is found here.

    What is there stays as it is, to the byte; a configuration that exists is never overwritten. With --workflows, files
    that Tagboat wrote and nobody edited are refreshed; where another one stands in the way, the difference is shown
    and nothing is written.
    """
    report = Report("init", as_json=as_json)
    with answering(report):
        if workflows:
            from tagboat.cli.workflow_files import show  # noqa: PLC0415 - after --help
            from tagboat.wiring.workflows import Asked  # noqa: PLC0415

            show(Asked(path, repository, tagboat, find_links), report, only_print=only_print, diff=diff)
            return
        if diff or repository or tagboat or find_links:
            raise UsageError(
                "--diff, --repository, --tagboat and --find-links are about workflows",
                remedy="add --workflows, or leave them out",
            )
        _configuration(path, report, only_print=only_print)


def _configuration(path: Path, report: Report, *, only_print: bool) -> None:
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
        raise RefusedError("there is a tagboat.toml already", remedy="edit it; tagboat config check helps")
    if file.exists():
        write_durably(file, appended(file.read_bytes(), found).decode())
    else:
        file = root / "tagboat.toml"
        text = configuration_text(found).replace("[tool.tagboat]\n", "")
        write_durably(file, text.replace("[tool.tagboat.", "["))
    report.extra["file"] = str(file)
    names = ", ".join(component.name for component in found.components)
    report.data(f"{file}: configured {names}; next: tagboat rehearse {path}")
