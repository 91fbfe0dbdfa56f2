"""Start-up against ``python -c pass``: --version, --help, and status --json on a finished release."""

from __future__ import annotations

import sys
from pathlib import Path

from bench.measure import Ratio, alternate, quietly, seconds


def ratios(state: Path, rounds: int = 21) -> list[Ratio]:
    """Measure the three commands and the bare interpreter in turn."""
    tagboat = str(Path(sys.executable).with_name("tagboat"))
    commands = {
        "python -c pass": (sys.executable, "-c", "pass"),
        "tagboat --version": (tagboat, "--version"),
        "tagboat --help": (tagboat, "--help"),
        "tagboat status --json": (tagboat, "status", "--json", "--state", str(state)),
    }
    limits = {"tagboat --version": 3.0, "tagboat --help": 6.0, "tagboat status --json": 12.0}
    for command in commands.values():
        quietly(*command)
    times = alternate([lambda c=c: seconds(lambda: quietly(*c)) for c in commands.values()], rounds)
    by_name = dict(zip(commands, times, strict=True))
    bare = by_name.pop("python -c pass")
    return [Ratio(name, time, bare, limits[name]) for name, time in by_name.items()]
