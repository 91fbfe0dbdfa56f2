"""Every effective value: its key, its place, its meaning."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tagboat.config.at_tag import configuration
from tagboat.config.dialects import planning_of
from tagboat.config.load import own_table
from tagboat.config.planning import Planning, Rules, Versioning
from tagboat.config.project import Tree
from tagboat.config.settings import Setting, meaning, planning_settings, release_settings, setting_of
from tagboat.core.change import Level
from tagboat.errors import UsageError

PLANNED = Path(__file__).parents[1] / "cases" / "config" / "planned" / "pyproject.toml"


def settings(text: str) -> list[Setting]:
    tree = Tree(("pyproject.toml",), lambda _: text.encode())
    planning, own = planning_of(tree), own_table(tree)
    names = [rules.component for rules in planning.components]
    return [*planning_settings(planning, own), *release_settings(configuration(tree), own, names)]


def test_every_key_of_the_file_has_a_meaning_and_a_name_of_its_own() -> None:
    found = settings(PLANNED.read_text())
    assert [one.name for one in found if not meaning(one)] == [
        f"{component}.{key}"
        for component in ("core", "extras")
        for key in ("distribution", "manifest", "manifest-path", "since", "stop")
    ]
    names = [one.name for one in found]
    assert len(set(names)) == len(names)


def test_what_the_file_says_has_its_line_and_everything_else_a_default() -> None:
    text = PLANNED.read_text()
    lines = text.splitlines()
    said = [one for one in settings(text) if one.place.startswith("pyproject.toml:")]
    assert {one.name for one in said} >= {
        "linked",
        "core.tag",
        "core.versions.levels",
        "core.files",
        "extras.path",
    }
    for one in said:
        key = one.key.rpartition(".")[2].replace("releases", "strategy")
        assert key in lines[int(one.place.rpartition(":")[2]) - 1]
    rest = {one.place for one in settings(text) if one not in said}
    assert rest == {"default", "the project's files"}


def test_values_are_plain_data() -> None:
    found = {one.name: one.value for one in settings(PLANNED.read_text())}
    assert found["core.versions.levels"] == {"feat": "minor", "docs": "none"}
    assert found["core.versions.paths"] == [{"patterns": ["src/**"], "level": "minor"}]
    assert found["core.files"] == [{}, {"path": "docs/conf.py", "kind": "python", "key": "release"}]
    assert found["linked"] == [["core", "extras"]]


@pytest.mark.parametrize(
    ("dialect", "place"), [("commitizen", "commitizen's default"), ("defaults", "the project's files")]
)
def test_a_value_that_no_file_says_is_the_tools(dialect: str, place: str) -> None:
    rules = Rules("a", tag="{version}", versioning=Versioning(other=Level.NONE))
    found = {one.name: one.place for one in planning_settings(Planning(dialect, "x", (rules,)), None)}
    assert found["a.versions.other"] == place
    assert found["a.versions.breaking"] == "default"
    assert found["a.tag"] == "the repository's tags"


def test_a_setting_is_found_by_its_name_its_key_or_an_entry() -> None:
    one = Setting("a.b", "versions.levels", {"feat": "minor"}, "x:1", "planning")
    two = Setting("", "pipeline", "tag-release", "default", "release")
    assert setting_of([one, two], "a.b.versions.levels") is one
    assert setting_of([one, two], "versions.levels") is one
    assert setting_of([one, two], "pipeline") is two
    assert setting_of([one, two], "versions.levels.feat").value == "minor"
    with pytest.raises(UsageError, match=r"did you mean 'pipeline'\?"):
        setting_of([one, two], "pipelin")
    with pytest.raises(UsageError, match=r"no setting 'versions\.levels'"):
        setting_of([one, replace(one, component="c")], "versions.levels")
