"""``tagboat report``: what came of a release goes into one issue on the forge."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tagboat.cli import options
from tagboat.cli.report import Report
from tagboat.cli.running import answering
from tagboat.errors import UsageError

if TYPE_CHECKING:
    from tagboat.engine.failure_issue import FailedJob, Failure

_MOST_CHARACTERS = 4 << 20
_BAD = ("failure", "cancelled")


@click.command()
@click.option(
    "--run-result",
    type=click.Choice(["success", "failure", "cancelled", "skipped"]),
    help="What came of the release; left out, --needs tells.",
)
@click.option(
    "--needs",
    envvar="TAGBOAT_NEEDS",
    default="",
    metavar="JSON",
    help="Every job's result and outputs, as toJSON(needs) writes them (default: $TAGBOAT_NEEDS).",
)
@click.option("--last", default="confirm", metavar="JOB", help="The job whose success ends a release.")
@click.option("--component", default="", metavar="NAME", help="What was released.")
@click.option("--tag", default="", metavar="TAG", help="The release tag.")
@options.repository
@options.sandbox
@options.as_json
def report(
    run_result: str | None,
    needs: str,
    last: str,
    component: str,
    tag: str,
    repository: str,
    sandbox: Path | None,
    as_json: bool,
) -> None:
    """Open or update one issue for a release that failed, and close it when one succeeds.

    The issue has the cause, the remedy and the command to go on; it is commented only when the failure is another one.
    A release that ended before its last job, as a dry run does, changes nothing.
    """
    told = Report("report", as_json=as_json)
    with answering(told):
        from tagboat.adapters.clock import SystemClock  # noqa: PLC0415 - after --help
        from tagboat.engine import failure_issue  # noqa: PLC0415
        from tagboat.wiring.places import places  # noqa: PLC0415
        from tagboat.wiring.session import Wish, forge_of, http_of, repository_of  # noqa: PLC0415

        where = places(sandbox)
        jobs = read_needs(needs) if needs else {}
        result = run_result or result_of(jobs, last)
        project = repository_of(Wish(Path(), where, repository))
        release = release_of(project, component, tag, jobs)
        forge = forge_of(http_of(where), where, project)
        deed, issue = "none", None
        if result in _BAD:
            deed, issue = failure_issue.failed(forge, SystemClock(), release)
        elif result == "success":
            deed, issue = failure_issue.succeeded(forge, release)
        told.extra |= {"issue": issue.url if issue else "", "deed": deed}
        told.data(f"{deed}: {issue.url}" if issue else f"{result}: there is nothing to report")


def read_needs(text: str) -> dict[str, dict[str, Any]]:
    """Read what ``toJSON(needs)`` wrote: job → result and outputs.

    Raises:
        UsageError: it is not that.
    """
    try:
        data = json.loads(text) if len(text) <= _MOST_CHARACTERS else None
    except (ValueError, RecursionError):
        data = None
    if not isinstance(data, dict) or not all(
        isinstance(job, dict) and isinstance(job.get("result"), str) for job in data.values()
    ):
        raise UsageError(
            "--needs is not what toJSON(needs) writes", remedy="say TAGBOAT_NEEDS: ${{ toJSON(needs) }}"
        )
    return data


def result_of(jobs: dict[str, dict[str, Any]], last: str) -> str:
    """Return what came of the whole run: one failed or cancelled job is a failure; only the last job's success is one.

    Raises:
        UsageError: nothing says.
    """
    if last not in jobs:
        raise UsageError(
            f"what came of the release? no job is called {last}",
            remedy="say --run-result, or --needs with the job that --last names",
        )
    results = [str(job["result"]) for job in jobs.values()]
    bad = [result for result in _BAD if result in results]
    return bad[0] if bad else str(jobs[last]["result"])


def release_of(repository: str, component: str, tag: str, jobs: dict[str, dict[str, Any]]) -> Failure:
    """Return what is reported; a component or tag that was not named is what the jobs say."""
    from tagboat.engine.failure_issue import Failure  # noqa: PLC0415 - after --help

    outputs = [job.get("outputs") for job in jobs.values()]
    said = [each for each in outputs if isinstance(each, dict)]
    name = component or next(
        (str(each["component"]) for each in said if each.get("component")), "the project"
    )
    of = tag or next((str(each["tag"]) for each in said if each.get("tag")), "")
    server, number = os.environ.get("GITHUB_SERVER_URL", ""), os.environ.get("GITHUB_RUN_ID", "")
    run = f"{server}/{repository}/actions/runs/{number}" if server and number.isdecimal() else ""
    return Failure(repository, name, of, tuple(_failed(jobs)), run, number if run else "")


def _failed(jobs: dict[str, dict[str, Any]]) -> list[FailedJob]:
    from tagboat.adapters.secrets import clean  # noqa: PLC0415 - after --help
    from tagboat.engine.failure_issue import FailedJob  # noqa: PLC0415

    found = []
    for name, job in jobs.items():
        if job["result"] in _BAD:
            outputs = job.get("outputs")
            said = outputs if isinstance(outputs, dict) else {}
            cause, remedy = (clean(str(said.get(name) or "")) for name in ("cause", "remedy"))
            found.append(FailedJob(name, str(job["result"]), cause, remedy))
    return found
