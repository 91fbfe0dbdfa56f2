"""``tagboat sandbox actions``: workflows that the sandbox's forge runs for real on this machine."""

from __future__ import annotations

import os
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tagboat.cli import options
from tagboat.cli.report import Report
from tagboat.cli.running import answering
from tagboat.cli.sandboxes import command, countable, directory, repository, running
from tagboat.errors import StepFailedError, UsageError, WaitingError

if TYPE_CHECKING:
    from tagboat.sandbox.workflows import ExecutedRun

_number = click.argument("number", metavar="RUN", type=int)


@click.group()
def actions() -> None:
    """Run a repository's workflows on this machine, with stand-ins for a few actions; every other is refused by name."""


@actions.command("on")
@directory
@repository
@click.option("--off", is_flag=True, help="Let them run no longer.")
@options.as_json
def switch(directory: Path, repository: str, off: bool, as_json: bool) -> None:
    """Let pushes and dispatches in a repository run its workflows: their commands run here, as you."""
    report = Report("sandbox actions on", as_json=as_json)
    with answering(report):
        from tagboat.sandbox import workflows  # noqa: PLC0415 - after --help

        workflows.enable(running(directory), repository, enabled=not off)
        report.extra |= {"repository": repository, "enabled": not off}
        report.data(f"workflows of {repository} run {'no longer' if off else 'on this machine'}")


@actions.command("runs")
@directory
@click.argument("repository", metavar="[OWNER/NAME]", default="")
@options.as_json
def list_runs(directory: Path, repository: str, as_json: bool) -> None:
    """List the newest runs of a repository, or of all."""
    report = Report("sandbox actions runs", as_json=as_json)
    with answering(report):
        from tagboat.sandbox import workflows  # noqa: PLC0415

        found = workflows.runs(running(directory), repository)
        report.extra["runs"] = [asdict(each) for each in found]
        if not found:
            report.data("no run yet: is the repository switched on, and pushed to since?")
        for each in found:
            report.data(f"{each.id:>5} {_state(each):<16} {each.event:<18} {each.repository} {each.title}")


@actions.command("run")
@directory
@_number
@options.as_json
def show(directory: Path, number: int, as_json: bool) -> None:
    """Show a run: its jobs, what it waits for, why it could not start."""
    report = Report("sandbox actions run", as_json=as_json)
    with answering(report):
        from tagboat.sandbox import workflows  # noqa: PLC0415

        _tell(report, workflows.run(running(directory), number))


@actions.command("wait")
@directory
@_number
@click.option("--seconds", type=float, default=3600.0, show_default=True, help="How long at most.")
@options.as_json
def wait_for(directory: Path, number: int, seconds: float, as_json: bool) -> None:
    """Wait until a run is over, and end as it did; exit status 5 when it waits for an approval."""
    report = Report("sandbox actions wait", as_json=as_json)
    with answering(report):
        from tagboat.sandbox import workflows  # noqa: PLC0415

        limit = countable("--seconds", seconds)
        found = workflows.wait(running(directory), number, seconds=limit)
        _tell(report, found)
        if found.waits_for:
            raise WaitingError(
                f"run {number} waits for the approval of {', '.join(found.waits_for)}",
                remedy=command(directory, "actions", "approve", str(number), found.waits_for[0]),
            )
        if found.conclusion != "success":
            log_of = command(directory, "actions", "log", str(number))
            raise StepFailedError(f"run {number} ended: {found.conclusion}", remedy=log_of)


@actions.command("log")
@directory
@_number
@click.option(
    "--job", "names", multiple=True, help="Only this job; repeatable. By default those that did not succeed."
)
@click.option("--all", "everything", is_flag=True, help="All jobs.")
@options.as_json
def log(directory: Path, number: int, names: tuple[str, ...], everything: bool, as_json: bool) -> None:
    """Print what jobs of a run logged, as far as they are."""
    report = Report("sandbox actions log", as_json=as_json)
    with answering(report):
        from tagboat.sandbox import workflows  # noqa: PLC0415

        addresses = running(directory)
        found = workflows.run(addresses, number)
        unknown = set(names) - {job.name for job in found.jobs}
        if unknown:
            have = ", ".join(job.name for job in found.jobs)
            raise UsageError(
                f"run {number} has no job {', '.join(sorted(unknown))}", remedy=f"it has: {have}"
            )
        bad = [job for job in found.jobs if job.conclusion not in ("success", "skipped")]
        chosen = [job for job in found.jobs if job.name in names] or (
            found.jobs if everything else bad or found.jobs
        )
        texts = {job.name: workflows.log(addresses, job.id) for job in chosen}
        report.extra |= {"note": found.note, "logs": texts}
        if found.note:
            report.data(found.note)
        for name, text in texts.items():
            report.data(f"== {name}\n{text}")


@actions.command("approve")
@directory
@_number
@click.argument("environment")
@click.option("--reject", is_flag=True, help="Say no instead.")
@click.option("--as", "login", default="", metavar="LOGIN", help="The reviewer (default: the first).")
@click.option("--comment", default="", help="What the reviewer says.")
@options.as_json
def approve(
    directory: Path, number: int, environment: str, reject: bool, login: str, comment: str, as_json: bool
) -> None:
    """Decide, in the name of a reviewer, about an environment that a run waits for."""
    report = Report("sandbox actions approve", as_json=as_json)
    with answering(report):
        from tagboat.sandbox import workflows  # noqa: PLC0415

        state = "rejected" if reject else "approved"
        told = {"state": state, "login": login, "comment": comment}
        reviewer = workflows.review(running(directory), number, environment, **told)
        report.extra |= {"environment": environment, "state": state, "reviewer": reviewer}
        report.data(f"{environment} was {state} by {reviewer}")


@actions.command("dispatch")
@directory
@repository
@click.argument("workflow")
@click.option("--ref", default="main", show_default=True, help="The branch or tag.")
@click.option("--input", "inputs", multiple=True, metavar="NAME=VALUE", help="An input; repeatable.")
@options.as_json
def dispatch(
    directory: Path, repository: str, workflow: str, ref: str, inputs: tuple[str, ...], as_json: bool
) -> None:
    """Start a workflow by its file's name."""
    report = Report("sandbox actions dispatch", as_json=as_json)
    with answering(report):
        from tagboat.sandbox import workflows  # noqa: PLC0415

        unset = [each for each in inputs if "=" not in each]
        if unset:
            raise UsageError(f"no value: --input {' '.join(unset)}", remedy="--input NAME=VALUE")
        given = {name: value for name, _, value in (each.partition("=") for each in inputs)}
        number = workflows.dispatch(running(directory), repository, workflow, ref=ref, inputs=given)
        report.extra["run"] = number
        report.data(f"run {number}: {command(directory, 'actions', 'wait', str(number))}")


@actions.command("cancel")
@directory
@_number
@options.as_json
def cancel(directory: Path, number: int, as_json: bool) -> None:
    """End a run."""
    report = Report("sandbox actions cancel", as_json=as_json)
    with answering(report):
        from tagboat.sandbox import workflows  # noqa: PLC0415

        addresses = running(directory)
        workflows.cancel(addresses, workflows.run(addresses, number).repository, number)
        report.data(f"run {number} is being cancelled")


@actions.command("rerun")
@directory
@_number
@click.option("--failed", is_flag=True, help="Only jobs that did not succeed, and what waits for them.")
@options.as_json
def rerun(directory: Path, number: int, failed: bool, as_json: bool) -> None:
    """Run a run's jobs once more."""
    report = Report("sandbox actions rerun", as_json=as_json)
    with answering(report):
        from tagboat.sandbox import workflows  # noqa: PLC0415

        addresses = running(directory)
        workflows.rerun(addresses, workflows.run(addresses, number).repository, number, failed=failed)
        report.data(f"run {number} goes once more")


@actions.command("stand-in")
@directory
@click.argument("label")
@options.as_json
def stand_in(directory: Path, label: str, as_json: bool) -> None:
    """Let this machine play the runners with this label (wildcards allowed); their logs say so."""
    report = Report("sandbox actions stand-in", as_json=as_json)
    with answering(report):
        from tagboat.sandbox import workflows  # noqa: PLC0415

        workflows.stand_in(running(directory), label)
        report.extra["label"] = label
        report.data(f"this machine stands in for {label}")


@actions.command("environment")
@directory
@repository
@click.argument("name")
@click.option("--reviewer", "reviewers", multiple=True, metavar="LOGIN", help="Who may approve; repeatable.")
@click.option("--ref", "refs", multiple=True, metavar="[tag:]PATTERN", help="What may deploy; repeatable.")
@options.as_json
def environment(
    directory: Path,
    repository: str,
    name: str,
    reviewers: tuple[str, ...],
    refs: tuple[str, ...],
    as_json: bool,
) -> None:
    """Protect an environment."""
    report = Report("sandbox actions environment", as_json=as_json)
    with answering(report):
        from tagboat.sandbox import workflows  # noqa: PLC0415

        workflows.set_environment(running(directory), repository, name, reviewers=reviewers, refs=refs)
        report.extra |= {"environment": name, "reviewers": list(reviewers), "refs": list(refs)}
        report.data(
            f"environment {name}: reviewers {', '.join(reviewers) or 'none'}, refs {', '.join(refs) or 'all'}"
        )


@actions.command("secret")
@directory
@repository
@click.argument("name")
@click.option("--from-env", "variable", default="", help="The variable that holds the value (default: NAME).")
@click.option("--environment", default="", help="Only for jobs of this environment.")
@click.option("--plain", is_flag=True, help="A variable of the workflow (vars) instead, which logs may show.")
@options.as_json
def secret(
    directory: Path, repository: str, name: str, variable: str, environment: str, plain: bool, as_json: bool
) -> None:
    """Give a repository's workflows a secret; the value comes from this command's environment."""
    report = Report("sandbox actions secret", as_json=as_json)
    with answering(report):
        from tagboat.sandbox import workflows  # noqa: PLC0415

        source = variable or name
        if source not in os.environ:
            raise UsageError(
                f"the variable {source} is not set", remedy=f"{source}=... tagboat sandbox actions secret ..."
            )
        value = os.environ[source]
        workflows.set_secret(
            running(directory), repository, name, value, environment=environment, hidden=not plain
        )
        report.extra |= {"name": name, "environment": environment}
        report.data(f"{'vars' if plain else 'secrets'}.{name} is set")


def _state(run: ExecutedRun) -> str:
    return run.conclusion or run.status


def _tell(report: Report, run: ExecutedRun) -> None:
    report.extra["run"] = asdict(run)
    report.data(f"run {run.id}, attempt {run.attempt}: {_state(run)} ({run.path}, {run.event}: {run.title})")
    if run.note:
        report.data(run.note)
    for job in run.jobs:
        report.data(
            f"  {job.conclusion or job.status:<12} {job.name}{f' [{job.environment}]' if job.environment else ''}"
        )
    for name in run.waits_for:
        report.data(f"  waits for the approval of {name}")
