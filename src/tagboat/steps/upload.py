"""Uploads one file to one index, once: the same bytes there are a receipt, other bytes are a conflict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tagboat.core.artifact import Artifact
from tagboat.core.step import Effect, Phase, Receipt
from tagboat.errors import ConflictError
from tagboat.ports import Ports
from tagboat.steps.kinds import Attempt, Inputs
from tagboat.steps.late import looked_for

PHASE = Phase.PUBLISH
EFFECT = Effect.PERMANENT


@dataclass(frozen=True, slots=True)
class Options:
    """The index's name, the distribution, and the artifact as JSON."""

    index: str
    distribution: str
    artifact: Mapping[str, Any]


def find(ports: Ports, inputs: Inputs) -> Receipt | None:
    """Return the listed file when it has our digest."""
    options = inputs.options(Options)
    artifact = Artifact.from_json(options.artifact)
    project = ports.indexes[options.index].project(options.distribution)
    file = project.file(artifact.file) if project else None
    if file is None:
        return None
    if file.sha256 != artifact.sha256:
        raise ConflictError(
            f"{options.index} holds another {artifact.file}: {file.sha256[:12]}, ours is {artifact.sha256[:12]}",
            remedy="an index never takes a file name twice: find out who published it, and release the next version",
        )
    return Receipt(
        f"{options.index} has {artifact.file} with our bytes", {"sha256": file.sha256, "url": file.url}
    )


def run(ports: Ports, inputs: Inputs, attempt: Attempt) -> Receipt:
    """Send the file; where its name is taken, our own bytes may be there that the index's page does not show yet.

    Indexes that refuse a file which they have, whatever its bytes, are devpi and pypiserver, and those that forbid to
    deploy again. A cached page shows the file of a run that was killed only later.
    """
    options = inputs.options(Options)
    artifact = Artifact.from_json(options.artifact)
    attempt.log(f"uploading {artifact.file}, {artifact.size} bytes, to {options.index}")
    index = ports.indexes[options.index]
    try:
        warning = index.upload(ports.store.path(artifact), artifact.sha256)
    except ConflictError as refused:
        attempt.log(f"refused: {refused.cause}; is it there with our bytes?")
        there = looked_for(ports.clock, lambda: find(ports, inputs))
        if there is None:
            raise
        return there
    if warning:
        attempt.log(f"{options.index} says: {warning}")
    if _is_last(inputs, options.index) and (remark := index.burn()):
        attempt.log(remark)
    return Receipt(
        f"uploaded {artifact.file} to {options.index}", {"sha256": artifact.sha256, "warning": warning}
    )


def _is_last(inputs: Inputs, index: str) -> bool:
    """Tell whether this process has no further upload to the index: what it lent us is of no use any more."""
    uploads = [s.key for s in inputs.plan.steps if s.kind == "upload" and s.options.get("index") == index]
    return inputs.step.key in [key for key in uploads if inputs.does(key)][-1:]
