from pathlib import Path

import pytest
from bench.measure import Peak, Ratio, Remark
from bench.planning import ratio
from bench.processes import Command, Measured


def measured(seconds: float, problem: str = "", *, stopped: bool = False) -> Measured:
    nowhere = Path("nowhere")
    return Measured(Command("it", ("it",), nowhere), seconds, 10.0, nowhere, problem, stopped)


@pytest.mark.parametrize(("ours", "good"), [(0.43, True), (0.44, False)])
def test_a_ratio_is_held_against_its_limit(ours: float, good: bool) -> None:
    assert ratio("plan", measured(ours), measured(1.0), 1 / 2.3).good is good


def test_what_another_tool_fails_at_is_told_and_breaks_nothing() -> None:
    row = ratio("plan", measured(1.0), measured(1.0, "exit status 1: InvalidVersion"), 0.1)
    assert isinstance(row, Remark)
    assert row.good
    assert "InvalidVersion" in row.line()


def test_our_own_failure_breaks_the_limit() -> None:
    row = ratio("plan", measured(0.1, "exit status 70: no"), measured(1.0), None)
    assert not row.good


def test_a_tool_that_was_stopped_counts_with_the_time_that_it_had() -> None:
    row = ratio("plan", measured(1.0), measured(30.0, "stopped", stopped=True), 1 / 20)
    assert isinstance(row, Ratio)
    assert row.good
    assert "stopped" in row.line()


def test_memory_is_held_against_its_limit() -> None:
    assert Peak("changelog", 149.0, 150.0).good
    assert not Peak("changelog", 151.0, 150.0).good
    assert "TOO MUCH" in Peak("changelog", 151.0, 150.0).line()
