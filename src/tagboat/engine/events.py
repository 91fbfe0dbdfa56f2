"""What the engine tells those who watch: progress for a terminal, moments for a crash test."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from tagboat.core.step import Step, StepState
from tagboat.core.verdict import Finding


class Moment(StrEnum):
    """The points of a step's way, in their order; a long step tells how far it is, any number of times."""

    STARTED = "started"
    INTENT = "intent"
    TOLD = "told"
    DONE = "done"
    RECORDED = "recorded"


@dataclass(frozen=True, slots=True)
class StepEvent:
    """One moment of one attempt at one step.

    Attributes:
        state: the step's state now.
        reused: the receipt comes from an earlier run of this state directory.
        found: the deed was already done in the world.
        seconds: since the attempt's start, for display.
        detail: the receipt's summary, the failure's cause, or what the step tells.
    """

    moment: Moment
    step: Step
    state: StepState
    attempt: int = 1
    reused: bool = False
    found: bool = False
    seconds: float = 0.0
    detail: str = ""
    remedy: str = ""
    findings: tuple[Finding, ...] = ()


Observer = Callable[[StepEvent], None]


def nobody(_event: StepEvent) -> None:
    """Watch nothing."""
