"""A whole release in memory: real plans, real engine, real state directories; everything outside is a fake.

Machines come and go, are killed between any two moments, and go on; the world stays.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from tagboat.adapters.store import FolderStore
from tagboat.config.model import Component, Config, Workflows
from tagboat.core.artifact import Manifest
from tagboat.core.release import Release
from tagboat.engine.events import Moment, StepEvent
from tagboat.engine.inline import InlineEngine, Patience
from tagboat.engine.ledger import SqliteLedger
from tagboat.engine.release import Derived, ReleaseRun
from tagboat.engine.state import StateDirectory
from tagboat.errors import UnavailableError
from tagboat.pipelines import tag_release
from tagboat.pipelines.choosing import PIPELINES
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
HANDED = replace(TWO, pipeline="remote-release", workflows=Workflows(trigger="tag"))
"""The same, handed to a workflow that starts when a tag is made."""
DISPATCHED = replace(TWO, pipeline="remote-release")
"""The same, handed to a workflow that is started on the tag."""


_WORKFLOW = b"""\
on:
  workflow_dispatch:
    inputs:
      component: {type: choice, options: [demo, core, all], required: true}
      tag: {type: string, required: true}
      dry-run: {type: boolean, default: true}
jobs:
  publish: {runs-on: ubuntu-latest, steps: [{run: tagboat publish}]}
"""
_TRIES = 10
"""How often the workflow's machine tries an upload: more often than faults are ordered."""


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
        files[f".github/workflows/{self.config.workflows.release}"] = _WORKFLOW
        self.hosted.trees[COMMIT] = files
        self.hosted.branches["main"] = COMMIT
        self.forge = FakeForge(self.hosted)
        self.indexes = {index.name: FakeIndex(index.name) for index in self.config.indexes}
        self.releases = tuple(
            Release(c.name, self.version, c.tag.replace("{version}", self.version), COMMIT)
            for c in self.config.components
        )
        self.forge.moment = lambda: self.clock.now().isoformat()
        if self.config.pipeline == tag_release.NAME:
            self.hosted.tags.update({release.tag: COMMIT for release in self.releases})
        self.forge.play(COMMIT)
        self.hosted.workflows.add(self.config.workflows.release)

    def derive(self) -> Derived:
        """Return the configuration and the plan that follows from it."""
        plan = PIPELINES[self.config.pipeline].prepare(
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
            if event.step.kind == self._starter and event.moment is Moment.RECORDED:
                self._start_workflow(str(event.step.options["tag"]))

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

    @property
    def _starter(self) -> str:
        """The kind of step after which the workflow runs."""
        return "push-tag" if self.config.workflows.trigger == "tag" else "dispatch-run"

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

    def _start_workflow(self, tag: str) -> None:
        """Play the workflow that was started for a tag: it publishes what lies in the draft, once."""
        runs = [run for run in self.hosted.runs if run.branch == tag]
        by_tag = self.config.workflows.trigger == "tag"
        if tag not in self.hosted.tags or any(run.status == "completed" for run in runs):
            return
        if not runs and not by_tag:
            return  # its dispatch never arrived
        (draft,) = (release for release in self.hosted.releases.values() if release.tag == tag)
        (name,) = (r.component for r in self.releases if r.tag == tag)
        with tempfile.TemporaryDirectory() as folder:
            for asset in (a for a in draft.assets if a.name.startswith(tuple(self._stems(name)))):
                path = Path(folder) / asset.name
                path.write_bytes(self.hosted.contents[asset.id])
                for index in self.config.component(name).targets:
                    self._surely_upload(self.indexes[index], path, asset.sha256)
        if runs:
            self.forge.change(runs[0])
        else:
            self.forge.play(COMMIT, workflow=self.config.workflows.release, branch=tag)

    def _surely_upload(self, index: FakeIndex, path: Path, sha256: str) -> None:
        distribution = path.name.split("-", 1)[0].replace("_", "-")
        for _ in range(_TRIES):
            with suppress(UnavailableError):
                project = index.project(distribution)
                if project and project.file(path.name):
                    return
                index.upload(path, sha256)

    def _stems(self, component: str) -> Iterator[str]:
        for distribution in self.config.component(component).distributions:
            yield f"{distribution.replace('-', '_')}-{self.version}"

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
        """Return every file that an index accepted twice, every tag that has two releases, or two dispatches."""
        uploads = Counter((index.name, file) for index in self.indexes.values() for file in index.uploads)
        tags = Counter(release.tag for release in self.hosted.releases.values())
        started = Counter(f"{workflow} on {ref}" for workflow, ref, _ in self.hosted.dispatched)
        counts = [*uploads.items(), *tags.items(), *started.items()]
        return [f"{what}: {times}" for what, times in counts if times > 1]

    def _published(self, manifest: Manifest, release: Release) -> set[str]:
        return {a.file for a in manifest.of(release.component) if a.role in ("sdist", "wheel")}

    def _missing_on(self, name: str, release: Release, packages: dict[str, str]) -> Iterator[str]:
        distribution = self.config.component(release.component).distributions[0]
        project = self.indexes[name].project(distribution)
        there = {file.filename: file.sha256 for file in project.files} if project else {}
        if there != packages:
            yield f"{name} has {sorted(there)} of {distribution}, with our digests or not"
