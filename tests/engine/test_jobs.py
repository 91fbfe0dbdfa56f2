"""The publish half in several jobs, each on a machine of its own: what each does, and what it leaves to the others."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import pytest

from tagboat.config.model import Config, Workflows
from tagboat.core.artifact import Manifest
from tagboat.engine import jobs
from tagboat.engine.events import Moment, Observer, StepEvent, nobody
from tagboat.engine.release import ReleaseRun, manifest_in
from tagboat.errors import ConflictError, RefusedError, UsageError
from tagboat.steps.vouching import handed_over
from tagboat.testing.forge import FakeForge
from tagboat.testing.simulation import ONE, KilledError, Simulation


@pytest.fixture
def world(tmp_path: Path) -> Simulation:
    return Simulation(tmp_path / "machines")


def gathered(world: Simulation, name: str = "builder") -> Path:
    """A folder with a Manifest and its files, as a job hands it on."""
    with world.machine(name) as run:
        manifest = run.prepare()
        folder = world.folder.parent / f"release-{name}"
        folder.mkdir()
        for artifact in manifest.artifacts:
            shutil.copyfile(run.ports.store.path(artifact), folder / artifact.file)
    (folder / "manifest.json").write_text(manifest.text)
    return folder


@contextmanager
def job(
    world: Simulation, name: str, folder: Path, *, watch: Observer = nobody
) -> Iterator[tuple[ReleaseRun, Manifest]]:
    """A fresh machine that was handed the folder."""
    with world.machine(name, watch=watch) as run:
        manifest = manifest_in(folder / "manifest.json")[0]
        for artifact in manifest.artifacts:
            run.ports.store.put(folder / artifact.file)
        yield run, manifest


def sent(world: Simulation) -> dict[str, int]:
    return {name: len(index.uploads) for name, index in world.indexes.items()}


def test_a_job_counts_as_its_own_what_it_does_and_nothing_else(world: Simulation) -> None:
    folder = gathered(world)
    seen: set[str] = set()
    with job(world, "stage", folder) as (run, manifest):
        jobs.stage(run, manifest)
    with job(world, "publish", folder, watch=lambda event: seen.add(event.step.key)) as (run, manifest):
        jobs.publish(run, manifest)
        assert seen == jobs.steps_of(run.plan_publish(manifest), "publish")


def test_a_job_says_of_no_credential_that_it_is_there_unless_it_asked(world: Simulation) -> None:
    folder = gathered(world)
    told: list[str] = []
    with job(world, "stage", folder, watch=lambda e: told.append(e.detail)) as (run, manifest):
        jobs.stage(run, manifest)
    (said,) = [text for text in told if text.startswith("credentials are there")]
    assert said.startswith("credentials are there for the forge, testpypi (Trusted Publishing")
    assert ", pypi" not in said


def test_the_four_jobs_make_one_release(world: Simulation) -> None:
    folder = gathered(world)
    world.installer.requests.clear()
    with job(world, "stage", folder) as (run, manifest):
        jobs.stage(run, manifest)
    assert sent(world) == {"testpypi": 2, "pypi": 0}
    assert world.installer.requests == []
    with job(world, "try", folder) as (run, manifest):
        jobs.try_staged(run, manifest)
    assert len(world.installer.requests) == 1
    with job(world, "publish", folder) as (run, manifest):
        jobs.publish(run, manifest)
    assert len(world.installer.requests) == 1
    assert list(world.missing(manifest)) == []
    with job(world, "confirm", folder) as (run, manifest):
        run.confirm(manifest)
    assert world.doubles() == []


def test_all_jobs_walk_the_same_plan(world: Simulation) -> None:
    folder = gathered(world)
    digests = set()
    for name, deed in (("stage", jobs.stage), ("try", jobs.try_staged), ("publish", jobs.publish)):
        with job(world, name, folder) as (run, manifest):
            deed(run, manifest)
            digests.add(run.plan_publish(manifest).digest)
            events = [entry.event for entry in run.ports.ledger.entries()]
        assert events[-1] == {"stage": "staged", "try": "tried", "publish": "published"}[name]
    assert len(digests) == 1


def test_publishing_says_which_job_was_to_install_and_finds_what_was_staged(world: Simulation) -> None:
    folder = gathered(world)
    with job(world, "stage", folder) as (run, manifest):
        jobs.stage(run, manifest)
    with job(world, "publish", folder) as (run, manifest):
        jobs.publish(run, manifest)
        entries = run.ports.ledger.entries()
        plan = run.plan_publish(manifest)
    (elsewhere,) = [entry for entry in entries if entry.event == "elsewhere"]
    assert elsewhere.step == "staged-install:testpypi:demo"
    found = {e.step for e in entries if e.event == "outcome" and e.body["found"]}
    begun = {entry.step for entry in entries if entry.event == "intent"}
    staged = {step.key for step in plan.steps if step.key.startswith("upload:testpypi")}
    assert staged <= found
    assert not staged & begun


@pytest.mark.slow
@pytest.mark.parametrize("die_at", range(1, 60, 6))
def test_a_publishing_job_that_dies_at_any_moment_is_run_again_from_nothing(
    world: Simulation, die_at: int
) -> None:
    folder = gathered(world)
    with job(world, "stage", folder) as (run, manifest):
        jobs.stage(run, manifest)
    left = die_at

    def die(_event: StepEvent) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            raise KilledError

    with suppress(KilledError), job(world, "first", folder, watch=die) as (run, manifest):
        jobs.publish(run, manifest)
    with job(world, "second", folder) as (run, manifest):
        jobs.publish(run, manifest)
    assert world.doubles() == []
    assert list(world.missing(manifest)) == []


def test_publishing_before_staging_sends_nothing(world: Simulation) -> None:
    folder = gathered(world)
    with job(world, "publish", folder) as (run, manifest), pytest.raises(RefusedError, match="another job"):
        jobs.publish(run, manifest)
    assert sent(world) == {"testpypi": 0, "pypi": 0}
    assert world.hosted.releases == {}


def test_other_bytes_on_the_staging_index_are_a_conflict(world: Simulation) -> None:
    world.builder.steady = False
    folder, other = gathered(world), gathered(world, "other")
    with job(world, "stage", folder) as (run, manifest):
        jobs.stage(run, manifest)
    with job(world, "publish", other) as (run, manifest), pytest.raises(ConflictError):
        jobs.publish(run, manifest)
    assert sent(world)["pypi"] == 0


def test_a_job_needs_the_credentials_of_its_own_indexes_alone(world: Simulation) -> None:
    folder = gathered(world)
    world.indexes["pypi"].has_credential = False
    with job(world, "stage", folder) as (run, manifest):
        jobs.stage(run, manifest)
    world.indexes["pypi"].has_credential, world.indexes["testpypi"].has_credential = True, False
    with job(world, "publish", folder) as (run, manifest):
        jobs.publish(run, manifest)
    assert list(world.missing(manifest)) == []


def test_without_a_staging_index_one_job_makes_the_draft_and_publishes(tmp_path: Path) -> None:
    world = Simulation(
        tmp_path / "machines", Config(components=(replace(ONE.components[0], targets=("pypi",)),))
    )
    folder = gathered(world)
    with job(world, "try", folder) as (run, manifest), pytest.raises(UsageError, match="no staging index"):
        jobs.try_staged(run, manifest)
    with job(world, "publish", folder) as (run, manifest):
        jobs.publish(run, manifest)
    assert list(world.missing(manifest)) == []


def test_a_second_run_that_built_anew_goes_on_with_the_build_in_the_draft(world: Simulation) -> None:
    """What the first run published in part can only be finished with its own bytes."""
    world.builder.steady = False
    first, second = gathered(world), gathered(world, "second")
    with job(world, "stage", first) as (run, manifest):
        jobs.stage(run, manifest)
    with job(world, "again", second) as (run, manifest):
        taken = jobs.prefer_draft(run, manifest, second, second / "manifest.json")
        assert taken != manifest
        jobs.stage(run, taken)
    assert (second / "manifest.json").read_text() == (first / "manifest.json").read_text()
    for artifact in taken.artifacts:
        assert (second / artifact.file).read_bytes() == (first / artifact.file).read_bytes()
    with job(world, "publish", second) as (run, manifest):
        assert jobs.prefer_draft(run, manifest, second, second / "manifest.json") is manifest
        jobs.publish(run, manifest)
    assert list(world.missing(taken)) == []
    assert world.doubles() == []


def test_where_the_forge_holds_nothing_the_gathered_build_stays(world: Simulation) -> None:
    folder = gathered(world)
    with job(world, "stage", folder) as (run, manifest):
        assert jobs.prefer_draft(run, manifest, folder, folder / "manifest.json") is manifest


def test_gather_takes_an_adopted_build_over_and_builds_nothing(world: Simulation) -> None:
    first = gathered(world)
    with job(world, "stage", first) as (run, manifest):
        jobs.stage(run, manifest)
    world.builder.builds.clear()
    with world.machine("gather") as run:
        there = run.adoption()
        assert there == manifest
        assert run.take_over(there) == manifest
        assert all(run.ports.store.has(artifact.sha256) for artifact in manifest.artifacts)
    assert world.builder.builds == []


@pytest.fixture
def handed(tmp_path: Path) -> Simulation:
    """A world in which a build was handed over: its tag is made, its draft filled, and the workflow about to start."""
    config = replace(ONE, pipeline="remote-release", workflows=Workflows(trigger="tag"))
    world = Simulation(tmp_path / "machines", config=config)

    def die(event: StepEvent) -> None:
        if event.step.kind == "push-tag" and event.moment is Moment.RECORDED:
            raise KilledError

    with suppress(KilledError), world.machine("server", watch=die) as run:
        run.publish(run.prepare())
    world.forge = FakeForge(world.hosted, login="github-actions[bot]")
    return world


def test_a_build_that_was_handed_over_is_received_as_it_is(handed: Simulation) -> None:
    built, tried = len(handed.builder.requests), len(handed.installer.requests)
    with handed.machine("receiver") as run:
        manifest = jobs.receive(run)
        assert all(run.ports.store.has(artifact.sha256) for artifact in manifest.artifacts)
        assert handed_over(run.ports, run.derived.prepare) == manifest.digest
    assert (len(handed.builder.requests), len(handed.installer.requests)) == (built, tried)


def test_a_tag_that_hands_nothing_over_is_refused(world: Simulation, handed: Simulation) -> None:
    with world.machine("receiver") as run, pytest.raises(RefusedError, match="names no Manifest"):
        jobs.receive(run)
    text, *more = handed.hosted.tag_texts["v1.0"]
    handed.hosted.tag_texts["v1.0"] = ("by hand", *more)
    assert "Manifest" in text
    with handed.machine("receiver") as run, pytest.raises(RefusedError, match="names no Manifest"):
        jobs.receive(run)


def test_a_build_that_is_gone_is_not_replaced_by_another(handed: Simulation) -> None:
    handed.hosted.releases.clear()
    with (
        handed.machine("receiver") as run,
        pytest.raises(RefusedError, match="forge does not hold it") as caught,
    ):
        jobs.receive(run)
    assert "tagboat resume" in caught.value.remedy


def test_a_build_of_another_plan_is_not_received_and_the_reason_is_said(handed: Simulation) -> None:
    handed.config = replace(handed.config, policy=replace(handed.config.policy, index_down="go"))
    with handed.machine("receiver") as run, pytest.raises(RefusedError, match="cannot be taken") as caught:
        jobs.receive(run)
    assert "built for the plan" in caught.value.cause
    assert "the same Tagboat" in caught.value.remedy
