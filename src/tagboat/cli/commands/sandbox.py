"""``tagboat sandbox``: the local forge and indexes, by hand."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tagboat.cli import options
from tagboat.cli.commands.sandbox_actions import actions
from tagboat.cli.commands.sandbox_publisher import publisher
from tagboat.cli.report import Report
from tagboat.cli.running import answering
from tagboat.cli.sandboxes import countable, directory, repository, running
from tagboat.errors import UsageError

if TYPE_CHECKING:
    from tagboat.sandbox.addresses import Addresses


@click.group()
def sandbox() -> None:
    """Run the local forge and indexes that a rehearsal uses, and play with them: gh, git, twine, pip and uv work."""


sandbox.add_command(actions)
sandbox.add_command(publisher)


@sandbox.command()
@directory
@options.as_json
def up(directory: Path, as_json: bool) -> None:
    """Start the services and print their addresses; loopback only. One that is up already is left as it is."""
    report = Report("sandbox up", as_json=as_json)
    with answering(report):
        from tagboat.wiring.extras import need  # noqa: PLC0415 - after --help

        need("sandbox", "a sandbox")
        from tagboat.adapters.addresses import PUBLIC  # noqa: PLC0415
        from tagboat.sandbox import process  # noqa: PLC0415

        found = process.up(directory, own_relay=True, default_index=PUBLIC.indexes["pypi"].simple)
        _tell(report, found)
        report.data(f'use it: eval "$(tagboat sandbox env --dir {shlex.quote(str(directory))})"')


@sandbox.command()
@directory
@options.as_json
def down(directory: Path, as_json: bool) -> None:
    """Stop the services; what they hold stays in the folder."""
    report = Report("sandbox down", as_json=as_json)
    with answering(report):
        from tagboat.sandbox import process  # noqa: PLC0415

        was_up = process.down(directory)
        report.extra["was_up"] = was_up
        report.data("stopped" if was_up else "it was not up")


@sandbox.command()
@directory
@options.as_json
def status(directory: Path, as_json: bool) -> None:
    """Say whether the services are up, and where. Exit status 8 when they are not."""
    report = Report("sandbox status", as_json=as_json)
    with answering(report):
        from tagboat.sandbox import process  # noqa: PLC0415

        report.extra["up"] = process.status(directory).up
        _tell(report, running(directory))


@sandbox.command()
@directory
@click.option("--index", type=click.Choice(["pypi", "testpypi"]), default="pypi", help="Where uploads go.")
@options.as_json
def env(directory: Path, index: str, as_json: bool) -> None:
    """Print the exports that make git, gh, pip, uv, twine and Node use this sandbox and nothing else."""
    report = Report("sandbox env", as_json=as_json)
    with answering(report):
        from tagboat.sandbox import process  # noqa: PLC0415

        chosen = process.environment(directory, index="testpypi" if index == "testpypi" else "pypi")
        report.extra["environment"] = dict(chosen)
        for name, value in chosen.items():
            report.data(f"export {name}={shlex.quote(value)}")


@sandbox.command()
@directory
@click.argument("service")
@click.argument("operation")
@click.argument("kind")
@click.option("--value", type=float, help="A number, as the kind wants it.")
@click.option("--times", type=int, default=1, show_default=True, help="How many requests it meets.")
@options.as_json
def fault(
    directory: Path, service: str, operation: str, kind: str, value: float | None, times: int, as_json: bool
) -> None:
    """Order something to go wrong: timeouts, resets, errors, and answers that lie or are lost.

    SERVICE is forge, testpypi, pypi or identity; OPERATION is one of the journal's, or '*'.

    \b
    KIND, in place of the deed:
      delay         it comes VALUE seconds late (1)
      silence       no answer for VALUE seconds (60)
      status        the status VALUE (503)
      too-many      429, without a word of when to come again
      retry-after   429, to come again after VALUE seconds (1)
      html          a gateway's page that quotes the request, with the status VALUE (502)
      drop-before   the connection is closed
      reset-before  the connection is reset
      reset-mid     it is reset in the middle of the request's body, or else of the answer
    KIND, after the deed is done:
      drop-after    the connection is closed without an answer
      reset-after   the connection is reset without an answer
      truncate      half of the answer; with VALUE 1 its JSON ends early, as if that were all
      wrong-type    JSON of another type; with VALUE 1 everything in it is of another type
      slow-body     the answer comes in pieces, VALUE seconds apart (1)
      stale         a read does not show the last VALUE writes (1)
    """  # noqa: D301 - click wants the very character that keeps a list of lines as it is
    report = Report("sandbox fault", as_json=as_json)
    with answering(report):
        from dataclasses import asdict  # noqa: PLC0415

        from tagboat.sandbox.faults import Faults  # noqa: PLC0415

        _existing(directory)
        number = None if value is None else countable("--value", value)
        made = Faults(directory).add(service, operation, kind, value=number, times=times)
        report.extra["fault"] = asdict(made)
        report.data(f"the next {made.times} of {service} {operation}: {made.kind} {made.value:g}")


@sandbox.command()
@directory
@repository
@click.option("--private", is_flag=True, help="Readable with a token only.")
@click.option("--branch", default="main", show_default=True, help="Its default branch.")
@options.as_json
def repo(directory: Path, repository: str, private: bool, branch: str, as_json: bool) -> None:
    """Make an empty repository on the forge, ready to be pushed to."""
    report = Report("sandbox repo", as_json=as_json)
    with answering(report):
        from tagboat.sandbox import control  # noqa: PLC0415

        control.create_repository(running(directory), repository, private=private, default_branch=branch)
        url = f"{running(directory).git.rstrip('/')}/{repository}.git"
        report.extra["url"] = url
        report.data(f"push to it: git push {url} {branch}")


@sandbox.command()
@directory
@repository
@click.argument("commit")
@click.option("--workflow", default="ci.yml", show_default=True, help="The workflow's file.")
@click.option("--branch", default=None, help="The branch that it ran for (default: the default branch).")
@click.option("--event", default="push", show_default=True, help="What started it.")
@click.option(
    "--status", "state", default="completed", show_default=True, help="queued, in_progress, completed."
)
@click.option(
    "--conclusion", default="success", show_default=True, help="success, failure, cancelled, skipped..."
)
@click.option("--job", "jobs", multiple=True, metavar="NAME=CONCLUSION", help="A job of the run; repeatable.")
@options.as_json
def ci(
    directory: Path,
    repository: str,
    commit: str,
    workflow: str,
    branch: str | None,
    event: str,
    state: str,
    conclusion: str,
    jobs: tuple[str, ...],
    as_json: bool,
) -> None:
    """Play a CI run on a pushed commit."""
    report = Report("sandbox ci", as_json=as_json)
    with answering(report):
        from tagboat.sandbox import control  # noqa: PLC0415

        played = control.play_workflow_run(
            running(directory),
            repository,
            sha=commit,
            workflow=f".github/workflows/{workflow}",
            branch=branch,
            event=event,
            status=state,
            conclusion=conclusion if state == "completed" else None,
            jobs=[
                control.Job(name, "completed", end) for name, _, end in (job.rpartition("=") for job in jobs)
            ],
        )
        report.extra["run"] = played.id
        report.data(f"run {played.id} of {workflow} on {commit[:12]}: {played.conclusion or played.status}")


@sandbox.command()
@directory
@options.as_json
def journal(directory: Path, as_json: bool) -> None:
    """Print the journal: one JSON line for each write that a service accepted; with --json all in one object."""
    report = Report("sandbox journal", as_json=as_json)
    with answering(report):
        path = _existing(directory) / "journal.jsonl"
        text = path.read_text() if path.is_file() else ""
        if as_json:
            report.extra["writes"] = [json.loads(line) for line in text.splitlines()]
        else:
            click.echo(text, nl=False)


def _existing(directory: Path) -> Path:
    if not directory.is_dir():
        raise UsageError(
            f"{directory} is no sandbox",
            remedy=f"start one: tagboat sandbox up --dir {shlex.quote(str(directory))}",
        )
    return directory


def _tell(report: Report, addresses: Addresses) -> None:
    """An index is told by its base; ``uploads`` and ``simple`` are what clients want to be given."""
    indexes = {"testpypi": addresses.testpypi, "pypi": addresses.pypi}
    told: dict[str, str | int] = {
        "forge": addresses.forge,
        "api": addresses.api,
        "git": addresses.git,
        **{name: address.simple.removesuffix("simple/").rstrip("/") for name, address in indexes.items()},
        "identity": addresses.identity,
        "ca": addresses.ca,
        "token": addresses.token,
        "pid": addresses.pid,
    }
    report.extra |= told
    report.extra["uploads"] = {name: address.upload for name, address in indexes.items()}
    report.extra["simple"] = {name: address.simple for name, address in indexes.items()}
    for name, value in told.items():
        report.data(f"{name:<9} {value}")
