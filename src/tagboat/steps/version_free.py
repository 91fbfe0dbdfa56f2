"""Guard: the index does not have this version yet, and it is newer than all others on its release line.

Rules: versions are compared as PEP 440 orders them, so ``1.2`` takes ``1.2.0``; a yanked file counts, because an index
never takes a file name twice (observed behaviour of PyPI); files that an adopted build put there are ours.
"""

from __future__ import annotations

from collections.abc import Mapping
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
from tagboat.steps.vouching import handed_over

PHASE = Phase.CHECK
EFFECT = Effect.NONE


@dataclass(frozen=True, slots=True)
class Options:
    """One distribution on one index.

    Attributes:
        commit: the tagged commit.
        lines: branch → PEP 440 range of the release lines that hold the version ("" for all versions).
        staging: the index is a staging one, so nobody asks for the newest there.
        index_down: the policy for an index that is away, ``stop`` or ``go``.
    """

    index: str
    distribution: str
    version: str
    commit: str
    lines: Mapping[str, str]
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
        return unanswered(error, options.index, options.index_down)
    if project is None:
        return Receipt(f"{options.distribution} is new on {options.index}")
    attempt.log(
        f"{options.index} has {len(project.files)} files of {options.distribution}, status {project.status}"
    )
    begun = any(_same(file, options.version) for file in project.files)
    unseen = begun and not adopted(inputs) and not passed_over(inputs)
    handed = unseen and bool(handed_over(ports, inputs.plan))
    findings = [
        *_status(options, project),
        *_taken(ports, options, project, inputs, handed=handed),
        *([] if handed or (begun and adopted(inputs)) else _newer(ports, options, project)),
    ]
    bad = tuple(f for f in findings if f.verdict is not Verdict.PASS)
    summary = bad[0].reason if bad else f"{options.version} is free and the newest on {options.index}"
    return Receipt(summary, findings=bad)


def unanswered(error: UnavailableError, index: str, policy: str) -> Receipt:
    """Return the warning with which a guard goes on without the index's answer, where the policy lets it.

    Raises:
        UnavailableError: the policy stops; it is the index's own error.
    """
    if policy != "go":
        raise error
    reason = f"{index} cannot be asked, and the policy goes on: {error.cause}"
    return Receipt(reason, findings=(Finding(Verdict.WARN, reason, code="index-down"),))


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


def _taken(
    ports: Ports, options: Options, project: IndexProject, inputs: Inputs, *, handed: bool
) -> list[Finding]:
    files = [f for f in project.files if _same(f, options.version)]
    manifest, why = adopted(inputs), passed_over(inputs)
    if not files:
        return []
    if manifest is not None:
        return _against(options, files, manifest)
    names = ", ".join(sorted(f.filename for f in files))
    yanked = " (yanked)" if all(f.yanked for f in files) else ""
    if options.staging:
        reason = f"{options.index} already holds {names}{yanked}; each upload will compare digests"
        return [Finding(Verdict.WARN, reason, code="version-staged")]
    if handed:
        reason = f"{options.index} already holds {names}{yanked}; each is compared with the build that the tag hands over"
        return [Finding(Verdict.WARN, reason, code="version-handed-over")]
    reason = f"{options.version} is taken on {options.index}{yanked}: {names}"
    remedy = "release the next version; an index never takes a file name twice"
    if ports.forge.may_write() is not True:
        # A workflow's token here reads alone, and so sees no draft, which may hold the rest of that very build.
        remedy = f"if a run of this release published them, let only its failed jobs run again; else {remedy}"
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


def _newer(ports: Ports, options: Options, project: IndexProject) -> list[Finding]:
    """Refuse a version that is not the newest on any line whose branch holds the commit."""
    if options.staging:
        return []
    newest = {line: _newest_after(options, project, line) for line in _own_lines(ports, options)}
    if not newest or None in newest.values():
        return []
    line, there = next(iter(newest.items()))
    where = f"the release line {line}" if line else "its only release line"
    reason = f"{options.version} is older than {there}, which {options.index} has on {where}"
    remedy = "release a newer version, or give the older line a branch and a range in the component's 'lines'"
    return [Finding(Verdict.FAIL, reason, remedy, "version-older")]


def _own_lines(ports: Ports, options: Options) -> list[str]:
    """Return the ranges of the branches that hold the commit; all of them when none does, which another guard tells."""
    heads = {branch: ports.repository.branch_head(branch) for branch in options.lines}
    own = [b for b, head in heads.items() if head and ports.repository.is_ancestor(options.commit, head)]
    return list(dict.fromkeys(options.lines[branch] for branch in own or options.lines))


def _newest_after(options: Options, project: IndexProject, line: str) -> Version | None:
    """Return the newest version of the line that comes after ours; a pre-release does not outdate a final version."""
    version, specifier = Version(options.version), SpecifierSet(line)
    after = []
    for text in {f.version for f in project.files if f.version and not f.yanked}:
        try:
            there = Version(text)
        except InvalidVersion:
            continue
        outdates = there > version and (version.is_prerelease or not there.is_prerelease)
        if outdates and specifier.contains(there, prereleases=True):
            after.append(there)
    return max(after, default=None)


def _same(file: IndexFile, version: str) -> bool:
    try:
        return Version(file.version) == Version(version)
    except InvalidVersion:
        return False
