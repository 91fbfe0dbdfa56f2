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
