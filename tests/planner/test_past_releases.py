"""What each past release holds: a commit belongs to the oldest release that reaches it, by the definition."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tagboat.config.planning import Rules
from tagboat.planner.past_releases import Contents, UnorderedError, contents
from tagboat.planner.releases import Past
from tagboat.testing.drawings import DAY, Drawing, Drawn
from tagboat.testing.histories import TIME
from tagboat.testing.memory_history import MemoryHistory


@st.composite
def released(draw: st.DrawFn) -> tuple[Drawing, list[str]]:
    """A random history, and the commits of its releases, the highest version first."""
    commits: list[Drawn] = []
    for number in range(draw(st.integers(1, 16))):
        names = [drawn.name for drawn in commits]
        parents = draw(st.lists(st.sampled_from(names), max_size=3, unique=True)) if names else []
        time = TIME + draw(st.integers(-2, 12)) * DAY
        commits.append(Drawn(f"c{number:02}", tuple(parents), b"feat: x", None, time))
    names = [drawn.name for drawn in commits]
    head = draw(st.sampled_from(names))
    tags = draw(st.lists(st.sampled_from(names), max_size=6))
    return Drawing(commits, branches={"main": head}), tags


def pasts(history: MemoryHistory, tags: list[str]) -> list[Past]:
    count = len(tags)
    return [Past(f"{count - n}.0", f"v{count - n}.0", history.ids[name]) for n, name in enumerate(tags)]


def held(history: MemoryHistory, tags: list[str], *, ordered: bool) -> list[Contents]:
    head = history.ids[history.drawing.branches["main"]]
    return list(contents(history, head, Rules("x"), pasts(history, tags), ordered=ordered))


def by_definition(history: MemoryHistory, tags: list[str]) -> dict[str, set[str]]:
    """Release by release from the lowest version: what it reaches and no lower one does."""
    drawing = history.drawing
    all_ = drawing.reach(drawing.branches["main"])
    left = set(all_)
    found: dict[str, set[str]] = {}
    for past, name in reversed(list(zip(pasts(history, tags), tags, strict=True))):
        if name in all_ and past.commit not in [
            p.commit for p in pasts(history, tags) if int(p.version[:-2]) < int(past.version[:-2])
        ]:
            mine = left & drawing.reach(name)
            found[past.tag] = {history.ids[one] for one in mine}
            left -= mine
    found[""] = {history.ids[one] for one in left}
    return found


@settings(max_examples=400)
@given(made=released())
def test_each_release_holds_what_no_lower_version_reaches(made: tuple[Drawing, list[str]]) -> None:
    drawing, tags = made
    history = MemoryHistory(drawing)
    found = held(history, tags, ordered=True)
    got = {(one.release.tag if one.release else ""): [commit.id for commit in one.commits] for one in found}
    assert len(got) == len(found)
    assert all(len(ids) == len({*ids}) for ids in got.values())
    assert {tag: {*ids} for tag, ids in got.items()} == by_definition(history, tags)


@settings(max_examples=400)
@given(made=released())
def test_releases_come_in_order_and_know_the_one_before(made: tuple[Drawing, list[str]]) -> None:
    drawing, tags = made
    history = MemoryHistory(drawing)
    found = held(history, tags, ordered=True)
    assert found[0].release is None
    # A tag behind a lower version's holds nothing, and is found only when all that is open has ended.
    versions_follow_history = all(
        high not in drawing.reach(low) or high == low
        for place, high in enumerate(tags)
        for low in tags[place:]
    )
    order = [int(one.release.version[:-2]) for one in found if one.release]
    assert len({*order}) == len(order)
    if versions_follow_history:
        assert order == sorted(order, reverse=True)
        assert [one.previous for one in found] == [*(one.release for one in found[1:]), None]
    times = {history.ids[name]: time for name, time in drawing.times.items()}
    assert all(one.time == (times[one.release.commit] if one.release else 0) for one in found)


@settings(max_examples=400)
@given(made=released())
def test_without_an_order_it_is_the_same_or_it_is_noticed(made: tuple[Drawing, list[str]]) -> None:
    drawing, tags = made
    history = MemoryHistory(drawing)
    try:
        quick = held(history, tags, ordered=False)
    except UnorderedError:
        return
    slow = held(history, tags, ordered=True)
    assert [(one.release, one.previous, one.time, {c.id for c in one.commits}) for one in quick] == [
        (one.release, one.previous, one.time, {c.id for c in one.commits}) for one in slow
    ]


def skewed() -> MemoryHistory:
    """A clock that ran back: the parent's is behind its child's child."""
    return MemoryHistory(
        Drawing(
            [
                Drawn("root", time=TIME + 9 * DAY),
                Drawn("left", ("root",), time=TIME + 10 * DAY),
                Drawn("right", ("root",), time=TIME + 1 * DAY),
                Drawn("head", ("left", "right"), time=TIME + 11 * DAY),
            ]
        )
    )


def test_a_clock_that_ran_back_is_noticed() -> None:
    with pytest.raises(UnorderedError):
        held(skewed(), ["right", "root"], ordered=False)
    found = held(skewed(), ["right", "root"], ordered=True)
    assert [len(one.commits) for one in found] == [2, 1, 1]


def test_a_finished_release_is_given_before_the_history_ends() -> None:
    drawing = Drawing([Drawn("0"), *(Drawn(str(n), (str(n - 1),)) for n in range(1, 20))])
    history = MemoryHistory(drawing)
    walked = contents(
        history, history.ids["19"], Rules("x"), pasts(history, ["15", "10", "5"]), ordered=False
    )
    first = next(walked)
    assert first.release is None
    assert len(first.commits) == 4
    assert next(walked).release == pasts(history, ["15", "10", "5"])[0]


def test_commits_of_other_folders_do_not_count_and_their_tags_do() -> None:
    drawing = Drawing(
        [
            Drawn("one", (), b"feat: a", {b"a/x": b"1"}),
            Drawn("two", ("one",), b"feat: b", {b"a/x": b"1", b"b/x": b"1"}),
            Drawn("three", ("two",), b"feat: a", {b"a/x": b"2", b"b/x": b"1"}),
        ]
    )
    history = MemoryHistory(drawing)
    rules = Rules("x", path="a")
    found = list(contents(history, history.ids["three"], rules, pasts(history, ["two"]), ordered=False))
    assert [[commit.id for commit in one.commits] for one in found] == [
        [history.ids["three"]],
        [history.ids["one"]],
    ]


def test_the_history_behind_the_stop_is_left_out() -> None:
    drawing = Drawing([Drawn("0"), *(Drawn(str(n), (str(n - 1),)) for n in range(1, 5))])
    history = MemoryHistory(drawing)
    rules = Rules("x", stop=history.ids["1"])
    found = list(contents(history, history.ids["4"], rules, pasts(history, ["3", "1"]), ordered=False))
    assert [len(one.commits) for one in found] == [1, 2]
