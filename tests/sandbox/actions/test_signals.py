"""Who may go, who waits, and who hears that it is over."""

from __future__ import annotations

import asyncio

from tagboat.sandbox.actions.groups import Groups
from tagboat.sandbox.actions.signals import Signal


def test_a_signal_reaches_what_is_below_and_nothing_that_began_later() -> None:
    above = Signal()
    with above.below() as before:
        above.cancel()
        assert before.cancelled.is_set()
        with above.below() as after:
            assert not after.cancelled.is_set()
    above.cancel(force=True)
    with above.below() as last:
        assert last.forced


def test_a_place_is_waited_for_until_the_signal_comes() -> None:
    async def go() -> list[bool]:
        places, signal, seen = asyncio.Semaphore(1), Signal(), list[bool]()
        async with Signal().place(places) as first:
            seen.append(first)
            asyncio.get_running_loop().call_soon(signal.cancel)
            async with signal.place(places) as second:
                seen.append(second)
        async with Signal().place(places) as third:
            seen.append(third)
        return seen

    assert asyncio.run(go()) == [True, False, True]


def test_in_a_group_one_goes_one_waits_and_a_newcomer_takes_its_place() -> None:
    groups, cancelled = Groups(), list[str]()

    def cancel(name: str) -> None:
        cancelled.append(name)

    first = groups.enter(1, "Release", lambda: cancel("first"), cancels=False)
    second = groups.enter(1, "release", lambda: cancel("second"), cancels=False)
    assert (first.admitted.is_set(), second.admitted.is_set()) == (True, False)
    third = groups.enter(1, "RELEASE", lambda: cancel("third"), cancels=False)
    assert cancelled == ["second"]
    groups.leave(1, "release", second)
    groups.leave(1, "release", first)
    assert third.admitted.is_set()
    fourth = groups.enter(1, "release", lambda: cancel("fourth"), cancels=True)
    assert cancelled == ["second", "third"]
    assert groups.enter(2, "release", lambda: cancel("other"), cancels=True).admitted.is_set()
    groups.leave(1, "release", fourth)
    groups.leave(1, "release", third)
    assert groups.enter(1, "release", lambda: cancel("fifth"), cancels=False).admitted.is_set()
