"""Every request of every call meets every kind of fault, once and without end: each ends as declared, none has a second effect.

So does every write as the engine makes it, which then starts again without the fault and comes to its end.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from fault_calls import CALLS, Call
from fault_case import Outcome, tried
from fault_deeds import WORKS, Work
from fault_kinds import KINDS, cases
from fault_resumed import resumed
from fault_world import World

Record = Callable[[str, object], None]
QUICK = ("index.upload/upload", "index.project/simple", "forge.create_draft/create-release")
QUICK_WORKS = ("draft/create-release",)


def rows(named: tuple[Call, ...] | tuple[Work, ...], quick: tuple[str, ...]) -> list[object]:
    return [
        pytest.param(
            each, kind, id=f"{each.name}-{kind}", marks=() if each.name in quick else pytest.mark.long
        )
        for each in named
        for kind in KINDS
    ]


@pytest.mark.parametrize(("call", "kind"), rows(CALLS, QUICK))
def test_a_call_ends_as_declared(world: World, call: Call, kind: str, record_property: Record) -> None:
    found = [(always, tried(world, call, fault, always=always)) for fault, always in cases(kind)]
    judge(("calls", call.name, kind), found, record_property)


@pytest.mark.parametrize(("work", "kind"), rows(WORKS, QUICK_WORKS))
def test_the_engine_does_its_work_once(world: World, work: Work, kind: str, record_property: Record) -> None:
    found = [(always, resumed(world, work, fault, always=always)) for fault, always in cases(kind)]
    judge(("works", work.name, kind), found, record_property)


def judge(where: tuple[str, str, str], found: list[tuple[bool, Outcome]], record_property: Record) -> None:
    ends = [
        ("always" if always else "once", outcome.end, bool(outcome.wrong), outcome.effects > 1)
        for always, outcome in found
        if outcome.end
    ]
    record_property("faults", [*where, ends])
    assert ends or where[2] == "stale read", "no request met the fault"
    wrong = [each for _, outcome in found for each in outcome.wrong]
    assert not wrong, "\n".join(wrong)
