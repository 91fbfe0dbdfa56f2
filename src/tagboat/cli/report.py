"""What a command tells: progress while it runs, and one answer at its end.

Data goes to standard output, talk to standard error. Off a terminal there is no colour and no cursor movement: one line
for each change of state. With ``--json`` the last object on standard output is the answer.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

import click

from tagboat.core.artifact import Manifest
from tagboat.core.plan import Plan
from tagboat.core.release import Release
from tagboat.core.step import StepState
from tagboat.core.text import plain
from tagboat.core.verdict import Verdict
from tagboat.engine.events import Moment, StepEvent
from tagboat.errors import TagboatError

_COLOURS = {
    StepState.SUCCEEDED: "green",
    StepState.SKIPPED: "cyan",
    StepState.FAILED: "red",
    StepState.UNKNOWN: "yellow",
    StepState.WAITING: "yellow",
}
_MARKS = {
    StepState.SUCCEEDED: "✓",
    StepState.SKIPPED: "-",
    StepState.FAILED: "✗",
    StepState.UNKNOWN: "?",
    StepState.WAITING: "…",
}
_WIDTH = 46


class Report:
    """One command's progress and answer.

    Args:
        command: the command's name, for the JSON answer.
        as_json: whether the answer is JSON.
    """

    def __init__(self, command: str, *, as_json: bool) -> None:
        self.command = command
        self.as_json = as_json
        self.releases: Sequence[Release] = ()
        self.manifest: Manifest | None = None
        self.extra: dict[str, Any] = {}
        self._rows: dict[str, dict[str, Any]] = {}
        self._terminal = sys.stderr.isatty()

    def plan(self, plan: Plan) -> None:
        """List the plan's steps as planned; later events change their state."""
        self.releases = plan.releases
        for step in plan.steps:
            self._rows.setdefault(
                step.key,
                {
                    "key": step.key,
                    "phase": step.phase.value,
                    "state": "planned",
                    "seconds": 0.0,
                    "reason": "",
                },
            )

    def watch(self, event: StepEvent) -> None:
        """Follow one moment of a step; an :class:`~tagboat.engine.events.Observer`."""
        step = event.step
        row: dict[str, Any] = {
            "key": step.key,
            "phase": step.phase.value,
            "state": event.state.value,
            "seconds": round(event.seconds, 3),
            "reason": plain(event.detail),
        }
        if event.moment is Moment.RECORDED:
            row |= {"attempt": event.attempt, "reused": event.reused, "found": event.found}
            row["remedy"] = plain(event.remedy)
            row["findings"] = [
                {
                    "verdict": f.verdict.value,
                    "code": f.code,
                    "reason": plain(f.reason),
                    "remedy": plain(f.remedy),
                }
                for f in event.findings
            ]
        self._rows[step.key] = row
        self._show(event)

    def say(self, text: str) -> None:
        """Tell something that is not data."""
        click.echo(plain(text), err=True)

    def data(self, text: str) -> None:
        """Print data for people; JSON answers carry the same in their fields."""
        if not self.as_json:
            click.echo(plain(text, lines=True))

    def end(
        self, result: str = "succeeded", exit_status: int = 0, error: TagboatError | None = None
    ) -> NoReturn:
        """Print the answer and leave with its exit status."""
        if self.as_json:
            click.echo(json.dumps(self.answer(result, exit_status, error), indent=1, ensure_ascii=False))
        elif error is not None:
            self._explain(error)
        sys.exit(exit_status)

    def fail(self, error: TagboatError) -> NoReturn:
        """Print the error as the answer and leave with its exit status."""
        self.end(error.result, error.exit_status, error)

    def answer(self, result: str, exit_status: int, error: TagboatError | None) -> dict[str, Any]:
        """Return the JSON answer."""
        return {
            "schema": "tagboat/answer/1",
            "command": self.command,
            "result": result,
            "exit": exit_status,
            "releases": [release.as_json() for release in self.releases],
            "steps": list(self._rows.values()),
            "manifest": _files(self.manifest),
            "manifest_digest": self.manifest.digest if self.manifest else None,
            "error": _error(error),
            **self.extra,
        }

    def _show(self, event: StepEvent) -> None:
        if event.moment is Moment.STARTED and self._terminal:
            click.echo(f"  … {event.step.key}", err=True, nl=False)
            return
        if event.moment is not Moment.RECORDED:
            return
        clear = "\r\x1b[K" if self._terminal else ""
        how = "reused, " if event.reused else "found, " if event.found else ""
        state = event.state
        mark = click.style(_MARKS.get(state, "·"), fg=_COLOURS.get(state)) if self._terminal else state.value
        time = "" if event.reused else f"{event.seconds:6.2f} s"
        line = f"{clear}{mark} {event.step.key:<{_WIDTH}} {time:>9}  {how}{plain(event.detail)}"
        click.echo(line.rstrip(), err=True, color=self._terminal or None)
        for finding in event.findings:
            if finding.verdict is Verdict.WARN:
                click.echo(f"    warning: {plain(finding.reason)}", err=True)
        if event.remedy:
            click.echo(f"    remedy: {plain(event.remedy)}", err=True)

    def _explain(self, error: TagboatError) -> None:
        click.echo("", err=True)
        click.echo(f"{error.result} ({error.code}, exit {error.exit_status}): {plain(error.cause)}", err=True)
        if error.remedy:
            click.echo(f"remedy: {plain(error.remedy)}", err=True)


def _files(manifest: Manifest | None) -> list[Mapping[str, Any]]:
    return [artifact.as_json() for artifact in manifest.artifacts] if manifest else []


def _error(error: TagboatError | None) -> dict[str, Any] | None:
    if error is None:
        return None
    return {
        "code": error.code,
        "cause": plain(error.cause),
        "remedy": plain(error.remedy),
        "docs": f"docs/reference/errors.md#{error.code}",
    }
