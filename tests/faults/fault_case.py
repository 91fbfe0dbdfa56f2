"""One case: a call, a fault that comes once or never ends, and whether all of it ended as declared."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from fault_calls import Call, Deed
from fault_kinds import ALWAYS, Fault
from fault_rules import expected, law
from fault_world import World

from tagboat.errors import TagboatError

LONGEST = 900.0
"""Seconds that a call may wait between its tries, all in all."""
EMPTY = (None, "", False, "none", [], (), {})


@dataclass(frozen=True)
class Outcome:
    """What came of a case.

    Attributes:
        end: in the words of ``fault_rules``; "" when the fault met nothing.
        effects: how many effects were accepted.
        wrong: what was not as declared.
    """

    end: str
    effects: int = 0
    wrong: tuple[str, ...] = ()


def tried(world: World, call: Call, fault: Fault, *, always: bool) -> Outcome:
    """Try a call under a fault."""
    scene = world.scene(call.key, fault, always=always)
    usual = _usual(world, call)
    deed = call.prepare(scene)
    mark = world.mark
    world.order(call.service, call.operation, fault, times=ALWAYS if always else 1)
    end, said = ended(deed, usual)
    if not world.lift():
        scene.clean()
        return Outcome("")
    effects = twice(world, mark, call.effects)
    count = sum(effects.values())
    wrong = [law(call, end, count)]
    allowed = expected(call, fault, always=always)
    if end not in allowed:
        wrong.append(f"ended {end}, declared is {' or '.join(sorted(allowed))}: {said}")
    wrong.append(shown(world, said))
    if sum(scene.clock.pauses) > LONGEST:
        wrong.append(f"it waited {sum(scene.clock.pauses)} seconds")
    scene.clean()
    where = f"{call.name} {fault} {'always' if always else 'once'}"
    return Outcome(end, count, tuple(f"{where}: {each}" for each in wrong if each))


def ended(deed: Deed, usual: object = None) -> tuple[str, str]:
    """Do it; return its end, and what was said. Whatever is none of our errors is an end of no name."""
    try:
        value = deed()
    except TagboatError as error:
        return error.code, f"{error.cause}\n{error.remedy}\n{error.__cause__!r}"
    except Exception as error:  # noqa: BLE001 - any other type is what the matrix looks for
        return type(error).__name__, repr(error)
    if value == usual or usual is ...:
        return "done", ""
    if value == "remark":
        return "remark", ""
    return ("absent" if value in EMPTY else "older"), repr(value)[:300]


def twice(world: World, mark: int, operations: tuple[str, ...]) -> Counter[str]:
    """Count the effects of these operations since then, by what they were about."""
    return Counter(
        f"{entry.operation} {entry.key}" for entry in world.accepted(mark) if entry.operation in operations
    )


def shown(world: World, said: str) -> str:
    """Say which secret a text shows; "" for none."""
    parts = [secret for secret in world.secrets if len(secret) > 8 and secret[:24] in said]
    return "it shows a credential" if parts or "eyJ" in said else ""


def _usual(world: World, call: Call) -> object:
    """What the call returns when nothing is wrong; any value will do where it has an effect."""
    if call.effects:
        return ...
    if call.name not in world.usual:
        scene = world.scene(call.key)
        world.usual[call.name] = call.prepare(scene)()
        scene.clean()
    return world.usual[call.name]
