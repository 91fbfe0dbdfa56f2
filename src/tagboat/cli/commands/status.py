"""``tagboat status``: where releases are; reads state directories alone, so it starts fast and asks nobody."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from tagboat.cli import options
from tagboat.cli.report import SCHEMA, Report, echo_json
from tagboat.cli.running import answering
from tagboat.core.text import plain
from tagboat.errors import ConflictError


@click.command()
@options.state
@options.as_json
def status(state: Path | None, as_json: bool) -> None:
    """Show the steps of one release (--state), or a line for each release of this user."""
    with answering(Report("status", as_json=as_json)):
        if state is None:
            _show_all(as_json=as_json)
        else:
            _show_one(state, as_json=as_json)


def _show_one(state: Path, *, as_json: bool) -> None:
    from tagboat.engine.summary import summary  # noqa: PLC0415 - after --help

    answer = {**summary(state), "command": "status"}
    if as_json:
        echo_json(answer)
    elif answer["result"] == "none":
        click.echo(f"{state} holds no release\nremedy: name the folder that --state named", err=True)
    else:
        for text in _told(answer):
            click.echo(plain(text, lines=True))
    raise SystemExit(answer["exit"])


def _show_all(*, as_json: bool) -> None:
    from platformdirs import user_state_path  # noqa: PLC0415 - after --help

    from tagboat.engine.summary import all_releases  # noqa: PLC0415

    rows = [_row(path) for path in all_releases(user_state_path("tagboat"))]
    if as_json:
        answer = {"schema": SCHEMA, "command": "status", "result": "succeeded", "exit": 0}
        echo_json({**answer, "releases": [], "steps": [], "manifest": [], "all": rows})
    elif not rows:
        click.echo("No release has been started by this user. Start with: tagboat rehearse .")
    else:
        names = [", ".join(f"{r['component']} {r['version']}" for r in row["releases"]) for row in rows]
        width = max(len(name) for name in names)
        for row, name in zip(rows, names, strict=True):
            told = f"{row['result']:<11} {name:<{width}}  {plain(row['reason'])}"
            click.echo(plain(told, lines=True).rstrip())
            click.echo(f"{'':<11} {plain(row['next'] or row['state'])}")
    raise SystemExit(0)


def _row(state: Path) -> dict[str, Any]:
    """One release's summary; a state directory that cannot be read must not hide the others."""
    from tagboat.engine.summary import empty, summary  # noqa: PLC0415

    try:
        return summary(state)
    except ConflictError as error:
        return {**empty(state), "result": error.result, "exit": error.exit_status, "reason": error.cause}


def _told(answer: dict[str, Any]) -> Iterator[str]:
    for release in answer["releases"]:
        yield f"{release['component']} {release['version']} from {release['tag']} ({release['commit'][:12]})"
    width = max((len(step["key"]) for step in answer["steps"]), default=0)
    for step in answer["steps"]:
        yield f"  {step['state']:<11} {step['key']:<{width}}  {plain(step['reason'])}".rstrip()
    yield f"{answer['result']}: {plain(answer['reason'])}".rstrip(": ")
    if answer["next"]:
        yield f"next: {answer['next']}"
