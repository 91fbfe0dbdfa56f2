"""Running a command's work: errors become answers, and one Ctrl-C stops at the next safe point."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType

from tagboat.cli.report import Report, in_actions
from tagboat.errors import InterruptedRunError, StepFailedError, TagboatError


@contextmanager
def answering(report: Report) -> Iterator[None]:
    """Turn whatever ends the block into the report's answer and the exit status.

    A reader of our output that went away is left to the caller: there is nobody to answer.
    """
    if in_actions():
        from tagboat.cli.actions.writing import hide_secrets  # noqa: PLC0415 - in GitHub Actions alone

        hide_secrets()
    try:
        yield
    except TagboatError as error:
        report.fail(error)
    except KeyboardInterrupt:
        cause = "stopped at once; what was sent is looked for when it is resumed"
        report.fail(InterruptedRunError(cause, remedy="tagboat resume"))
    except OSError as error:
        if error.errno == errno.EPIPE:
            raise
        report.fail(StepFailedError(f"this machine refused: {error}", remedy="repair that, then start again"))
    except Exception as error:  # the one place where a bug becomes an answer
        from click import ClickException  # noqa: PLC0415 - loaded already where it is raised

        if isinstance(error, ClickException):
            raise
        from tagboat.cli.crash import bug  # noqa: PLC0415 - hardly ever

        report.fail(bug(error, report.command, str(report.extra.get("state", ""))))
    report.end()


@contextmanager
def safe_stop() -> Iterator[Callable[[], bool]]:
    """Yield what the engine asks between steps; the first Ctrl-C makes it say stop, the second stops at once.

    SIGTERM and SIGHUP stop at once, too: whoever sends them will not wait for a step.
    """
    import signal  # noqa: PLC0415 - for those that run steps

    asked = False

    def ask(_signal: int, _frame: FrameType | None) -> None:
        nonlocal asked
        if asked:
            raise KeyboardInterrupt
        asked = True
        _notice("stopping after this step; press Ctrl-C again to stop at once")

    def now(_signal: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    previous = {number: signal.signal(number, now) for number in (signal.SIGTERM, signal.SIGHUP)}
    previous[signal.SIGINT] = signal.signal(signal.SIGINT, ask)
    try:
        yield lambda: asked
    except StepFailedError as error:
        if not asked:
            raise
        # A terminal's Ctrl-C reaches our children as well: a step that it broke has not failed on its own.
        cause = f"stopped; the step that was running ended with: {error.cause}"
        raise InterruptedRunError(cause, remedy="tagboat resume") from error
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


def _notice(text: str) -> None:
    """Write to standard error from a signal's handler, where Python's own streams may be in the middle of a write."""
    clear = "\r\x1b[K" if os.isatty(2) and os.environ.get("TERM") != "dumb" else ""
    with suppress(OSError):
        os.write(2, f"{clear}{text}\n".encode())
