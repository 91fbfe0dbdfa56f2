"""A part of ``make crash`` in every test run: more than 100 kills of real processes, in slices for parallel workers."""

from __future__ import annotations

import subprocess
import sys

import pytest

SLICES = 8
KILLS = 13
"""At least so many in each slice: more than a hundred in all."""


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("part", range(1, SLICES + 1))
def test_killed_releases_end_whole_and_nothing_is_published_twice(part: int) -> None:
    command = [sys.executable, "-m", "tagboat.testing.crash", "--quick", "--jobs", "1"]
    done = subprocess.run(
        [*command, "--part", f"{part}/{SLICES}"], capture_output=True, text=True, timeout=900, check=False
    )
    table = dict(line.rsplit(None, 1) for line in done.stdout.splitlines() if line[-1:].isdigit())
    assert done.returncode == 0, done.stdout + done.stderr
    assert int(table["kills"]) >= KILLS, done.stdout
    violations = ("double", "lost", "false done", "differing", "left alive", "broken ledger", "not reached")
    assert [table[name] for name in violations] == ["0"] * len(violations)
