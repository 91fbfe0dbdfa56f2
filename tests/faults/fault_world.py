"""The sandbox that the matrix runs against, and the real adapters that talk to it over TLS."""

from __future__ import annotations

import itertools
import shutil
import time
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from fault_kinds import SILENT, SLOW, Fault

from tagboat.adapters.addresses import Addresses
from tagboat.adapters.forges.github import GitHub
from tagboat.adapters.http import HTTP, Credentials, Limits
from tagboat.adapters.identity import GitHubActions
from tagboat.adapters.indexes.credentials import IndexCredentials
from tagboat.adapters.indexes.pypi import PyPI
from tagboat.adapters.indexes.trusted_publishing import TrustedPublishing
from tagboat.adapters.secrets import on_secret
from tagboat.sandbox import control
from tagboat.sandbox.journal import Entry
from tagboat.sandbox.server import Sandbox
from tagboat.sandbox.trust import GitHubJob, PublisherOrder, add_publisher, grant_identity
from tagboat.testing.clock import FakeClock
from tagboat.testing.crash.subject import git

TRIES = 3
WORKFLOW = (
    "on: workflow_dispatch\njobs:\n  publish:\n    runs-on: ubuntu-latest\n    steps: [{run: 'true'}]\n"
)
TAGS = {"light": "v0.1.0", "annotated": "v0.1.1"}


class FreeClock(FakeClock):
    """Waiting costs nothing, and what really takes time does."""

    def monotonic(self) -> float:
        return time.monotonic() + super().monotonic()


def limits(fault: Fault | None, *, always: bool) -> Limits:
    """Bounds as a user has them, but where the fault is that nothing comes: there a wait is short."""
    if fault is None:
        return Limits(tries=TRIES)
    if fault.word == SILENT:
        seconds = 0.4 if always else 1.5
        return Limits(tries=TRIES, read=seconds, answer=seconds)
    return Limits(tries=TRIES, whole=0.5 if fault.word == SLOW else 900.0)


@dataclass
class World:
    """One sandbox, with repositories that are made when they are wanted."""

    sandbox: Sandbox
    folder: Path
    numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))
    secrets: set[str] = field(default_factory=set)
    usual: dict[str, object] = field(default_factory=dict)
    _ordered: list[int] = field(default_factory=list)
    _repositories: dict[str, str] = field(default_factory=dict)
    _tokens: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        on_secret(self.secrets.add)

    @cached_property
    def source(self) -> Path:
        """A small history with two tags."""
        folder = self.folder / "source"
        (folder / "src").mkdir(parents=True)
        (folder / "README.md").write_text("# Demo\n")
        (folder / "src/demo.py").write_text("x = 1\n")
        (folder / ".github/workflows").mkdir(parents=True)
        (folder / ".github/workflows/release.yml").write_text(WORKFLOW)
        git(folder, "init", "-q", "-b", "main")
        git(folder, "add", ".")
        git(folder, "commit", "-q", "-m", "first")
        git(folder, "tag", TAGS["light"])
        git(folder, "tag", "-m", "annotated", TAGS["annotated"])
        return folder

    @cached_property
    def commit(self) -> str:
        return git(self.source, "rev-parse", "HEAD")

    def repository(self, key: str) -> str:
        """Return the repository of this key, pushed when it is asked for first."""
        if key not in self._repositories:
            name = f"acme/{key}"
            there = self.sandbox.addresses
            url = control.create_repository(there, name)
            settings = {
                "GIT_SSL_CAINFO": there.ca,
                "GIT_CONFIG_COUNT": "1",
                "GIT_CONFIG_KEY_0": "http.extraHeader",
                "GIT_CONFIG_VALUE_0": f"Authorization: Bearer {there.token}",
            }
            git(self.source, "push", "-q", url, "main", "--tags", settings=settings)
            self._repositories[key] = name
        return self._repositories[key]

    def token(self, kind: str) -> str:
        """Return the sandbox's own token (``classic``), one such as a workflow gets (``installation``), or a ``stranger``'s."""
        if kind == "classic":
            return self.sandbox.addresses.token
        if kind == "stranger" and kind not in self._tokens:
            self._tokens[kind] = control.create_token(self.sandbox.addresses, kind)
        if kind not in self._tokens:
            rights = dict.fromkeys(("contents", "issues", "actions"), "write")
            self._tokens[kind] = control.create_token(
                self.sandbox.addresses, "bot[bot]", kind=kind, permissions=rights
            )
        return self._tokens[kind]

    def scene(self, key: str, fault: Fault | None = None, *, always: bool = False) -> Scene:
        """Return where one case takes place."""
        return Scene(self, key, limits(fault, always=always), next(self.numbers))

    def order(self, service: str, operation: str, fault: Fault, *, times: int = 1) -> None:
        """Order a fault for the next requests."""
        self._ordered.append(times)
        self._faults.add(service, operation, fault.word, value=fault.value, times=times)

    def lift(self) -> bool:
        """Take back what was ordered; tell whether it had met a request."""
        left = [fault.times for fault in self._faults.pending()]
        met = left != self._ordered
        self._faults.clear()
        self._ordered.clear()
        return met

    def accepted(self, since: int = 0) -> list[Entry]:
        """Return what the services accepted after an entry of the journal."""
        assert self.sandbox.frame is not None
        return [entry for entry in self.sandbox.frame.journal.entries() if entry.seq > since]

    @property
    def mark(self) -> int:
        """The number of the journal's last entry."""
        return max((entry.seq for entry in self.accepted()), default=0)

    @property
    def _faults(self):
        assert self.sandbox.frame is not None
        return self.sandbox.frame.faults


@dataclass
class Scene:
    """One case's adapters: ``forge`` and the others are under the case's bounds, ``calm`` prepares and looks.

    Attributes:
        number: none other has it.
    """

    world: World
    key: str
    limits: Limits
    number: int

    @cached_property
    def calm(self) -> Scene:
        return Scene(self.world, self.key, Limits(tries=TRIES), self.number)

    @cached_property
    def clock(self) -> FreeClock:
        return FreeClock()

    @cached_property
    def http(self) -> HTTP:
        return HTTP(self.clock, ca=Path(self.world.sandbox.addresses.ca), environment={}, limits=self.limits)

    @property
    def commit(self) -> str:
        return self.world.commit

    @cached_property
    def repository(self) -> str:
        return self.world.repository(self.key)

    def forge_as(self, kind: str) -> GitHub:
        there = self.world.sandbox.addresses
        where = Addresses(api=there.api, uploads=f"{there.forge}/api/uploads", git=there.git)
        return GitHub(self.http, where, self.repository, Credentials.bearer(self.world.token(kind)))

    @cached_property
    def forge(self) -> GitHub:
        return self.forge_as("classic")

    @cached_property
    def index(self) -> PyPI:
        return self._index(Credentials.for_index(self.world.sandbox.addresses.token))

    @cached_property
    def trusted(self) -> PyPI:
        """The index as a job sees it, whose publisher waits for the project."""
        there = self.world.sandbox.addresses
        publisher = PublisherOrder(f"acme/boat{self.number}", "release.yml")
        add_publisher(there, "pypi", self.project, publisher, create=True)
        exchange = TrustedPublishing(
            self.http, index="pypi", upload_url=there.pypi.upload, identity=self.identity
        )
        return self._index(IndexCredentials(there.pypi.upload, there.pypi.simple, (), exchange))

    @cached_property
    def identity(self) -> GitHubActions:
        job = grant_identity(
            self.world.sandbox.addresses,
            GitHubJob(f"acme/boat{self.number}", "5" * 40, workflow="release.yml"),
        )
        return GitHubActions(self.http, job.environment())

    @property
    def project(self) -> str:
        return f"fault-demo{self.number}"

    @property
    def tag(self) -> str:
        return f"v1.0.{self.number}"

    @cached_property
    def folder(self) -> Path:
        made = self.world.folder / f"case-{self.number}"
        made.mkdir(exist_ok=True)
        return made

    def file(self, name: str = "demo.bin", content: bytes = b"content" * 999) -> Path:
        path = self.folder / name
        path.write_bytes(content)
        return path

    def clean(self) -> None:
        """Throw the case's files away."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _index(self, credentials: Credentials | IndexCredentials) -> PyPI:
        there = self.world.sandbox.addresses.pypi
        return PyPI(
            self.http,
            name="pypi",
            upload_url=there.upload,
            simple_url=there.simple,
            credentials=credentials,
        )
