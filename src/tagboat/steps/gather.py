"""Accepts the shards of this commit and this plan, and makes the one Manifest.

Refused is all that ``tagboat.core.acceptance`` refuses: a shard that is missing, given twice or not asked for; one of
another commit or plan; a file of another component, version or role than its shard makes; a file that two shards made.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tagboat._version import __version__
from tagboat.core.acceptance import refusals
from tagboat.core.artifact import Manifest, Role, ShardRecord
from tagboat.core.canonical import JSON, canonical
from tagboat.core.plan import Plan
from tagboat.core.step import Effect, Phase, Receipt
from tagboat.errors import RefusedError
from tagboat.ports import Ports
from tagboat.steps.adopt import MANIFEST_NAME, adopted
from tagboat.steps.kinds import Attempt, Inputs

PHASE = Phase.BUILD
EFFECT = Effect.NONE


@dataclass(frozen=True, slots=True)
class Options:
    """Where the project lives, as ``owner/name``; the plan's build steps say which shards there are."""

    repository: str


def find(ports: Ports, inputs: Inputs) -> Receipt | None:
    """Return the adopted Manifest when there is one."""
    manifest = adopted(inputs)
    if manifest is None:
        return None
    path = inputs.folder / MANIFEST_NAME
    return _keep(ports, manifest, path, "adopted")


def run(ports: Ports, inputs: Inputs, attempt: Attempt) -> Receipt:
    """Gather the receipts of the build steps."""
    options = inputs.options(Options)
    records = []
    for receipt in inputs.receipts.values():
        data = receipt.facts.get("record")
        if isinstance(data, dict):
            records.append(ShardRecord.from_json(data))
    manifest = gather(options, inputs.plan, records)
    attempt.log(f"{len(records)} shards, {len(manifest.artifacts)} files")
    return _keep(ports, manifest, attempt.folder / MANIFEST_NAME, "wrote")


def gather(options: Options, plan: Plan, records: list[ShardRecord]) -> Manifest:
    """Return the Manifest of these shards.

    Raises:
        RefusedError: they are not exactly the plan's; every reason is named.
    """
    artifacts = [a for record in records for a in record.artifacts if a.role is not Role.BUILD_ONLY]
    manifest = Manifest(
        tool=f"tagboat {__version__}",
        repository=options.repository,
        plan=plan.digest,
        releases=plan.releases,
        shards=tuple(sorted(records, key=lambda r: (r.component, r.shard, r.commit, canonical(r.as_json())))),
        artifacts=tuple(sorted(artifacts, key=lambda artifact: artifact.file)),
    )
    if problems := refusals(manifest, plan):
        raise RefusedError(
            f"these shards are not one build: {'; '.join(problems)}",
            remedy="build each shard once, from this tag and this configuration, and gather them all",
        )
    return manifest


def _keep(ports: Ports, manifest: Manifest, path: Path, verb: str) -> Receipt:
    path.write_text(manifest.text)
    sha256, size = ports.store.put(path)
    summary = f"{verb} the Manifest {manifest.digest[:12]}: {len(manifest.artifacts)} files"
    facts: dict[str, JSON] = {
        "manifest": manifest.as_json(),
        "digest": manifest.digest,
        "sha256": sha256,
        "size": size,
    }
    return Receipt(summary, facts)
