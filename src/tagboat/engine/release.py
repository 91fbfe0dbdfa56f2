"""A whole release: the prepare half, the Manifest, the publish half; each half resumable at any point.

The publish half is planned from the Manifest alone. Before anything is published the prepare plan is derived again from
the configuration at the tag's commit, read through the forge as data, and compared by digest.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from tagboat.config.model import Config
from tagboat.core.acceptance import refusals
from tagboat.core.artifact import Artifact, Manifest, Role, ShardRecord
from tagboat.core.canonical import JSON
from tagboat.core.plan import Plan, broken_laws
from tagboat.core.step import Phase, Receipt, Step
from tagboat.engine.history import History
from tagboat.engine.inline import InlineEngine
from tagboat.engine.state import StateDirectory, write_durably
from tagboat.errors import ConflictError, PartialError, StalePlanError, StepFailedError, TagboatError
from tagboat.pipelines import tag_release
from tagboat.pipelines.choosing import PIPELINES
from tagboat.ports import Ports
from tagboat.steps.adopt import MANIFEST_NAME, stated
from tagboat.steps.gather import Options as GatherOptions
from tagboat.steps.gather import gather as gather_shards
from tagboat.steps.kinds import Inputs


@dataclass(frozen=True, slots=True)
class Derived:
    """What a release is derived from: the configuration at the tag, and the plan that follows from it."""

    config: Config
    prepare: Plan


@dataclass(slots=True)
class ReleaseRun:
    """One run of a release in one state directory.

    Attributes:
        derived: the plan from the mirror's view of the tag.
        derive_again: the same, from the forge's view of it; called once, before the publish half.
        hands_over: the publish half is the pipeline's own. Else it uploads, whatever the pipeline: the workflow that a
            release was handed to publishes by its jobs, and hands nothing on.
        context: what ``resume`` needs to start this again (command, repository, tags, sandbox); kept with the plans.
    """

    ports: Ports
    state: StateDirectory
    engine: InlineEngine
    derived: Derived
    derive_again: Callable[[], Derived]
    context: Mapping[str, JSON] = field(default_factory=dict)
    hands_over: bool = True

    def check(self) -> Mapping[str, Receipt]:
        """Ask the guards of the check phase, and nothing else."""
        plan = self.derived.prepare
        return self.engine.walk(plan, only={s.key for s in plan.steps if s.phase is Phase.CHECK})

    def prepare(self) -> Manifest:
        """Walk the prepare half and return its Manifest; what an earlier run finished is not done again."""
        self._freeze()
        frozen = self._frozen_manifest()
        if frozen is not None:
            self.engine.recall(self.derived.prepare)
            return frozen
        receipts = self.engine.walk(self.derived.prepare)
        data = receipts["gather"].facts["manifest"]
        if not isinstance(data, Mapping):
            raise TypeError("the gather step states the Manifest")
        manifest = Manifest.from_json(data)
        self._write_manifest(manifest)
        return manifest

    def build(self, steps: Sequence[Step]) -> None:
        """Build these shards and what they need, as one machine of several does; nobody is asked for an earlier build."""
        self._freeze()
        nothing = Receipt("not looked for", {"manifest": None})
        needed = {step.key for step in steps}
        for step in steps:
            needed.update(need for need in step.needs if need != "adopt")
        self.engine.walk(self.derived.prepare, only=needed, preset={"adopt": nothing})

    def record(self, step: Step) -> ShardRecord:
        """Return the record of a shard that was built in this state directory.

        Raises:
            KeyError: it was not.
        """
        receipt = History(self.ports.ledger.entries(), self.derived.prepare.digest).outcome(step.key)
        data = receipt.facts.get("record") if receipt else None
        if not isinstance(data, Mapping):
            raise KeyError(step.key)
        return ShardRecord.from_json(data)

    def gather(self, records: Sequence[ShardRecord]) -> Manifest:
        """Make the Manifest of shards that other machines built, and verify its files.

        Raises:
            RefusedError: they are not exactly the shards of this plan, or a guard refuses the files.
        """
        self._freeze()
        plan = self.derived.prepare
        nothing = Receipt("not looked for", {"manifest": None})
        archives = {step.key for step in plan.steps if step.kind == "source-archive"}
        made = self.engine.walk(plan, only=archives, preset={"adopt": nothing})
        own = [made[key].facts["record"] for key in archives]
        everything = [*records, *(ShardRecord.from_json(data) for data in own if isinstance(data, Mapping))]
        inputs = Inputs(plan.step("gather"), plan, {}, self.state.scratch)
        manifest = gather_shards(inputs.options(GatherOptions), plan, everything)
        receipt = Receipt("gathered", {"manifest": manifest.as_json(), "digest": manifest.digest})
        builds = {
            step.key: Receipt("built elsewhere", {"record": record.as_json()})
            for step in plan.steps
            for record in records
            if step.kind == "build-shard" and step.key == f"build:{record.component}:{record.shard}"
        }
        verify = {step.key for step in plan.steps if step.phase is Phase.VERIFY}
        self.engine.walk(plan, only=verify, preset={"adopt": nothing, "gather": receipt, **builds, **made})
        self._write_manifest(manifest)
        return manifest

    def adoption(self) -> Manifest | None:
        """Return the Manifest of this very plan that the forge holds and somebody vouches for, or None."""
        return stated(self.engine.walk(self.derived.prepare, only={"adopt"})["adopt"].facts.get("manifest"))

    def take_over(self, manifest: Manifest) -> Manifest:
        """Bring an adopted Manifest's files into the store, verify them, and return it.

        Raises:
            ConflictError: the forge no longer has a file, or serves other bytes.
            RefusedError: a guard refuses the files.
        """
        self._freeze()
        plan = self.derived.prepare
        receipt = Receipt(f"adopts the build {manifest.digest[:12]}", {"manifest": manifest.as_json()})
        keys = {step.key for step in plan.steps if step.phase in (Phase.BUILD, Phase.VERIFY)}
        self.engine.walk(plan, only=keys, preset={"adopt": receipt})
        self._write_manifest(manifest)
        return manifest

    def plan_publish(self, manifest: Manifest) -> Plan:
        """Return the publish half for this Manifest.

        Its releases are the Manifest's: where the forge's tag leads elsewhere by now, the steps name the difference.

        Raises:
            ConflictError: it names this plan, and is not what the plan ends in.
        """
        prepared = self.derived.prepare
        if problems := refusals(manifest, prepared) if manifest.plan == prepared.digest else []:
            raise ConflictError(
                f"the Manifest is not what its plan ends in: {'; '.join(problems)}",
                remedy="find out who changed it; build and gather anew",
            )
        sha256, size = self.ports.store.put(_written(self.state, manifest))
        file = Artifact(MANIFEST_NAME, sha256, size, "", Role.CHECKSUM)
        prepared = replace(prepared, releases=manifest.releases)
        pipeline = PIPELINES[prepared.pipeline] if self.hands_over else tag_release
        return lawful(pipeline.publish(self.derived.config, prepared, manifest, file))

    def publish(self, manifest: Manifest, *, through: Phase = Phase.CONFIRM) -> None:
        """Derive the plan again, compare, and walk the publish half ``through`` this phase."""
        plan = self.begin_publish(manifest)
        phases = list(Phase)[: list(Phase).index(through) + 1]
        keys = {step.key for step in plan.steps if step.phase in phases}
        self.engine.walk(plan, only=keys, begun=self.begun(manifest))
        if through is Phase.CONFIRM:
            self.ports.ledger.append("done", body={"manifest": manifest.digest})
        else:
            self.ports.ledger.append("published", body={"manifest": manifest.digest})

    def begin_publish(self, manifest: Manifest) -> Plan:
        """Derive the plan again, compare, and freeze the publish half that follows from the Manifest.

        Raises:
            StalePlanError: tag, commit or configuration are not those that the Manifest was made for.
            ConflictError: the Manifest is not what its plan ends in.
        """
        self._compare(manifest)
        plan = self.plan_publish(manifest)
        if not self.state.manifest.exists():
            self._write_manifest(manifest)
        if self._frozen_publish() is None:
            self.ports.ledger.append("plan", body={"half": "publish", "digest": plan.digest})
            self.state.save_plans(self.derived.prepare, plan, self.context)
        elif self._frozen_publish() != plan.digest:
            raise StalePlanError(
                "the publish plan in the state directory is not the one that follows from this Manifest",
                remedy="start again with a fresh --state",
            )
        return plan

    def confirm(self, manifest: Manifest) -> Mapping[str, Receipt]:
        """Ask the guards of the confirm phase, and nothing else."""
        plan = self.plan_publish(manifest)
        receipts = self.engine.walk(plan, only={s.key for s in plan.steps if s.phase is Phase.CONFIRM})
        self.ports.ledger.append("done", body={"manifest": manifest.digest})
        return receipts

    def dry(self) -> Manifest:
        """Walk the prepare half alone; what would follow is planned and not begun."""
        manifest = self.prepare()
        self.ports.ledger.append("dry-run", body={"manifest": manifest.digest})
        return manifest

    def urls(self) -> Mapping[str, JSON]:
        """Return the addresses that the publish half recorded: of runs, of files by index, of the forge's releases."""
        plans = self.state.load_plans()
        if plans is None or plans[1] is None:
            return {}
        history, found = History(self.ports.ledger.entries(), plans[1].digest), {}
        for step in plans[1].steps:
            receipt = history.outcome(step.key) if step.kind in ("follow-run", "arrived", "undraft") else None
            if receipt is not None:
                found[step.key] = receipt.facts.get("urls", receipt.facts.get("url"))
        return found

    def verdict(self, error: TagboatError) -> TagboatError:
        """Return the error as the caller must see it: partial, when outside effects exist and a resume can go on."""
        if error.exit_status in _KEPT or isinstance(error, ConflictError) or not self._touched_outside():
            return error
        remedy = "; ".join(text for text in (error.remedy, "then: tagboat resume") if text)
        return PartialError(error.cause, remedy=remedy)

    def _touched_outside(self) -> bool:
        """Tell whether effects exist: this state's own, or those of the run elsewhere whose build was adopted."""
        entries = self.ports.ledger.entries()
        adopted = History(entries, self.derived.prepare.digest).outcome("adopt")
        if adopted is not None and adopted.facts.get("manifest"):
            return True
        publish = self._frozen_publish()
        return publish is not None and History(entries, publish).touched_outside()

    def _write_manifest(self, manifest: Manifest) -> None:
        self.ports.ledger.append("manifest", body={"digest": manifest.digest, "plan": manifest.plan})
        write_durably(self.state.manifest, manifest.text)

    def _freeze(self) -> None:
        plans = self.state.load_plans()
        prepare = lawful(self.derived.prepare)
        if plans is None:
            self.ports.ledger.append("plan", body={"half": "prepare", "digest": prepare.digest})
            self.state.save_plans(prepare, None, self.context)
        elif plans[0].digest != prepare.digest:
            raise StalePlanError(
                f"the state directory holds the plan {plans[0].digest[:12]}; "
                f"tag, commit and configuration now give {prepare.digest[:12]}",
                remedy="find out what moved; start again with a fresh --state",
            )
        else:
            self.ports.ledger.append("resume", body={"digest": prepare.digest})
            if plans[2] != self.context:
                self.state.save_plans(prepare, plans[1], self.context)

    def begun(self, manifest: Manifest) -> bool:
        """Tell whether a filled draft, or a public release, shows that publishing may have begun before."""
        tags = {release.tag for release in manifest.releases}
        return any(r.asset(MANIFEST_NAME) for r in self.ports.forge.releases() if r.tag in tags)

    def _frozen_publish(self) -> str | None:
        plans = self.state.load_plans()
        return plans[1].digest if plans and plans[1] else None

    def _frozen_manifest(self) -> Manifest | None:
        """The Manifest of a finished prepare half, if its files are still kept."""
        entries = [e for e in self.ports.ledger.entries() if e.event == "manifest"]
        if not entries or self._frozen_publish() is None or not self.state.manifest.exists():
            return None
        manifest = read_manifest(self.state.manifest.read_text())
        if manifest.digest != entries[-1].body.get("digest"):
            raise ConflictError(
                f"{self.state.manifest} is not the Manifest that the ledger recorded",
                remedy="start again with a fresh --state",
            )
        return manifest if all(self.ports.store.has(a.sha256) for a in manifest.artifacts) else None

    def _compare(self, manifest: Manifest) -> None:
        again = self.derive_again().prepare
        if again.digest == self.derived.prepare.digest == manifest.plan:
            return
        raise StalePlanError(
            f"the Manifest was made for the plan {manifest.plan[:12]}; the forge's tag and configuration give "
            f"{again.digest[:12]}",
            remedy="this run published nothing: find out what moved (tag, configuration), then start again",
        )


_KEPT = (5, 7, 130)
MOST_MANIFEST_BYTES = 16 << 20


def lawful(plan: Plan) -> Plan:
    """Return the plan, if it breaks no law.

    Raises:
        StepFailedError: it does; the pipeline has a mistake.
    """
    broken = list(broken_laws(plan))
    if broken:
        raise StepFailedError(
            f"the pipeline makes an unlawful plan: {'; '.join(broken)}", remedy="report this"
        )
    return plan


def read_manifest(text: str | bytes) -> Manifest:
    """Read a Manifest's text.

    Raises:
        ConflictError: it is not a Manifest.
    """
    import json  # noqa: PLC0415 - keeps the module light for status

    try:
        return Manifest.from_json(json.loads(text, parse_constant=_no_number))
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        said = f"it lacks {error}" if isinstance(error, KeyError) else str(error)
        raise ConflictError(
            f"this is not a Manifest: {said}", remedy="use the file that the build wrote"
        ) from error


def manifest_in(path: Path) -> tuple[Manifest, bytes]:
    """Return the Manifest in a file, and the file's bytes.

    Raises:
        ConflictError: it is not a Manifest, or larger than any.
    """
    with path.open("rb") as file:
        text = file.read(MOST_MANIFEST_BYTES + 1)
    if len(text) > MOST_MANIFEST_BYTES:
        raise ConflictError(
            f"{path} is not a Manifest: it is larger than {MOST_MANIFEST_BYTES >> 20} MiB",
            remedy="use the file that the build wrote",
        )
    return read_manifest(text), text


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no number")


def _written(state: StateDirectory, manifest: Manifest) -> Path:
    path = state.folder() / MANIFEST_NAME
    path.write_text(manifest.text)
    return path
