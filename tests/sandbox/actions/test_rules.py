"""Triggers, inputs, matrices and the order of jobs: all of it without a process."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagboat.errors import InvalidError
from tagboat.sandbox.actions.expressions import Scope
from tagboat.sandbox.actions.inputs import called, dispatched
from tagboat.sandbox.actions.matrix import combinations, suffix
from tagboat.sandbox.actions.patterns import chosen
from tagboat.sandbox.actions.permissions import limited, named, of_token
from tagboat.sandbox.actions.schedule import Kept, Lanes, ancestors, combined, kept, ready, runs
from tagboat.sandbox.actions.triggers import pull_request_starts, push_starts, skipped_by_message
from tagboat.sandbox.actions.workflow.model import Filters, Input


@pytest.mark.parametrize(
    ("pattern", "matching", "others"),
    [
        ("main", ["main"], ["maintenance"]),
        ("*", ["main", "v1"], ["feature/x"]),
        ("**", ["main", "feature/x"], []),
        ("feature/*", ["feature/x"], ["feature/x/y", "feature"]),
        ("releases/**", ["releases/x/y"], ["release/x"]),
        ("v[12].[0-9]+.[0-9]+", ["v1.10.1", "v2.0.0"], ["v3.0.0", "v1.x.0"]),
        ("v2*", ["v2", "v2.0", "v2.9"], ["v1"]),
        ("*.jsx?", ["page.js", "page.jsx"], ["page.jsxx"]),
        ("docs/**/*.md", ["docs/a.md", "docs/a/b.md"], ["a.md"]),
        ("a+b", ["aab"], ["a+b"]),
    ],
)
def test_filter_patterns(pattern: str, matching: list[str], others: list[str]) -> None:
    assert [name for name in matching + others if chosen(name, [pattern])] == matching


def test_a_later_pattern_takes_away_or_gives_back() -> None:
    patterns = ["releases/**", "!releases/**-alpha", "releases/x-alpha"]
    assert chosen("releases/10", patterns)
    assert not chosen("releases/10-alpha", patterns)
    assert chosen("releases/x-alpha", patterns)


@pytest.mark.parametrize(
    ("filters", "ref", "starts"),
    [
        (Filters(), "refs/heads/x", True),
        (Filters(), "refs/tags/v1", True),
        (Filters(branches=("main",)), "refs/heads/main", True),
        (Filters(branches=("main",)), "refs/tags/v1", False),
        (Filters(branches_ignore=("main",)), "refs/heads/main", False),
        (Filters(branches_ignore=("main",)), "refs/tags/v1", False),
        (Filters(tags=("v*",)), "refs/tags/v1", True),
        (Filters(tags=("v*",)), "refs/heads/main", False),
        (Filters(tags_ignore=("v*",)), "refs/tags/v1", False),
        (Filters(branches=("main",), tags=("v*",)), "refs/heads/main", True),
        (Filters(paths=("src/**",)), "refs/heads/main", True),
        (Filters(paths=("docs/**",)), "refs/heads/main", False),
        (Filters(paths=("docs/**",)), "refs/tags/v1", True),
        (Filters(paths_ignore=("docs/**",)), "refs/heads/main", True),
        (Filters(paths_ignore=("**",)), "refs/heads/main", False),
        (Filters(), "refs/notes/x", False),
        (None, "refs/heads/main", False),
    ],
)
def test_which_push_starts_a_workflow(filters: Filters | None, ref: str, starts: bool) -> None:
    assert push_starts(filters, ref, lambda: ["src/x.py", "README.md"]) is starts


def test_which_pull_request_starts_a_workflow() -> None:
    assert pull_request_starts(Filters(), "opened", "main", list)
    assert not pull_request_starts(Filters(), "labeled", "main", list)
    assert pull_request_starts(Filters(types=("labeled",)), "labeled", "main", list)
    assert not pull_request_starts(Filters(branches=("main",)), "opened", "next", list)


def test_words_that_skip_ci() -> None:
    assert skipped_by_message("fix [skip ci]")
    assert skipped_by_message("fix\n\nskip-checks: true")
    assert not skipped_by_message("skip ci")


DECLARED = {
    "tag": Input("tag", "string", required=True),
    "dry-run": Input("dry-run", "boolean", default=True),
    "component": Input("component", "choice", options=("a", "b")),
    "n": Input("n", "number"),
}


def test_dispatched_inputs_are_typed() -> None:
    found = dispatched(DECLARED, {"tag": "v1", "dry-run": "false", "n": "3"})
    assert found == {"tag": "v1", "dry-run": False, "component": "a", "n": 3}
    assert dispatched(DECLARED, {"tag": "v1", "dry-run": True, "component": "b"})["dry-run"] is True
    assert dispatched({"b": Input("b", "boolean"), "s": Input("s")}, {}) == {"b": False, "s": ""}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "Required input 'tag' not provided"),
        ({"tag": "v", "x": "y"}, 'Unexpected inputs provided: ["x"]'),
        ({"tag": "v", "component": "c"}, "not in the list of allowed values"),
        (
            {"tag": "v", "dry-run": "maybe"},
            "Provided value 'maybe' for input 'dry-run' not in the list of allowed values",
        ),
        ({"tag": "v", "dry-run": ""}, "Provided value '' for input 'dry-run' not in the list"),
        ({"tag": "v", "n": "many"}, "not a number"),
        ({"tag": {}}, "Invalid value"),
    ],
)
def test_wrong_dispatched_inputs_are_refused(given: dict[str, object], said: str) -> None:
    with pytest.raises(InvalidError) as refused:
        dispatched(DECLARED, given)
    assert said in refused.value.cause


def test_called_inputs_have_their_kind() -> None:
    declared = {"s": Input("s"), "b": Input("b", "boolean"), "n": Input("n", "number")}
    assert called(declared, {"s": 1}, {"b": True}) == {"s": "1", "b": True, "n": 0}
    with pytest.raises(InvalidError, match="boolean was expected"):
        called(declared, {"b": "true"}, {})


@pytest.mark.parametrize(
    ("matrix", "expected"),
    [
        ({"a": [1, 2], "b": ["x"]}, [{"a": 1, "b": "x"}, {"a": 2, "b": "x"}]),
        ({"a": [1, 2], "exclude": [{"a": "2"}]}, [{"a": 1}]),
        ({"include": [{"a": 1}, {"a": 2}]}, [{"a": 1}, {"a": 2}]),
        ({"a": [1], "include": [{"b": 2}]}, [{"a": 1, "b": 2}]),
        ({"a": [1, 2], "include": [{"a": 2, "b": 3}, {"a": 9}]}, [{"a": 1}, {"a": 2, "b": 3}, {"a": 9}]),
        (  # GitHub's own example
            {
                "fruit": ["apple", "pear"],
                "animal": ["cat", "dog"],
                "include": [
                    {"color": "green"},
                    {"color": "pink", "animal": "cat"},
                    {"fruit": "apple", "shape": "circle"},
                    {"fruit": "banana"},
                    {"fruit": "banana", "animal": "cat"},
                ],
            },
            [
                {"fruit": "apple", "animal": "cat", "color": "pink", "shape": "circle"},
                {"fruit": "apple", "animal": "dog", "color": "green", "shape": "circle"},
                {"fruit": "pear", "animal": "cat", "color": "pink"},
                {"fruit": "pear", "animal": "dog", "color": "green"},
                {"fruit": "banana"},
                {"fruit": "banana", "animal": "cat"},
            ],
        ),
    ],
)
def test_what_a_matrix_comes_to(matrix: Any, expected: list[dict[str, Any]]) -> None:
    assert combinations(matrix) == expected


@pytest.mark.parametrize(
    "matrix", [[], {}, {"a": []}, {"a": "x"}, {"a": list(range(300))}, {"include": ["x"]}]
)
def test_what_is_no_matrix_is_refused(matrix: Any) -> None:
    with pytest.raises(InvalidError):
        combinations(matrix)


def test_a_combination_names_its_job() -> None:
    assert suffix({"os": "linux", "py": {"v": 3.1, "x": True}}) == " (linux, 3.1, true)"


NEEDS = {"a": (), "b": ("a",), "c": ("b",), "d": ("a", "c")}


def test_jobs_are_ready_when_all_they_need_ended() -> None:
    assert ready(NEEDS, set(), {}) == ["a"]
    assert ready(NEEDS, {"a"}, {}) == []
    assert ready(NEEDS, {"a"}, {"a": "failure"}) == ["b"]
    assert ready(NEEDS, {"a", "b", "c"}, {"a": "success", "c": "skipped"}) == ["d"]
    assert ancestors(NEEDS, "d") == {"a", "b", "c"}


@pytest.mark.parametrize(
    ("condition", "before", "cancelled", "does"),
    [
        (None, ["success"], False, True),
        (None, ["success", "skipped"], False, False),
        (None, ["failure"], False, False),
        (None, [], True, False),
        ("always()", ["failure"], True, True),
        ("failure()", ["failure", "skipped"], False, True),
        ("failure()", ["skipped"], False, False),
        ("!cancelled()", ["skipped"], False, True),
        ("!cancelled()", ["success"], True, False),
        ("cancelled()", ["success"], True, True),
        ("inputs.go", ["success"], False, True),
        ("inputs.go", ["failure"], False, False),
        ("!inputs.go", ["success"], False, False),
    ],
)
def test_which_jobs_run(condition: str | None, before: list[str], cancelled: bool, does: bool) -> None:
    assert runs(condition, before, cancelled=cancelled, scope=Scope({"inputs": {"go": True}})) is does


def test_results_add_up() -> None:
    assert combined(["success", "failure", "cancelled"]) == "failure"
    assert combined(["success", "cancelled"]) == "cancelled"
    assert combined(["skipped", "success"]) == "success"
    assert combined(["skipped"]) == "skipped"


@given(st.integers(1, 9), st.integers(1, 4), st.booleans(), st.lists(st.booleans(), min_size=9, max_size=9))
def test_a_matrix_never_has_more_going_than_allowed_and_ends(
    count: int, most: int, fast: bool, failures: list[bool]
) -> None:
    lanes, begun = Lanes(count, most, fast), 0
    while True:
        begun += len(lanes.startable())
        lanes = lanes.begin()
        assert lanes.begun == begun
        assert lanes.begun - lanes.ended <= most
        if lanes.begun == lanes.ended:
            break
        lanes = lanes.end("failure" if failures[lanes.ended] else "success", lenient=False)
    assert lanes.begun == count or (fast and lanes.failed)


def test_a_lenient_failure_ends_no_sister() -> None:
    lanes = Lanes(3, 1, fail_fast=True).begin().end("failure", lenient=True)
    assert list(lanes.startable()) == [1]
    assert list(Lanes(3, 1, fail_fast=True).begin().end("failure", lenient=False).startable()) == []


def test_failed_jobs_and_what_waits_for_them_run_again() -> None:
    results = {
        "a": Kept("success", {}),
        "b": Kept("failure", {}),
        "c": Kept("skipped", {}),
        "d": Kept("skipped", {}),
    }
    assert set(kept(results, NEEDS, None)) == {"a"}
    assert set(kept(results, NEEDS, {"d"})) == {"a", "b", "c"}
    assert kept(results, NEEDS, {"a"}) == {}


def test_permissions_are_limited_by_the_caller() -> None:
    assert limited({"contents": "read"}, {"contents": "write"}) == ({"contents": "read"}, [])
    passed, beyond = limited({"contents": "write", "id-token": "write"}, {"contents": "read"})
    assert passed == {"contents": "read", "id-token": "none"}
    assert len(beyond) == 2
    assert (named("read-all") or {})["contents"] == "read"
    assert "id-token" not in (named("read-all") or {})
    assert (named("write-all") or {})["id-token"] == "write"
    assert of_token({"id-token": "write", "pull-requests": "write", "contents": "none"}) == {
        "metadata": "read",
        "pull_requests": "write",
    }
