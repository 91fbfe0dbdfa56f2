"""What would be released: from a history and rules to versions, reasons and notes."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tagboat.config.planning import SECTIONS, Notes, Planning, Rules, Section, Versioning
from tagboat.core.change import Level
from tagboat.core.proposal import Next
from tagboat.errors import InvalidError
from tagboat.planner.propose import propose
from tagboat.planner.wanted import Wanted
from tagboat.testing.drawings import DAY, Drawing, Drawn
from tagboat.testing.histories import TIME
from tagboat.testing.memory_history import MemoryHistory

TODAY = date(2024, 2, 29)


def line(*messages: str, tags: dict[str, str] | None = None, **more: Any) -> MemoryHistory:
    """Commits one after the other, called by their numbers."""
    commits = [
        Drawn(str(number), (str(number - 1),) if number else (), message.encode())
        for number, message in enumerate(messages)
    ]
    return MemoryHistory(Drawing(commits, tags={"v1.0.0": "0"} if tags is None else tags), **more)


def planned(held: MemoryHistory, *components: Rules, linked: Any = (), **asked: Any) -> tuple[Next, ...]:
    planning = Planning("tagboat", components=components or (Rules("acme"),), linked=linked)
    head = held.ids[held.drawing.branches["main"]]
    return propose(held, planning, Wanted(**{"head": head, "today": TODAY, **asked}))


def only(held: MemoryHistory, *components: Rules, **asked: Any) -> Next:
    (found,) = planned(held, *components, **asked)
    return found


@pytest.mark.parametrize(
    ("messages", "version", "level"),
    [
        (["fix: x"], "1.0.1", Level.PATCH),
        (["feat: x", "fix: y"], "1.1.0", Level.MINOR),
        (["fix: y", "feat!: x"], "2.0.0", Level.MAJOR),
        (["fix: y\n\nBREAKING CHANGE: z"], "2.0.0", Level.MAJOR),
        (["docs: x"], "1.0.1", Level.PATCH),
        (["fix: x\n\nRelease-As: 3.0.0"], "3.0.0", Level.MAJOR),
        (["chore: x\n\nRelease-As: 3.0.0"], "3.0.0", Level.MAJOR),
        (["Merge branch 'x'", "fix: y"], "1.0.1", Level.PATCH),
    ],
)
def test_the_version_follows_the_changes(messages: list[str], version: str, level: Level) -> None:
    found = only(line("feat: begin", *messages))
    assert (found.last, found.last_tag, found.version, found.tag) == (
        "1.0.0",
        "v1.0.0",
        version,
        f"v{version}",
    )
    assert found.level is level
    assert found.reasons[0].level is level
    assert found.section.startswith(f"## {version} (2024-02-29)\n")


@pytest.mark.parametrize("messages", [[], ["chore: x"], ["nonsense", "ci: y"], ["\n"], ["Merge branch 'x'"]])
def test_nothing_to_show_is_nothing_to_release(messages: list[str]) -> None:
    found = only(line("feat: begin", *messages))
    assert (found.version, found.tag, found.section, found.level) == ("", "", "", Level.NONE)
    assert found.last == "1.0.0"
    assert len(found.changes) + len(found.unread) == len(messages)


def test_what_is_due_is_released_without_an_entry() -> None:
    assert only(line("feat: begin", "chore: x"), due=True).version == "1.0.1"
    assert only(line("feat: begin"), due=True).version == "1.0.1"


def test_releases_by_level_need_no_entry() -> None:
    rules = Rules("acme", versioning=Versioning(releases="level"))
    assert only(line("feat: begin", "chore: x"), rules).version == "1.0.1"
    assert only(line("feat: begin"), rules).version == ""


def test_the_first_release_has_the_initial_version_and_no_link() -> None:
    found = only(line("feat: begin", tags={}), repository="acme/boat", host="https://forge.invalid")
    assert (found.last, found.version) == ("", "0.1.0")
    assert found.section.startswith("## 0.1.0 (2024-02-29)\n")
    later = only(line("feat: a", "fix: b"), repository="acme/boat", host="https://forge.invalid")
    assert later.section.startswith(
        "## [1.0.1](https://forge.invalid/acme/boat/compare/v1.0.0...v1.0.1) (2024-02-29)"
    )


def test_what_does_not_count_is_listed_with_the_reason() -> None:
    found = only(line("feat: begin", "just words", "fix: x"))
    assert [(one.title, bool(one.reason)) for one in found.unread] == [("just words", True)]


def test_a_plan_of_one_state_is_always_the_same() -> None:
    messages = [f"{kind}(s{n}): change {n} (#{n})" for n in range(30) for kind in ("feat", "fix")]
    assert planned(line(*messages)) == planned(line(*messages))


def test_a_person_chooses_and_a_tag_or_an_index_holds_versions() -> None:
    held = line("feat: begin", "fix: x")
    assert only(held, chosen={"acme": "5.0.0"}).version == "5.0.0"
    assert only(line("feat: begin"), chosen={"acme": "5.0.0"}).version == "5.0.0"
    assert only(held, taken={"acme": ["1.0.1"]}).version == "1.0.2"
    with pytest.raises(InvalidError, match="above"):
        only(held, chosen={"acme": "0.5.0"})


def test_a_release_as_that_is_not_above_the_last_is_warned_of() -> None:
    rules = Rules("acme", versioning=Versioning(release_as="0.9.0"))
    found = only(line("feat: begin", "fix: x"), rules)
    assert found.version == "1.0.1"
    assert any("0.9.0" in warning for warning in found.warnings)


def two_folders(**tags: str) -> MemoryHistory:
    begin: dict[bytes, bytes] = {b"a/x": b"1", b"b/x": b"1"}
    commits = [
        Drawn("0", (), b"feat: begin", begin),
        Drawn("1", ("0",), b"fix: in a", {**begin, b"a/x": b"2"}),
        Drawn("2", ("1",), b"feat: in b", {**begin, b"a/x": b"2", b"b/x": b"2"}),
        Drawn("3", ("2",), b"feat!: in b", {**begin, b"a/x": b"2", b"b/x": b"3"}),
    ]
    return MemoryHistory(Drawing(commits, tags={name.replace("_", "-v"): at for name, at in tags.items()}))


A, B = (Rules(name, path=name, tag=f"{name}-v{{version}}") for name in "ab")


def test_components_have_their_own_changes() -> None:
    held = two_folders(**{"a_1.0.0": "0", "b_2.0.0": "1"})
    one, two = planned(held, A, B)
    assert (one.version, [change.subject for change in one.changes]) == ("1.0.1", ["in a"])
    assert (two.version, len(two.changes)) == ("3.0.0", 2)
    assert planned(held, B, A) == (two, one)


def test_linked_components_get_one_version() -> None:
    held = two_folders(**{"a_1.0.0": "0", "b_1.0.0": "2"})
    one, two = planned(held, A, B, linked=(("a", "b"),))
    assert one.version == two.version == "2.0.0"
    assert (one.tag, two.tag) == ("a-v2.0.0", "b-v2.0.0")
    assert any("b" in reason.rule or "b" in reason.text for reason in one.reasons)
    assert "in a" in one.section
    nothing = two_folders(**{"a_1.0.0": "3", "b_1.0.0": "3"})
    assert [next_.version for next_ in planned(nothing, A, B, linked=(("a", "b"),))] == ["", ""]


def test_a_linked_component_without_changes_says_that_it_follows() -> None:
    held = two_folders(**{"a_1.0.0": "1", "b_1.0.0": "2"})
    one, two = planned(held, A, B, linked=(("a", "b"),))
    assert one.version == two.version == "2.0.0"
    assert "synchronize" in one.section


def test_a_linked_component_has_the_same_version_when_it_alone_is_asked_for() -> None:
    held = two_folders(**{"a_1.0.0": "1", "b_1.0.0": "2"})
    groups = (("a", "b"),)
    both = planned(held, A, B, linked=groups)
    assert planned(held, A, linked=groups, beside=(B,)) == both[:1]
    assert planned(held, B, linked=groups, beside=(A,)) == both[1:]
    assert {found.version for found in planned(held, A, B, linked=groups, taken={"a": ["2.0.0"]})} == {
        "2.0.1"
    }
    with pytest.raises(InvalidError, match=r"1\.0\.5 was asked for a"):
        planned(held, A, B, linked=groups, chosen={"a": "1.0.5"})


def skewed(ends: dict[str, str]) -> MemoryHistory:
    """A history whose clock ran back after the second commit."""
    times = [TIME + 9 * DAY, TIME + 10 * DAY, TIME, TIME + DAY, TIME + 2 * DAY]
    commits = [
        Drawn(str(n), (str(n - 1),) if n else (), f"fix: {n}".encode(), None, time)
        for n, time in enumerate(times)
    ]
    return MemoryHistory(Drawing(commits, tags={f"{name}-v1.0.0": at for name, at in ends.items()}))


def test_a_clock_that_ran_back_changes_nothing() -> None:
    roots = [rules._replace(path=".") for rules in (A, B)]
    one, two = planned(skewed({"a": "1", "b": "2"}), *roots)
    assert [change.subject for change in one.changes] == ["4", "3", "2"]
    assert [change.subject for change in two.changes] == ["4", "3"]


def test_unrelated_tags_are_passed_over_for_those_that_the_head_reaches() -> None:
    commits = [
        Drawn("0", (), b"feat: begin"),
        Drawn("1", ("0",), b"fix: x"),
        Drawn("other", (), b"feat: another root"),
    ]
    held = MemoryHistory(Drawing(commits, tags={"v1.0.0": "0", "v9.0.0": "other"}, branches={"main": "1"}))
    found = only(held)
    assert (found.last, found.version) == ("1.0.0", "1.0.1")
    alone = MemoryHistory(Drawing(commits, tags={"v9.0.0": "other"}, branches={"main": "1"}))
    assert (only(alone).last, len(only(alone).changes)) == ("", 2)


@pytest.mark.parametrize("tag", ["0", "1", "2", "3"])
def test_history_behind_the_stop_never_counts_and_the_search_ends(tag: str) -> None:
    held = line("feat: 0", "feat: 1", "feat: 2", "fix: 3", tags={"v1.0.0": tag})
    found = only(held, Rules("acme", stop=held.ids["2"]))
    assert [change.subject for change in found.changes] == (["3"] if tag != "3" else [])
    assert found.last == "1.0.0"


def test_a_first_commit_or_a_manifest_beside_the_history_ends() -> None:
    commits = [Drawn("0", (), b"feat: 0"), Drawn("1", ("0",), b"fix: 1"), Drawn("side", ("0",), b"fix: side")]
    held = MemoryHistory(Drawing(commits, tags={"v1.0.0": "side"}, branches={"main": "1"}))
    untagged = MemoryHistory(Drawing(commits, branches={"main": "1"}))
    assert [c.subject for c in only(untagged, Rules("acme", since=held.ids["side"])).changes] == ["1"]
    assert [c.subject for c in only(held, Rules("acme", manifest="1.0.0")).changes] == ["1"]
    assert [c.subject for c in only(held, since="v1.0.0").changes] == ["1"]


def test_a_moved_tag_counts_where_it_is_now() -> None:
    assert len(only(line("feat: 0", "fix: 1", "fix: 2", tags={"v1.0.0": "1"})).changes) == 1
    assert only(line("feat: 0", "fix: 1", "fix: 2", tags={"v1.0.0": "2"})).version == ""


def test_a_hotfix_of_an_older_line_stays_in_its_line() -> None:
    held = line("feat: 0", "fix: 1", tags={"v2.3.3": "0", "v2.4.0": "0"})
    rules = Rules("acme", lines={"2.3.x": ">=2.3,<2.4"})
    assert only(held, rules, branch="2.3.x").version == "2.3.4"
    assert only(held, rules, branch="main").version == "2.4.1"


def test_rules_that_ask_for_a_branch_warn_when_none_is_known() -> None:
    held = line("feat: begin", "feat: x")
    for rules in (Rules("acme", trains={"next": "rc"}), Rules("acme", lines={"main": ">=1"})):
        assert [text.split(",")[0] for text in only(held, rules).warnings] == ["no branch is known"]
        assert only(held, rules, branch="main").warnings == ()
    assert only(held, Rules("acme", trains={"main": ""})).warnings == ()


def test_a_branch_can_be_a_train() -> None:
    rules = Rules("acme", trains={"next": "rc", "main": ""})
    held = line("feat: 0", "feat: 1")
    assert only(held, rules, branch="next").version == "1.1.0rc1"
    assert only(held, rules, branch="main").version == "1.1.0"
    assert only(held, rules, branch="n" * 10_000).version == "1.1.0"


def test_a_shallow_history_is_planned_with_a_warning() -> None:
    found = only(line("feat: 0", "fix: 1", cut=True))
    assert found.version == "1.0.1"
    assert any("shallow" in warning for warning in found.warnings)


def test_hidden_types_are_shown_when_they_break_something() -> None:
    rules = Rules("acme", notes=Notes(sections=(Section("feat", "New"), *SECTIONS[6:])))
    found = only(line("feat: 0", "chore!: away", "ci: unseen"), rules)
    assert found.version == "2.0.0"
    assert "* away" in found.section
    assert "unseen" not in found.section


def test_where_a_person_decides_the_version_in_the_files_is_the_next_and_the_tag_follows() -> None:
    def holding(version: str) -> Next:
        project = f'[project]\nname = "acme"\nversion = "{version}"\n'.encode()
        commits = [Drawn("0"), Drawn("1", ("0",), b"chore: x", {b"pyproject.toml": project})]
        held = MemoryHistory(Drawing(commits, tags={"v1.0.0": "0"}))
        return only(held, Rules("acme", versioning=Versioning(strategy="manual")))

    found = holding("2.0.0")
    assert (found.version, found.tag) == ("2.0.0", "v2.0.0")
    assert "the files hold 2.0.0 already" in found.reasons[0].rule
    assert holding("1.0.0").version == ""


def test_bases_beside_the_history_give_each_component_what_the_head_has_and_they_have_not() -> None:
    commits = [
        Drawn("0", (), b"fix: 0"),
        *(Drawn(str(n), (str(n - 1),), f"fix: {n}".encode()) for n in range(1, 4)),
        Drawn("early", ("0",), b"fix: early", time=TIME + DAY),
        Drawn("late", ("2",), b"fix: late", time=TIME),
    ]
    held = MemoryHistory(Drawing(commits, branches={"main": "3"}))
    one = Rules("a", since=held.ids["early"], tag="a-v{version}")
    two = Rules("b", since=held.ids["late"], tag="b-v{version}")
    first, second = planned(held, one, two)
    assert [change.subject for change in first.changes] == ["3", "2", "1"]
    assert [change.subject for change in second.changes] == ["3"]


def test_a_development_version_in_the_files_is_no_decision_yet() -> None:
    project = b'[project]\nname = "acme"\nversion = "2.0.0.dev0"\n'
    commits = [Drawn("0"), Drawn("1", ("0",), b"feat: x", {b"pyproject.toml": project})]
    held = MemoryHistory(Drawing(commits, tags={"v1.0.0": "0"}))
    found = only(held, Rules("acme", versioning=Versioning(strategy="manual")))
    assert found.version == ""
    assert "write 2.0.0 into them" in found.warnings[0]


def test_files_that_disagree_decide_nothing_and_the_plan_says_so() -> None:
    files = {
        b"setup.py": b"from acme import __version__\nsetup(name='acme', version=__version__)\n",
        b"acme/__init__.py": b'__version__ = "2.0.0"\n',
        b"acme/version.py": b'__version__ = "2.1.0"\n',
    }
    held = MemoryHistory(Drawing([Drawn("0"), Drawn("1", ("0",), b"feat: x", files)], tags={"v1.0.0": "0"}))
    found = only(held, Rules("acme", versioning=Versioning(strategy="manual")))
    assert found.version == ""
    assert "2.0.0 and 2.1.0" in "".join(found.warnings)
