"""What a command tells: progress while it runs, and one answer at its end.

Data goes to standard output, talk to standard error. Off a terminal there is no colour and no cursor movement: one line
for each change of state. With ``--json`` the last object on standard output is the answer. What went wrong is the last
thing on the screen, with its remedy.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NoReturn, TextIO

from tagboat.core.text import plain
from tagboat.errors import TagboatError

if TYPE_CHECKING:
    from tagboat.cli.screen import Screen
    from tagboat.core.artifact import Manifest
    from tagboat.core.plan import Plan
    from tagboat.core.release import Release
    from tagboat.engine.events import StepEvent
    from tagboat.ports.forge import ForgeRelease

SCHEMA = "tagboat/answer/1"
_DONE = ("succeeded", "skipped")


class Report:
    """One command's progress and answer.

    Args:
        command: the command's name, for the JSON answer.
        as_json: whether the answer is JSON.

    Attributes:
        outputs: what the forge's CI is given for the jobs that follow, beside what every command gives.
        paths: component → its folder.
        public: what the forge holds under the tags that were published.
        links: what to show → its address.
    """

    def __init__(self, command: str, *, as_json: bool) -> None:
        self.command = command
        self.as_json = as_json
        self.releases: Sequence[Release] = ()
        self.manifest: Manifest | None = None
        self.extra: dict[str, Any] = {}
        self.outputs: dict[str, str] = {}
        self.paths: Mapping[str, str] = {}
        self.public: Sequence[ForgeRelease] = ()
        self.links: dict[str, str] = {}
        self._rows: dict[str, dict[str, Any]] = {}
        self._began = time.monotonic()
        self._opened: Screen | None = None

    @property
    def _screen(self) -> Screen:
        if self._opened is None:
            from tagboat.cli.screen import Screen  # noqa: PLC0415 - not for --help

            self._opened = Screen()
        return self._opened

    def plan(self, plan: Plan, only: Collection[str] | None = None) -> None:
        """List the plan's steps (or ``only`` those of these keys) as planned; later events change their state."""
        self.releases = plan.releases
        for step in (step for step in plan.steps if only is None or step.key in only):
            row = {
                "key": step.key,
                "phase": step.phase.value,
                "state": "planned",
                "seconds": 0.0,
                "reason": "",
            }
            self._rows.setdefault(step.key, row)

    def watch(self, event: StepEvent) -> None:
        """Follow one moment of a step; an :class:`~tagboat.engine.events.Observer`."""
        told = _cleaned(event)
        self._rows[told.step.key] = _row(told)
        self._screen.show(told)

    def created(self) -> list[str]:
        """Return the tags whose release this very run made public."""
        made = {
            key.removeprefix("undraft:")
            for key, row in self._rows.items()
            if key.startswith("undraft:")
            and row["state"] == "succeeded"
            and not (row.get("found") or row.get("reused"))
        }
        tags = {release.tag for release in self.releases if release.component in made}
        return sorted(tags)

    def say(self, text: str) -> None:
        """Tell something that is not data."""
        if self._opened is None:
            _echo(plain(text), err=True)
        else:
            self._opened.line(plain(text))

    def data(self, text: str) -> None:
        """Print data for people; JSON answers carry the same in their fields."""
        if not self.as_json:
            _echo(plain(text, lines=True, limit=10_000_000))

    def raw(self, content: bytes) -> None:
        """Print data for a program to the byte; at a terminal it is shown like all other text."""
        if self.as_json:
            return
        if sys.stdout.isatty():
            self.data(content.decode("utf-8", "replace").rstrip("\n"))
        else:
            sys.stdout.flush()
            sys.stdout.buffer.write(content)
            sys.stdout.buffer.flush()

    def end(
        self, result: str = "succeeded", exit_status: int = 0, error: TagboatError | None = None
    ) -> NoReturn:
        """Print the answer and leave with its exit status; what an error says is told without secrets."""
        error = _without_secrets(error) if error else None
        if self._opened is not None:
            self._opened.close()
        if self._rows:
            self._total()
        if in_actions():
            from tagboat.cli.actions.writing import tell  # noqa: PLC0415 - in GitHub Actions alone

            tell(self, result, exit_status, error)
        if self.as_json:
            echo_json(self.answer(result, exit_status, error))
        elif error is not None:
            self._explain(error)
        sys.exit(exit_status)

    def fail(self, error: TagboatError) -> NoReturn:
        """Print the error as the answer and leave with its exit status."""
        self.end(error.result, error.exit_status, error)

    def answer(self, result: str, exit_status: int, error: TagboatError | None) -> dict[str, Any]:
        """Return the JSON answer."""
        return {
            "schema": SCHEMA,
            "command": self.command,
            "result": result,
            "exit": exit_status,
            "releases": [release.as_json() for release in self.releases],
            "steps": list(self._rows.values()),
            "manifest": _files(self.manifest),
            "manifest_digest": self.manifest.digest if self.manifest else None,
            "error": self._error(error),
            **self.extra,
        }

    def error_row(self, answer: Mapping[str, Any]) -> Mapping[str, str] | None:
        """Return the answer's error, or None."""
        row: Mapping[str, str] | None = answer["error"]
        return row

    def _total(self) -> None:
        from tagboat.cli.screen import elapsed  # noqa: PLC0415 - with the screen

        rows = self._rows.values()
        done = [row for row in rows if row["state"] in _DONE]
        reused = sum(1 for row in done if row.get("reused"))
        taken = f", {reused} of them reused" if reused else ""
        self.say(
            f"{len(done)} of {len(rows)} steps done{taken}, in {elapsed(time.monotonic() - self._began)}"
        )

    def _explain(self, error: TagboatError) -> None:
        from tagboat.cli.screen import folded  # noqa: PLC0415 - with the screen

        screen = self._screen
        cause, remedy = plain(error.cause, lines=True, limit=20_000), self._remedy(error)
        head = f"{error.result} ({error.code}, exit {error.exit_status}):"
        screen.line("")
        if not screen.live:
            screen.line(f"{head} {cause}")
            if remedy:
                screen.line(f"remedy: {remedy}")
            return
        screen.line(screen.style(head, "red", bold=True))
        for paragraph in cause.replace("; ", "\n").split("\n"):
            for text in folded(paragraph, screen.columns - 3):
                screen.line(f"  {text}")
        if remedy:
            screen.line(screen.style("remedy:", "cyan", bold=True))
            for text in folded(remedy, screen.columns - 3):
                screen.line(f"  {text}")

    def _remedy(self, error: TagboatError) -> str:
        """The remedy; where it says to resume, it names the state directory that this run used."""
        state = str(self.extra.get("state", ""))
        remedy = error.remedy
        if in_actions() and "tagboat resume" in remedy:
            # A runner and its state directory are gone by the time that somebody reads this.
            run = os.environ.get("GITHUB_RUN_ID", "")
            again = f"gh run rerun {run} --failed" if run.isdecimal() else "run the failed jobs again"
            return plain(remedy.replace("tagboat resume", again))
        if state and "tagboat resume" in remedy:
            import re  # noqa: PLC0415 - only for what stopped on its way
            import shlex  # noqa: PLC0415

            named = f"tagboat resume --state {shlex.quote(state)}"
            remedy = re.sub(r"tagboat resume(?! --)", lambda _: named, remedy)
        return plain(remedy)

    def _error(self, error: TagboatError | None) -> dict[str, Any] | None:
        if error is None:
            return None
        return {
            "code": error.code,
            "cause": plain(error.cause, lines=True, limit=20_000) or error.code,
            "remedy": self._remedy(error),
            "docs": f"docs/reference/errors.md#{error.code}",
        }


def echo_json(answer: Mapping[str, Any]) -> None:
    """Print a JSON answer; where standard output speaks no Unicode, in ASCII."""
    import json  # noqa: PLC0415 - not for people

    encoding = (getattr(sys.stdout, "encoding", None) or "").lower().replace("-", "")
    indent = 1 if sys.stdout is not None and sys.stdout.isatty() else None
    text = json.dumps(answer, indent=indent, ensure_ascii=not encoding.startswith("utf"))
    if in_actions():
        from tagboat.cli.actions.commands import inert_json  # noqa: PLC0415 - in GitHub Actions alone

        text = inert_json(text)
    _write(text, sys.stdout)


def in_actions() -> bool:
    """Tell whether GitHub Actions reads what this process says."""
    return os.environ.get("GITHUB_ACTIONS") == "true"


def harmless(text: str) -> str:
    """Return talk that the forge's CI, where it reads along, takes for nothing else."""
    if not in_actions():
        return text
    from tagboat.cli.actions.commands import inert  # noqa: PLC0415 - in GitHub Actions alone

    return inert(text)


def _echo(text: str, *, err: bool = False) -> None:
    """Print a line at once; a process without that stream says nothing."""
    _write(harmless(text), sys.stderr if err else sys.stdout)


def _write(text: str, stream: TextIO | None) -> None:
    if stream is not None:
        stream.write(f"{text}\n")
        stream.flush()


def _without_secrets(error: TagboatError) -> TagboatError:
    from tagboat.adapters.secrets import clean  # noqa: PLC0415 - only for what went wrong

    told = type(error).__new__(type(error))  # some make their words themselves, of other ones
    told.__dict__.update(error.__dict__)
    told.cause, told.remedy = clean(error.cause), clean(error.remedy)
    return told


def _cleaned(event: StepEvent) -> StepEvent:
    """The same moment, with words that hold no secret."""
    from dataclasses import replace  # noqa: PLC0415 - loaded by whoever makes events

    from tagboat.adapters.secrets import clean  # noqa: PLC0415

    findings = tuple(replace(f, reason=clean(f.reason), remedy=clean(f.remedy)) for f in event.findings)
    return replace(event, detail=clean(event.detail), remedy=clean(event.remedy), findings=findings)


def _row(event: StepEvent) -> dict[str, Any]:
    from tagboat.engine.events import Moment  # noqa: PLC0415 - loaded by whoever makes events

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
            {"verdict": f.verdict.value, "code": f.code, "reason": plain(f.reason), "remedy": plain(f.remedy)}
            for f in event.findings
        ]
    return row


def _files(manifest: Manifest | None) -> list[Mapping[str, Any]]:
    return [artifact.as_json() for artifact in manifest.artifacts] if manifest else []
