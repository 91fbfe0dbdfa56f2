from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tagboat.config.model import Policy
from tagboat.core.plan import Half
from tagboat.core.step import Phase
from tagboat.core.verdict import Finding, Verdict
from tagboat.engine.release import Derived, lawful, read_manifest
from tagboat.errors import (
    AlreadyRunningError,
    ConflictError,
    PartialError,
    RefusedError,
    StalePlanError,
    StepFailedError,
    TagboatError,
    UnavailableError,
    WaitingError,
)
from tagboat.testing.simulation import ONE, Simulation
from tagboat.testing.workshop import FakeBuilder


@pytest.fixture
def world(tmp_path: Path) -> Simulation:
    return Simulation(tmp_path)


def other(world: Simulation) -> Derived:
    """What follows from a configuration that says something else."""
    config = replace(ONE, policy=Policy(ci_wait=1))
    return Simulation(world.folder / "other", config).derive()


def writes(world: Simulation) -> tuple[int, int]:
    return len(world.hosted.releases), sum(len(index.uploads) for index in world.indexes.values())


def test_a_finished_half_is_not_walked_again(world: Simulation) -> None:
    first = world.release()
    assert world.release() == first
    assert world.builder.builds == ["demo/default"]
    assert world.doubles() == []


def test_an_unfinished_prepare_half_asks_its_guards_again_and_builds_once(world: Simulation) -> None:
    with world.machine() as run:
        run.prepare()
    world.events.clear()
    with world.machine() as run:
        run.prepare()
    asked = {event.step.kind for event in world.events if event.moment == "started"}
    assert "ci-green" in asked
    assert "build-shard" not in asked
    assert world.builder.builds == ["demo/default"]


def test_a_plan_that_moved_is_stale(world: Simulation) -> None:
    with world.machine() as run:
        run.prepare()
    with world.machine() as run, pytest.raises(StalePlanError, match="state directory holds"):
        replace(run, derived=other(world)).prepare()


def test_a_forge_that_derives_another_plan_stops_before_anything_is_published(world: Simulation) -> None:
    with world.machine(derive_again=lambda: other(world)) as run:
        manifest = run.prepare()
        with pytest.raises(StalePlanError) as caught:
            run.publish(manifest)
    assert "published nothing" in caught.value.remedy
    assert writes(world) == (0, 0)


def test_a_manifest_of_another_plan_is_not_published(world: Simulation) -> None:
    with world.machine() as run:
        manifest = replace(run.prepare(), plan="0" * 64)
        with pytest.raises(StalePlanError):
            run.publish(manifest)
    assert writes(world) == (0, 0)


def test_another_manifest_than_the_frozen_one_is_stale(world: Simulation) -> None:
    with world.machine() as run:
        manifest = run.prepare()
        run.publish(manifest)
        with pytest.raises(StalePlanError, match="publish plan"):
            run.publish(replace(manifest, tool="tagboat 9"))


def test_a_manifest_file_that_somebody_edited_is_a_conflict(world: Simulation) -> None:
    with world.machine() as run:
        manifest = run.prepare()
        run.publish(manifest)
        run.state.manifest.write_text(replace(manifest, tool="tagboat 9").text)
    with world.machine() as run, pytest.raises(ConflictError, match="ledger recorded"):
        run.prepare()


def test_checking_asks_the_guards_and_writes_nothing(world: Simulation) -> None:
    with world.machine() as run:
        receipts = run.check()
        plan = run.derived.prepare
    assert {plan.step(key).phase for key in receipts} == {Phase.CHECK}
    assert writes(world) == (0, 0)
    assert world.builder.builds == []


def test_a_refused_check_builds_nothing(world: Simulation) -> None:
    world.hosted.runs.clear()
    with pytest.raises(RefusedError):
        world.release()
    assert world.builder.builds == []


def test_files_that_the_inspector_refuses_are_not_published(world: Simulation) -> None:
    world.inspector.findings = (Finding(Verdict.FAIL, "corrupt", "repair"),)
    with pytest.raises(RefusedError, match="corrupt"):
        world.release()
    assert writes(world) == (0, 0)


def test_staging_ends_before_anything_permanent(world: Simulation) -> None:
    with world.machine() as run:
        run.publish(run.prepare(), through=Phase.STAGE)
    assert world.indexes["pypi"].uploads == []
    assert len(world.indexes["testpypi"].uploads) == 2
    assert all(release.draft for release in world.hosted.releases.values())


@pytest.mark.parametrize(
    ("error", "seen"),
    [
        (UnavailableError("down"), PartialError),
        (StepFailedError("no"), PartialError),
        (RefusedError("no"), PartialError),
        (ConflictError("other bytes"), ConflictError),
        (AlreadyRunningError("somebody"), AlreadyRunningError),
        (WaitingError("queued"), WaitingError),
    ],
)
def test_after_an_effect_outside_a_failure_is_partial(
    world: Simulation, error: TagboatError, seen: type[TagboatError]
) -> None:
    with world.machine() as run:
        manifest = run.prepare()
        assert type(run.verdict(error)) is type(error), "nothing is outside yet"
        run.publish(manifest, through=Phase.STAGE)
        told = run.verdict(error)
    assert type(told) is seen
    assert told.cause == error.cause
    assert (seen is PartialError) == ("tagboat resume" in told.remedy)


def test_confirming_asks_the_confirming_guards_alone(world: Simulation) -> None:
    manifest = world.release()
    with world.machine() as run:
        receipts = run.confirm(manifest)
    assert len(receipts) == 3
    world.forge.delete_release(world.forge.releases()[0])
    with world.machine() as run, pytest.raises(RefusedError, match="the release is gone"):
        run.confirm(manifest)


def test_shards_of_other_machines_are_gathered_into_the_same_manifest(world: Simulation) -> None:
    with world.machine("builder") as run:
        shards = [step for step in run.derived.prepare.steps if step.kind == "build-shard"]
        run.build(shards)
        records = [run.record(step) for step in shards]
        with pytest.raises(KeyError):
            run.record(run.derived.prepare.step("gather"))
        kept = [run.ports.store.path(artifact) for record in records for artifact in record.artifacts]
        files = {path.name: path.read_bytes() for path in kept}
    with world.machine("gatherer") as run:
        for name, content in files.items():
            path = run.state.folder() / name
            path.write_bytes(content)
            run.ports.store.put(path)
        manifest = run.gather(records)
        run.publish(manifest)
    assert list(world.missing(manifest)) == []
    assert manifest == Simulation(world.folder / "elsewhere").release()


def test_missing_shards_are_refused(world: Simulation) -> None:
    with world.machine() as run, pytest.raises(RefusedError, match="demo/default is missing"):
        run.gather([])


def test_another_machine_adopts_the_draft_and_does_not_build(world: Simulation) -> None:
    world.builder = FakeBuilder(steady=False)
    with world.machine("one") as run:
        first = run.prepare()
        run.publish(first, through=Phase.STAGE)
    second = world.release("two")
    assert second == first
    assert len(world.builder.builds) == 1
    assert list(world.missing(second)) == []


def test_an_unlawful_plan_is_never_walked(world: Simulation) -> None:
    plan = world.derive().prepare
    with pytest.raises(StepFailedError, match="unlawful"):
        lawful(replace(plan, steps=(*plan.steps, plan.steps[0])))
    assert plan.half is Half.PREPARE


@pytest.mark.parametrize("text", ["", "[]", "null", "{}", '{"schema": "tagboat/manifest/2"}', "[" * 100_000])
def test_what_is_no_manifest_is_a_conflict(text: str) -> None:
    with pytest.raises(ConflictError, match="not a Manifest"):
        read_manifest(text)
