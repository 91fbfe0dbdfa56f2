"""``tagboat sandbox publisher``: whom the local indexes trust, as people set it on an index's website."""

from __future__ import annotations

from pathlib import Path

import click

from tagboat.cli import options
from tagboat.cli.report import Report
from tagboat.cli.running import answering
from tagboat.cli.sandboxes import command, directory, index, repository, running
from tagboat.errors import UsageError


@click.group()
def publisher() -> None:
    """Say which workflows may publish to the local indexes without a token."""


@publisher.command()
@directory
@click.argument("project")
@repository
@click.argument("workflow")
@click.option("--environment", default="", help="The only environment that may publish; any without it.")
@click.option("--issuer", type=click.Choice(["github", "gitlab"]), default="github", show_default=True)
@click.option("--pending", is_flag=True, help="The project does not exist; the first token creates it.")
@click.option("--create", is_flag=True, help="Make the project first if it is missing.")
@index
@options.as_json
def add(
    directory: Path,
    project: str,
    repository: str,
    workflow: str,
    environment: str,
    issuer: str,
    pending: bool,
    create: bool,
    index: str,
    as_json: bool,
) -> None:
    """Let WORKFLOW (release.yml; on GitLab the path of the pipeline's file) of OWNER/NAME publish PROJECT."""
    report = Report("sandbox publisher add", as_json=as_json)
    with answering(report):
        from tagboat.sandbox import trust  # noqa: PLC0415 - after --help

        if pending and create:
            raise UsageError(
                "a publisher is pending, or its project exists: not both",
                remedy="leave out --pending or --create",
            )
        order = trust.PublisherOrder(repository, workflow, environment, issuer)
        number = trust.add_publisher(
            running(directory), index, project, order, pending=pending, create=create
        )
        report.extra["publisher"] = number
        report.data(f"publisher {number} of {index}: {workflow} of {repository} may publish {project}")


@publisher.command("list")
@directory
@index
@options.as_json
def list_(directory: Path, index: str, as_json: bool) -> None:
    """List whom an index trusts, pending publishers last."""
    report = Report("sandbox publisher list", as_json=as_json)
    with answering(report):
        from tagboat.sandbox import trust  # noqa: PLC0415 - after --help

        listed = trust.list_publishers(running(directory), index)
        report.extra["publishers"] = listed
        if not listed:
            given = ("PROJECT", "OWNER/NAME", "WORKFLOW", "--index", index, "--create")
            report.data(f"{index} trusts nobody: {command(directory, 'publisher', 'add', *given)}")
        for each in listed:
            projects = f"pending for {each['pending']}" if each["pending"] else ", ".join(each["projects"])
            place = f"{each['kind']} {each['repository']} {each['workflow']}"
            report.data(f"{each['id']:>3}  {place}  {each['environment'] or 'any environment'}: {projects}")


@publisher.command()
@directory
@click.argument("number", type=int)
@index
@options.as_json
def remove(directory: Path, number: int, index: str, as_json: bool) -> None:
    """Forget a publisher by its number, and all tokens that it has."""
    report = Report("sandbox publisher remove", as_json=as_json)
    with answering(report):
        from tagboat.sandbox import trust  # noqa: PLC0415 - after --help

        trust.remove_publisher(running(directory), index, number)
        report.data(f"publisher {number} of {index} is gone")
