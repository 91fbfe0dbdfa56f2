"""A whole release in memory: real plans, real engine, real state directories; everything outside is a fake.

Machines come and go, are killed between any two moments, and go on; the world stays.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tagboat.adapters.store import FolderStore
from tagboat.config.model import Component, Config
from tagboat.core.artifact import Manifest
from tagboat.core.release import Release
from tagboat.engine.events import StepEvent
from tagboat.engine.inline import InlineEngine, Patience
from tagboat.engine.ledger import SqliteLedger
from tagboat.engine.release import Derived, ReleaseRun
from tagboat.engine.state import StateDirectory
from tagboat.pipelines import tag_release
from tagboat.ports import Ports
from tagboat.steps.adopt import LEDGER_NAME, MANIFEST_NAME
from tagboat.steps.kinds import Kind, load_kind
from tagboat.testing.clock import FakeClock
from tagboat.testing.forge import FakeForge, Hosted
from tagboat.testing.index import FakeIndex
from tagboat.testing.workshop import FakeBuilder, FakeInspector, FakeInstaller, FakeRepository

COMMIT = "c" * 40
ONE = Config(components=(Component("demo", distributions=("demo",), targets=("testpypi", "pypi")),))
"""One component, staged and published."""
TWO = Config(
    components=(
        Component(
            "core",
            path="core",
            distributions=("demo-core",),
            tag="core-v{version}",
            targets=("testpypi", "pypi"),
        ),
        Component(
            "all",
            path="all",
            distributions=("demo",),
            tag="v{version}",
            needs=("core",),
            targets=("testpypi", "pypi"),
        ),
    )
)
"""Two components, one after the other, with a release each."""


class KilledError(BaseException):
    """The machine went off; nothing of the engine may catch it."""


@dataclass
class Simulation:
    """A world, and the machines that release into it.

    Attributes:
        folder: an empty folder for the machines' state.
        kinds: finds the kinds of steps.
        events: everything that the machines' engines told, in order.
    """

    folder: Path
    config: Config = ONE
    version: str = "1.0"
    clock: FakeClock = field(default_factory=FakeClock)
    hosted: Hosted = field(default_factory=Hosted)
    builder: FakeBuilder = field(default_factory=FakeBuilder)
    inspector: FakeInspector = field(default_factory=FakeInspector)
    installer: FakeInstaller = field(default_factory=FakeInstaller)
    kinds: Callable[[str], Kind] = load_kind
    events: list[StepEvent] = field(default_factory=list)

    def __post_init__(self) -> None:
        files = {f"{component.path}/README.md": b"# Demo\n" for component in self.config.components}
        self.hosted.trees[COMMIT] = files
        self.hosted.branches["main"] = COMMIT
        self.forge = FakeForge(self.hosted)
        self.indexes = {index.name: FakeIndex(index.name) for index in self.config.indexes}
        self.releases = tuple(
            Release(c.name, self.version, c.tag.replace("{version}", self.version), COMMIT)
            for c in self.config.components
        )
        self.hosted.tags.update({release.tag: COMMIT for release in self.releases})
        self.forge.play(COMMIT)

    def derive(self) -> Derived:
        """Return the configuration and the plan that follows from it."""
        plan = tag_release.prepare(
            self.config, self.releases, repository=self.forge.repository, default_branch="main"
        )
        return Derived(self.config, plan)

    @contextmanager
    def machine(
        self,
        name: str = "one",
        *,
        watch: Callable[[StepEvent], None] = lambda _event: None,
        stop: Callable[[], bool] = lambda: False,
        derive_again: Callable[[], Derived] | None = None,
    ) -> Iterator[ReleaseRun]:
        """Open the release in the state directory of this machine."""

        def told(event: StepEvent) -> None:
            self.events.append(event)
            watch(event)

        with (
            StateDirectory(self.folder / name) as state,
            closing(SqliteLedger(state.ledger, self.clock, name)) as ledger,
        ):
            ports = Ports(
                repository=FakeRepository(self.hosted),
                forge=self.forge,
                indexes=self.indexes,
                builder=self.builder,
                inspector=self.inspector,
                installer=self.installer,
                store=FolderStore(state.artifacts),
                logs=FolderStore(state.logs),
                ledger=ledger,
                clock=self.clock,
            )
            patience = Patience(looks=4, first_pause=0.1)
            engine = InlineEngine(ports, state, patience=patience, observer=told, stop=stop, kinds=self.kinds)
            yield ReleaseRun(ports, state, engine, self.derive(), derive_again or self.derive)

    def release(self, name: str = "one", *, die_at: int = 0) -> Manifest:
        """Do both halves on this machine; with ``die_at`` it goes off at that moment, counted from 1.

        Raises:
            KilledError: it went off.
            TagboatError: the release stopped.
        """
        passed = 0

        def die(_event: StepEvent) -> None:
            nonlocal passed
            passed += 1
            if passed == die_at:
                raise KilledError

        with self.machine(name, watch=die) as run:
            manifest = run.prepare()
            run.publish(manifest)
        return manifest

    def missing(self, manifest: Manifest) -> Iterator[str]:
        """Yield what a finished release must have and the world lacks."""
        for release in self.releases:
            held = [r for r in self.hosted.releases.values() if r.tag == release.tag]
            if len(held) != 1 or held[0].draft:
                yield f"{release.tag} has {len(held)} releases: {[r.draft for r in held]}"
                continue
            assets = {asset.name: asset.sha256 for asset in held[0].assets}
            wanted = {a.file: a.sha256 for a in manifest.of(release.component)}
            yield from (f"{name} is not on the forge" for name in wanted if assets.get(name) != wanted[name])
            if MANIFEST_NAME not in assets or LEDGER_NAME not in assets:
                yield f"{release.tag} has no Manifest or no ledger"
            packages = {
                name: sha for name, sha in wanted.items() if name in self._published(manifest, release)
            }
            for index in self.config.component(release.component).targets:
                yield from self._missing_on(index, release, packages)

    def doubles(self) -> Sequence[str]:
        """Return every file that an index accepted twice, and every tag that has two releases."""
        uploads = Counter((index.name, file) for index in self.indexes.values() for file in index.uploads)
        tags = Counter(release.tag for release in self.hosted.releases.values())
        counts = [*uploads.items(), *tags.items()]
        return [f"{what}: {times}" for what, times in counts if times > 1]

    def _published(self, manifest: Manifest, release: Release) -> set[str]:
        return {a.file for a in manifest.of(release.component) if a.role in ("sdist", "wheel")}

    def _missing_on(self, name: str, release: Release, packages: dict[str, str]) -> Iterator[str]:
        distribution = self.config.component(release.component).distributions[0]
        project = self.indexes[name].project(distribution)
        there = {file.filename: file.sha256 for file in project.files} if project else {}
        if there != packages:
            yield f"{name} has {sorted(there)} of {distribution}, with our digests or not"
