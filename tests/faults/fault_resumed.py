"""One case of the engine's work: it meets a fault, is started again without one, and has been done exactly once."""

from __future__ import annotations

from fault_case import LONGEST, Outcome, ended, shown, twice
from fault_deeds import PATIENCE, Work
from fault_kinds import ALWAYS, Fault
from fault_world import World

DECLARED = frozenset(["done", "unavailable", "answer-lost", "denied", "conflict", "step-failed"])
REFUSED = frozenset(["denied", "conflict", "step-failed"])


def resumed(world: World, work: Work, fault: Fault, *, always: bool) -> Outcome:
    """Do the work under a fault, and then go on."""
    scene = world.scene(work.key, fault, always=always)
    start = work.prepare(scene.calm)
    mark = world.mark
    if fault.word == "stale":
        # The answer is lost, and for one look (or for all but the last) a list does not show what was done.
        world.order(work.service, work.operation, Fault("drop-after"))
        world.order(work.service, work.listing, fault, times=PATIENCE.looks if always else 2)
    else:
        world.order(work.service, work.operation, fault, times=ALWAYS if always else 1)
    end, said = ended(lambda: start(scene), ...)
    if not world.lift():
        scene.clean()
        return Outcome("")
    wrong = [_untrue(work, fault, end, said, always=always), shown(world, said)]
    effects = twice(world, mark, (work.effect,))
    if end == "done" and not work.none and sum(effects.values()) != 1:
        wrong.append(f"it is said to be done, and was accepted {sum(effects.values())} times")
    if sum(scene.clock.pauses) > LONGEST:
        wrong.append(f"it waited {sum(scene.clock.pauses)} seconds")
    again, said = ended(lambda: start(scene.calm), ...)
    if again != "done":
        wrong.append(f"started again it ended {again}: {said}")
    effects = twice(world, mark, (work.effect,))
    counts = {sum(effects.values()), max(effects.values(), default=0)}
    if not counts <= ({0, 1} if work.none else {1}):
        wrong.append(f"in the end it was accepted {sum(effects.values())} times: {dict(effects)}")
    scene.clean()
    where = f"{work.name} {fault} {'always' if always else 'once'}"
    return Outcome(end, sum(effects.values()), tuple(f"{where}: {each}" for each in wrong if each))


def _untrue(work: Work, fault: Fault, end: str, said: str, *, always: bool) -> str:
    """Say what is wrong with the first end."""
    refused = fault.word == "status" and (fault.value or 0) < 500
    allowed = REFUSED if refused else DECLARED - REFUSED
    return "" if end in allowed else f"ended {end}, declared is {' or '.join(sorted(allowed))}: {said}"
