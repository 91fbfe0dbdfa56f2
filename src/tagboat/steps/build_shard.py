"""Builds one shard of a component from a fresh tree, or takes its files from an adopted build."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tagboat.config.frozen import component_from_json, shard_from_json
from tagboat.config.model import Component
from tagboat.core.artifact import Artifact, Manifest, Role, ShardRecord
from tagboat.core.names import distribution_of, role_of
from tagboat.core.step import Effect, Phase, Receipt, StepState
from tagboat.errors import StepFailedError
from tagboat.ports import Ports
from tagboat.ports.builder import BuildRequest, BuildResult
from tagboat.steps.adopt import adopted, fetch_adopted
from tagboat.steps.kinds import Attempt, Inputs

PHASE = Phase.BUILD
EFFECT = Effect.NONE


@dataclass(frozen=True, slots=True)
class Options:
    """What to build.

    Attributes:
        component: the whole component as configured.
        shard: the one shard.
        commit: whose tree is built.
        version: that the files must have; "" for a build-only component, which has none of its own.
        build_only: the wheels serve other builds and are not published.
        index: the name of the one index that a private component's build requirements come from.
    """

    component: Mapping[str, Any]
    shard: Mapping[str, Any]
    commit: str
    version: str
    build_only: bool = False
    index: str = ""


def find(ports: Ports, inputs: Inputs) -> Receipt | None:
    """Return the adopted build's record when there is one, its files fetched; a build-only wheel is not asked for.

    All that would be built with such a wheel is adopted too, so a machine without a compiler can finish the release.
    """
    manifest = adopted(inputs)
    if manifest is None:
        return None
    options = inputs.options(Options)
    name, shard = options.component["name"], options.shard["name"]
    record = recorded(manifest, name, shard, options.commit)
    if options.build_only:
        facts = record_facts(record) if record else {}
        return Receipt("the adopted build needs no build-only wheel again", facts, StepState.SKIPPED)
    if record is None:
        return None
    for artifact in record.artifacts:
        fetch_adopted(ports, manifest, artifact, inputs.folder)
    return Receipt(f"adopted {_names(record)}", record_facts(record))


def run(ports: Ports, inputs: Inputs, attempt: Attempt) -> Receipt:
    """Write the tree, build it, keep the files, and return the shard's record."""
    options = inputs.options(Options)
    component = component_from_json(options.component)
    result = build(ports, inputs, attempt, component)
    artifacts = tuple(_keep(ports, path, component, options.build_only) for path in result.files)
    record = ShardRecord(
        component=component.name,
        shard=str(options.shard["name"]),
        commit=options.commit,
        plan=inputs.plan.digest,
        builder=result.builder,
        python=result.python,
        network=result.network,
        requirements=result.requirements,
        artifacts=artifacts,
        repaired=result.repaired,
        untagged=not any(release.tag for release in inputs.plan.releases),
    )
    network = "" if result.network == "off" else "; the build could reach the network"
    return Receipt(f"built {_names(record)} with {result.builder}{network}", record_facts(record))


def build(ports: Ports, inputs: Inputs, attempt: Attempt, component: Component) -> BuildResult:
    """Build the step's shard in the attempt's folder.

    Raises:
        StepFailedError: the build made no file.
    """
    options = inputs.options(Options)
    tree, out = attempt.folder / "tree", attempt.folder / "out"
    out.mkdir()
    ports.repository.write_tree(options.commit, tree)
    folders, local = _build_only_wheels(ports, inputs)
    request = BuildRequest(
        component=component,
        shard=shard_from_json(options.shard),
        tree=tree,
        out=out,
        epoch=ports.repository.commit_time(options.commit),
        version=options.version,
        wheels=folders,
        local=local,
        index=ports.indexes[options.index].simple_url if options.index else "",
        adopt=ports.shards.get(f"{component.name}/{options.shard['name']}"),
    )
    result = ports.builder.build(request, attempt.log)
    if not result.files:
        raise StepFailedError(
            f"the shard {options.shard['name']} of {component.name} made no file",
            remedy="look at the step's log; a shard makes an sdist, a wheel, or both",
        )
    return result


def record_facts(record: ShardRecord) -> dict[str, Any]:
    """Return a build receipt's facts."""
    return {"record": record.as_json()}


def recorded(manifest: Manifest, component: str, shard: str, commit: str) -> ShardRecord | None:
    """Return a shard's record in the Manifest, or None."""
    wanted = (component, shard, commit)
    return next((s for s in manifest.shards if (s.component, s.shard, s.commit) == wanted), None)


def _keep(ports: Ports, path: Path, component: Component, build_only: bool) -> Artifact:
    role = Role.BUILD_ONLY if build_only else role_of(path.name)
    if role is None:
        raise StepFailedError(
            f"the build of {component.name} made {path.name}, which is no wheel and no sdist",
            remedy="a shard's files end in .whl or .tar.gz (PEP 427, PEP 625)",
        )
    sha256, size = ports.store.put(path)
    return Artifact(path.name, sha256, size, component.name, role)


def _build_only_wheels(ports: Ports, inputs: Inputs) -> tuple[tuple[Path, ...], tuple[str, ...]]:
    folders, names = [], []
    for receipt in inputs.receipts.values():
        data = receipt.facts.get("record")
        if isinstance(data, dict) and receipt.state is not StepState.SKIPPED:
            record = ShardRecord.from_json(data)
            for artifact in record.artifacts if record.component != inputs.step.component else ():
                if artifact.file.endswith(".whl"):
                    folders.append(ports.store.path(artifact).parent)
                    names.append(distribution_of(artifact).replace("_", "-"))
    return tuple(folders), tuple(dict.fromkeys(names))


def _names(record: ShardRecord) -> str:
    return ", ".join(artifact.file for artifact in record.artifacts)
