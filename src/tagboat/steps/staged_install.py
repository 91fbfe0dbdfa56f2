"""Guard: the files on the staging index are ours and install, before any final target is touched.

The very files are downloaded by URL and digest; their dependencies come from the final index alone, because anybody
may have put a dependency's name on a public staging index.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tagboat.core.artifact import Artifact
from tagboat.core.step import Effect, Phase, Receipt
from tagboat.core.verdict import Finding, Verdict
from tagboat.ports import Ports
from tagboat.ports.clock import growing_pauses
from tagboat.ports.index import Index, IndexFile
from tagboat.ports.installer import InstallRequest
from tagboat.steps.kinds import Attempt, Inputs
from tagboat.steps.try_install import judge

PHASE = Phase.STAGE
EFFECT = Effect.NONE
_FIRST_PAUSE = 2.0


@dataclass(frozen=True, slots=True)
class Options:
    """What to fetch and install.

    Attributes:
        index: the staging index.
        dependencies: the index that dependencies come from.
        artifacts: the distribution's files, as JSON.
        siblings: other components' wheels of the same release, as JSON, which the final index does not have yet.
        tries: how often the staging index is asked.
    """

    index: str
    dependencies: str
    distribution: str
    version: str
    python: str
    tries: int
    artifacts: tuple[Mapping[str, Any], ...]
    siblings: tuple[Mapping[str, Any], ...] = ()
    imports: tuple[str, ...] | None = None


def find(_ports: Ports, _inputs: Inputs) -> Receipt | None:
    """A guard looks afresh each time."""
    return None


def run(ports: Ports, inputs: Inputs, attempt: Attempt) -> Receipt:
    """Wait for the index to list all files, download them, and install."""
    options = inputs.options(Options)
    artifacts = [Artifact.from_json(data) for data in options.artifacts]
    index = ports.indexes[options.index]
    listed, missing = wait_for(ports, index, options.distribution, artifacts, options.tries, attempt)
    if missing:
        reason = f"{options.index} does not show {', '.join(missing)} after {options.tries} looks"
        remedy = "the index lags: resume later; the files that are up are not sent again"
        return Receipt(reason, findings=(Finding(Verdict.FAIL, reason, remedy, "staging-lag"),))
    paths = [download(index, file, attempt.folder / file.filename) for file in listed]
    wheels = [path for path in paths if path.suffix == ".whl"]
    several = len(wheels) > 1
    siblings = [ports.store.path(Artifact.from_json(data)).parent for data in options.siblings]
    request = InstallRequest(
        distribution=options.distribution,
        python=options.python,
        files=() if several else tuple(wheels or paths)[:1],
        requirement=f"{options.distribution}=={options.version}" if several else "",
        index=ports.indexes[options.dependencies].simple_url,
        find_links=(*siblings, attempt.folder) if several else tuple(siblings),
        imports=options.imports,
        sample=paths[0],
    )
    return judge(
        ports.installer.install(request, attempt.log), options.distribution, options.version, "staged-install"
    )


def wait_for(
    ports: Ports, index: Index, distribution: str, artifacts: list[Artifact], tries: int, attempt: Attempt
) -> tuple[list[IndexFile], list[str]]:
    """Return the listed files that are ours, and the names still missing after ``tries`` looks with growing pauses."""
    pauses = [*growing_pauses(tries, _FIRST_PAUSE), 0.0]
    files: list[IndexFile] = []
    missing: list[str] = []
    for pause in pauses:
        project = index.project(distribution)
        listed = {file.filename: file for file in project.files} if project else {}
        files = [listed[a.file] for a in artifacts if a.file in listed and listed[a.file].sha256 == a.sha256]
        there = {file.filename for file in files}
        missing = [a.file for a in artifacts if a.file not in there]
        if not missing or not pause:
            break
        attempt.log(f"{index.name} does not show {', '.join(missing)} yet; looking again in {pause:g} s")
        ports.clock.sleep(pause)
    return files, missing


def download(index: Index, file: IndexFile, path: Path) -> Path:
    """Fetch a listed file, its digest checked, and return where it is."""
    index.download(file, path)
    return path
