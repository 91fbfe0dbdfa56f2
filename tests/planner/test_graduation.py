"""The end of a train: its final version is due without a new change, and its notes hold what the pre-releases held."""

from datetime import date

import pytest

from tagboat.config.planning import Planning, Rules, Versioning
from tagboat.core.change import Level
from tagboat.core.proposal import Next
from tagboat.planner.propose import propose
from tagboat.planner.wanted import Wanted
from tagboat.testing.drawings import Drawing, Drawn
from tagboat.testing.memory_history import MemoryHistory

TODAY = date(2026, 1, 31)
TRAINS = Rules("boat", trains={"next$": "rc"})
COMMITS = (
    Drawn("begin", (), b"feat: begin"),
    Drawn("sail", ("begin",), b"feat: sail"),
    Drawn("oar", ("sail",), b"fix: oar"),
    Drawn("merge", ("begin", "oar"), b"Merge branch 'next'"),
    Drawn("late", ("merge",), b"fix: late"),
    Drawn("other", ("merge",), b"feat!: other"),
)
TAGS = {"v1.0.0": "begin", "v1.1.0rc1": "sail", "v1.1.0rc2": "oar"}


def planned(
    head: str = "merge",
    rules: Rules = TRAINS,
    tags: dict[str, str] | None = None,
    branch: str = "main",
    taken: tuple[str, ...] = (),
    since: str = "",
) -> Next:
    history = MemoryHistory(Drawing(COMMITS, TAGS if tags is None else tags, {"main": head}))
    wanted = Wanted(
        history.ids[head],
        TODAY,
        "acme/boat",
        "https://forge.invalid",
        branch,
        since=since,
        taken={"boat": taken},
    )
    (found,) = propose(history, Planning("tagboat", components=(rules,)), wanted)
    return found


@pytest.mark.parametrize("rules", [TRAINS, Rules("boat", versioning=Versioning(releases="level"))])
def test_a_merge_alone_ends_the_train(rules: Rules) -> None:
    found = planned(rules=rules)
    assert (found.last, found.last_tag, found.version) == ("1.1.0rc2", "v1.1.0rc2", "1.1.0")
    assert found.reasons[0].rule == "1.1.0rc2 ends in 1.1.0"
    assert "* sail" in found.section
    assert "* oar" in found.section
    assert "begin" not in found.section
    assert "/compare/v1.0.0...v1.1.0)" in found.section


def test_new_changes_move_on_only_when_they_ask_for_more() -> None:
    late, other = planned("late"), planned("other")
    assert (late.version, late.reasons[0].rule) == ("1.1.0", "1.1.0rc2 ends in 1.1.0")
    assert (other.version, other.level) == ("2.0.0", Level.MAJOR)
    for found in (late, other):
        assert "* sail" in found.section


def test_the_first_release_behind_pre_releases_holds_everything() -> None:
    found = planned(tags={"v0.1.0rc1": "sail"})
    assert found.version == "0.1.0"
    assert "* begin" in found.section
    assert "/compare/" not in found.section


def test_what_the_head_cannot_reach_ends_nothing() -> None:
    assert planned("begin").version == ""


@pytest.mark.parametrize("rules", [Rules("boat"), Rules("boat", versioning=Versioning(graduates=False))])
def test_without_trains_only_new_entries_make_a_release(rules: Rules) -> None:
    assert planned(rules=rules).version == ""
    late = planned("late", rules)
    assert "* sail" not in late.section


def test_a_train_goes_on_on_its_branch_and_whoever_says_since_gets_that() -> None:
    assert planned("late", branch="next").version == "1.1.0rc3"
    assert planned(branch="next").version == ""
    assert planned(since="v1.1.0rc2").version == ""


def test_a_final_version_that_exists_is_not_due() -> None:
    assert planned(taken=("1.1.0",)).version == ""


@pytest.mark.parametrize(
    ("dialect", "branch", "warned"),
    [
        ("python-semantic-release", "other", True),
        ("python-semantic-release", "next", False),
        ("tagboat", "other", False),
    ],
)
def test_a_branch_that_python_semantic_release_refuses_is_warned_of(
    dialect: str, branch: str, warned: bool
) -> None:
    history = MemoryHistory(Drawing(COMMITS, TAGS, {"main": "late"}))
    wanted = Wanted(history.ids["late"], TODAY, branch=branch)
    (found,) = propose(history, Planning(dialect, components=(TRAINS,)), wanted)
    assert any("no group of branches names other" in text for text in found.warnings) is warned
