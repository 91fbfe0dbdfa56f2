"""What every run on its way shares, and one run of them: its records, what it remembers, who waits in it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path

from tagboat.sandbox.actions.book import Book
from tagboat.sandbox.actions.events import Origin
from tagboat.sandbox.actions.expressions import Value
from tagboat.sandbox.actions.gates import Gate
from tagboat.sandbox.actions.groups import Groups
from tagboat.sandbox.actions.machine import Machine, architecture
from tagboat.sandbox.actions.model import StandIn
from tagboat.sandbox.actions.schedule import Kept
from tagboat.sandbox.actions.signals import Signal
from tagboat.sandbox.actions.workflow.model import Workflow
from tagboat.sandbox.forge.forge import Forge
from tagboat.sandbox.forge.model import Account, Repository, Run


@dataclass(slots=True)
class Workshop:
    """The forge, its book, its groups and this machine; ``places`` is how many jobs go at once."""

    forge: Forge
    book: Book
    machine: Machine
    folder: Path
    mark: str
    places: asyncio.Semaphore
    groups: Groups = field(default_factory=Groups)


@dataclass(slots=True)
class Course:
    """One attempt of a run on its way.

    ``workflows`` are the run's own and all that it calls, by path; ``kept`` is what the attempt before came to, by the
    keys of jobs, without those that were asked for again.
    """

    workshop: Workshop
    run: Run
    repository: Repository
    owner: Account
    origin: Origin
    workflows: Mapping[str, Workflow]
    github: dict[str, Value]
    signal: Signal
    kept: dict[str, Kept] = field(default_factory=dict)
    gates: list[Gate] = field(default_factory=list)

    @property
    def workflow(self) -> Workflow:
        """The workflow that the run is of."""
        return self.workflows[self.origin.path]


def played_by(workshop: Workshop, labels: tuple[str, ...]) -> tuple[list[str], list[str]]:
    """What a job with these ``runs-on`` labels is told, and the labels that nothing here plays."""
    told: list[str] = []
    missing: list[str] = []
    ordered = [each.label for each in workshop.forge.records.all(StandIn)]
    for label in labels:
        if any(fnmatchcase(label.lower(), pattern.lower()) for pattern in ordered):
            told.append(
                f"##[warning]runs-on {label}: this machine (Linux {architecture()}) stands in for it, as ordered"
            )
        elif not _of_this_machine(label.lower()):
            missing.append(label)
        else:
            told.append(f"runs-on {label}: this machine (Linux {architecture()})")
    return told, missing


def _of_this_machine(label: str) -> bool:
    if any(word in label for word in ("gpu", "cuda", "windows", "macos", "self-hosted")):
        return False
    arm = "arm" in label or "aarch64" in label
    return ("ubuntu" in label or "linux" in label) and arm == (architecture() == "ARM64")
