"""A command that plays what the test asks for, through the same report and the same guard as every command."""

from __future__ import annotations

import signal
import sys
import threading

from tagboat.cli.report import Report
from tagboat.cli.running import answering, safe_stop
from tagboat.core.step import Effect, Phase, Step, StepState
from tagboat.engine.events import Moment, StepEvent
from tagboat.errors import InterruptedRunError, StepFailedError

CAUSE = "the compiler said no " * 20


def step(key: str, phase: Phase) -> Step:
    return Step(key, key.partition(":")[0], phase, Effect.NONE, "rowboat", {}, ())


def ended(report: Report, key: str, phase: Phase, state: StepState, detail: str) -> None:
    report.watch(StepEvent(Moment.STARTED, step(key, phase), StepState.RUNNING))
    report.watch(StepEvent(Moment.RECORDED, step(key, phase), state, seconds=0.25, detail=detail))


def steps(report: Report) -> None:
    ended(report, "tag-exists:rowboat", Phase.CHECK, StepState.SUCCEEDED, "v1.0 (annotated) is there")
    ended(report, "build:rowboat:default", Phase.BUILD, StepState.SUCCEEDED, "日本語 " * 40)
    ended(report, "upload:pypi:rowboat", Phase.PUBLISH, StepState.FAILED, CAUSE)
    raise StepFailedError(CAUSE, remedy="buy another compiler, then start again")


def wait(report: Report) -> None:
    """Begin a step, and end it when the signal comes."""
    go = threading.Event()
    signal.signal(signal.SIGUSR1, lambda _number, _frame: go.set())
    begun = step("build:rowboat:default", Phase.BUILD)
    report.watch(StepEvent(Moment.STARTED, begun, StepState.RUNNING))
    go.wait(60)
    report.watch(StepEvent(Moment.RECORDED, begun, StepState.SUCCEEDED, seconds=1.5, detail="built"))


def stop(report: Report) -> None:
    report.extra["state"] = "/a state"
    with safe_stop() as asked:
        wait(report)
        if asked():
            raise InterruptedRunError(
                "stopped between two steps; the state is saved", remedy="tagboat resume"
            )


def bug(_report: Report) -> None:
    """The message holds what must not be told."""
    import os  # noqa: PLC0415 - here alone

    told = (
        f"{os.environ.get('MY_API_TOKEN', '')} https://user:pass@localhost/ ghp_abcdefgh Basic Zm9vOmJhcg=="
    )
    raise ZeroDivisionError(told)


def refused(_report: Report) -> None:
    raise PermissionError(13, "Permission denied", "/somewhere")


def main() -> None:
    deed = sys.argv[1]
    report = Report(deed, as_json="--json" in sys.argv)
    with answering(report):
        {"steps": steps, "wait": wait, "stop": stop, "bug": bug, "refused": refused}[deed](report)


main()
