"""``make bench-planning``: plans and changelogs against ``git log`` and other tools; exit status 1 over a limit.

Every figure is a ratio of wall times within one run, of whole processes with an empty cache. Other tools are given the
cheapest command that answers; where one has two, both are held against the limit. The real history is the project's
own, or that of the ``.git`` folder that ``TAGBOAT_BENCH_REPOSITORY`` names.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench.histories import History, Shape, borrowed, history
from bench.installed import installed
from bench.measure import Peak, Ratio, Remark, Row
from bench.peers import Peers, peers
from bench.processes import Command, Measured, alternating

ROOT: Final = Path(__file__).parents[1]
PATIENCE: Final = 30.0
"""Seconds after which another tool is stopped; its time counts as these."""

MEMORY: Final = 150.0
"""MiB that a whole changelog may take, however long the history."""

_OWN_PATIENCE = 120.0
_ALL, _NAMES = ("git", "log", "--format=%H%x00%B%x00"), ("--no-renames", "--name-only")
_LONG = 10_000  # commits from which on start-up does not decide


@dataclass(frozen=True, slots=True)
class Bench:
    """Where things are.

    Attributes:
        folder: holds histories, tools and output, and may be removed.
        tagboat: the command, installed as users have it.
        peers: the other tools, or None.
    """

    folder: Path
    tagboat: str
    peers: Peers | None

    def history(self, shape: Shape) -> History:
        """Return the history of this shape."""
        return history(shape, self.folder / "histories")

    def plan(self, past: History, *words: str) -> Command:
        """``tagboat plan`` there."""
        command = (self.tagboat, "plan", "--repo", str(past.folder), *words)
        return Command("tagboat plan", command, past.folder)

    def changelog(self, past: History) -> Command:
        """``tagboat changelog --all`` there."""
        command = (self.tagboat, "changelog", "--all", "--repo", str(past.folder))
        return Command("tagboat changelog", command, past.folder)

    def times(self, *commands: Command, rounds: int, limit: float = _OWN_PATIENCE) -> list[Measured]:
        """Run commands in turn, after one round that does not count."""
        return alternating(commands, self.folder / "runs", rounds=rounds, limit=limit)

    def once(self, command: Command) -> Measured:
        """Run another tool's slow command a single time, within :data:`PATIENCE`."""
        return alternating([command], self.folder / "runs", rounds=1, limit=PATIENCE, warm=False)[0]


def main() -> int:
    """Measure, print each figure when it is known, and judge."""
    folder = ROOT / "build" / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    bench = Bench(folder, installed(folder / "tagboat"), peers(folder / "peers"))
    good = True
    for part in (unreleased, flat, whole, components, real):
        for row in part(bench):
            print(row.line(), flush=True)
            good = good and row.good
        shutil.rmtree(folder / "runs", ignore_errors=True)
    return 0 if good else 1


def unreleased(bench: Bench) -> Iterator[Row]:
    """The next version and its notes, 50,000 commits, a hundred of them unreleased."""
    for tags in (100, 4_000):
        past = bench.history(Shape(50_000, tags=tags))
        yield from answers(bench, past)
        yield from planned(bench, past, f"50k commits, {tags} tags", judge=True)


def planned(bench: Bench, past: History, where: str, *, judge: bool) -> Iterator[Row]:
    """A plan against the floor and everybody else."""
    floor = Command("git log of the range", (*_ALL, _range(past.last)), past.folder)
    limits: list[tuple[Command, float | None]] = [(floor, None)]
    if bench.peers:
        limits.append((bench.peers.cliff(past.folder, "--unreleased"), 2.5))
        limits.append((bench.peers.commitizen(past.folder, "bump", "--get-next"), 1 / 2.3))
        since = ("--start-rev", past.last) if past.last else ()
        limits.append((bench.peers.commitizen(past.folder, "changelog", "--dry-run", *since), 1 / 2.3))
    ours, *others = bench.times(bench.plan(past), *(command for command, _ in limits), rounds=7)
    for (_, limit), theirs in zip(limits, others, strict=True):
        yield ratio(f"{where}: plan", ours, theirs, limit if judge else None)
    if bench.peers:
        slow = bench.once(bench.peers.semantic(past.folder, "version", "--print"))
        yield ratio(f"{where}: plan", ours, slow, 1 / 20 if judge else None)


def flat(bench: Bench) -> Iterator[Row]:
    """A plan does not get slower with the history behind the last release."""
    long, short = (bench.history(Shape(commits)) for commits in (200_000, 1_000))
    ours, before = bench.times(bench.plan(long), bench.plan(short), rounds=9)
    yield ratio("200k commits: plan / the same with 1k:", ours, before, 1.5)


def whole(bench: Bench) -> Iterator[Row]:
    """The whole changelog, by the length of the history."""
    for commits in (1_000, 10_000, 50_000, 200_000):
        past = bench.history(Shape(commits))
        yield from written(bench, past, f"{commits // 1000}k commits", judge=commits >= _LONG)


def written(bench: Bench, past: History, where: str, *, judge: bool) -> Iterator[Row]:
    """A whole changelog against the floor and everybody else; what it took of memory."""
    floor = Command("git log", _ALL, past.folder)
    ours, theirs = bench.times(bench.changelog(past), floor, rounds=3)
    yield ratio(f"{where}: changelog --all", ours, theirs, 3.0 if judge else None)
    yield Peak(f"{where}: changelog --all, memory", ours.mebibytes, MEMORY if judge else None)
    yield Peak(f"{where}: git log, memory", theirs.mebibytes, None)
    if bench.peers:
        for command in (
            bench.peers.commitizen(past.folder, "changelog", "--dry-run"),
            bench.peers.cliff(past.folder),
            bench.peers.semantic(past.folder, "changelog"),
        ):
            yield ratio(f"{where}: changelog --all", ours, bench.once(command), 1.0 if judge else None)


def components(bench: Bench) -> Iterator[Row]:
    """Many components planned at once; some of the 200 were not released for nearly the whole history."""
    shapes = {
        "200 components": Shape(50_000, 200, 4_000, apart=True, behind=5),
        "200 components, all lively": Shape(50_000, 200, 4_000, apart=True),
        "20 components, all lively": Shape(50_000, 20, 100, apart=True),
    }
    for where, shape in shapes.items():
        past = bench.history(shape)
        yield from answers(bench, past)
        floor = Command("git log --name-only", (*_ALL, *_NAMES, _range(past.oldest)), past.folder)
        ours, theirs = bench.times(bench.plan(past, "--json"), floor, rounds=3)
        yield ratio(f"{where}: plan --json", ours, theirs, 1.3 if shape.behind else None)
        yield Peak(f"{where}: plan --json, memory", ours.mebibytes, None)
        yield Peak(f"{where}: git log --name-only, memory", theirs.mebibytes, None)


def real(bench: Bench) -> Iterator[Row]:
    """Plan and changelog of a real history; the limits hold where it is long."""
    chosen = os.environ.get("TAGBOAT_BENCH_REPOSITORY", "")
    past = borrowed(Path(chosen or ROOT), bench.folder / "real")
    where = f"{Path(chosen or ROOT).resolve().name} ({past.commits} commits)"
    yield from planned(bench, past, where, judge=past.commits >= _LONG)
    yield from written(bench, past, where, judge=past.commits >= _LONG)


def answers(bench: Bench, past: History) -> Iterator[Row]:
    """Hold what is planned against what the history was made for: a wrong answer may be as quick as it likes."""
    done = bench.times(bench.plan(past, "--json"), rounds=1)[0]
    if done.problem:
        yield Remark(f"tagboat plan --json: {done.problem}", good=False)
        return
    told = json.loads(done.output.read_text())
    versions = {each["component"]: each["version"] for each in told["components"] if each["version"]}
    different = sorted(name for name in {*past.next, *versions} if past.next.get(name) != versions.get(name))
    if different:
        name = different[0]
        story = f"{name} becomes {versions.get(name)}, not {past.next.get(name)}; {len(different)} such"
        yield Remark(f"{past.folder.parent.name}: {story}", good=False)


def ratio(name: str, ours: Measured, theirs: Measured, limit: float | None) -> Row:
    """Our time over theirs; another tool's failure is told, our own breaks the limit."""
    title = f"{name} / {theirs.command.name}" if not name.endswith(":") else name[:-1]
    if ours.problem:
        return Remark(f"{title}: {ours.command.name}: {ours.problem}", good=False)
    if theirs.problem and not theirs.stopped:
        return Remark(f"{title}: not comparable: {theirs.problem}")
    return Ratio(f"{title}{', stopped' * theirs.stopped}", ours.seconds, theirs.seconds, limit)


def _range(tag: str) -> str:
    return f"{tag}..HEAD" if tag else "HEAD"


if __name__ == "__main__":
    sys.exit(main())
