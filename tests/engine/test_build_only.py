"""Wheels that only builds need: recorded, published nowhere, and not made again for a build that is adopted."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tagboat.config.model import Component, Config
from tagboat.core.artifact import Role
from tagboat.errors import StepFailedError
from tagboat.testing.simulation import ONE, KilledError, Simulation

TOOLS = Component("tools", distributions=("demo-tools",), tag="tools-v{version}")
CONFIG = Config(components=(replace(ONE.components[0], build_needs=("tools",), reproduce=True), TOOLS))


class OneRelease(Simulation):
    """Only the first component has a tag."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.releases = self.releases[:1]


@pytest.fixture
def world(tmp_path: Path) -> Simulation:
    return OneRelease(tmp_path, CONFIG)


def test_a_build_only_wheel_is_recorded_offered_and_not_published(world: Simulation) -> None:
    manifest = world.release()
    assert world.builder.builds == ["tools/default", "demo/default", "demo/default"]
    assert [request.local for request in world.builder.requests] == [(), ("demo-tools",), ("demo-tools",)]
    record = next(shard for shard in manifest.shards if shard.component == "tools")
    assert {artifact.role for artifact in record.artifacts} == {Role.BUILD_ONLY}
    assert {artifact.component for artifact in manifest.artifacts} == {"demo"}
    assert list(world.missing(manifest)) == []
    assert not any("tools" in file for index in world.indexes.values() for file in index.uploads)


def test_a_machine_that_can_build_nothing_finishes_what_another_built(world: Simulation) -> None:
    with pytest.raises(KilledError):
        world.release(die_at=next_after_the_manifest(world))
    world.builder.failure = StepFailedError("no compiler")
    manifest = world.release("two")
    assert list(world.missing(manifest)) == []
    assert world.doubles() == []


def next_after_the_manifest(world: Simulation) -> int:
    """The number of the first moment after the draft holds its Manifest, told by a world like this one."""
    twin = OneRelease(world.folder / "twin", CONFIG)
    twin.release()
    keys = [event.step.key for event in twin.events]
    return len(keys) - keys[::-1].index("asset:demo:tagboat-manifest.json") + 1
