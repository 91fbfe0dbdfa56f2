"""An engine over steps that are written in the test itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from tagboat.adapters.store import FolderStore
from tagboat.core.plan import Half, Plan
from tagboat.core.step import Effect, Phase, Receipt, Step
from tagboat.core.verdict import Finding, Verdict
from tagboat.engine.events import StepEvent
from tagboat.engine.inline import InlineEngine, Patience
from tagboat.engine.ledger import SqliteLedger
from tagboat.engine.state import StateDirectory
from tagboat.engine.summary import read_ledger
from tagboat.errors import TagboatError
from tagboat.ports import Ports
from tagboat.steps.kinds import Kind
from tagboat.testing.clock import FakeClock

Deed = Callable[[], Receipt | None]


@dataclass
class Play:
    """Kinds made of functions; what was called is written down."""

    folder: Path
    clock: FakeClock = field(default_factory=FakeClock)
    steps: list[Step] = field(default_factory=list)
    called: list[str] = field(default_factory=list)
    events: list[StepEvent] = field(default_factory=list)
    finds: dict[str, Deed] = field(default_factory=dict)
    runs: dict[str, Deed] = field(default_factory=dict)
    stopped: bool = False

    def step(
        self,
        key: str,
        *,
        phase: Phase = Phase.CHECK,
        effect: Effect = Effect.NONE,
        needs: tuple[str, ...] = (),
        run: Deed | None = None,
        find: Deed | None = None,
    ) -> None:
        self.steps.append(Step(key, key, phase, effect, needs=needs))
        self.runs[key] = run or (lambda: Receipt(f"did {key}", {"of": key}))
        self.finds[key] = find or (lambda: None)

    def effect(self, key: str, *, permanent: bool = False, **options: Any) -> None:
        phase = Phase.PUBLISH if permanent else Phase.STAGE
        self.step(key, phase=phase, effect=Effect.PERMANENT if permanent else Effect.REVERSIBLE, **options)

    @property
    def plan(self) -> Plan:
        return Plan(Half.PREPARE, "test", (), tuple(self.steps))

    @contextmanager
    def engine(self, **options: Any) -> Iterator[InlineEngine]:
        with StateDirectory(self.folder) as state:
            ledger = SqliteLedger(state.ledger, self.clock, "tester")
            parts = cast(
                "Any", {"store": FolderStore(state.artifacts), "ledger": ledger, "clock": self.clock}
            )
            unused = dict.fromkeys(("logs", "repository", "forge", "builder", "inspector", "installer"))
            ports = Ports(**unused, indexes={}, **parts)
            try:
                yield InlineEngine(
                    ports,
                    state,
                    patience=options.pop("patience", Patience(looks=3, first_pause=1.0, tries=3)),
                    observer=self.events.append,
                    stop=lambda: self.stopped,
                    kinds=self._kind,
                )
            finally:
                ledger.close()

    def walk(self, **options: Any) -> dict[str, Receipt]:
        with self.engine() as engine:
            return dict(engine.walk(self.plan, **options))

    def entries(self) -> list[tuple[str, str]]:
        return [(entry.event, entry.step) for entry in read_ledger(self.folder / "ledger.sqlite")]

    def _kind(self, name: str) -> Kind:
        def find(_ports: Ports, _inputs: object) -> Receipt | None:
            self.called.append(f"find {name}")
            return self.finds[name]()

        def run(_ports: Ports, _inputs: object, attempt: Any) -> Receipt | None:
            self.called.append(f"run {name}")
            attempt.log(f"running {name}")
            return self.runs[name]()

        return cast("Kind", SimpleNamespace(find=find, run=run))


def failing(error: BaseException, *, times: int = 1_000_000, then: Receipt | None = None) -> Deed:
    """A deed that raises so many times, and then gives a receipt."""
    left = [times]

    def deed() -> Receipt | None:
        left[0] -= 1
        if left[0] >= 0:
            raise error
        return then or Receipt("at last")

    return deed


def finding(verdict: Verdict, reason: str = "no", remedy: str = "do") -> Deed:
    return lambda: Receipt(reason, findings=(Finding(verdict, reason, remedy, "code"),))


@dataclass(frozen=True)
class Words:
    """What test modules use from here; importlib mode keeps them from importing this file."""

    failing: Callable[..., Deed] = failing
    finding: Callable[..., Deed] = finding
    error: type[TagboatError] = TagboatError


@pytest.fixture
def play(tmp_path: Path) -> Play:
    return Play(tmp_path / "state")


@pytest.fixture
def words() -> Words:
    return Words()
