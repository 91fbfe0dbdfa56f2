"""What a kind of step is, and how a frozen step finds its kind: the module's name is the kind's name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from importlib import import_module
from pathlib import Path
from typing import Any, ClassVar, Protocol, TypeVar, cast

from tagboat.core.canonical import JSON
from tagboat.core.plan import Plan
from tagboat.core.step import Effect, Phase, Receipt, Step
from tagboat.ports import Ports


class _Dataclass(Protocol):
    __dataclass_fields__: ClassVar[dict[str, Any]]


O = TypeVar("O", bound=_Dataclass)  # noqa: E741 - the type of a kind's Options


@dataclass(frozen=True, slots=True)
class Inputs:
    """What a step may read: itself, its plan, and the receipts of the steps that it needs.

    Attributes:
        folder: a fresh folder for what ``find`` has to fetch; it goes away with the step.
        only: keys of the steps that this process does; None for the whole plan.
    """

    step: Step
    plan: Plan
    receipts: Mapping[str, Receipt]
    folder: Path
    only: frozenset[str] | None = None

    def does(self, key: str) -> bool:
        """Tell whether this process does the plan's step of this key; another job may have been given it."""
        return self.only is None or key in self.only

    def options(self, options: type[O]) -> O:
        """Return the step's options as the kind's own dataclass; lists become tuples again."""
        names = {item.name for item in fields(options)}
        return options(**{k: _tuples(v) for k, v in self.step.options.items() if k in names})

    def fact(self, kind: str, name: str) -> JSON:
        """Return a fact from the one needed step of this kind, or None when it did not state it."""
        for key, receipt in self.receipts.items():
            if self.plan_kind(key) == kind:
                return receipt.facts.get(name)
        return None

    def plan_kind(self, key: str) -> str:
        """Return the kind of the plan's step with this key."""
        return self.plan.step(key).kind


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try at one step: its number, its own log, and a folder that is thrown away afterwards.

    Attributes:
        tell: says to whoever watches how far a long step is, and logs it.
    """

    number: int
    log: Callable[[str], None]
    folder: Path
    tell: Callable[[str], None]


class Kind(Protocol):
    """A module of this room."""

    PHASE: Phase
    EFFECT: Effect

    def find(self, ports: Ports, inputs: Inputs) -> Receipt | None:
        """Ask the world whether the deed is already done with our bytes.

        Raises:
            ConflictError: the world holds something else under our name.
        """
        ...

    def run(self, ports: Ports, inputs: Inputs, attempt: Attempt) -> Receipt:
        """Do the deed."""
        ...


def load_kind(name: str) -> Kind:
    """Return the kind of this name.

    Raises:
        KeyError: there is no such kind.
    """
    try:
        return cast("Kind", import_module(f"tagboat.steps.{name.replace('-', '_')}"))
    except ModuleNotFoundError:
        raise KeyError(name) from None


def sent_once(kind: Kind) -> bool:
    """Tell whether this kind's effect, sent twice, is there twice: such a module says ``SENT_ONCE``."""
    return bool(getattr(kind, "SENT_ONCE", False))


def freeze(
    kind: str,
    key: str,
    options: _Dataclass,
    *,
    component: str = "",
    needs: tuple[str, ...] = (),
    phase: Phase | None = None,
    effect: Effect | None = None,
) -> Step:
    """Return the frozen step of this kind; phase and effect are the kind's own unless the pipeline says otherwise."""
    module = load_kind(kind)
    data = cast("dict[str, JSON]", _lists(asdict(cast("Any", options))))
    return Step(key, kind, phase or module.PHASE, effect or module.EFFECT, component, data, needs)


def _tuples(value: object) -> object:
    return tuple(_tuples(item) for item in value) if isinstance(value, list | tuple) else value


def _lists(value: object) -> object:
    if isinstance(value, dict):
        return {key: _lists(item) for key, item in value.items()}
    return [_lists(item) for item in value] if isinstance(value, list | tuple) else value
