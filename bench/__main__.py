"""``make bench``: every figure as a ratio within one run; exit status 1 when one is over its limit."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from bench import engine, rehearsal, startup
from bench.measure import quietly


def main() -> int:
    """Measure, print the table, and judge."""
    tagboat = str(Path(sys.executable).with_name("tagboat"))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        project = rehearsal.make_project(folder / "status", "flit")
        quietly(tagboat, "rehearse", str(project), "--state", str(folder / "state"))
        rows = []
        for part in (
            lambda: startup.ratios(folder / "state"),
            engine.ratios,
            lambda: rehearsal.ratios(folder / "rehearsals"),
        ):
            for row in part():
                print(row.line(), flush=True)
                rows.append(row)
    return 0 if all(row.good for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
