"""A whole changelog from a history: one section for each release."""

from __future__ import annotations

import pytest

from tagboat.config.planning import Notes, Rules, Versioning
from tagboat.planner.changelog import Links, sections
from tagboat.testing.drawings import DAY, Drawing, Drawn
from tagboat.testing.histories import TIME
from tagboat.testing.memory_history import MemoryHistory

HOST = "https://forge.invalid"


def line(count: int, tags: dict[str, str], **times: int) -> MemoryHistory:
    commits = [
        Drawn(str(n), (str(n - 1),) if n else (), f"fix: change {n}".encode(), None, times.get(f"t{n}"))
        for n in range(count)
    ]
    return MemoryHistory(Drawing(commits, tags=tags))


def written(
    held: MemoryHistory, rules: Rules | None = None, links: Links | None = None, **more: object
) -> list[str]:
    head = held.ids[held.drawing.branches["main"]]
    return sections(held, head, rules or Rules("acme"), links or Links(), **more)  # type: ignore[arg-type]


def headings(found: list[str]) -> list[str]:
    return [text.partition("\n")[0] for text in found]


def test_each_release_has_a_section_newest_first() -> None:
    held = line(6, {"v1.0.0": "0", "v1.1.0": "2", "v2.0.0rc1": "3", "v2.0.0": "4"})
    found = written(held)
    assert headings(found) == [
        "## 2.0.0 (2023-11-18)",
        "## 2.0.0rc1 (2023-11-17)",
        "## 1.1.0 (2023-11-16)",
        "## 1.0.0 (2023-11-14)",
    ]
    assert ["change 1" in text and "change 2" in text for text in found] == [False, False, True, False]
    assert not any("change 5" in text for text in found)


def test_a_final_release_holds_what_its_train_held_where_trains_end() -> None:
    tags = {"v1.0.0": "0", "v1.1.0rc1": "1", "v1.1.0rc2": "2", "v1.1.0": "3", "v1.1.1": "4"}
    rules = Rules("acme", trains={"next$": "rc"})
    found = written(line(5, tags), rules, Links("acme/boat", HOST))
    told = [[n for n in range(5) if f"change {n}" in text] for text in found]
    assert told == [[4], [1, 2, 3], [2], [1], [0]]
    assert "/compare/v1.0.0...v1.1.0)" in found[1]
    assert "/compare/v1.1.0rc1...v1.1.0rc2)" in found[2]
    late = line(5, {tag: at for tag, at in tags.items() if tag.startswith("v1.1.0rc")})
    assert headings(written(late, rules)) == ["## 1.1.0rc2 (2023-11-16)", "## 1.1.0rc1 (2023-11-15)"]


def test_a_candidate_that_became_the_final_release_as_it_was_has_both_sections() -> None:
    held = line(3, {"v1.0.0": "0", "v1.1.0rc1": "1", "v1.1.0rc2": "2", "v1.1.0": "2"})
    found = written(held, Rules("acme", trains={"next$": "rc"}))
    assert [text.split()[1] for text in found] == ["1.1.0", "1.1.0rc2", "1.1.0rc1", "1.0.0"]
    assert "change 1" in found[0]
    assert "change 1" not in found[1]


@pytest.mark.parametrize("rules", [Rules("acme"), Rules("acme", versioning=Versioning(graduates=False))])
def test_it_holds_its_own_changes_where_only_new_entries_make_a_release(rules: Rules) -> None:
    found = written(line(4, {"v1.0.0": "0", "v1.1.0rc1": "1", "v1.1.0rc2": "2", "v1.1.0": "3"}), rules)
    assert ["change 1" in text for text in found] == [False, False, True, False]


def test_links_lead_from_each_release_to_the_one_before() -> None:
    held = line(3, {"v1.0.0": "0", "v1.1.0": "1", "v1.2.0": "2"})
    found = headings(written(held, links=Links("acme/boat", HOST)))
    assert found == [
        f"## [1.2.0]({HOST}/acme/boat/compare/v1.1.0...v1.2.0) (2023-11-16)",
        f"## [1.1.0]({HOST}/acme/boat/compare/v1.0.0...v1.1.0) (2023-11-15)",
        "## 1.0.0 (2023-11-14)",
    ]
    own = Rules("acme", notes=Notes(host="https://other.invalid"))
    assert "https://other.invalid/acme" in written(held, own, Links("acme/boat", HOST))[0]


def test_a_clock_that_ran_back_changes_no_section() -> None:
    steady = line(5, {"v1.0.0": "1", "v1.1.0": "3"})
    skewed = line(5, {"v1.0.0": "1", "v1.1.0": "3"}, t1=TIME + 9 * DAY, t2=TIME - DAY)
    assert [text.split("\n")[1:] for text in written(steady)] == [
        text.split("\n")[1:] for text in written(skewed)
    ]


def test_a_clock_that_ran_back_beside_a_merge_changes_no_section() -> None:
    def merged(time: int) -> MemoryHistory:
        commits = [
            Drawn("root", (), b"fix: root", time=TIME + 9 * DAY),
            Drawn("left", ("root",), b"fix: left", time=TIME + 10 * DAY),
            Drawn("right", ("root",), b"fix: right", time=time),
            Drawn("head", ("left", "right"), b"fix: head", time=TIME + 11 * DAY),
        ]
        return MemoryHistory(Drawing(commits, tags={"v1.0.0": "root", "v1.1.0": "right", "v1.2.0": "head"}))

    steady, skewed = written(merged(TIME + 10 * DAY)), written(merged(TIME))
    assert [text.split("\n")[1:] for text in steady] == [text.split("\n")[1:] for text in skewed]
    assert len(skewed) == 3


def test_clocks_beyond_any_calendar_have_a_section_too() -> None:
    for time in (10**18, -(10**18), 2**63):
        found = written(line(2, {"v1.0.0": "0", "v1.1.0": "1"}, t1=time))
        assert len(found) == 2


def test_tags_out_of_reach_and_tags_of_others_have_no_section() -> None:
    commits = [Drawn("0", (), b"feat: 0"), Drawn("1", ("0",), b"fix: 1"), Drawn("side", ("0",), b"fix: side")]
    tags = {"v1.0.0": "0", "v3.0.0": "side", "other-v4.0.0": "1", "v2": "1", "latest": "1"}
    held = MemoryHistory(Drawing(commits, tags=tags, branches={"main": "1"}))
    assert headings(written(held)) == ["## 2 (2023-11-15)", "## 1.0.0 (2023-11-14)"]


def test_two_tags_on_one_commit_do_not_tell_it_twice() -> None:
    found = written(line(2, {"v1.0.0": "1", "v1.0.1": "1"}))
    assert sum("change 1" in text for text in found) == 1


def test_folders_of_other_components_are_theirs() -> None:
    commits = [
        Drawn("0", (), b"fix: in a", {b"a/x": b"1"}),
        Drawn("1", ("0",), b"fix: in b", {b"a/x": b"1", b"a/b/x": b"1"}),
    ]
    held = MemoryHistory(Drawing(commits, tags={"v1.0.0": "1"}))
    outer, inner = Rules("a", path="a"), Rules("b", path="a/b")
    assert "in b" not in written(held, outer, beside=[inner])[0]
    assert "in b" in written(held, outer)[0]


def test_no_release_is_no_section() -> None:
    assert written(line(2, {})) == []
