"""The inline engine: one process walks a plan, step by step: find or run, then an entry in the ledger.

Rules:

- an intent is written before an effect and an outcome after it; an intent without outcome is ``unknown``, and the
  world is looked at, with growing pauses, before anything is sent again;
- a recorded outcome is reused, except a guard's: guards look afresh until the half is done; what could be undone
  outside is looked up again, and what was made of files that were made anew is made anew;
- where an earlier run may have begun elsewhere, the first effect that is not seen is looked for with pauses, too;
- guards of one phase are all asked, so that every problem is reported at once; nothing of the next phase starts;
- a lost answer is looked for in the world; only what is provably not there is sent again, a bounded number of times;
  what the world would take for a second deed is left to a later start, which looks again before it sends.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import TextIO

from tagboat.core.canonical import JSON, digest
from tagboat.core.plan import Plan
from tagboat.core.step import Effect, Receipt, Step, StepState
from tagboat.core.verdict import Finding
from tagboat.engine.events import Moment, Observer, StepEvent, nobody
from tagboat.engine.history import History
from tagboat.engine.judging import combined, digest_in, is_guard, is_maker, refuse_bad
from tagboat.engine.state import StateDirectory
from tagboat.errors import (
    AnswerLostError,
    ConflictError,
    InterruptedRunError,
    RefusedError,
    StepFailedError,
    TagboatError,
    UnavailableError,
    WaitingError,
)
from tagboat.ports import Ports
from tagboat.ports.clock import growing_pauses
from tagboat.steps.kinds import Attempt, Inputs, Kind, load_kind, sent_once


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a lost answer is looked for: the number of looks, the first pause in seconds, tries at one effect."""

    looks: int = 5
    first_pause: float = 1.0
    tries: int = 3


@dataclass(slots=True)
class Walk:
    """One walk over a plan: what has come of each step so far.

    Attributes:
        begun: an earlier run elsewhere may have sent what the ledger knows nothing of.
        only: keys of the steps that are done in this walk; None for all.
        elsewhere: keys of those that another job was to do, so that they are only looked for.
        remade: keys of the steps that made files in this walk.
    """

    plan: Plan
    receipts: dict[str, Receipt] = field(default_factory=dict)
    failures: dict[str, TagboatError] = field(default_factory=dict)
    begun: bool = False
    only: frozenset[str] | None = None
    elsewhere: frozenset[str] = frozenset()
    remade: set[str] = field(default_factory=set)


class InlineEngine:
    """Walks plans in this process.

    Args:
        ports: what steps may use.
        state: the entered state directory.
        patience: how lost answers are looked for.
        observer: is told every moment.
        stop: is asked between steps; True stops the walk at a safe point.
        kinds: finds the kind of a step; tests take ``find`` out here.
    """

    def __init__(
        self,
        ports: Ports,
        state: StateDirectory,
        *,
        patience: Patience | None = None,
        observer: Observer = nobody,
        stop: Callable[[], bool] = lambda: False,
        kinds: Callable[[str], Kind] = load_kind,
    ) -> None:
        self._ports = ports
        self._state = state
        self._patience = patience or Patience()
        self._observer = observer
        self._stop = stop
        self._kinds = kinds
        self._sent: set[str] = set()

    def walk(
        self,
        plan: Plan,
        *,
        only: Collection[str] | None = None,
        preset: Mapping[str, Receipt] | None = None,
        begun: bool = False,
        elsewhere: Collection[str] = (),
    ) -> Mapping[str, Receipt]:
        """Do every step of the plan (or ``only`` these) and return the receipts.

        Args:
            plan: the frozen plan.
            only: keys of the steps to do; None for all.
            preset: receipts that stand in for steps, such as shards that another machine built.
            begun: the world shows that an earlier run, here or elsewhere, had come to this plan's effects.
            elsewhere: keys of effects that another job was to have: they are looked for, and never done here.

        Raises:
            TagboatError: the first failure that decides; every failed guard of the phase is in its cause.
        """
        history = History(self._ports.ledger.entries(), plan.digest)
        chosen = None if only is None else frozenset(only)
        walk = Walk(plan, dict(preset or {}), begun=begun, only=chosen, elsewhere=frozenset(elsewhere))
        for step in plan.steps:
            if step.key in walk.receipts or (chosen is not None and step.key not in chosen):
                continue
            if walk.failures and not self._may_still_run(walk, step):
                break
            if any(need in walk.failures for need in step.needs):
                continue
            if self._stop():
                raise InterruptedRunError(
                    "stopped between two steps; the state is saved", remedy="tagboat resume"
                )
            try:
                walk.receipts[step.key] = self._do(walk, step, history)
            except TagboatError as error:
                walk.failures[step.key] = error
        if walk.failures:
            raise combined(list(walk.failures.values()))
        return walk.receipts

    def recall(self, plan: Plan) -> None:
        """Tell the observer what the ledger holds of a plan that is not walked again."""
        history = History(self._ports.ledger.entries(), plan.digest)
        for step in plan.steps:
            receipt = history.outcome(step.key)
            if receipt is not None:
                self._recall(step, receipt, history)

    def _recall(self, step: Step, receipt: Receipt, history: History) -> None:
        self._tell(
            Moment.RECORDED,
            step,
            receipt.state,
            attempt=history.attempts(step.key),
            reused=True,
            detail=receipt.summary,
            findings=receipt.findings,
        )

    def _may_still_run(self, walk: Walk, step: Step) -> bool:
        """After a guard's failure the other guards of its phase still speak; after any other failure nothing does."""
        failed = [walk.plan.step(key) for key in walk.failures]
        guards = all(is_guard(other) and other.phase is step.phase for other in failed)
        return guards and is_guard(step)

    def _do(self, walk: Walk, step: Step, history: History) -> Receipt:
        kind = self._kinds(step.kind)
        receipts = {need: walk.receipts[need] for need in step.needs if need in walk.receipts}
        folder = self._state.folder()
        inputs = Inputs(step, walk.plan, receipts, folder, walk.only)
        number = history.attempts(step.key) + 1
        started = self._ports.clock.monotonic()
        findings: tuple[Finding, ...] = ()
        unknown = history.unknown(step.key)
        try:
            recorded = self._reusable(walk, kind, inputs, history)
            if recorded is not None:
                self._recall(step, recorded, history)
                return recorded
            self._tell(Moment.STARTED, step, StepState.RUNNING, attempt=number)
            receipt, found = self._find_or_run(walk, kind, inputs, number, unknown=unknown)
            findings = receipt.findings
            refuse_bad(receipt)
        except TagboatError as error:
            self._fail(inputs, number, error, started, findings, unknown=unknown)
            raise
        except OSError as error:
            failure = StepFailedError(f"this machine refused: {error}", remedy="repair that, then resume")
            failure.__cause__ = error
            self._fail(inputs, number, failure, started, unknown=unknown)
            raise failure from error
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        walk.remade.update({step.key} if is_maker(step) else ())
        self._record(inputs, number, receipt, started, found=found)
        return receipt

    def _reusable(self, walk: Walk, kind: Kind, inputs: Inputs, history: History) -> Receipt | None:
        """Return the recorded outcome if it still holds; what is permanent outside holds without a look."""
        step, recorded = inputs.step, history.outcome(inputs.step.key)
        if recorded is None or is_guard(step):
            return None
        if is_maker(step):
            elsewhere = kind.find(self._ports, inputs)
            other = elsewhere is not None and elsewhere.facts != recorded.facts
            if other or walk.remade.intersection(step.needs) or not self._still_kept(recorded):
                return None
        elif step.effect is Effect.REVERSIBLE and self._look(kind, inputs) is None:
            return None
        return recorded

    def _record(self, inputs: Inputs, number: int, receipt: Receipt, started: float, *, found: bool) -> None:
        self._ports.ledger.append(
            "outcome",
            step=inputs.step.key,
            attempt=number,
            body={
                "plan": inputs.plan.digest,
                "effect": inputs.step.effect.value,
                "in": digest_in(inputs),
                "out": digest(receipt.as_json()),
                "receipt": receipt.as_json(),
                "found": found,
            },
        )
        self._tell(
            Moment.RECORDED,
            inputs.step,
            receipt.state,
            attempt=number,
            found=found,
            seconds=self._ports.clock.monotonic() - started,
            detail=receipt.summary,
            findings=receipt.findings,
        )

    def _find_or_run(
        self, walk: Walk, kind: Kind, inputs: Inputs, number: int, *, unknown: bool
    ) -> tuple[Receipt, bool]:
        step = inputs.step
        if step.key in walk.elsewhere:
            return self._found_elsewhere(kind, inputs), True
        if step.effect is not Effect.NONE and (unknown or walk.begun):
            receipt = self._look(kind, inputs)
            # What came before this process has had the time of one patient look to become visible.
            walk.begun = walk.begun and (unknown or receipt is not None)
        else:
            receipt = kind.find(self._ports, inputs)
        tries = 1
        while receipt is None:
            try:
                return self._run(kind, step, inputs, number), False
            except UnavailableError as problem:
                # A lost answer is looked for; what is known not to have arrived may be sent again.
                if step.effect is Effect.NONE:
                    raise
                self._tell(Moment.DONE, step, StepState.UNKNOWN, attempt=number)
                receipt = self._look(kind, inputs)
                left = sent_once(kind) and isinstance(problem, AnswerLostError)
                if receipt is None and (left or tries == self._patience.tries):
                    raise
                tries += 1
        return receipt, True

    def _run(self, kind: Kind, step: Step, inputs: Inputs, number: int) -> Receipt:
        body: dict[str, JSON] = {"plan": inputs.plan.digest, "effect": step.effect.value}
        self._ports.ledger.append("intent", step=step.key, attempt=number, body=body)
        self._sent.add(step.key)
        self._tell(Moment.INTENT, step, StepState.RUNNING, attempt=number)
        folder = self._state.folder()
        with self._state.log(step.key, number).open("a", encoding="utf-8") as log:

            def tell(text: str) -> None:
                _write(log, text)
                self._tell(Moment.TOLD, step, StepState.RUNNING, attempt=number, detail=text)

            attempt = Attempt(number, lambda text: _write(log, text), folder, tell)
            receipt = kind.run(self._ports, inputs, attempt)
        shutil.rmtree(folder, ignore_errors=True)
        self._tell(Moment.DONE, step, receipt.state, attempt=number)
        return receipt

    def _found_elsewhere(self, kind: Kind, inputs: Inputs) -> Receipt:
        receipt = self._look(kind, inputs)
        if receipt is None:
            raise RefusedError(
                f"{inputs.step.key} is not done, and another job was to do it",
                remedy="let that job run first (tagboat publish --phase stage), then start this one again",
            )
        return receipt

    def _look(self, kind: Kind, inputs: Inputs) -> Receipt | None:
        for pause in [0.0, *growing_pauses(self._patience.looks, self._patience.first_pause)]:
            self._ports.clock.sleep(pause)
            receipt = kind.find(self._ports, inputs)
            if receipt is not None:
                return receipt
        return None

    def _unsure(self, step: Step, error: TagboatError, *, unknown: bool) -> bool:
        """Tell whether the effect may have happened all the same: only a sure answer about it ends the doubt."""
        if step.key in self._sent:
            return isinstance(error, UnavailableError) or isinstance(error.__cause__, OSError)
        return unknown and not isinstance(error, ConflictError)

    def _still_kept(self, receipt: Receipt) -> bool:
        record = receipt.facts.get("record")
        artifacts = record.get("artifacts") if isinstance(record, Mapping) else None
        shas = (
            [a["sha256"] for a in artifacts if isinstance(a, Mapping)] if isinstance(artifacts, list) else []
        )
        return receipt.state is StepState.SKIPPED or all(self._ports.store.has(str(sha)) for sha in shas)

    def _fail(
        self,
        inputs: Inputs,
        number: int,
        error: TagboatError,
        started: float,
        findings: tuple[Finding, ...] = (),
        *,
        unknown: bool,
    ) -> None:
        step = inputs.step
        state = StepState.WAITING if isinstance(error, WaitingError) else StepState.FAILED
        unsure = step.effect is not Effect.NONE and self._unsure(step, error, unknown=unknown)
        body: dict[str, JSON] = {
            "plan": inputs.plan.digest,
            "code": error.code,
            "cause": error.cause,
            "remedy": error.remedy,
            "unsure": unsure,
        }
        self._ports.ledger.append("failure", step=step.key, attempt=number, body=body)
        self._tell(
            Moment.RECORDED,
            step,
            StepState.UNKNOWN if unsure else state,
            attempt=number,
            seconds=self._ports.clock.monotonic() - started,
            detail=error.cause,
            remedy=error.remedy,
            findings=findings,
        )

    def _tell(
        self,
        moment: Moment,
        step: Step,
        state: StepState,
        *,
        attempt: int = 1,
        reused: bool = False,
        found: bool = False,
        seconds: float = 0.0,
        detail: str = "",
        remedy: str = "",
        findings: tuple[Finding, ...] = (),
    ) -> None:
        self._observer(
            StepEvent(moment, step, state, attempt, reused, found, seconds, detail, remedy, findings)
        )


def _write(log: TextIO, text: str) -> None:
    log.write(text.rstrip("\n") + "\n")
    log.flush()
