"""The progress of steps on standard error: a live line on a terminal, plain lines anywhere else.

- on a terminal each phase has a heading, columns are aligned, and the running step has a line with its time that is
  rewritten in one write a second and never wider than the window, as that is when it is written;
- elsewhere there is one line for each change of state, without colour, cursor movement or heading;
- ``NO_COLOR`` (no-color.org) takes the colours, ``TERM=dumb`` the movements too.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from typing import Final

import click

from tagboat.cli.report import harmless
from tagboat.core.step import StepState
from tagboat.core.text import ELLIPSIS, plain
from tagboat.core.verdict import Verdict
from tagboat.engine.events import Moment, StepEvent

_COLOURS: Final = {
    StepState.SUCCEEDED: "green",
    StepState.SKIPPED: "cyan",
    StepState.FAILED: "red",
    StepState.UNKNOWN: "yellow",
    StepState.WAITING: "yellow",
}
_MARKS: Final = {
    StepState.SUCCEEDED: "✓",
    StepState.SKIPPED: "-",
    StepState.FAILED: "✗",
    StepState.UNKNOWN: "?",
    StepState.WAITING: "…",
}
_PLAIN_MARKS: Final = {
    StepState.SUCCEEDED: "+",
    StepState.SKIPPED: "-",
    StepState.FAILED: "x",
    StepState.UNKNOWN: "?",
}
_KEY: Final = 46
"""Columns for a step's key, in plain lines and in wide windows."""
_TIME: Final = 9
_NARROW: Final = 72
"""In a window of fewer columns only what is wrong is explained; the ledger tells the rest."""
_TICK_SECONDS: Final = 1.0


class Screen:
    """Standard error as it is: a terminal, or something that is read later."""

    def __init__(self) -> None:
        stream = sys.stderr
        self.live = bool(stream) and stream.isatty() and os.environ.get("TERM") != "dumb"
        self.coloured = self.live and not os.environ.get("NO_COLOR")
        self._marks = _MARKS if _speaks_unicode() else _PLAIN_MARKS
        self._phase = ""
        self._running: tuple[str, float] | None = None
        self._drawn = False
        self._writing = threading.RLock()
        self._ended = threading.Event()

    @property
    def columns(self) -> int:
        """The window's width at this moment; 80 when it has none."""
        asked = os.environ.get("COLUMNS", "")
        if asked.isdigit() and int(asked):
            return int(asked)
        try:
            return os.get_terminal_size(sys.stderr.fileno()).columns or 80
        except (OSError, ValueError, AttributeError):
            return 80

    def line(self, text: str) -> None:
        """Write a line of its own; the live line makes room."""
        with self._writing:
            self._write(harmless(text))

    def show(self, event: StepEvent) -> None:
        """Follow one moment of a step."""
        if event.moment is Moment.STARTED and self.live:
            self._start(event)
        elif event.moment is Moment.TOLD:
            self.line(cut(f"    {plain(event.detail)}", self.columns - 1) if self.live else _told(event))
        elif event.moment is Moment.RECORDED:
            self._stop()
            self.line("\n".join(self._terminal_lines(event) if self.live else _plain_lines(event)))

    def close(self) -> None:
        """Take the live line away; nothing is written afterwards unless asked."""
        self._stop()
        with self._writing:
            if self._drawn:
                click.echo("\r\x1b[K", err=True, nl=False)
                self._drawn = False

    def style(self, text: str, colour: str | None = None, *, bold: bool = False) -> str:
        """Return the text in a colour, where there are colours."""
        return click.style(text, fg=colour, bold=bold or None) if self.coloured else text

    def _start(self, event: StepEvent) -> None:
        self._heading(event)
        self._running = (event.step.key, time.monotonic())
        self._ended = threading.Event()
        self._tick()
        threading.Thread(target=self._ticking, args=(self._ended,), name="live line", daemon=True).start()

    def _ticking(self, ended: threading.Event) -> None:
        while not ended.wait(_TICK_SECONDS):
            self._tick()

    def _tick(self) -> None:
        with self._writing:
            if self._running is not None:
                key, since = self._running
                width = self._key_width()
                row = f"  {cut(key, width):<{width}} {elapsed(time.monotonic() - since):>{_TIME}}"
                text = cut(row, self.columns - 1)
                self._drawn = True
                click.echo(f"\r{self.style(text, 'bright_black')}\x1b[K", err=True, nl=False)

    def _stop(self) -> None:
        self._ended.set()
        with self._writing:
            self._running = None

    def _heading(self, event: StepEvent) -> None:
        if event.step.phase.value != self._phase:
            self._phase = event.step.phase.value
            self.line(self.style(self._phase, bold=True))

    def _write(self, text: str) -> None:
        clear = "\r\x1b[K" if self._drawn else ""
        self._drawn = False
        click.echo(clear + text, err=True, color=True if self.coloured else None)

    def _key_width(self) -> int:
        return min(_KEY, max(self.columns - _TIME - 6, 8))

    def _terminal_lines(self, event: StepEvent) -> list[str]:
        self._heading(event)
        width = self.columns - 1
        mark = self._marks.get(event.state, "-")
        key = cut(event.step.key, self._key_width())
        taken = "reused" if event.reused else "found" if event.found else elapsed(event.seconds)
        row = f"{key:<{self._key_width()}} {taken:>{_TIME}}"
        detail = plain(event.detail) if width >= _NARROW else ""
        rest = cut(f"  {detail}".rstrip(), width - 4 - len(row))
        lines = [f"  {self.style(mark, _COLOURS.get(event.state))} {row}{rest}".rstrip()]
        for finding in event.findings:
            if finding.verdict is Verdict.WARN:
                told = self.style("warning:", "yellow")
                lines += [f"    {told} {first}" for first in folded(plain(finding.reason), width - 13)[:1]]
                lines += [f"      {more}" for more in folded(plain(finding.reason), width - 13)[1:]]
        return lines


def _told(event: StepEvent) -> str:
    return f"{event.state.value} {event.step.key}  {plain(event.detail)}"


def _plain_lines(event: StepEvent) -> list[str]:
    """One line for one change of state, whatever the width; then what it warns of, and the remedy."""
    how = "reused, " if event.reused else "found, " if event.found else ""
    spent = "" if event.reused else f"{event.seconds:6.2f} s"
    first = f"{event.state.value} {event.step.key:<{_KEY}} {spent:>9}  {how}{plain(event.detail)}".rstrip()
    warned = [f for f in event.findings if f.verdict is Verdict.WARN]
    lines = [first, *(f"    warning: {plain(finding.reason)}" for finding in warned)]
    return [*lines, f"    remedy: {plain(event.remedy)}"] if event.remedy else lines


def elapsed(seconds: float) -> str:
    """Return a time for people: ``0.31 s``, ``12 s``, ``3 m 05 s``."""
    if seconds < 10:
        return f"{seconds:.2f} s" if seconds < 1 else f"{seconds:.1f} s"
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes} m {rest:02} s" if minutes else f"{rest} s"


def columns_of(text: str) -> int:
    """Return how many columns a terminal needs for the text: East Asian wide signs take two (UAX #11)."""
    if text.isascii():
        return len(text)
    from unicodedata import combining, east_asian_width  # noqa: PLC0415 - most texts are ASCII

    return sum(0 if combining(sign) else 2 if east_asian_width(sign) in "WF" else 1 for sign in text)


def cut(text: str, width: int) -> str:
    """Return the text, cut with an ellipsis where it needs more than ``width`` columns."""
    if columns_of(text) <= width:
        return text
    mark = ELLIPSIS if _speaks_unicode() else "~"
    while text and columns_of(text) > width - 1:
        text = text[:-1]
    return text + mark if width > 0 else ""


def folded(text: str, width: int) -> list[str]:
    """Return the text in lines of at most ``width`` columns, broken between words; long words stay whole."""
    import textwrap  # noqa: PLC0415 - only when something is told

    wide = max(width, 20)
    return textwrap.wrap(text, wide, break_long_words=False, break_on_hyphens=False) or [""]


def _speaks_unicode() -> bool:
    return (getattr(sys.stderr, "encoding", None) or "").lower().replace("-", "").startswith("utf")
