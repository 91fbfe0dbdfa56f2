"""Guard: the index does not have this version yet, and it is newer than all others on its release line.

Rules: versions are compared as PEP 440 orders them, so ``1.2`` takes ``1.2.0``; a yanked file counts, because an index
never takes a file name twice (observed behaviour of PyPI); files that an adopted build put there are ours.
"""

from __future__ import annotations

from dataclasses import dataclass

from packaging.specifiers import SpecifierSet
from packaging.version import InvalidVersion, Version

from tagboat.core.artifact import Manifest
from tagboat.core.step import Effect, Phase, Receipt
from tagboat.core.verdict import Finding, Verdict
from tagboat.errors import ConflictError, UnavailableError
from tagboat.ports import Ports
from tagboat.ports.index import IndexFile, IndexProject
from tagboat.steps.adopt import adopted, passed_over
from tagboat.steps.kinds import Attempt, Inputs

PHASE = Phase.CHECK
EFFECT = Effect.NONE


@dataclass(frozen=True, slots=True)
class Options:
    """One distribution on one index; ``line`` is the PEP 440 range of its release line ("" for all versions)."""

    index: str
    distribution: str
    version: str
    line: str
    staging: bool
    index_down: str


def find(_ports: Ports, _inputs: Inputs) -> Receipt | None:
    """A guard looks afresh each time."""
    return None


def run(ports: Ports, inputs: Inputs, attempt: Attempt) -> Receipt:
    """Ask the index; when it is down, stop unless the project's policy says otherwise."""
    options = inputs.options(Options)
    try:
        project = ports.indexes[options.index].project(options.distribution)
    except UnavailableError as error:
        if options.index_down == "go":
            reason = f"{options.index} cannot be asked, and the policy goes on: {error.cause}"
            return Receipt(reason, findings=(Finding(Verdict.WARN, reason, code="index-down"),))
        raise
    if project is None:
        return Receipt(f"{options.distribution} is new on {options.index}")
    attempt.log(
        f"{options.index} has {len(project.files)} files of {options.distribution}, status {project.status}"
    )
    findings = [
        *_status(options, project),
        *_taken(options, project, adopted(inputs), passed_over(inputs)),
        *_newer(options, project),
    ]
    bad = tuple(f for f in findings if f.verdict is not Verdict.PASS)
    summary = bad[0].reason if bad else f"{options.version} is free and the newest on {options.index}"
    return Receipt(summary, findings=bad)


def _status(options: Options, project: IndexProject) -> list[Finding]:
    if project.status in ("archived", "quarantined"):
        reason = f"{options.distribution} is {project.status} on {options.index}: it takes no uploads"
        return [
            Finding(
                Verdict.FAIL,
                reason,
                "ask the project's owners to change its status",
                f"project-{project.status}",
            )
        ]
    return []


def _taken(options: Options, project: IndexProject, manifest: Manifest | None, why: str) -> list[Finding]:
    files = [f for f in project.files if _same(f, options.version)]
    if not files:
        return []
    if manifest is not None:
        return _against(options, files, manifest)
    names = ", ".join(sorted(f.filename for f in files))
    yanked = " (yanked)" if all(f.yanked for f in files) else ""
    if options.staging:
        reason = f"{options.index} already holds {names}{yanked}; each upload will compare digests"
        return [Finding(Verdict.WARN, reason, code="version-staged")]
    reason = f"{options.version} is taken on {options.index}{yanked}: {names}"
    remedy = "release the next version; an index never takes a file name twice"
    if why:
        remedy += f"; if they are of the build on the forge, finish that one: {why}"
    return [Finding(Verdict.FAIL, reason, remedy, "version-taken")]


def _against(options: Options, files: list[IndexFile], manifest: Manifest) -> list[Finding]:
    ours = {a.file: a.sha256 for a in manifest.artifacts}
    other = sorted(f.filename for f in files if ours.get(f.filename) != f.sha256)
    if other:
        raise ConflictError(
            f"{options.index} holds files of {options.version} that this build did not make: {', '.join(other)}",
            remedy="find out who published them; release the next version",
        )
    return []


def _newer(options: Options, project: IndexProject) -> list[Finding]:
    version, line = Version(options.version), SpecifierSet(options.line)
    newer = []
    for text in {f.version for f in project.files if f.version and not f.yanked}:
        try:
            there = Version(text)
        except InvalidVersion:
            continue
        if (
            there > version
            and line.contains(there, prereleases=True)
            and not (there.is_prerelease and not version.is_prerelease)
        ):
            newer.append(there)
    if not newer or options.staging:
        return []
    where = f"the release line {options.line}" if options.line else "its only release line"
    reason = f"{options.version} is older than {max(newer)}, which {options.index} has on {where}"
    remedy = "release a newer version, or give the older line a branch and a range in the component's 'lines'"
    return [Finding(Verdict.FAIL, reason, remedy, "version-older")]


def _same(file: IndexFile, version: str) -> bool:
    try:
        return Version(file.version) == Version(version)
    except InvalidVersion:
        return False
