"""Whatever a configuration may say: its files read back to the very values, and no script holds any of them."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import yaml
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from tagboat.config import rules
from tagboat.config.model import Component, Config, IndexTarget, Policy, Shard, Workflows
from tagboat.errors import ConfigError
from tagboat.workflows.evaluation import interpolate
from tagboat.workflows.model import Workflow
from tagboat.workflows.reader import read_workflow
from tagboat.workflows.writing.changes import State, changes
from tagboat.workflows.writing.files import FOLDER, write
from tagboat.workflows.writing.mark import is_unedited
from tagboat.workflows.writing.project import Project
from tagboat.workflows.writing.yaml_text import Script, rendered

ODD = st.sampled_from(
    [
        *(
            "${{ secrets.X }}",
            "${{",
            "}}",
            "`id`",
            "$(id)",
            "'",
            '"',
            ": ",
            " #",
            "\\",
            "- ",
            "yes",
            "3.10",
            "~",
            "|",
        ),
        *("{out}", "&a", "*a", "!x", "%", "@", "é", "\ufeff", "\U0001f980", ",", "[", "]", "{", "? ", "EOF"),
    ]
)
TEXTS = st.lists(st.one_of(ODD, st.text(max_size=4)), min_size=1, max_size=4).map("".join)


def allowed(rule: Any) -> Any:
    def test(text: str) -> bool:
        try:
            return bool(rule(text) == text)
        except ValueError:
            return False

    return test


FILLED = st.lists(
    st.one_of(ODD, st.text(st.characters(exclude_categories=("C", "Z")), max_size=4)), min_size=1, max_size=4
).map(lambda parts: "x".join(parts) + ".")
NAMES = st.from_regex(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,6}[A-Za-z0-9])?", fullmatch=True)
BRANCHES = st.lists(
    st.sampled_from(["main", "1.x", "!", "+", "${{", "}}", "'", '"', "#", "&", "]", "yes", "é"]),
    min_size=1,
    max_size=4,
).map("".join)
OPEN = FILLED.filter(allowed(rules.open_value))
COMMANDS = st.lists(FILLED, min_size=1, max_size=3).map(tuple)
SHARDS = st.builds(
    Shard,
    name=NAMES,
    builder=st.sampled_from(["build", "adopt"]),
    command=COMMANDS,
    environment=st.dictionaries(st.just("CFLAGS"), OPEN),
    runner=FILLED,
    python=st.sampled_from(["", "3.9", "3.14t"]),
).map(lambda shard: shard if shard.builder == "adopt" else replace(shard, command=()))
COMPONENTS = st.builds(
    Component,
    name=NAMES,
    shards=st.lists(SHARDS, min_size=1, max_size=3, unique_by=lambda s: s.name).map(tuple),
    lines=st.dictionaries(BRANCHES, st.just(""), max_size=2),
    targets=st.sampled_from([("pypi",), ("testpypi", "pypi"), ("internal",)]),
)
CONFIGS = st.builds(
    Config,
    components=st.lists(COMPONENTS, min_size=1, max_size=3, unique_by=lambda c: c.name.lower()).map(
        lambda found: tuple(replace(one, tag=f"t{n}-{{version}}") for n, one in enumerate(found))
    ),
    indexes=st.builds(
        lambda text, name: (
            IndexTarget("pypi", environment=text),
            IndexTarget("testpypi", staging=True, environment=name),
            IndexTarget("internal", private=True),
        ),
        TEXTS,
        NAMES,
    ),
    workflows=st.builds(
        Workflows,
        trigger=st.sampled_from(["tag", "dispatch"]),
        test=COMMANDS,
        docs=COMMANDS,
        failure_issue=st.booleans(),
    ),
    policy=st.just(Policy()),
)
PLAIN = Config(
    components=(
        Component(
            "a",
            shards=(Shard("x"), Shard("y", builder="adopt", command=("make",))),
            targets=("testpypi", "pypi"),
        ),
        Component("b", tag="b{version}"),
    ),
    workflows=Workflows(test=("x",), docs=("y",), failure_issue=True),
)


def read(config: Config, branch: str) -> tuple[dict[str, str], dict[str, Workflow]]:
    files = write(Project(config, "acme/tools", branch), {}).files
    texts = {path.removeprefix(FOLDER): text for path, text in files.items() if path.startswith(FOLDER)}
    return dict(files), {path: read_workflow(path, text.encode()) for path, text in texts.items()}


def scripts(workflows: dict[str, Workflow]) -> Iterator[str]:
    for workflow in workflows.values():
        for job in workflow.jobs:
            yield from (str(step.run) for step in job.steps if step.run)


OURS = {
    text
    for trigger in ("tag", "dispatch")
    for components in (
        PLAIN.components,
        PLAIN.components[:1],
        (replace(PLAIN.components[0], targets=("pypi",)),),
    )
    for config in (replace(PLAIN, components=components),)
    for text in scripts(read(replace(config, workflows=replace(PLAIN.workflows, trigger=trigger)), "main")[1])
}


@settings(max_examples=30)
@given(CONFIGS, BRANCHES)
@example(PLAIN, "!a+${{b")
def test_project_texts_read_back_to_the_very_values_and_stand_in_no_script(
    config: Config, branch: str
) -> None:
    try:
        files, workflows = read(config, branch)
    except ConfigError:
        assume(False)
        raise
    for path, text in files.items():
        assert is_unedited(text)
        if path.startswith(FOLDER):
            assert "jobs" in yaml.load(text, Loader=yaml.CSafeLoader)
    assert set(scripts(workflows)) <= OURS
    rows = {
        (component, row["shard"]): row
        for component, job in matrices(config, workflows["build.yml"])
        for row in job
    }
    for component in config.components:
        for shard in component.shards:
            row = rows[component.name, shard.name]
            assert interpolate(row["runner"], {}) == shard.runner
            if shard.builder == "adopt":
                assert json.loads(interpolate(row["command"], {})) == list(shard.command)
                assert json.loads(interpolate(row["variables"], {})) == dict(shard.environment)
    (test, *_rest) = workflows["ci.yml"].jobs
    assert json.loads(str(interpolate(test.steps[-1].env["COMMAND"], {}))) == list(config.workflows.test)


def matrices(config: Config, build: Workflow) -> Iterator[tuple[str, Any]]:
    owners = {job.name.partition(" / ")[0] for job in build.jobs}
    assert owners == {component.name for component in config.components}
    for job in build.jobs:
        if job.matrix is not None:
            yield job.name.partition(" / ")[0], job.matrix.include


@settings(max_examples=30)
@given(CONFIGS)
def test_each_component_publishes_in_the_environment_of_its_index(config: Config) -> None:
    try:
        _, workflows = read(config, "main")
    except ConfigError:
        assume(False)
        raise
    publish = workflows["release.yml"].job("publish")
    assert publish is not None
    assert publish.environment is not None
    for component in config.components:
        chosen = {
            "inputs": {"component": component.name},
            "needs": {"check": {"outputs": {"component": component.name}}},
        }
        index = config.index(component.targets[-1])
        assert interpolate(publish.environment.name, chosen) == (index.environment or index.name)


@settings(deadline=None, max_examples=20)
@given(CONFIGS, st.binary(max_size=20))
def test_what_was_written_is_the_same_when_it_is_looked_at_again(config: Config, more: bytes) -> None:
    try:
        files, _ = read(config, "main")
    except ConfigError:
        assume(False)
        raise
    there = {path: text.encode() for path, text in files.items()}
    again = write(Project(config, "acme/tools", "main"), there).files
    assert {change.state for change in changes(again, there)} == {State.SAME}
    edited = {path: data + b"#" + more for path, data in there.items()}
    assert not [change for change in changes(again, edited) if change.free]


KEYS = TEXTS.filter(lambda key: not key.startswith("#") and key not in {"on", "jobs"})
TABLES = st.recursive(
    st.one_of(TEXTS, st.booleans(), st.integers(), st.just("a\nb\n").map(Script)),
    lambda inner: st.one_of(
        st.lists(TEXTS, min_size=1, max_size=3),
        st.lists(st.dictionaries(KEYS, TEXTS, min_size=1, max_size=2), min_size=1, max_size=2),
        st.dictionaries(KEYS, inner, max_size=3),
    ),
    max_leaves=8,
)


@settings(deadline=None)
@given(st.dictionaries(KEYS, TABLES, min_size=1, max_size=3))
def test_a_table_reads_back_as_it_was(table: dict[str, Any]) -> None:
    assert yaml.safe_load(rendered(table)) == table
