from __future__ import annotations

import itertools
from typing import Any

import pytest

from tagboat.core.step import Receipt, StepState
from tagboat.core.verdict import Finding, Verdict
from tagboat.engine.history import History, receipt_from_json
from tagboat.ports.ledger import Entry

PLAN = "p" * 64


def history(*events: tuple[str, dict[str, Any]], plan: str = PLAN) -> History:
    numbers = itertools.count(1)
    entries = [
        Entry(n, f"2026-01-01T00:00:{n:02}.000+00:00", "t", event, "step", 1, {"plan": PLAN, **body}, "", "")
        for n, (event, body) in zip(numbers, events, strict=False)
    ]
    return History(entries, plan)


INTENT = ("intent", {"effect": "permanent"})
OUTCOME = ("outcome", {"receipt": Receipt("done", {"url": "x"}).as_json()})
REFUSED = ("failure", {"cause": "no", "code": "step-failed", "unsure": False})
UNSURE = ("failure", {"cause": "cut off", "code": "unavailable", "unsure": True})
WAITING = ("failure", {"cause": "queued", "code": "waiting", "unsure": False})


@pytest.mark.parametrize(
    ("events", "state", "touched"),
    [
        ([], StepState.PLANNED, False),
        ([INTENT], StepState.UNKNOWN, True),
        ([INTENT, OUTCOME], StepState.SUCCEEDED, True),
        ([OUTCOME], StepState.SUCCEEDED, False),
        ([INTENT, REFUSED], StepState.FAILED, False),
        ([INTENT, UNSURE], StepState.UNKNOWN, True),
        ([INTENT, WAITING], StepState.WAITING, False),
        ([REFUSED], StepState.FAILED, False),
        ([INTENT, REFUSED, INTENT, OUTCOME], StepState.SUCCEEDED, True),
        ([INTENT, OUTCOME, INTENT], StepState.UNKNOWN, True),
    ],
)
def test_the_state_follows_from_what_was_recorded(events: Any, state: StepState, touched: bool) -> None:
    told = history(*events)
    assert told.state("step") is state
    assert told.unknown("step") is (state is StepState.UNKNOWN)
    assert told.touched_outside() is touched


def test_an_effect_of_nothing_touches_nothing() -> None:
    assert not history(("intent", {"effect": "none"})).touched_outside()


def test_what_another_plan_recorded_does_not_count() -> None:
    told = history(INTENT, OUTCOME, plan="q" * 64)
    assert (told.state("step"), told.outcome("step"), told.attempts("step")) == (StepState.PLANNED, None, 0)


def test_the_outcome_its_time_and_its_reason_are_told() -> None:
    told = history(INTENT, OUTCOME)
    assert told.outcome("step") == Receipt("done", {"url": "x"})
    assert (told.seconds("step"), told.reason("step"), told.attempts("step")) == (1.0, "done", 1)
    assert history(INTENT).seconds("step") == 0.0
    assert history(INTENT, REFUSED).reason("step") == "no"


def test_a_failure_takes_an_earlier_outcome_back() -> None:
    assert history(INTENT, OUTCOME, REFUSED).outcome("step") is None


def test_a_receipt_comes_back_with_its_findings() -> None:
    finding = Finding(Verdict.WARN, "odd", "look", "code")
    receipt = Receipt("done", {"a": [1, None]}, StepState.SKIPPED, (finding,))
    assert receipt_from_json(receipt.as_json()) == receipt


@pytest.mark.parametrize(
    "data", [None, [], {}, {"summary": "x", "facts": {}, "state": "dancing", "findings": []}]
)
def test_what_is_no_receipt_is_refused(data: object) -> None:
    with pytest.raises((TypeError, KeyError, ValueError)):
        receipt_from_json(data)
