"""How many jobs an event starts, from the workflow files alone.

Jobs are counted as the forge starts them: those whose ``if`` holds when all before them succeeded, once for each
combination of their matrix, with the jobs of the reusable workflows that they call. What only a run can tell is taken from
what the user assumes, then from a run that was recorded, and is else unknown: it is counted at least once where it surely
starts, and named.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tagboat.workflows.counting import Count, Counter
from tagboat.workflows.event import Event, starts
from tagboat.workflows.model import Workflow


@dataclass(frozen=True, slots=True)
class Cost:
    """All jobs that an event starts."""

    event: Event
    counts: tuple[Count, ...]

    @property
    def least(self) -> int:
        """How many jobs surely start."""
        return sum(count.least for count in self.counts)

    @property
    def most(self) -> int | None:
        """How many jobs can start; None when only a run can tell."""
        numbers = [count.most for count in self.counts]
        return None if None in numbers else sum(number or 0 for number in numbers)

    @property
    def gpu(self) -> int:
        """How many surely want a GPU."""
        return sum(count.least for count in self.counts if count.gpu)

    def systems(self) -> Mapping[str, int]:
        """Return how many surely start on each system; "unknown" for those whose machine no file tells."""
        found: dict[str, int] = {}
        for count in self.counts:
            if count.least:
                found[count.system or "unknown"] = found.get(count.system or "unknown", 0) + count.least
        return found


def cost(
    workflows: Mapping[str, Workflow],
    event: Event,
    assumed: Mapping[str, int] | None = None,
    recorded: Mapping[str, int] | None = None,
) -> Cost:
    """Return what an event starts.

    Args:
        workflows: path in the repository to what the file says.
        event: what happens.
        assumed: job to the number of jobs that its matrix makes: ``JOB``, or ``FILE:JOB``, as it stands in the counts.
        recorded: the same, as ``FILE:JOB``, for matrices that the files do not tell.

    Raises:
        ConfigError: an expression is none.
    """
    counter = Counter(workflows, event, assumed or {}, recorded or {})
    started = [path for path in sorted(workflows) if starts(path, workflows[path], event)]
    return Cost(event, tuple(count for path in started for count in counter.counts(path)))
