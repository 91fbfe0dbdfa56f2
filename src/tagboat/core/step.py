"""A step of a release: frozen data that names one deed, and the receipt of having done it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from tagboat.core.canonical import JSON
from tagboat.core.verdict import Finding


class Phase(StrEnum):
    """The parts of a release, in their order; the first three make the prepare half."""

    CHECK = "check"
    BUILD = "build"
    VERIFY = "verify"
    STAGE = "stage"
    PUBLISH = "publish"
    CONFIRM = "confirm"


class Effect(StrEnum):
    """What a step changes outside: nothing, something that can be taken back, or something for good."""

    NONE = "none"
    REVERSIBLE = "reversible"
    PERMANENT = "permanent"


class StepState(StrEnum):
    """The words for a step's state, the same in the terminal, in JSON and in the ledger.

    ``unknown`` means that the effect was sent and its answer was not seen; it is always followed by looking.
    """

    PLANNED = "planned"
    WAITING = "waiting"
    READY = "ready"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    NEEDS_HUMAN = "needs-human"
    SKIPPED = "skipped"
    REJECTED = "rejected"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    SUPERSEDED = "superseded"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Step:
    """One deed, frozen in a plan.

    Attributes:
        key: unique in the plan, readable: ``upload:pypi:NAME-1.0.tar.gz``.
        kind: the module in ``tagboat.steps`` that can find and run it.
        phase: the part of the release that it belongs to.
        effect: what it changes outside.
        component: the component that it serves, or "" for the whole release.
        options: the data that its kind needs, validated by the kind's ``Options``.
        needs: keys of earlier steps whose receipts it reads.
    """

    key: str
    kind: str
    phase: Phase
    effect: Effect
    component: str = ""
    options: Mapping[str, JSON] = field(default_factory=dict)
    needs: tuple[str, ...] = ()

    def as_json(self) -> dict[str, JSON]:
        """Return the step as it stands in a plan file."""
        return {
            "key": self.key,
            "kind": self.kind,
            "phase": self.phase.value,
            "effect": self.effect.value,
            "component": self.component,
            "options": dict(self.options),
            "needs": list(self.needs),
        }


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the world answered to a step: kept in the ledger, read by the steps that need it.

    Attributes:
        summary: one line for people.
        facts: small JSON for the steps that follow (digests, URLs, identifiers); never a secret.
        state: ``SUCCEEDED``, or ``SKIPPED`` with the reason in ``summary``.
        findings: what a guard found, warnings included.
    """

    summary: str
    facts: Mapping[str, JSON] = field(default_factory=dict)
    state: StepState = StepState.SUCCEEDED
    findings: tuple[Finding, ...] = ()

    def as_json(self) -> dict[str, JSON]:
        """Return the receipt as it stands in the ledger."""
        return {
            "summary": self.summary,
            "facts": dict(self.facts),
            "state": self.state.value,
            "findings": [
                {"verdict": f.verdict.value, "reason": f.reason, "remedy": f.remedy, "code": f.code}
                for f in self.findings
            ],
        }
