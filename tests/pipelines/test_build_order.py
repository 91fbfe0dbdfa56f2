"""Builds stand after those whose wheels they need, however deep, and nothing is left for an index."""

from __future__ import annotations

from dataclasses import replace

from tagboat.config.model import Component, Config, Shard
from tagboat.core.plan import Plan, broken_laws
from tagboat.core.release import Release
from tagboat.pipelines import tag_release

ONE, OTHER = "1" * 40, "2" * 40


def component(name: str, *build_needs: str, **changes: object) -> Component:
    made = Component(name, distributions=(name,), tag=f"{name}-v{{version}}", build_needs=build_needs)
    return replace(made, targets=("pypi",), **changes)  # type: ignore[arg-type] # fields by name


def planned(*components: Component, release: tuple[str, ...], commits: tuple[str, ...] = ()) -> Plan:
    releases = [
        Release(name, "1.0", f"{name}-v1.0", commit)
        for name, commit in zip(release, commits or (ONE,) * len(release), strict=True)
    ]
    config = Config(components=components)
    return tag_release.prepare(config, releases, repository="acme/boat", default_branch="main")


def builds(plan: Plan) -> dict[str, tuple[str, ...]]:
    return {step.key: step.needs for step in plan.steps if step.kind == "build-shard"}


def test_a_released_component_is_built_after_the_released_one_that_its_build_needs() -> None:
    plan = planned(component("core", "bindings"), component("bindings"), release=("core", "bindings"))
    assert list(broken_laws(plan)) == []
    assert builds(plan) == {
        "build:bindings:default": ("adopt",),
        "build:core:default": ("adopt", "build:bindings:default"),
    }


def test_build_only_wheels_are_built_with_their_own_build_needs() -> None:
    plan = planned(component("a", "b"), component("b", "c"), component("c"), release=("a",))
    b, c = f"build:b:default@{ONE[:12]}", f"build:c:default@{ONE[:12]}"
    assert builds(plan) == {c: ("adopt",), b: ("adopt", c), "build:a:default": ("adopt", c, b)}
    assert set(plan.step("gather").needs) >= {b, c}


def test_a_build_only_wheel_is_built_once_for_each_commit() -> None:
    parts = (component("a", "tools"), component("b", "tools"), component("tools"))
    assert len(builds(planned(*parts, release=("a", "b")))) == 3
    plan = planned(*parts, release=("a", "b"), commits=(ONE, OTHER))
    assert builds(plan)["build:b:default"] == ("adopt", f"build:tools:default@{OTHER[:12]}")
    assert len(builds(plan)) == 4


def test_for_an_adopted_shard_nothing_is_built_and_nothing_is_rebuilt() -> None:
    shards = (Shard("here"), Shard("there", sdist=False, builder="adopt"))
    plan = planned(component("a", "tools", shards=shards, reproduce=True), component("tools"), release=("a",))
    assert builds(plan)["build:a:there"] == ("adopt",)
    assert [step.key for step in plan.steps if step.kind == "rebuild"] == ["rebuild:a:here"]
    alone = planned(component("a", "tools", shards=shards[1:]), component("tools"), release=("a",))
    assert list(builds(alone)) == ["build:a:there"]
