"""Guard: the built files are what they say, what was asked for, and what the tag holds; all problems at once."""

from __future__ import annotations

import hashlib
import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tagboat.config.frozen import component_from_json
from tagboat.config.model import Component
from tagboat.core.artifact import Manifest, Role
from tagboat.core.step import Effect, Phase, Receipt
from tagboat.core.verdict import Verdict
from tagboat.ports import Ports
from tagboat.ports.inspector import InspectionRequest
from tagboat.steps.kinds import Attempt, Inputs

PHASE = Phase.VERIFY
EFFECT = Effect.NONE


@dataclass(frozen=True, slots=True)
class Options:
    """The component as configured, its commit and version, and whether the files go to a final target."""

    component: Mapping[str, Any]
    commit: str
    version: str
    final: bool


def find(_ports: Ports, _inputs: Inputs) -> Receipt | None:
    """A guard looks afresh each time."""
    return None


def run(ports: Ports, inputs: Inputs, attempt: Attempt) -> Receipt:
    """Hand every sdist and wheel of the component to the inspector, with the tag's tree beside them."""
    options = inputs.options(Options)
    component = component_from_json(options.component)
    artifacts = the_manifest(inputs).of(component.name, Role.SDIST, Role.WHEEL)
    tree, linked = _digests(ports, options.commit, component)
    request = InspectionRequest(
        component=component,
        version=options.version,
        files={artifact: ports.store.path(artifact) for artifact in artifacts},
        tree=tree,
        linked=linked,
        final=options.final,
        wheel_patterns=tuple(p for shard in component.shards for p in shard.wheels),
        sdist=any(shard.sdist for shard in component.shards),
        originals=_originals(ports, options.commit, component),
    )
    findings = tuple(
        f for f in ports.inspector.inspect(request, attempt.log) if f.verdict is not Verdict.PASS
    )
    failed = [f for f in findings if f.verdict is Verdict.FAIL]
    warned = len(findings) - len(failed)
    summary = f"{len(artifacts)} files: {len(failed)} problems, {warned} warnings"
    return Receipt(summary, {"files": len(artifacts), "warnings": warned}, findings=findings)


def the_manifest(inputs: Inputs) -> Manifest:
    """Return the Manifest of the needed gather step.

    Raises:
        TypeError: the plan does not say that this step needs it.
    """
    data = inputs.fact("gather", "manifest")
    if not isinstance(data, dict):
        raise TypeError(f"{inputs.step.key} needs the gather step")
    return Manifest.from_json(data)


def _digests(ports: Ports, commit: str, component: Component) -> tuple[dict[str, str], dict[str, str]]:
    """Return the files below the component's folder by digest, and what links to folders show."""
    prefix = "" if component.path == "." else component.path.rstrip("/") + "/"
    digests: dict[str, str] = {}
    links: dict[str, str] = {}
    for entry in ports.repository.tree(commit):
        if not entry.path.startswith(prefix) or entry.mode == "160000":
            continue
        path, content = entry.path[len(prefix) :], ports.repository.read(commit, entry.path) or b""
        if entry.mode == "120000":
            target = posixpath.join(posixpath.dirname(path), content.decode("utf-8", "replace"))
            links[path] = posixpath.normpath(target)
        digests[path] = "" if path in links else hashlib.sha256(content).hexdigest()
    return digests, dict(_seen_through(links, digests))


def _seen_through(links: Mapping[str, str], digests: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the files that each link to a folder shows below itself; some back ends pack them."""
    for link, folder in links.items():
        for path, sha256 in digests.items():
            if path.startswith(f"{folder}/") and sha256:
                yield f"{link}/{path[len(folder) + 1 :]}", sha256


def _originals(ports: Ports, commit: str, component: Component) -> dict[str, bytes]:
    """Read the files that back ends write anew in an sdist, which are compared as data."""
    prefix = "" if component.path == "." else component.path.rstrip("/") + "/"
    read = {name: ports.repository.read(commit, prefix + name) for name in ("setup.cfg", "pyproject.toml")}
    return {name: content for name, content in read.items() if content is not None}
