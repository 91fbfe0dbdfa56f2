"""``tagboat status``: where releases are; reads state directories alone, so it starts fast and asks nobody."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from tagboat.cli import options


@click.command()
@options.state
@options.as_json
def status(state: Path | None, as_json: bool) -> None:
    """Show the steps of one release (--state), or a line for each release of this user."""
    from tagboat.engine.summary import all_releases, summary  # noqa: PLC0415 - after --help

    if state is not None:
        answer = summary(state)
        answer["command"] = "status"
        _print_json(answer) if as_json else _print_release(answer)
        raise SystemExit(0 if answer["result"] != "none" else 2)
    from platformdirs import user_state_path  # noqa: PLC0415

    rows = [summary(path) for path in all_releases(user_state_path("tagboat"))]
    if as_json:
        _print_json(
            {"schema": "tagboat/answer/1", "command": "status", "result": "succeeded", "exit": 0, "all": rows}
        )
    elif not rows:
        click.echo("No release has been started by this user. Start with: tagboat rehearse .")
    for row in () if as_json else rows:
        names = ", ".join(f"{r['component']} {r['version']}" for r in row["releases"])
        click.echo(f"{row['result']:<12} {names:<40} {row['reason']}".rstrip())


def _print_json(data: dict[str, Any]) -> None:
    import json  # noqa: PLC0415

    click.echo(json.dumps(data, indent=1, ensure_ascii=False))


def _print_release(answer: dict[str, Any]) -> None:
    if answer["result"] == "none":
        click.echo(f"{answer['state']} holds no release", err=True)
        return
    for release in answer["releases"]:
        click.echo(
            f"{release['component']} {release['version']} from {release['tag']} ({release['commit'][:12]})"
        )
    for step in answer["steps"]:
        click.echo(f"  {step['state']:<12} {step['key']:<50} {step['reason']}".rstrip())
    click.echo(f"{answer['result']}: {answer['reason']}".rstrip(": "))
    if answer["next"]:
        click.echo(f"next: {answer['next']}")
