"""Which of a workflow's jobs start, one after the other, when everything goes well."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from graphlib import TopologicalSorter

from tagboat.workflows.evaluation import Contexts, condition
from tagboat.workflows.model import Data, Job
from tagboat.workflows.values import UNKNOWN, Open, Value


def ordered(jobs: Sequence[Job]) -> list[Job]:
    """Return the jobs so that each stands behind those it needs; the reader has refused circles."""
    waits = {str(job.id): {str(need) for need in job.needs} for job in jobs}
    known = {str(job.id): job for job in jobs}
    return [known[name] for name in TopologicalSorter(waits).static_order() if name in known]


def needs(
    job: Job, skipped: set[str], doubtful: set[str], outputs: Mapping[str, Mapping[str, Data]]
) -> Value:
    """Return the ``needs`` context of a job whose needed jobs started, were skipped, or may have started."""
    results: dict[str, Value] = {}
    for need in job.needs:
        known: Value = "skipped" if need in skipped else UNKNOWN if need in doubtful else "success"
        results[str(need)] = Open({"result": known, "outputs": Open(outputs.get(need, {}))})
    return results


def holds(job: Job, contexts: Contexts, skipped: set[str], doubtful: set[str]) -> bool | None:
    """Tell whether a job starts when all before it went well; behind a skipped one only where its ``if`` says so."""
    status = None if doubtful.intersection(job.needs) else "success"
    said = job.condition
    asks = re.search(r"\b(?:always|failure|cancelled)\s*\(", said)
    if skipped.intersection(job.needs) and not asks:
        return False
    return condition(said, contexts, status)  # type: ignore[arg-type] # the text is one of the three
