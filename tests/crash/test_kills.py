"""A part of ``make crash``: about 100 kills of real processes, in slices; one of them is in every test run."""

from __future__ import annotations

import subprocess
import sys

import pytest

SLICES = 16
KILLS = 6
"""At least so many in each slice."""
PARTS = [1, *(pytest.param(part, marks=pytest.mark.long) for part in range(2, SLICES + 1))]


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("part", PARTS)
def test_killed_releases_end_whole_and_nothing_is_published_twice(part: int) -> None:
    play("--part", f"{part}/{SLICES}", kills=KILLS)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_killed_releases_that_are_handed_over_end_whole_as_well() -> None:
    """One case in thirty-two; all of them are in ``make crash``."""
    play("--remote", "--part", f"1/{2 * SLICES}", kills=2)


def play(*words: str, kills: int) -> None:
    command = [sys.executable, "-m", "tagboat.testing.crash", "--quick", "--jobs", "1", *words]
    done = subprocess.run(command, capture_output=True, text=True, timeout=900, check=False)
    table = dict(line.rsplit(None, 1) for line in done.stdout.splitlines() if line[-1:].isdigit())
    assert done.returncode == 0, done.stdout + done.stderr
    assert int(table["kills"]) >= kills, done.stdout
    violations = ("double", "lost", "false done", "differing", "left alive", "broken ledger", "not reached")
    assert [table[name] for name in violations] == ["0"] * len(violations)
