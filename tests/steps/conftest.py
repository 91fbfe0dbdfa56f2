"""A bench on which one kind of step at a time is tried, with everything around it in memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from tagboat.adapters.store import FolderStore
from tagboat.config.model import Component, Shard
from tagboat.core.artifact import Artifact, Manifest, Role, ShardRecord
from tagboat.core.canonical import JSON
from tagboat.core.plan import Half, Plan
from tagboat.core.release import Release
from tagboat.core.step import Effect, Phase, Receipt, Step
from tagboat.core.verdict import Finding
from tagboat.engine.ledger import SqliteLedger
from tagboat.ports import Ports
from tagboat.steps.kinds import Attempt, Inputs, freeze, load_kind
from tagboat.steps.remote_run import message
from tagboat.testing.clock import FakeClock
from tagboat.testing.distributions import make_sdist, make_wheel
from tagboat.testing.forge import FakeForge, Hosted
from tagboat.testing.index import FakeIndex
from tagboat.testing.workshop import FakeBuilder, FakeInspector, FakeInstaller, FakeRepository

COMMIT = "c" * 40


@dataclass
class Bench:
    """Fakes, and the verbs of one step."""

    folder: Path
    hosted: Hosted
    forge: FakeForge
    pypi: FakeIndex
    testpypi: FakeIndex
    clock: FakeClock
    repository: FakeRepository
    builder: FakeBuilder
    inspector: FakeInspector
    installer: FakeInstaller
    ports: Ports
    commit: str = COMMIT
    logged: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    more: list[Step] = field(default_factory=list)
    others: tuple[Release, ...] = ()

    def run(self, kind: str, needs: dict[str, Receipt] | None = None, **options: Any) -> Receipt:
        step = self.step(kind, needs or {}, options)
        work = self.folder / f"work-{len(list(self.folder.iterdir()))}"
        work.mkdir()
        attempt = Attempt(1, self.logged.append, work, self.told.append)
        return load_kind(kind).run(self.ports, self._inputs(step, needs or {}), attempt)

    def find(self, kind: str, needs: dict[str, Receipt] | None = None, **options: Any) -> Receipt | None:
        step = self.step(kind, needs or {}, options)
        return load_kind(kind).find(self.ports, self._inputs(step, needs or {}))

    def step(self, kind: str, needs: dict[str, Receipt], options: dict[str, Any]) -> Step:
        module: Any = load_kind(kind)
        return freeze(kind, kind, module.Options(**options), needs=tuple(needs))

    def findings(self, kind: str, needs: dict[str, Receipt] | None = None, **options: Any) -> list[str]:
        """Run a guard and return the codes of what it found."""
        return [finding.code for finding in self.run(kind, needs, **options).findings]

    def finding(self, kind: str, needs: dict[str, Receipt] | None = None, **options: Any) -> Finding:
        (finding,) = self.run(kind, needs, **options).findings
        assert finding.reason
        return finding

    def plan(self, needs: dict[str, Receipt] | None = None) -> Plan:
        steps = [self.stage(key) for key in dict.fromkeys([*(needs or {}), "build-shard", "gather"])]
        return Plan(Half.PREPARE, "tag-release", (self.release, *self.others), (*self.more, *steps))

    def asks(self, index: str, index_down: str = "stop") -> None:
        """Let the plan hold a guard that asks this index for the distribution."""
        options: dict[str, JSON] = {"index": index, "distribution": "demo", "index_down": index_down}
        step = Step(f"version-free:{index}", "version-free", Phase.CHECK, Effect.NONE, "demo", options)
        self.more.append(step)

    def hands_over(self, digest: str) -> None:
        """Let the plan be one whose tag hands a build over, and the tag name this one."""
        options: dict[str, JSON] = {"tag": self.release.tag, "commit": COMMIT}
        self.more.append(Step("tag-ready", "tag-ready", Phase.CHECK, Effect.NONE, "demo", options))
        self.hosted.tags[self.release.tag] = COMMIT
        self.hosted.tag_texts[self.release.tag] = (message("demo 1.0", digest), "")

    def of_another(self, component: str) -> Manifest:
        """A build of another component that has the same tag."""
        other = replace(self.release, component=component)
        return replace(self.built(plan="0" * 64), releases=(other,))

    def stage(self, key: str) -> Step:
        """A step of the plan around the one that is tried: one shard is built, and gathered."""
        kind = key.partition(":")[0]
        demo = asdict(Component("demo", distributions=("demo",)))
        options: dict[str, dict[str, Any]] = {
            "build-shard": {"component": demo, "shard": asdict(Shard()), "commit": COMMIT},
            "gather": {"repository": "acme/demo"},
        }
        return Step(key, kind, Phase.BUILD, Effect.NONE, "demo", options.get(kind, {}))

    @property
    def release(self) -> Release:
        return Release("demo", "1.0", "v1.0", COMMIT)

    def built(self, content: str = "x = 1\n", *, plan: str = "") -> Manifest:
        """A Manifest of two files that are in the store."""
        made = self.folder / "made"
        files = [
            make_sdist(made, "demo", "1.0", content=content),
            make_wheel(made, "demo", "1.0", content=content),
        ]
        artifacts = []
        for file, role in zip(files, (Role.SDIST, Role.WHEEL), strict=True):
            sha256, size = self.ports.store.put(file)
            artifacts.append(Artifact(file.name, sha256, size, "demo", role))
        digest = plan or self.plan().digest
        record = ShardRecord("demo", "default", COMMIT, digest, "fake 1", "3.11", "off", (), tuple(artifacts))
        listed = tuple(sorted(artifacts, key=lambda artifact: artifact.file))
        return Manifest("tagboat 0", "acme/demo", digest, (self.release,), (record,), listed)

    def adopted(self, manifest: Manifest | None) -> dict[str, Receipt]:
        return {"adopt": Receipt("", {"manifest": manifest.as_json() if manifest else None})}

    def draft(self, *files: Path, forge: FakeForge | None = None) -> int:
        """A draft for the tag with these files; returns its number."""
        forge = forge or self.forge
        draft = forge.create_draft(tag="v1.0", commit=COMMIT, title="1.0", notes="", prerelease=False)
        for file in files:
            forge.upload_asset(draft, file.name, file)
        return draft.id

    def publish(self) -> None:
        """Let somebody make the tag's one draft public."""
        (draft,) = [release for release in self.forge.releases() if release.tag == "v1.0"]
        self.forge.publish(draft, prerelease=False, latest=True)

    def write(self, name: str, text: str) -> Path:
        path = self.folder / "written" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        return path

    def files(self, manifest: Manifest) -> list[Path]:
        """The sdist, the wheel and, last, the Manifest itself."""
        paths = [self.ports.store.path(a) for record in manifest.shards for a in record.artifacts]
        return [*paths, self.write("tagboat-manifest.json", manifest.text)]

    def _inputs(self, step: Step, needs: dict[str, Receipt]) -> Inputs:
        scratch = self.folder / "scratch"
        scratch.mkdir(exist_ok=True)
        return Inputs(step, self.plan(needs), needs, scratch)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    hosted = Hosted(
        tags={"v1.0": COMMIT},
        branches={"main": COMMIT},
        trees={COMMIT: {"README.md": b"# Demo\n", "notes/1.0.md": b"News\n"}},
    )
    clock, forge = FakeClock(), FakeForge(hosted)
    pypi, testpypi = FakeIndex("pypi"), FakeIndex("testpypi")
    pypi.now = testpypi.now = clock.now
    forge.moment = lambda: clock.now().isoformat()
    repository = FakeRepository(hosted)
    builder, inspector, installer = FakeBuilder(), FakeInspector(), FakeInstaller()
    folder = tmp_path / "bench"
    folder.mkdir()
    ledger = SqliteLedger(tmp_path / "ledger.sqlite", clock, "tester")
    ports = Ports(
        repository=repository,
        forge=forge,
        indexes={"pypi": pypi, "testpypi": testpypi},
        builder=builder,
        inspector=inspector,
        installer=installer,
        store=FolderStore(tmp_path / "store"),
        logs=FolderStore(tmp_path / "logs"),
        ledger=ledger,
        clock=clock,
    )
    yield Bench(
        folder, hosted, forge, pypi, testpypi, clock, repository, builder, inspector, installer, ports
    )
    ledger.close()
