"""Guard: the index still takes files for this version.

Observed behaviour of PyPI since July 2026: no new file is accepted for a release whose first file is older than 14 days.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from tagboat.core.artifact import Role
from tagboat.core.names import distribution_of, flat_name
from tagboat.core.step import Effect, Phase, Receipt
from tagboat.core.verdict import Finding, Verdict
from tagboat.errors import UnavailableError
from tagboat.ports import Ports
from tagboat.ports.index import published
from tagboat.steps.adopt import adopted
from tagboat.steps.kinds import Attempt, Inputs
from tagboat.steps.version_free import unanswered

PHASE = Phase.CHECK
EFFECT = Effect.NONE
WINDOW = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Options:
    """One distribution's version on one index; ``index_down`` is the project's policy for an index that is away."""

    index: str
    distribution: str
    version: str
    index_down: str = "stop"


def find(_ports: Ports, _inputs: Inputs) -> Receipt | None:
    """A guard looks afresh each time."""
    return None


def run(ports: Ports, inputs: Inputs, attempt: Attempt) -> Receipt:
    """Compute the time that is left from the first file's upload time."""
    options = inputs.options(Options)
    try:
        project = ports.indexes[options.index].project(options.distribution)
    except UnavailableError as error:
        return unanswered(error, options.index, options.index_down)
    files = published(project, options.version)
    times = sorted(datetime.fromisoformat(f.uploaded) for f in files if f.uploaded)
    if not times:
        return Receipt(f"no file of {options.version} is on {options.index}: its window is not open yet")
    left = WINDOW - (ports.clock.now() - times[0])
    attempt.log(f"first file uploaded {times[0].isoformat()}, {left} left")
    manifest = adopted(inputs)
    there = {file.filename for file in files}
    missing = [
        a.file
        for a in (manifest.artifacts if manifest else ())
        if a.role in (Role.SDIST, Role.WHEEL)
        and distribution_of(a) == flat_name(options.distribution)
        and a.file not in there
    ]
    if left > timedelta(0) or not missing:
        return Receipt(f"{options.index} takes files of {options.version} for {max(left, timedelta(0))} more")
    reason = f"{options.index} closed {options.version} 14 days after its first file; still missing: {', '.join(missing)}"
    finding = Finding(Verdict.FAIL, reason, "release the next version with all files", "window-closed")
    return Receipt(reason, findings=(finding,))
