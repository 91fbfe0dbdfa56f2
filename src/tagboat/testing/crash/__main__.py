"""``python -m tagboat.testing.crash``: kill releases everywhere; exit 1 when anything happened that never must."""

from __future__ import annotations

import argparse
import itertools
import multiprocessing
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait

from tagboat.testing.crash import lane
from tagboat.testing.crash.case import every_case, quick_cases
from tagboat.testing.crash.play import KINDS, Outcome, as_json

QUICK_SEEDS = range(1, 11)
ENOUGH = 10
"""So many broken cases prove that a missing look is noticed."""


def main() -> int:
    """Play the cases and print the table."""
    options = _options()
    if options.case:
        return _replay(options.case, without_find=options.without_find, remote=options.remote)
    began = time.monotonic()
    outcomes = []
    for outcome in _played(options):
        outcomes.append(outcome)
        if outcome.broken or options.lines:
            print(as_json(outcome), flush=True)
        if options.without_find and sum(bool(each.broken) for each in outcomes) == ENOUGH:
            break
    print(_table(outcomes, time.monotonic() - began))
    broken = [outcome for outcome in outcomes if outcome.broken]
    if options.without_find:
        print(f"without find: {len(broken)} cases are broken, as they must be" if broken else "nothing broke")
        return 0 if broken else 1
    for outcome in broken:
        which = "--remote " if options.remote else ""
        print(f"replay: python -m tagboat.testing.crash {which}--case '{outcome.name}'")
    return 1 if broken else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tagboat.testing.crash", description=__doc__)
    parser.add_argument("--kills", type=int, default=2000, help="go on with seeds until there were so many")
    parser.add_argument("--jobs", type=int, default=2, help="cases at the same time")
    parser.add_argument("--seed", type=int, default=1, help="the first seed")
    parser.add_argument("--quick", action="store_true", help="a small choice, and no more")
    parser.add_argument("--only-seeds", action="store_true", help="leave out the cases that are not dice's")
    parser.add_argument("--part", default="1/1", metavar="I/N", help="only every N-th case, from the I-th on")
    parser.add_argument(
        "--case", default="", metavar="NAME", help="play this case; keep its folder when it is broken"
    )
    parser.add_argument("--lines", action="store_true", help="print a line for every case")
    parser.add_argument("--remote", action="store_true", help="releases that are handed to a workflow")
    parser.add_argument("--without-find", action="store_true", help="take the looking out; then it must fail")
    return parser.parse_args()


def _played(options: argparse.Namespace) -> Iterator[Outcome]:
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(
        options.jobs,
        mp_context=spawn,
        initializer=lane.prepare,
        initargs=(options.without_find, options.remote),
    ) as pool:
        points = pool.submit(lane.points).result()
        part, parts = (int(number) for number in options.part.split("/"))
        if options.quick or options.without_find:
            quick = quick_cases(points, QUICK_SEEDS)
            # What makes a second upload comes first where the looking is taken out.
            quick.sort(key=lambda name: options.without_find and "pypi upload accepted" not in name)
            names: Iterator[str] = iter(quick)
            target = 1_000_000
        else:
            seeds = (f"seed/{seed}" for seed in itertools.count(options.seed))
            fixed = () if options.only_seeds else every_case(points)
            names, target = itertools.chain(fixed, seeds), options.kills
        names = itertools.islice(names, part - 1, None, parts)
        kills, open_cases = 0, set[Future[Outcome]]()
        while kills < target:
            while len(open_cases) < options.jobs * 2 and (name := next(names, None)):
                open_cases.add(pool.submit(lane.play, name))
            if not open_cases:
                return
            done, open_cases = wait(open_cases, return_when=FIRST_COMPLETED)
            for future in done:
                kills += future.result().kills
                yield future.result()
        for future in wait(open_cases).done:
            yield future.result()


def _replay(name: str, *, without_find: bool, remote: bool) -> int:
    made = lane.Lane(without_find=without_find, remote=remote)
    outcome = made.play(name)
    print(as_json(outcome))
    for kind, problem in outcome.broken:
        print(f"{kind}: {problem}")
    if outcome.broken:
        print(f"kept: {made.keep()}")
    made.close()
    return 1 if outcome.broken else 0


def _table(outcomes: list[Outcome], seconds: float) -> str:
    counts = Counter(kind for outcome in outcomes for kind in {kind for kind, _ in outcome.broken})
    rows = [
        ("cases", len(outcomes)),
        ("kills", sum(outcome.kills for outcome in outcomes)),
        *((kind, counts[kind]) for kind in KINDS),
        ("seconds", round(seconds)),
    ]
    return "\n".join(f"{name:<14} {number:>6}" for name, number in rows)


if __name__ == "__main__":
    sys.exit(main())
