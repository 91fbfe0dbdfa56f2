"""Guard: the index shows every file by digest, nothing else under this version, and a real installer installs it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tagboat.core.artifact import Artifact
from tagboat.core.step import Effect, Phase, Receipt
from tagboat.core.verdict import Finding, Verdict
from tagboat.ports import Ports
from tagboat.ports.index import published
from tagboat.ports.installer import InstallRequest
from tagboat.steps.kinds import Attempt, Inputs
from tagboat.steps.staged_install import download, wait_for
from tagboat.steps.try_install import judge

PHASE = Phase.CONFIRM
EFFECT = Effect.NONE


@dataclass(frozen=True, slots=True)
class Options:
    """One distribution on one index, with its files as JSON."""

    index: str
    distribution: str
    version: str
    python: str
    tries: int
    install: bool
    artifacts: tuple[Mapping[str, Any], ...]
    imports: tuple[str, ...] | None = None


def find(_ports: Ports, _inputs: Inputs) -> Receipt | None:
    """A guard looks afresh each time."""
    return None


def run(ports: Ports, inputs: Inputs, attempt: Attempt) -> Receipt:
    """Look, compare, install."""
    options = inputs.options(Options)
    artifacts = [Artifact.from_json(data) for data in options.artifacts]
    index = ports.indexes[options.index]
    files, missing = wait_for(ports, index, options.distribution, artifacts, options.tries, attempt)
    drift = [f"{name} is not there with our digest" for name in missing]
    drift += [f"{file.filename} is yanked" for file in files if file.yanked]
    names = {artifact.file for artifact in artifacts}
    listed = published(index.project(options.distribution), options.version)
    drift += [
        f"{file.filename} is there and is not of this build" for file in listed if file.filename not in names
    ]
    if drift:
        return _drift(options, drift)
    if not options.install:
        return Receipt(f"{options.index} shows {len(files)} files of {options.version}")
    request = InstallRequest(
        distribution=options.distribution,
        python=options.python,
        requirement=f"{options.distribution}=={options.version}",
        index=index.simple_url,
        hashes=tuple(artifact.sha256 for artifact in artifacts),
        imports=options.imports,
        sample=download(index, files[0], attempt.folder / files[0].filename) if files else None,
    )
    report = ports.installer.install(request, attempt.log)
    return judge(report, options.distribution, options.version, "not-installable")


def _drift(options: Options, drift: list[str]) -> Receipt:
    reason = f"{options.index} does not hold what this release made: {'; '.join(drift)}"
    remedy = "missing files: resume later; foreign or yanked files: find out who did it before anything else"
    return Receipt(reason, findings=(Finding(Verdict.FAIL, reason, remedy, "index-drift"),))
