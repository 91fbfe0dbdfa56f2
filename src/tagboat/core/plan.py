"""A plan: the frozen steps of one half of a release, as data, with a digest.

Laws, held by :func:`broken_laws` and by tests over every pipeline:

- keys are unique, and a step needs only steps that stand before it;
- phases never run backwards;
- no permanent step stands before a fallible step without permanent effect, unless that step needs it;
- every permanent step is needed by a step of the confirm phase.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from tagboat.core.canonical import JSON, digest
from tagboat.core.release import Release
from tagboat.core.step import Effect, Phase, Step

_PHASES = list(Phase)


class Half(StrEnum):
    """The two halves of a release, with the Manifest between them."""

    PREPARE = "prepare"
    PUBLISH = "publish"


@dataclass(frozen=True, slots=True)
class Plan:
    """One half of a release, frozen.

    Attributes:
        half: prepare (ends in the Manifest) or publish (is planned from it).
        pipeline: the pipeline's name, such as ``tag-release``.
        releases: what is released.
        steps: in the order in which they run.
        basis: digests of what the plan was made from (configuration; for publish also the first plan and the Manifest).
    """

    half: Half
    pipeline: str
    releases: tuple[Release, ...]
    steps: tuple[Step, ...]
    basis: Mapping[str, str] = field(default_factory=dict)
    _digest: str = field(default="", init=False, repr=False, compare=False)

    @property
    def digest(self) -> str:
        """SHA-256 of the canonical JSON: what an approval binds to."""
        if not self._digest:
            # Every entry of a step names it: made anew each time, a release would take the square of its steps.
            object.__setattr__(self, "_digest", digest(self.as_json()))
        return self._digest

    def as_json(self) -> dict[str, JSON]:
        """Return the plan as data, in the form whose digest counts."""
        return {
            "schema": "tagboat/plan/1",
            "half": self.half.value,
            "pipeline": self.pipeline,
            "releases": [release.as_json() for release in self.releases],
            "steps": [step.as_json() for step in self.steps],
            "basis": dict(self.basis),
        }

    def step(self, key: str) -> Step:
        """Return the step with this key.

        Raises:
            KeyError: there is none.
        """
        for step in self.steps:
            if step.key == key:
                return step
        raise KeyError(key)


def broken_laws(plan: Plan) -> Iterator[str]:
    """Yield a sentence for each law that ``plan`` breaks; nothing for a lawful plan."""
    reach: dict[str, frozenset[str]] = {}
    permanent: list[str] = []
    last = Phase.CHECK
    for step in plan.steps:
        if step.key in reach:
            yield f"the key {step.key} stands twice"
        missing = [need for need in step.needs if need not in reach]
        if missing:
            yield f"{step.key} needs {', '.join(missing)}, which does not stand before it"
        if _PHASES.index(step.phase) < _PHASES.index(last):
            yield f"{step.key} goes back from {last} to {step.phase}"
        last = step.phase
        reach[step.key] = frozenset(step.needs).union(*(reach.get(need, frozenset()) for need in step.needs))
        unneeded = [key for key in permanent if key not in reach[step.key]]
        if step.effect is not Effect.PERMANENT and unneeded and step.phase is not Phase.CONFIRM:
            yield f"{step.key} can still fail after the permanent {', '.join(unneeded)}, which it does not need"
        if step.effect is Effect.PERMANENT:
            permanent.append(step.key)
    confirmed = frozenset().union(*(reach[s.key] for s in plan.steps if s.phase is Phase.CONFIRM))
    for key in permanent:
        if key not in confirmed:
            yield f"nothing confirms the permanent {key}"


def plan_from_json(data: Mapping[str, object]) -> Plan:
    """Read what ``Plan.as_json`` wrote.

    Raises:
        KeyError, TypeError, ValueError: it is not a plan of this schema.
    """
    if data["schema"] != "tagboat/plan/1":
        raise ValueError(f"unknown plan schema {data['schema']!r}")
    steps = tuple(
        Step(
            key=item["key"],
            kind=item["kind"],
            phase=Phase(item["phase"]),
            effect=Effect(item["effect"]),
            component=item["component"],
            options=item["options"],
            needs=tuple(item["needs"]),
        )
        for item in _rows(data["steps"])
    )
    releases = tuple(Release.from_json(item) for item in _rows(data["releases"]))
    basis = data["basis"]
    if not isinstance(basis, dict):
        raise TypeError("a plan's basis is a table of digests")
    return Plan(Half(str(data["half"])), str(data["pipeline"]), releases, steps, basis)


def _rows(value: object) -> list[dict[str, Any]]:
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise TypeError("a plan's steps and releases are lists of tables")
    return value
