"""Laws over whole releases in memory: wherever machines go off, the world ends as it must."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tagboat.config.model import Config
from tagboat.engine.events import StepEvent
from tagboat.errors import AnswerLostError
from tagboat.testing.simulation import DISPATCHED, HANDED, ONE, TWO, KilledError, Simulation
from tagboat.testing.workshop import FakeBuilder

CONFIGS = {"one": ONE, "two": TWO, "handed": HANDED, "dispatched": DISPATCHED}
WRITES = {
    "forge": ["create-draft", "upload-asset", "publish"],
    "testpypi": ["upload"],
    "pypi": ["upload"],
}
LISTS = {"forge": "releases", "testpypi": "project", "pypi": "project"}
KINDS = ["drop-before", "drop-after", "truncate", "status"]
FAULTS = st.sampled_from([(place, write) for place, writes in WRITES.items() for write in writes])


def order(world: Simulation, place: str, operation: str, kind: str, value: float | None = None) -> None:
    orders = world.forge.orders if place == "forge" else world.indexes[place].orders
    orders.add(operation, kind, value)


def moments(config: Config, folder: Path) -> int:
    world = Simulation(folder, config)
    world.release()
    return len(world.events)


@pytest.mark.parametrize("name", CONFIGS)
def test_an_undisturbed_release_leaves_everything_and_nothing_twice(name: str, tmp_path: Path) -> None:
    world = Simulation(tmp_path, CONFIGS[name])
    manifest = world.release()
    assert list(world.missing(manifest)) == []
    assert world.doubles() == []


@pytest.mark.parametrize(("name", "stride"), [("one", 1), ("two", 9), ("handed", 7), ("dispatched", 7)])
def test_a_machine_may_go_off_at_every_moment(name: str, stride: int, tmp_path: Path) -> None:
    count = moments(CONFIGS[name], tmp_path / "count")
    for moment in range(1, count + 1, stride):
        fresh, steady = moment % 2 == 0, moment % 3 == 0
        world = Simulation(tmp_path / str(moment), CONFIGS[name], builder=FakeBuilder(steady=steady))
        with pytest.raises(KilledError):
            world.release("one", die_at=moment)
        manifest = world.release("two" if fresh else "one")
        assert list(world.missing(manifest)) == [], moment
        assert world.doubles() == [], moment


@settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow])
@given(
    name=st.sampled_from(sorted(CONFIGS)),
    steady=st.booleans(),
    deaths=st.lists(st.tuples(st.integers(1, 130), st.booleans()), max_size=4),
    lost=st.lists(st.tuples(FAULTS, st.sampled_from(KINDS)), max_size=2),  # an effect is tried three times
)
def test_whatever_happens_the_release_ends_whole_and_single(
    name: str,
    steady: bool,
    deaths: list[tuple[int, bool]],
    lost: list[tuple[tuple[str, str], str]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        world = Simulation(Path(folder), CONFIGS[name], builder=FakeBuilder(steady=steady))
        for (place, operation), kind in lost:
            order(world, place, operation, kind, 502 if kind == "status" else None)
        machine = 0
        for moment, fresh in deaths:
            try:
                manifest = world.release(f"machine-{machine}", die_at=moment)
            except KilledError:
                machine += fresh
            else:
                assert list(world.missing(manifest)) == []
        manifest = world.release(f"machine-{machine}")
        assert list(world.missing(manifest)) == []
        assert world.doubles() == []


@pytest.mark.parametrize("kind", [*KINDS, "stale"])
@pytest.mark.parametrize("number", range(1, 3))
@pytest.mark.parametrize(
    ("place", "operation"), [(place, write) for place, writes in WRITES.items() for write in writes]
)
def test_a_lost_answer_to_any_write_is_looked_for(
    place: str, operation: str, number: int, kind: str, tmp_path: Path
) -> None:
    world = Simulation(tmp_path)
    seen = 0

    def lose(event: StepEvent) -> None:
        """Order the fault when the step that makes the write begins for the n-th time."""
        nonlocal seen
        key = {"create-draft": "draft:", "upload-asset": "asset:", "publish": "undraft:"}.get(
            operation, f"upload:{place}:"
        )
        step, moment = event.step.key, event.moment
        if step.startswith(key) and moment == "intent":
            seen += 1
            if seen == number:
                order(world, place, operation, "drop-after" if kind == "stale" else kind, 502)
                if kind == "stale":
                    order(world, place, LISTS[place], "stale", 1)
                    order(world, place, LISTS[place], "stale", 1)

    with world.machine(watch=lose) as run:
        manifest = run.prepare()
        run.publish(manifest)
    assert list(world.missing(manifest)) == []
    assert world.doubles() == []


@pytest.mark.parametrize("fresh", [False, True])
@pytest.mark.parametrize("moment", ["intent", "done", "recorded"])
def test_a_workflow_is_dispatched_once_wherever_the_machine_goes_off_around_it(
    moment: str, fresh: bool, tmp_path: Path
) -> None:
    world = Simulation(tmp_path, DISPATCHED)

    def die(event: StepEvent) -> None:
        if (event.step.key, event.moment) == ("dispatch-run:core", moment):
            raise KilledError

    with pytest.raises(KilledError), world.machine("one", watch=die) as run:
        run.publish(run.prepare())
    manifest = world.release("two" if fresh else "one")
    assert list(world.missing(manifest)) == []
    assert world.doubles() == []
    assert [(ref, inputs) for _, ref, inputs in world.hosted.dispatched] == [
        ("core-v1.0", {"component": "core", "tag": "core-v1.0", "dry-run": "false"}),
        ("v1.0", {"component": "all", "tag": "v1.0", "dry-run": "false"}),
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_a_dispatch_whose_answer_is_lost_is_never_sent_again_by_the_same_start(
    kind: str, tmp_path: Path
) -> None:
    """Where it did not arrive, the release stops there, and a later start sends it."""
    world = Simulation(tmp_path, DISPATCHED)
    order(world, "forge", "dispatch", kind, 502)
    if kind in ("drop-before", "status"):
        with pytest.raises(AnswerLostError, match=r"whether release\.yml was started is not known") as caught:
            world.release()
        assert "starts it only if there is still none" in caught.value.remedy
        assert world.hosted.dispatched == []
    manifest = world.release()
    assert list(world.missing(manifest)) == []
    assert world.doubles() == []
    assert [ref for _, ref, _ in world.hosted.dispatched] == ["core-v1.0", "v1.0"]


def test_a_page_that_lags_on_another_machine_makes_no_second_upload(tmp_path: Path) -> None:
    world = Simulation(tmp_path)
    moment = 0
    seen: list[str] = []

    def watch(event: StepEvent) -> None:
        nonlocal moment
        moment += 1
        key, at = event.step.key, event.moment
        seen.append(f"{key} {at}")
        if key.startswith("upload:pypi:") and at == "done":
            raise KilledError

    with pytest.raises(KilledError), world.machine("one", watch=watch) as run:
        run.publish(run.prepare())

    def lag(event: StepEvent) -> None:
        key, at = event.step.key, event.moment
        if key.startswith("upload:pypi:") and at == "started":
            order(world, "pypi", "project", "stale", 1)
            order(world, "pypi", "project", "stale", 1)

    with world.machine("two", watch=lag) as run:
        manifest = run.prepare()
        run.publish(manifest)
    assert list(world.missing(manifest)) == []
    assert world.doubles() == []


@pytest.mark.parametrize("fresh", [True, False], ids=["fresh", "same"])
def test_a_draft_that_somebody_deletes_is_made_anew(fresh: bool, tmp_path: Path) -> None:
    world = Simulation(tmp_path)

    def watch(event: StepEvent) -> None:
        key, at = event.step.key, event.moment
        if key.startswith("upload:pypi:") and at == "started":
            raise KilledError

    with pytest.raises(KilledError), world.machine("one", watch=watch) as run:
        run.publish(run.prepare())
    world.forge.delete_release(world.forge.releases()[0])
    manifest = world.release("two" if fresh else "one")
    assert list(world.missing(manifest)) == []
    assert world.doubles() == []
