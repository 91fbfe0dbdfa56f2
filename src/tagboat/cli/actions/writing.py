"""Puts a command's outputs, summary and annotations where GitHub Actions reads them; elsewhere it does nothing."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterable
from contextlib import suppress
from typing import TYPE_CHECKING

from tagboat.adapters.secrets import on_secret
from tagboat.cli.actions import commands, outputs, summary

if TYPE_CHECKING:
    from tagboat.cli.report import Report
    from tagboat.errors import TagboatError


def hide_secrets() -> None:
    """Ask the runner to hide every secret of this process from the log: those it has, and those it comes to hold."""
    _say(commands.masks(os.environ))
    hidden: set[str] = set()

    def hide(secret: str) -> None:
        if secret not in hidden:
            hidden.add(secret)
            _say(commands.masks({}, secret))

    on_secret(hide)


def tell(report: Report, result: str, exit_status: int, error: TagboatError | None) -> None:
    """Write all that the runner is told of a command that ends."""
    answer = report.answer(result, exit_status, error)
    told = answer["error"]
    _append("GITHUB_OUTPUT", outputs.rendered(_outputs(report, answer)))
    page = summary.Page(
        command=report.command,
        result=result,
        releases=report.releases,
        steps=answer["steps"],
        files=answer["manifest"],
        digest=answer["manifest_digest"] or "",
        links={**report.links, **_run_link()},
        error=told,
        packages=answer.get("packages", {}),
    )
    _append("GITHUB_STEP_SUMMARY", summary.rendered(page))
    warned = (f for row in answer["steps"] for f in row.get("findings", ()) if f["verdict"] == "warn")
    _say(commands.warning(f"tagboat: {f['code']}", f["reason"]) for f in warned)
    if told:
        _say(commands.errors(f"tagboat {report.command}: {result}", told["cause"], told["remedy"]))


def _outputs(report: Report, answer: dict[str, object]) -> dict[str, str]:
    values = outputs.own(
        result=str(answer["result"]),
        exit_status=int(str(answer["exit"])),
        releases=report.releases,
        error=report.error_row(answer),
    )
    values["manifest-digest"] = str(answer["manifest_digest"] or "")
    values |= report.outputs
    if report.public:
        values |= outputs.release_please(report.releases, report.paths, report.public, report.created())
    return values


def _run_link() -> dict[str, str]:
    server, repository, run = (
        os.environ.get(f"GITHUB_{name}", "") for name in ("SERVER_URL", "REPOSITORY", "RUN_ID")
    )
    return {"this run": f"{server}/{repository}/actions/runs/{run}"} if server and run else {}


def _append(variable: str, text: str) -> None:
    """Append to the file that the runner named; a runner without one gets nothing."""
    path = os.environ.get(variable)
    if not path:
        return
    try:
        with open(path, "a", encoding="utf-8", errors="backslashreplace") as file:  # noqa: PTH123 - an open for appending
            file.write(text)
    except OSError as error:
        _say([commands.warning("tagboat", f"{variable} cannot be written: {error}")])


def _say(lines: Iterable[str]) -> None:
    """Write commands to standard error, which the runner reads too; a file that it was sent to is no runner."""
    stream = sys.stderr
    with suppress(OSError, ValueError):
        if stream is None or stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
            return
        for line in lines:
            stream.write(f"{line}\n")
        stream.flush()
