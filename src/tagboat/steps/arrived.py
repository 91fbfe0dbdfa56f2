"""Guard: what the workflow published on an index is what we built, file by file; its addresses are recorded.

A workflow that builds the files itself may do so if it comes to the same bytes; any other is named with both digests.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tagboat.core.artifact import Artifact
from tagboat.core.canonical import JSON
from tagboat.core.step import Effect, Phase, Receipt
from tagboat.core.verdict import Finding, Verdict
from tagboat.ports import Ports
from tagboat.ports.clock import growing_pauses
from tagboat.ports.index import IndexFile, published
from tagboat.steps.kinds import Attempt, Inputs

PHASE = Phase.PUBLISH
EFFECT = Effect.NONE
_FIRST_PAUSE = 2.0


@dataclass(frozen=True, slots=True)
class Options:
    """One distribution on one index, its files as JSON, and how often an absent one is looked for."""

    index: str
    distribution: str
    version: str
    tries: int
    artifacts: tuple[Mapping[str, Any], ...]


def find(_ports: Ports, _inputs: Inputs) -> Receipt | None:
    """A guard looks afresh each time."""
    return None


def run(ports: Ports, inputs: Inputs, attempt: Attempt) -> Receipt:
    """Compare digests; what an index does not show yet is looked for again."""
    options = inputs.options(Options)
    artifacts = [Artifact.from_json(data) for data in options.artifacts]
    listed: Sequence[IndexFile] = ()
    for pause in (0.0, *growing_pauses(options.tries, _FIRST_PAUSE)):
        ports.clock.sleep(pause)
        listed = published(ports.indexes[options.index].project(options.distribution), options.version)
        if {artifact.file for artifact in artifacts} <= {file.filename for file in listed}:
            break
        attempt.log(f"{options.index} shows {len(listed)} of {len(artifacts)} files of {options.version}")
    findings = tuple(_findings(options.index, artifacts, listed))
    if findings:
        return Receipt("; ".join(finding.reason for finding in findings), findings=findings)
    urls: dict[str, JSON] = {file.filename: file.url for file in listed}
    summary = f"{options.index} has all {len(artifacts)} files of {options.version} with our bytes"
    return Receipt(summary, {"index": options.index, "urls": urls})


def _findings(index: str, artifacts: Sequence[Artifact], listed: Sequence[IndexFile]) -> list[Finding]:
    there, wanted = {file.filename: file for file in listed}, {a.file: a for a in artifacts}
    other = "what it published stays: find out what built it, and release the next version"
    late = "re-run the workflow's publishing job if it published nothing; if the index is only late, resume"
    found = []
    for name, artifact in wanted.items():
        if name not in there:
            reason = f"{name} is not on {index} although the workflow succeeded"
            found.append(Finding(Verdict.FAIL, reason, late, "remote-missing"))
        elif there[name].sha256 != artifact.sha256:
            reason = (
                f"{name} on {index} is {there[name].sha256 or 'of no digest'}, we built {artifact.sha256}"
            )
            found.append(Finding(Verdict.FAIL, reason, other, "remote-differs"))
    for name in there:
        if name not in wanted:
            reason = f"{name} is on {index}, and we built no such file"
            found.append(Finding(Verdict.FAIL, reason, other, "remote-differs"))
    return found
