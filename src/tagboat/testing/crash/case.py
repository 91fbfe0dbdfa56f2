"""What a case does: where the process is killed, what the services do wrong, and where it goes on.

A case follows from its name and from the points that an undisturbed run passes:

- ``point/POINT/same`` and ``.../fresh``: one kill there, then resumed in the same or in a fresh state directory;
- ``service/SERVICE OPERATION POINT N/same|fresh``: the client dies when the service is there;
- ``lost/SERVICE OPERATION N/KIND``: an answer is lost, nobody is killed;
- ``seed/N``: two kills (sometimes one or three), worlds, faults and machines as the seed's dice fall.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

LOST: Final = ("drop-before", "drop-after", "truncate", "status", "stale")
_SERVICE: Final = "service"
_MOST_SECONDS: Final = 1.5


@dataclass(frozen=True, slots=True)
class Kill:
    """One kill.

    Attributes:
        order: for the process itself: the point and its number.
        service: for the sandbox: ``SERVICE OPERATION POINT N``.
        seconds: or after so many seconds.
    """

    order: str = ""
    service: str = ""
    seconds: float = 0.0

    def __str__(self) -> str:
        return self.order or self.service or f"{self.seconds:.3f} s"


@dataclass(frozen=True, slots=True)
class Trouble:
    """One fault: the ``nth`` request of an operation, and what is stale after it, in writes and in reads."""

    service: str
    operation: str
    kind: str
    nth: int
    stale: int = 0


@dataclass(frozen=True, slots=True)
class Case:
    """One release with its kills.

    Attributes:
        fresh: for each kill, whether the next start is on another machine.
        resumes: whether a start in the same directory is ``resume`` rather than ``release`` again.
        sure: the kills are at points that must be reached.
    """

    name: str
    kills: tuple[Kill, ...] = ()
    fresh: tuple[bool, ...] = ()
    world: str = "clean"
    troubles: tuple[Trouble, ...] = ()
    resumes: bool = False
    sure: bool = True


@dataclass(frozen=True, slots=True)
class Points:
    """What an undisturbed run passes: points of the process, and ``SERVICE OPERATION POINT N`` of every write."""

    process: tuple[str, ...]
    services: tuple[str, ...]
    writes: tuple[tuple[str, str], ...] = field(default=())

    def steps(self) -> list[str]:
        """The moments of steps."""
        return [point for point in self.process if point.startswith("step ")]


def case_named(name: str, points: Points) -> Case:
    """Return the case of this name.

    Raises:
        ValueError: there is no such case.
    """
    kind, _, rest = name.partition("/")
    if kind == "seed":
        return _rolled(int(rest), points)
    where, _, last = rest.rpartition("/")
    if kind == "lost":
        service, operation, number = where.split(" ")
        return Case(name, troubles=(_trouble(service, operation, int(number), last),))
    resumes = sum(map(ord, where)) % 2 == 0
    if kind == "point" and where in points.process:
        return Case(name, (Kill(order=where),), (last == "fresh",), resumes=resumes)
    if kind == "service" and where in points.services:
        return Case(name, (Kill(service=where),), (last == "fresh",), resumes=resumes)
    raise ValueError(f"no case {name!r}")


def every_case(points: Points) -> Iterator[str]:
    """Yield the names of all cases that are not left to dice."""
    for point in points.process:
        if not point.startswith("moment"):
            yield from (f"point/{point}/same", f"point/{point}/fresh")
    for point in points.services:
        yield from (f"service/{point}/same", f"service/{point}/fresh")
    yield from lost_answers(points)


def lost_answers(points: Points) -> Iterator[str]:
    """Yield a case for every write and every way to lose its answer."""
    counts: dict[tuple[str, str], int] = {}
    for write in points.writes:
        counts[write] = counts.get(write, 0) + 1
        for kind in LOST:
            yield f"lost/{write[0]} {write[1]} {counts[write]}/{kind}"


def quick_cases(points: Points, seeds: Sequence[int]) -> list[str]:
    """Return a small choice that still kills at every write and around every effect."""
    names = [f"service/{p}/{('same', 'fresh')[n % 2]}" for n, p in enumerate(points.services)]
    makers = ("build:", "source-archive:", "gather")
    effects = (
        *makers,
        "draft:",
        "asset:",
        "upload:",
        "push-tag:",
        "dispatch-run:",
        "ledger-asset:",
        "undraft:",
    )
    steps = [p for p in points.steps() if p.split(" ")[1].startswith(effects)]
    names += [f"point/{p}/{('fresh', 'same')[n % 2]}" for n, p in enumerate(steps)]
    names += [name for name in lost_answers(points) if name.endswith(("drop-after", "stale"))]
    return names + [f"seed/{seed}" for seed in seeds]


def _trouble(service: str, operation: str, number: int, kind: str) -> Trouble:
    if kind == "stale":
        return Trouble(service, operation, "drop-after", number, stale=2)
    return Trouble(service, operation, kind, number)


def _rolled(seed: int, points: Points) -> Case:
    dice = random.Random(seed)  # noqa: S311 - the same seed must give the same case
    count = dice.choices((1, 2, 3), (1, 7, 2))[0]
    kills = tuple(_rolled_kill(dice, points, turn) for turn in range(count))
    troubles: tuple[Trouble, ...] = ()
    if dice.random() < 0.3:
        service, operation = dice.choice(points.writes)
        kind = dice.choice(LOST)
        troubles = (_trouble(service, operation, dice.randint(1, 3), kind),)
    fresh = tuple(dice.random() < 0.5 for _ in kills)
    world = dice.choices(("clean", "earlier-draft", "unsteady"), (5, 2, 3))[0]
    return Case(f"seed/{seed}", kills, fresh, world, troubles, dice.random() < 0.5, sure=False)


def _rolled_kill(dice: random.Random, points: Points, turn: int) -> Kill:
    kind = dice.choices(("step", "moment", "other", "service", "time"), (2 if turn else 4, 3, 2, 4, 2))[0]
    if kind == "step":
        return Kill(order=dice.choice(points.steps()))
    if kind == "moment":
        return Kill(order=f"moment {dice.randint(1, 80 if turn else 110)}")
    if kind == "other":
        others = [p for p in points.process if not p.startswith(("step ", "moment "))]
        return Kill(order=dice.choice(others or points.steps()))
    if kind == _SERVICE:
        return Kill(service=dice.choice(points.services))
    return Kill(seconds=dice.uniform(0.1, _MOST_SECONDS))
