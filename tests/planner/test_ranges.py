"""One walk for all components gives each the commits of ``TAG..HEAD``, however the history looks."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tagboat.adapters.git.history import LocalHistory
from tagboat.config.planning import Rules
from tagboat.core.commit import Commit
from tagboat.planner.ranges import Owners, range_of, ranges
from tagboat.testing.drawings import DAY, Drawing, Drawn, into_git
from tagboat.testing.histories import TIME, git
from tagboat.testing.memory_history import MemoryHistory


@st.composite
def drawings(draw: st.DrawFn, *, skewed: bool = True) -> Drawing:
    """Random histories: several roots, merges and octopus merges, and clocks that may run back."""
    commits: list[Drawn] = []
    for number in range(draw(st.integers(1, 14))):
        names = [drawn.name for drawn in commits]
        parents = draw(st.lists(st.sampled_from(names), max_size=3, unique=True)) if names else []
        if names and draw(st.booleans()):
            parents = [names[-1], *(parent for parent in parents if parent != names[-1])]
        time = TIME + (draw(st.integers(-3, 14)) if skewed else number) * DAY
        folder = draw(st.sampled_from(["a", "b", "."]))
        files = {f"{folder}/{number}".encode(): b"x"} if draw(st.booleans()) else None
        commits.append(Drawn(f"c{number}", tuple(parents), b"feat: x", files, time))
    return Drawing(commits, branches={"main": draw(st.sampled_from(commits)).name})


def wanted(drawing: Drawing, head: str, end: str | None) -> frozenset[str]:
    return drawing.reach(head) - (drawing.reach(end) if end else frozenset())


@settings(max_examples=300)
@given(data=st.data(), drawing=drawings(), count=st.integers(1, 4))
def test_the_walk_gives_each_component_its_own_range(
    data: st.DataObject, drawing: Drawing, count: int
) -> None:
    history = MemoryHistory(drawing)
    head = drawing.branches["main"]
    names = [drawn.name for drawn in drawing.commits]
    components = [Rules(f"x{number}") for number in range(count)]
    ends = {
        rules.component: data.draw(st.sampled_from(names))
        for rules in components
        if data.draw(st.integers(0, 9))
    }
    oldest = ""
    if len(ends) == count:
        oldest = min(dict.fromkeys(ends.values()), key=lambda name: drawing.times[name])
    walked = ranges(
        history,
        history.ids[head],
        components,
        {component: history.ids[name] for component, name in ends.items()},
        oldest=history.ids.get(oldest, ""),
    )
    for rules in components:
        end = ends.get(rules.component)
        if end and end not in drawing.reach(head):
            assert rules.component in walked.astray
        elif rules.component not in walked.astray:
            found = [commit.id for commit in walked.commits[rules.component]]
            assert len(found) == len({*found})
            assert {*found} == {history.ids[name] for name in wanted(drawing, head, end)}
    if oldest in drawing.reach(head):
        assert [name for name, end in ends.items() if end == oldest and name in walked.astray] == []


@settings(max_examples=150)
@given(data=st.data(), drawing=drawings(skewed=False))
def test_with_clocks_that_are_right_only_unreachable_tags_are_astray(
    data: st.DataObject, drawing: Drawing
) -> None:
    history = MemoryHistory(drawing)
    head = drawing.branches["main"]
    ends = {
        name: data.draw(st.sampled_from([drawn.name for drawn in drawing.commits]))
        for name in ("x", "y", "z")
    }
    oldest = min(dict.fromkeys(ends.values()), key=lambda name: drawing.times[name])
    identified = {component: history.ids[name] for component, name in ends.items()}
    components = [Rules(name) for name in ends]
    walked = ranges(history, history.ids[head], components, identified, oldest=history.ids[oldest])
    reach = drawing.reach(head)
    assert [*walked.astray] == [component for component, end in ends.items() if end not in reach]


def test_commits_come_newest_first_and_children_before_parents() -> None:
    drawing = Drawing([Drawn("a"), Drawn("b", ("a",)), Drawn("c", ("a",)), Drawn("d", ("b", "c"))])
    history = MemoryHistory(drawing)
    walked = ranges(history, history.ids["d"], [Rules("x")], {}, oldest="")
    names = {id_: name for name, id_ in history.ids.items()}
    assert [names[commit.id] for commit in walked.commits["x"]] == ["d", "c", "b", "a"]


def test_history_behind_the_stop_never_counts() -> None:
    drawing = Drawing([Drawn("a"), Drawn("b", ("a",)), Drawn("c", ("b",)), Drawn("d", ("c",))])
    history = MemoryHistory(drawing)
    rules = Rules("x", stop=history.ids["c"])
    for ends in ({}, {"x": history.ids["a"]}):
        walked = ranges(history, history.ids["d"], [rules], ends, oldest=ends.get("x", ""))
        assert [commit.id for commit in walked.commits["x"]] == [history.ids["d"]]
        assert [commit.id for commit in range_of(history, history.ids["d"], rules, ends.get("x", ""))] == [
            history.ids["d"]
        ]


def owners(components: list[Rules], *paths: str) -> set[str]:
    return {*Owners(components).of(Commit("1", (), 0, "", "", paths))}


ROOT = Rules("root")
DEEP = [
    ROOT,
    Rules("a", path="a"),
    Rules("ab", path="a/b"),
    Rules("abc", path="a/b/c"),
    Rules("other", path="ab"),
]


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        (["x.txt"], {"root"}),
        (["a/x.txt"], {"root", "a"}),
        (["a/b/x.txt"], {"root", "ab"}),
        (["a/b/d/e/x.txt"], {"root", "ab"}),
        (["a/b/c/x.txt"], {"root", "abc"}),
        (["ab/x.txt"], {"root", "other"}),
        (["abc/x.txt"], {"root"}),
        (["a"], {"root"}),
        (["a/x", "a/b/x", "ab/x"], {"root", "a", "ab", "other"}),
        ([], {"root", "a", "ab", "abc", "other"}),
    ],
)
def test_a_file_belongs_to_the_deepest_folder_and_to_the_root(paths: list[str], expected: set[str]) -> None:
    assert owners(DEEP, *paths) == expected


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        (["docs/x"], {"a"} - {"a"}),
        (["docs/x", "src/x"], {"root"}),
        (["docs2/x"], {"root"}),
        (["a/docs/x"], {"root"}),
        (["a/docs/x", "a/y"], {"root", "a"}),
        (["a/docs/x", "docs/y"], {"root"}),
        (["docs"], {"root"}),
        ([], {"root", "a"}),
    ],
)
def test_a_commit_in_excluded_folders_alone_does_not_count(paths: list[str], expected: set[str]) -> None:
    components = [Rules("root", exclude=("docs",)), Rules("a", path="a", exclude=("a/docs",))]
    assert owners(components, *paths) == expected


def test_paths_are_only_asked_for_when_something_depends_on_them() -> None:
    assert not Owners([ROOT]).need_paths
    assert {*Owners([ROOT]).of(Commit("1", (), 0, "", ""))} == {"root"}
    assert Owners([Rules("root", exclude=("docs",))]).need_paths
    assert Owners([Rules("a", path="a")]).need_paths


def test_two_components_of_one_folder_both_get_its_commits() -> None:
    assert owners([Rules("one", path="a"), Rules("two", path="a")], "a/x") == {"one", "two"}


@settings(max_examples=200)
@given(
    folders=st.lists(st.sampled_from(["a", "a/b", "a/b/c", "ab", "b", "b/a"]), unique=True),
    paths=st.lists(
        st.lists(st.sampled_from(["a", "b", "c", "ab"]), min_size=1, max_size=4).map("/".join), max_size=3
    ),
)
def test_the_deepest_folder_that_holds_a_file_owns_it(folders: list[str], paths: list[str]) -> None:
    components = [Rules(folder, path=folder) for folder in folders]
    expected: Mapping[str, None] = dict.fromkeys(folders if not paths else ())
    for path in paths:
        holding = [folder for folder in folders if path.startswith(f"{folder}/")]
        expected = {**expected, **dict.fromkeys([max(holding, key=len)] if holding else [])}
    found = owners(components, *paths)
    assert found == ({*expected} if folders else set())


def test_folders_of_components_that_are_not_asked_for_are_theirs_all_the_same() -> None:
    drawing = Drawing(
        [Drawn("one", (), b"feat: x", {b"a/b/x": b"1"}), Drawn("two", ("one",), b"feat: x", {b"a/x": b"1"})]
    )
    history = MemoryHistory(drawing)
    outer, inner = Rules("a", path="a"), Rules("ab", path="a/b")
    head = history.ids["two"]
    for rules, beside, count in ((outer, [inner], 1), (outer, [], 2), (inner, [outer], 2)):
        walked = ranges(history, head, [rules], {}, oldest="", beside=beside)
        assert {*walked.commits} == {rules.component}
        assert len(walked.commits[rules.component]) == count
        assert len(range_of(history, head, rules, "", beside)) == count


@settings(max_examples=100)
@given(data=st.data(), drawing=drawings())
def test_one_range_is_the_definition_wherever_its_end_lies(data: st.DataObject, drawing: Drawing) -> None:
    history = MemoryHistory(drawing)
    end = data.draw(st.sampled_from([drawn.name for drawn in drawing.commits]))
    head = drawing.branches["main"]
    found = range_of(history, history.ids[head], Rules("x"), history.ids[end])
    assert {commit.id for commit in found} == {history.ids[name] for name in wanted(drawing, head, end)}


@pytest.mark.slow
@settings(max_examples=25)
@given(data=st.data(), drawing=drawings())
def test_the_walk_agrees_with_git_itself(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject, drawing: Drawing
) -> None:
    folder = tmp_path_factory.mktemp("law") / "repository"
    ids = into_git(drawing, folder)
    head = ids[drawing.branches["main"]]
    ends = {name: ids[data.draw(st.sampled_from([*ids]))] for name in ("x", "y", "z")}
    history = LocalHistory(folder)
    oldest = min(ends.values(), key=history.time)
    components = [Rules(name) for name in ends]
    walked = ranges(history, head, components, ends, oldest=oldest)
    for name, end in ends.items():
        listed = git(folder, "rev-list", f"{end}..{head}").split()
        if name not in walked.astray:
            assert sorted(commit.id for commit in walked.commits[name]) == sorted(listed)
        alone = range_of(history, head, Rules(name), end)
        assert sorted(commit.id for commit in alone) == sorted(listed)
    history.close()
