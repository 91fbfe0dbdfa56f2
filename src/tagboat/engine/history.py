"""What a ledger tells about the steps of a plan: outcomes, open intents, attempts, states."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tagboat.core.step import Receipt, StepState
from tagboat.core.verdict import Finding, Verdict
from tagboat.ports.ledger import Entry


class History:
    """The ledger read for one plan.

    An attempt starts with its intent (or, for what was found, with its outcome); an intent that no outcome or sure
    failure follows is unknown: the effect may have happened.
    """

    def __init__(self, entries: Sequence[Entry], plan: str) -> None:
        self._outcomes: dict[str, Receipt] = {}
        self._states: dict[str, StepState] = {}
        self._reasons: dict[str, str] = {}
        self._attempts: dict[str, int] = {}
        self._effects: dict[str, str] = {}
        self._times: dict[str, tuple[str, str]] = {}
        for entry in entries:
            if entry.event == "intent" and entry.body.get("plan") == plan:
                self._states[entry.step] = StepState.UNKNOWN
                self._effects[entry.step] = str(entry.body.get("effect"))
                self._attempts[entry.step] = entry.attempt
                self._times[entry.step] = (entry.time, "")
            elif entry.event == "outcome" and entry.body.get("plan") == plan:
                self._record(entry)
            elif entry.event == "failure" and entry.body.get("plan") == plan:
                unsure = bool(entry.body.get("unsure"))
                waiting = entry.body.get("code") == "waiting"
                failed = StepState.WAITING if waiting else StepState.FAILED
                self._states[entry.step] = StepState.UNKNOWN if unsure else failed
                self._reasons[entry.step] = str(entry.body.get("cause", ""))
                self._attempts[entry.step] = entry.attempt
                self._outcomes.pop(entry.step, None)

    def outcome(self, key: str) -> Receipt | None:
        """Return the recorded receipt of a step that is done."""
        return self._outcomes.get(key)

    def unknown(self, key: str) -> bool:
        """Tell whether the step's effect was begun and its outcome never recorded."""
        return self._states.get(key) is StepState.UNKNOWN

    def attempts(self, key: str) -> int:
        """Return how many attempts the ledger knows of."""
        return self._attempts.get(key, 0)

    def state(self, key: str) -> StepState:
        """Return the step's state, planned when nothing is recorded."""
        return self._states.get(key, StepState.PLANNED)

    def reason(self, key: str) -> str:
        """Return the receipt's summary or the failure's cause, "" when nothing is recorded."""
        return self._reasons.get(key, "")

    def seconds(self, key: str) -> float:
        """Return the seconds between the last attempt's intent and its outcome, 0.0 when either is missing."""
        started, ended = self._times.get(key, ("", ""))
        if not (started and ended):
            return 0.0
        from datetime import datetime  # noqa: PLC0415 - only status needs it, and status starts fast

        return (datetime.fromisoformat(ended) - datetime.fromisoformat(started)).total_seconds()

    def touched_outside(self) -> bool:
        """Tell whether any effect outside has happened, or may have."""
        sure_failures = (StepState.FAILED, StepState.WAITING)
        return any(
            effect != "none" and self._states.get(key) not in sure_failures
            for key, effect in self._effects.items()
        )

    def _record(self, entry: Entry) -> None:
        receipt = receipt_from_json(entry.body["receipt"])
        self._effects[entry.step] = str(entry.body.get("effect", self._effects.get(entry.step, "none")))
        self._outcomes[entry.step] = receipt
        self._states[entry.step] = receipt.state
        self._reasons[entry.step] = receipt.summary
        self._attempts[entry.step] = entry.attempt
        self._times[entry.step] = (self._times.get(entry.step, (entry.time, ""))[0], entry.time)


def receipt_from_json(data: object) -> Receipt:
    """Read what ``Receipt.as_json`` wrote.

    Raises:
        TypeError, KeyError, ValueError: it is not a receipt.
    """
    if not isinstance(data, Mapping):
        raise TypeError("a receipt is a table")
    findings = tuple(
        Finding(Verdict(item["verdict"]), item["reason"], item["remedy"], item["code"])
        for item in data["findings"]
    )
    return Receipt(data["summary"], data["facts"], StepState(data["state"]), findings)
