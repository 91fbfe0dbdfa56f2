"""The engine's overhead per step, against what durability alone costs: two committed SQLite rows."""

from __future__ import annotations

import sqlite3
import tempfile
import types
from pathlib import Path

from bench.measure import Ratio, seconds
from tagboat.adapters.clock import SystemClock
from tagboat.core.plan import Half, Plan
from tagboat.core.step import Effect, Phase, Receipt, Step
from tagboat.engine.inline import InlineEngine
from tagboat.engine.ledger import SqliteLedger
from tagboat.engine.state import StateDirectory

STEPS = 300


def ratios() -> list[Ratio]:
    """Walk a plan of empty steps, and commit two rows as often."""
    with tempfile.TemporaryDirectory() as folder:
        steps = tuple(Step(f"step:{n}", "nothing", Phase.STAGE, Effect.REVERSIBLE) for n in range(STEPS))
        plan = Plan(Half.PUBLISH, "bench", (), steps)
        kind = types.SimpleNamespace(find=lambda *_: None, run=lambda *_: Receipt("done"))
        clock = SystemClock()
        with StateDirectory(Path(folder) / "state") as state:
            ledger = SqliteLedger(state.ledger, clock, "bench")
            ports = types.SimpleNamespace(ledger=ledger, clock=clock, store=None)
            engine = InlineEngine(ports, state, kinds=lambda _name: kind)  # type: ignore[arg-type]  # two ports suffice
            ours = seconds(lambda: engine.walk(plan) and None) / STEPS
            ledger.close()
        bare = seconds(lambda: _rows(Path(folder) / "bare.sqlite")) / STEPS
    return [Ratio("engine overhead per step / two durable rows", ours, bare, None)]


def _rows(path: Path) -> None:
    database = sqlite3.connect(path, isolation_level=None)
    database.executescript(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE row (text TEXT)"
    )
    for _ in range(2 * STEPS):
        database.execute("BEGIN IMMEDIATE")
        database.execute("INSERT INTO row VALUES (?)", ("x" * 300,))
        database.execute("COMMIT")
    database.close()
