"""What is to be done in one job, and to whom it is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from tagboat.sandbox.actions.commands import Annotation
from tagboat.sandbox.actions.expressions import Value
from tagboat.sandbox.actions.workflow.model import Defaults, Job


@dataclass(frozen=True, slots=True)
class StoredArtifact:
    """An artifact of this run: ``content`` is a zip file."""

    id: int
    name: str
    content: Path
    digest: str


class Shelf(Protocol):
    """The artifacts of one run."""

    def listed(self) -> list[StoredArtifact]:
        """The newest of each name."""

    def put(self, name: str, content: Path, *, days: int, overwrite: bool) -> StoredArtifact:
        """Keep a zip file as an artifact; it is taken over.

        Raises:
            StepFailedError: This attempt has one of that name already.
        """


class Reporter(Protocol):
    """Hears how a job goes."""

    def step(self, number: int, name: str, status: str, conclusion: str | None) -> None:
        """A step is ``pending``, ``in_progress`` or ``completed``."""

    def annotate(self, annotation: Annotation) -> None:
        """A step said something about a file, or failed."""

    def summarize(self, text: str) -> None:
        """A step wrote a summary."""


@dataclass(frozen=True, slots=True)
class Order:
    """One job, everything about it evaluated that can be before its first step.

    ``contexts`` holds github, needs, strategy, matrix, inputs, vars and secrets; ``env`` what workflow and job set;
    ``variables`` what the forge tells the job beyond that; ``notes`` are said at its beginning.
    """

    job: Job
    name: str
    contexts: Mapping[str, Value]
    env: Mapping[str, str]
    defaults: Defaults
    token: str
    folder: Path
    log: Path
    variables: Mapping[str, str] = field(default_factory=dict)
    hidden: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    minutes: float | None = None


@dataclass(frozen=True, slots=True)
class Ended:
    """How a job ended; ``url`` is its environment's."""

    result: str
    outputs: Mapping[str, str]
    url: str = ""
