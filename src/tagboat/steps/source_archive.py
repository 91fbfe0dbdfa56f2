"""Writes the byte-stable source archive of the tag, and its checksum file.

The forge's own tarballs change their bytes between versions of its tools; recipes elsewhere pin a digest, so the release
carries an archive that the same commit always gives.
"""

from __future__ import annotations

from dataclasses import dataclass

from tagboat.core.artifact import Artifact, Role, ShardRecord
from tagboat.core.names import ARCHIVE_SHARD
from tagboat.core.step import Effect, Phase, Receipt
from tagboat.ports import Ports
from tagboat.steps.adopt import adopted, fetch_adopted
from tagboat.steps.build_shard import record_facts, recorded
from tagboat.steps.kinds import Attempt, Inputs

PHASE = Phase.BUILD
EFFECT = Effect.NONE


@dataclass(frozen=True, slots=True)
class Options:
    """The component, the commit, and the archive's name without its ending, which is also its one top folder."""

    component: str
    commit: str
    name: str


def find(ports: Ports, inputs: Inputs) -> Receipt | None:
    """Return the adopted build's archive when there is one."""
    manifest = adopted(inputs)
    if manifest is None:
        return None
    options = inputs.options(Options)
    record = recorded(manifest, options.component, ARCHIVE_SHARD, options.commit)
    if record is None:
        return None
    for artifact in record.artifacts:
        fetch_adopted(ports, manifest, artifact, inputs.folder)
    return Receipt(f"adopted {record.artifacts[0].file}", record_facts(record))


def run(ports: Ports, inputs: Inputs, attempt: Attempt) -> Receipt:
    """Write the archive, and a checksum file that ``sha256sum -c`` reads."""
    options = inputs.options(Options)
    path = attempt.folder / f"{options.name}.tar.gz"
    ports.repository.archive(options.commit, options.name, path)
    sha256, size = ports.store.put(path)
    sums = attempt.folder / f"{path.name}.sha256"
    sums.write_text(f"{sha256}  {path.name}\n")
    sums_sha256, sums_size = ports.store.put(sums)
    record = ShardRecord(
        component=options.component,
        shard=ARCHIVE_SHARD,
        commit=options.commit,
        plan=inputs.plan.digest,
        builder="git tree",
        python="",
        network="off",
        requirements=(),
        artifacts=(
            Artifact(path.name, sha256, size, options.component, Role.ARCHIVE),
            Artifact(sums.name, sums_sha256, sums_size, options.component, Role.CHECKSUM),
        ),
    )
    return Receipt(f"{path.name}, {size} bytes", record_facts(record))
