"""Timing for the benchmarks: medians of alternating runs, so that both sides of a ratio see the same machine."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Ratio:
    """One figure: how many times longer than its yardstick, and the most that it may be."""

    name: str
    ours: float
    yardstick: float
    limit: float | None

    @property
    def value(self) -> float:
        """Ours over the yardstick."""
        return self.ours / self.yardstick

    @property
    def good(self) -> bool:
        """Whether the ratio is within its limit."""
        return self.limit is None or self.value <= self.limit

    def line(self) -> str:
        """One row of the table."""
        limit = f"≤ {self.limit:g}" if self.limit is not None else "-"
        mark = "ok" if self.good else "TOO SLOW"
        return f"{self.name:<58} {self.ours:8.3f} s / {self.yardstick:7.3f} s = {self.value:6.2f}  {limit:>6}  {mark}"


@dataclass(frozen=True)
class Peak:
    """The most memory that a process or a child of its held, in MiB, and the most that it may be."""

    name: str
    mebibytes: float
    limit: float | None

    @property
    def good(self) -> bool:
        """Whether the memory is within its limit."""
        return self.limit is None or self.mebibytes <= self.limit

    def line(self) -> str:
        """One row of the table."""
        limit = f"≤ {self.limit:g}" if self.limit is not None else "-"
        mark = "ok" if self.good else "TOO MUCH"
        return f"{self.name:<58} {'':>21} {self.mebibytes:8.0f} MiB  {limit:>6}  {mark}"


@dataclass(frozen=True)
class Remark:
    """A line that is no figure: what could not be measured, or what a command got wrong."""

    text: str
    good: bool = True

    def line(self) -> str:
        """One row of the table."""
        return f"  {self.text}{'' if self.good else '  WRONG'}"


Row = Ratio | Peak | Remark


def seconds(deed: Callable[[], None]) -> float:
    """Time one call."""
    started = time.perf_counter()
    deed()
    return time.perf_counter() - started


def alternate(timed: Sequence[Callable[[], float]], rounds: int) -> list[float]:
    """Run the timed deeds in turn, ``rounds`` times, and return each one's median."""
    times: list[list[float]] = [[] for _ in timed]
    for _ in range(rounds):
        for row, deed in zip(times, timed, strict=True):
            row.append(deed())
    return [statistics.median(row) for row in times]


def quietly(*command: str, env: dict[str, str] | None = None, cwd: str | None = None) -> None:
    """Run a command; a failure shows its output and ends the benchmark."""
    done = subprocess.run(command, capture_output=True, text=True, env=env, cwd=cwd, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
