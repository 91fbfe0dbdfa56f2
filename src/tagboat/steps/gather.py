"""Accepts the shards of this commit and this plan, and makes the one Manifest.

Refused: a shard that is missing, given twice or not asked for; one of another commit or plan; a file name that two
shards made with different bytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tagboat._version import __version__
from tagboat.core.artifact import Artifact, Manifest, ShardRecord
from tagboat.core.canonical import JSON
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
    """Where the project lives, and the shards to expect as ``component/shard=commit``."""

    repository: str
    expected: tuple[str, ...]


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
        RefusedError: they are not exactly the expected ones; every reason is named.
    """
    problems = [*_wrong_shards(options, plan, records), *_clashing_files(records)]
    if problems:
        raise RefusedError(
            f"these shards are not one build: {'; '.join(problems)}",
            remedy="build each shard once, from this tag and this configuration, and gather them all",
        )
    artifacts = {artifact.file: artifact for record in records for artifact in record.artifacts}
    return Manifest(
        tool=f"tagboat {__version__}",
        repository=options.repository,
        plan=plan.digest,
        releases=plan.releases,
        shards=tuple(sorted(records, key=lambda r: (r.component, r.shard))),
        artifacts=tuple(artifacts[name] for name in sorted(artifacts)),
    )


def _wrong_shards(options: Options, plan: Plan, records: list[ShardRecord]) -> list[str]:
    expected = dict(item.rsplit("=", 1) for item in options.expected)
    problems, seen = [], set()
    for record in records:
        name = f"{record.component}/{record.shard}"
        if name in seen:
            problems.append(f"{name} is given twice")
        seen.add(name)
        if name not in expected:
            problems.append(f"{name} is not part of this release")
        elif record.commit != expected[name]:
            problems.append(f"{name} was built from {record.commit[:12]}, not {expected[name][:12]}")
        if record.plan != plan.digest:
            problems.append(f"{name} was built for the plan {record.plan[:12]}, not {plan.digest[:12]}")
    problems.extend(f"{name} is missing" for name in expected if name not in seen)
    return problems


def _clashing_files(records: list[ShardRecord]) -> list[str]:
    seen: dict[str, Artifact] = {}
    problems = []
    for artifact in (a for record in records for a in record.artifacts):
        other = seen.setdefault(artifact.file.lower(), artifact)
        if other is not artifact:
            problems.append(f"{artifact.file} was made by two shards")
    return problems


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
