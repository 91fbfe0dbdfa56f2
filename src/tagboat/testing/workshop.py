"""Repository, builder, inspector and installer in memory, for those who test steps and engines."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from tagboat.core.verdict import Finding
from tagboat.ports.builder import BuildRequest, BuildResult, Log
from tagboat.ports.inspector import InspectionRequest
from tagboat.ports.installer import InstallReport, InstallRequest
from tagboat.ports.repository import Tag, TagKind, TreeEntry
from tagboat.testing.distributions import make_sdist, make_wheel
from tagboat.testing.forge import Hosted


class FakeRepository:
    """A mirror of what a ``FakeForge`` hosts.

    Attributes:
        parents: commit → the commits that can be reached from it, itself left out.
    """

    def __init__(self, hosted: Hosted) -> None:
        self._hosted = hosted
        self.parents: dict[str, set[str]] = {}

    def refresh(self) -> None:
        """Nothing to fetch: both look at the same."""

    def tag(self, name: str) -> Tag | None:
        """Return the tag, or None."""
        commit = self._hosted.tags.get(name)
        return Tag(name, commit, TagKind.LIGHTWEIGHT) if commit else None

    def tags(self) -> Sequence[Tag]:
        """Return all tags."""
        return [Tag(name, commit, TagKind.LIGHTWEIGHT) for name, commit in self._hosted.tags.items()]

    def default_branch(self) -> str:
        """Return the default branch."""
        return "main"

    def branch_head(self, branch: str) -> str | None:
        """Return the branch's head, or None."""
        return self._hosted.branches.get(branch)

    def is_ancestor(self, commit: str, of: str) -> bool:
        """Tell whether the one is reached from the other."""
        return commit == of or commit in self.parents.get(of, set())

    def commit_time(self, commit: str) -> int:
        """Return a time, the same for every commit."""
        del commit
        return 1_700_000_000

    def tree(self, commit: str) -> Sequence[TreeEntry]:
        """Return the commit's files."""
        files = self._hosted.trees.get(commit, {})
        return [TreeEntry(path, "100644", hashlib.sha1(files[path]).hexdigest()) for path in sorted(files)]  # noqa: S324 - git's

    def read(self, commit: str, path: str) -> bytes | None:
        """Return a file's content, or None."""
        return self._hosted.trees.get(commit, {}).get(path)

    def write_tree(self, commit: str, destination: Path) -> None:
        """Write the files."""
        destination.mkdir()
        for path, content in self._hosted.trees.get(commit, {}).items():
            (destination / path).parent.mkdir(parents=True, exist_ok=True)
            (destination / path).write_bytes(content)

    def archive(self, commit: str, prefix: str, destination: Path) -> None:
        """Write something that is the same for the same commit."""
        destination.write_bytes(f"{prefix} of {commit}".encode())


@dataclass(slots=True)
class FakeBuilder:
    """Makes an sdist and a wheel of a component's first distribution.

    Attributes:
        steady: the same bytes each time.
        builds: ``component/shard`` of every build, in order.
        requests: what was asked for, in order.
        failure: raised in place of a build.
    """

    steady: bool = True
    builds: list[str] = field(default_factory=list)
    requests: list[BuildRequest] = field(default_factory=list)
    failure: Exception | None = None
    _numbers: count[int] = field(default_factory=lambda: count(1))

    def build(self, request: BuildRequest, log: Log) -> BuildResult:
        """Make what the shard asks for."""
        if self.failure is not None:
            raise self.failure
        component, shard = request.component, request.shard
        self.builds.append(f"{component.name}/{shard.name}")
        self.requests.append(request)
        log(f"building {component.name}")
        content = "x = 1\n" if self.steady else f"x = 1  # build {next(self._numbers)}\n"
        version = request.version or "0"
        name = component.distributions[0]
        files = []
        if shard.sdist:
            files.append(make_sdist(request.out, name, version, content=content))
        if shard.wheel:
            files.append(make_wheel(request.out, name, version, content=content))
        return BuildResult(files, "fake 1", "3.11.0", "off", (), {})

    def differences(self, first: Path, second: Path) -> Sequence[str]:
        """Name the file, if its bytes differ."""
        return [] if first.read_bytes() == second.read_bytes() else [f"{first.name} differs"]


@dataclass(slots=True)
class FakeInspector:
    """Finds what it is told to find, and remembers what it was asked."""

    findings: tuple[Finding, ...] = ()
    requests: list[InspectionRequest] = field(default_factory=list)

    def inspect(self, request: InspectionRequest, log: Log) -> Sequence[Finding]:
        """Return the findings."""
        log(f"{len(request.files)} files")
        self.requests.append(request)
        return self.findings


@dataclass(slots=True)
class FakeInstaller:
    """Installs nothing, and reports what it is told to report.

    Attributes:
        report: what comes of an installation; None for success in the version that the files' names tell.
        seen: is told of every request first, while its files are there.
    """

    report: InstallReport | None = None
    requests: list[InstallRequest] = field(default_factory=list)
    seen: Callable[[InstallRequest], None] = lambda _request: None

    def install(self, request: InstallRequest, log: Log) -> InstallReport:
        """Return the report."""
        self.seen(request)
        self.requests.append(request)
        log(f"installing {request.distribution}")
        if self.report is not None:
            return self.report
        named = request.requirement.partition("==")[2] or request.files[0].name.split("-")[1]
        version = named.removesuffix(".tar.gz")
        return InstallReport("3.11.0", version, (request.distribution.replace("-", "_").lower(),), ())
