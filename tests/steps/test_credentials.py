"""Whoever cannot finish a release does not begin it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tagboat.config.model import Component, Config, IndexTarget
from tagboat.core.artifact import Manifest
from tagboat.core.plan import broken_laws
from tagboat.core.step import Phase
from tagboat.errors import DeniedError, TagboatError
from tagboat.testing.forge import FakeForge
from tagboat.testing.simulation import Simulation

TWO_FINALS = Config(
    components=(Component("demo", distributions=("demo",), targets=("testpypi", "pypi", "mirror")),),
    indexes=(
        *Config().indexes,
        IndexTarget("mirror", "https://mirror.example/legacy/", "https://mirror.example/simple/"),
    ),
)


def written(world: Simulation) -> list[object]:
    uploads = [(name, file) for name, index in world.indexes.items() for file in index.uploads]
    return [*uploads, *world.hosted.releases.values()]


@pytest.mark.parametrize("index", ["testpypi", "pypi", "mirror"])
def test_a_missing_index_token_stops_before_anything_is_written(tmp_path: Path, index: str) -> None:
    world = Simulation(tmp_path, TWO_FINALS)
    world.indexes[index].has_credential = False
    with pytest.raises(DeniedError, match=f"no token for {index}") as caught:
        world.release()
    assert f"TAGBOAT_{index.upper()}_TOKEN" in caught.value.remedy
    assert written(world) == []


def test_every_missing_credential_is_named_at_once(tmp_path: Path) -> None:
    world = Simulation(tmp_path, TWO_FINALS)
    world.indexes["pypi"].has_credential = world.indexes["mirror"].has_credential = False
    world.forge = FakeForge(world.hosted, may_write=False)
    with pytest.raises(DeniedError) as caught:
        world.release()
    for word in ("v1.0", "acme/demo", "pypi", "mirror"):
        assert word in caught.value.cause
    for word in ("TAGBOAT_FORGE_TOKEN", "TAGBOAT_PYPI_TOKEN", "TAGBOAT_MIRROR_TOKEN"):
        assert word in caught.value.remedy
    assert written(world) == []


def test_it_is_no_partial_release_and_goes_on_with_the_token(tmp_path: Path) -> None:
    world = Simulation(tmp_path, TWO_FINALS)
    world.indexes["mirror"].has_credential = False
    with world.machine() as run:
        manifest = run.prepare()
        with pytest.raises(DeniedError) as caught:
            run.publish(manifest)
        assert run.verdict(caught.value).exit_status == 4
    world.indexes["mirror"].has_credential = True
    assert list(world.missing(world.release())) == []


def interrupted(world: Simulation, step: str) -> Manifest:
    """Release until just before the step whose key starts like this."""

    def stop() -> bool:
        return any(event.step.key.startswith(step) for event in world.events)

    with world.machine(stop=stop) as run:
        manifest = run.prepare()
        with pytest.raises(TagboatError, match="stopped"):
            run.publish(manifest)
    return manifest


def test_what_is_published_already_needs_no_credential_any_more(tmp_path: Path) -> None:
    world = Simulation(tmp_path, TWO_FINALS)
    interrupted(world, "undraft")
    for index in world.indexes.values():
        index.has_credential = False
    assert list(world.missing(world.release())) == []


def test_a_public_release_needs_no_token_of_the_forge(tmp_path: Path) -> None:
    world = Simulation(tmp_path, TWO_FINALS)
    interrupted(world, "confirm:pypi")
    world.forge = FakeForge(world.hosted, may_write=False)
    assert list(world.missing(world.release())) == []


def test_a_token_of_which_the_forge_tells_nothing_is_tried(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(FakeForge, "may_write", lambda _self: None)
    world = Simulation(tmp_path)
    assert list(world.missing(world.release())) == []


def test_the_question_is_the_first_of_its_half(tmp_path: Path) -> None:
    world = Simulation(tmp_path)
    with world.machine() as run:
        plan = run.plan_publish(run.prepare())
    assert (plan.steps[0].kind, plan.steps[0].phase) == ("credentials", Phase.STAGE)
    assert list(broken_laws(plan)) == []
