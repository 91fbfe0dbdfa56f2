"""Every pipeline makes lawful plans of every configuration, and every broken law is noticed."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.version import Version

from tagboat.config.model import Component, Config, IndexTarget, Policy, Shard, Workflows
from tagboat.core.artifact import Artifact, Manifest, Role
from tagboat.core.plan import Half, Plan, broken_laws, plan_from_json
from tagboat.core.release import Release
from tagboat.core.step import Effect, Phase, Step
from tagboat.errors import InvalidError
from tagboat.pipelines.choosing import PIPELINES

COMMIT = "c" * 40
INDEXES = (
    IndexTarget("pypi"),
    IndexTarget("testpypi", staging=True),
    IndexTarget("own", "https://own.invalid/up", "https://own.invalid/simple", private=True),
)
TRIGGERS = ("dispatch", "tag")
KINDS = ("upload", "push-tag", "dispatch-run")
"""What publishes a component: an upload of ours, the tag that starts the workflow, or its dispatch."""
FILE = Artifact("tagboat-manifest.json", "f" * 64, 9, "", Role.CHECKSUM)


@st.composite
def configurations(draw: st.DrawFn) -> tuple[Config, tuple[Release, ...]]:
    names = [f"part-{number}" for number in range(draw(st.integers(1, 4)))]
    version = draw(st.sampled_from(["1.0", "2.0rc1", "0.1.post1"]))
    shared = draw(st.booleans())
    components = []
    for number, name in enumerate(names):
        shards = [Shard(), Shard("arm", sdist=False, wheels=("*-manylinux*",)), Shard("win", sdist=False)]
        components.append(
            Component(
                name,
                path=draw(st.sampled_from([".", name])),
                distributions=tuple(f"{name}-{d}" for d in range(draw(st.integers(1, 2)))),
                tag="v{version}" if shared else f"{name}-v{{version}}",
                notes=draw(st.sampled_from(["", "notes/{version}.md"])),
                shards=tuple(shards[: draw(st.integers(1, 3))]),
                build_needs=tuple(draw(st.sets(st.sampled_from(names[:number])))) if number else (),
                pythons=tuple(draw(st.sets(st.sampled_from(["3.11", "3.12"])))),
                targets=tuple(draw(st.permutations([i.name for i in INDEXES]))[: draw(st.integers(1, 3))]),
                reproduce=draw(st.booleans()),
            )
        )
    chosen = draw(st.lists(st.sampled_from(components), min_size=1, unique_by=lambda c: c.name))
    chosen.sort(key=components.index)
    releases = tuple(
        Release(c.name, str(Version(version)), c.tag.replace("{version}", version), COMMIT) for c in chosen
    )
    pipeline = draw(st.sampled_from(sorted(PIPELINES)))
    # One dispatch releases one component.
    trigger = "tag" if len({r.tag for r in releases}) < len(releases) else draw(st.sampled_from(TRIGGERS))
    config = Config(
        pipeline=pipeline,
        components=tuple(components),
        indexes=INDEXES,
        policy=Policy(),
        workflows=Workflows(trigger=trigger),
    )
    return config, releases


def planned(config: Config, releases: tuple[Release, ...]) -> tuple[Plan, Plan]:
    pipeline = PIPELINES[config.pipeline]
    prepare = pipeline.prepare(config, releases, repository="acme/demo", default_branch="main")
    artifacts = []
    for release in releases:
        for distribution in config.component(release.component).distributions:
            flat = distribution.replace("-", "_")
            for name, role in (
                (f"{flat}-{release.version}.tar.gz", Role.SDIST),
                (f"{flat}-{release.version}-py3-none-any.whl", Role.WHEEL),
                (f"{flat}-{release.version}-cp311-cp311-manylinux_2_28_x86_64.whl", Role.WHEEL),
            ):
                artifacts.append(Artifact(name, "a" * 64, 1, release.component, role))
    manifest = Manifest("tagboat 0", "acme/demo", prepare.digest, releases, (), tuple(artifacts))
    return prepare, pipeline.publish(config, prepare, manifest, FILE)


@given(configurations())
def test_both_halves_of_every_release_are_lawful(drawn: tuple[Config, tuple[Release, ...]]) -> None:
    for plan in planned(*drawn):
        assert list(broken_laws(plan)) == []


@given(configurations())
def test_nothing_is_on_a_final_index_before_all_is_staged(drawn: tuple[Config, tuple[Release, ...]]) -> None:
    _, publish = planned(*drawn)
    permanent = [n for n, step in enumerate(publish.steps) if step.effect is Effect.PERMANENT]
    staging = [n for n, step in enumerate(publish.steps) if step.phase is Phase.STAGE]
    assert max(staging) < min(permanent)


@given(configurations())
def test_a_component_is_published_after_those_before_it(drawn: tuple[Config, tuple[Release, ...]]) -> None:
    config, releases = drawn
    _, publish = planned(config, releases)
    order = [s.component for s in publish.steps if s.kind in KINDS and s.effect is Effect.PERMANENT]
    wanted = [r.component for r in releases if r.component in order]
    assert list(dict.fromkeys(order)) == wanted


@given(configurations())
def test_what_is_handed_over_is_tagged_once_and_nothing_of_it_is_uploaded(
    drawn: tuple[Config, tuple[Release, ...]],
) -> None:
    config, releases = drawn
    _, publish = planned(replace(config, pipeline="remote-release"), releases)
    tags = [step.options["tag"] for step in publish.steps if step.kind == "push-tag"]
    assert tags == list(dict.fromkeys(release.tag for release in releases))
    assert not [step for step in publish.steps if step.kind == "upload"]
    keys = [step.key for step in publish.steps]
    for step in (step for step in publish.steps if step.kind == "push-tag"):
        before = set(keys[: keys.index(step.key)])
        assert before == set(step.needs)
    started = [step.options["tag"] for step in publish.steps if step.kind == "dispatch-run"]
    assert started == (tags if config.workflows.trigger == "dispatch" else [])


def test_what_shares_a_tag_is_not_started_by_one_dispatch() -> None:
    components = tuple(Component(name, distributions=(name,)) for name in ("one", "two"))
    config = Config(pipeline="remote-release", components=components, indexes=INDEXES)
    releases = tuple(Release(component.name, "1.0", "v1.0", COMMIT) for component in components)
    with pytest.raises(InvalidError, match=r"one and two share v1\.0"):
        planned(config, releases)
    assert planned(config, releases[:1])


@given(configurations())
def test_a_plan_is_the_same_after_a_way_through_json(drawn: tuple[Config, tuple[Release, ...]]) -> None:
    for plan in planned(*drawn):
        again = plan_from_json(json.loads(json.dumps(plan.as_json())))
        assert again.digest == plan.digest
        assert [step.key for step in again.steps] == [step.key for step in plan.steps]


@given(configurations())
def test_the_same_input_gives_the_same_plan(drawn: tuple[Config, tuple[Release, ...]]) -> None:
    assert [plan.digest for plan in planned(*drawn)] == [plan.digest for plan in planned(*drawn)]


def step(key: str, phase: Phase, effect: Effect = Effect.NONE, *needs: str) -> Step:
    return Step(key, "kind", phase, effect, needs=needs)


LAWFUL = Plan(
    Half.PUBLISH,
    "test",
    (),
    (
        step("draft", Phase.STAGE, Effect.REVERSIBLE),
        step("upload", Phase.PUBLISH, Effect.PERMANENT, "draft"),
        step("undraft", Phase.PUBLISH, Effect.PERMANENT, "upload"),
        step("confirm", Phase.CONFIRM, Effect.NONE, "undraft"),
    ),
)


def changed(place: int, **values: object) -> Callable[[Plan], Plan]:
    def change(plan: Plan) -> Plan:
        steps = list(plan.steps)
        steps[place] = replace(steps[place], **values)
        return replace(plan, steps=tuple(steps))

    return change


def test_the_example_is_lawful() -> None:
    assert list(broken_laws(LAWFUL)) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (changed(1, key="draft"), "the key draft stands twice"),
        (changed(0, needs=("upload",)), "draft needs upload, which does not stand before it"),
        (changed(1, needs=("nowhere",)), "upload needs nowhere"),
        (changed(1, phase=Phase.CONFIRM), "undraft goes back from confirm to publish"),
        (changed(2, effect=Effect.REVERSIBLE, needs=()), "undraft can still fail after the permanent upload"),
        (changed(3, needs=("draft",)), "nothing confirms the permanent upload"),
        (lambda plan: replace(plan, steps=plan.steps[:3]), "nothing confirms the permanent undraft"),
    ],
)
def test_a_planted_violation_is_found(change: Callable[[Plan], Plan], said: str) -> None:
    assert any(said in broken for broken in broken_laws(change(LAWFUL)))


@given(st.permutations(range(4)))
def test_an_order_against_the_needs_is_found(order: list[int]) -> None:
    plan = replace(LAWFUL, steps=tuple(LAWFUL.steps[place] for place in order))
    assert bool(list(broken_laws(plan))) == (order != sorted(order))


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"schema": "tagboat/plan/2"},
        {**LAWFUL.as_json(), "steps": {}},
        {**LAWFUL.as_json(), "steps": ["x"]},
        {**LAWFUL.as_json(), "basis": []},
        {**LAWFUL.as_json(), "half": "third"},
    ],
)
def test_what_is_no_plan_is_refused(data: dict[str, object]) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        plan_from_json(data)


def test_a_plan_gives_its_steps_by_key() -> None:
    assert LAWFUL.step("upload").phase is Phase.PUBLISH
    with pytest.raises(KeyError):
        LAWFUL.step("nowhere")
