"""Running a command's work: errors become answers, and one Ctrl-C stops at the next safe point."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from tagboat.cli.report import Report
from tagboat.errors import InterruptedRunError, TagboatError


@contextmanager
def answering(report: Report) -> Iterator[None]:
    """Turn the block's TagboatError, or its end, into the report's answer and the exit status."""
    try:
        yield
    except TagboatError as error:
        report.fail(error)
    except KeyboardInterrupt:
        report.fail(
            InterruptedRunError("stopped at once; what was sent is looked for", remedy="tagboat resume")
        )
    report.end()


@contextmanager
def safe_stop(report: Report) -> Iterator[Callable[[], bool]]:
    """Yield what the engine asks between steps; the first Ctrl-C makes it say stop, the second stops at once."""
    asked = False

    def ask(_signal: int, _frame: FrameType | None) -> None:
        nonlocal asked
        if asked:
            raise KeyboardInterrupt
        asked = True
        report.say("stopping after this step; press Ctrl-C again to stop at once")

    previous = signal.signal(signal.SIGINT, ask)
    try:
        yield lambda: asked
    finally:
        signal.signal(signal.SIGINT, previous)
