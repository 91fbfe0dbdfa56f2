"""Workflow files that would stop or hang whoever reads them carelessly: each is refused, or done with, at once."""

from __future__ import annotations

import re
from typing import Any

import pytest
from ci_world import Ci
from hypothesis import given
from hypothesis import strategies as st

from tagboat.errors import InvalidError
from tagboat.sandbox.actions import patterns
from tagboat.sandbox.actions.document import read_document
from tagboat.sandbox.actions.expressions import Scope, check, evaluate, holds, number, text
from tagboat.sandbox.actions.matrix import combinations
from tagboat.sandbox.actions.patterns import chosen

NINES = "9" * 5000


@pytest.mark.parametrize(
    ("pattern", "name"),
    [
        ("*a" * 60 + "b", "a" * 250),
        ("**/" * 60 + "b", "a/" * 120),
        ("a+" * 100 + "b", "a" * 250),
        ("**" * 60 + "b", "a" * 250),
    ],
)
def test_a_pattern_takes_no_longer_than_it_is_long(
    pattern: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = 0
    after = patterns._Piece.after

    def counted(piece: Any, name: str, places: set[int]) -> set[int]:
        nonlocal looks
        looks += len(name) + len(places)
        return after(piece, name, places)

    monkeypatch.setattr(patterns._Piece, "after", counted)
    assert not chosen(name, [pattern])
    assert looks <= 2 * (len(pattern) + 1) * (len(name) + 1)


@given(st.text("ab/*", max_size=8), st.text("ab/", max_size=8))
def test_stars_mean_what_a_regular_expression_for_them_does(pattern: str, name: str) -> None:
    parts = re.split(r"(\*\*/|\*\*|\*)", pattern)
    said = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*"}
    expected = re.fullmatch("".join(said.get(part, re.escape(part)) for part in parts), name)
    assert chosen(name, [pattern]) == bool(expected)


@pytest.mark.parametrize(
    ("pattern", "name", "fits"),
    [("[z-a]", "b", False), ("[a-c]x", "bx", True), ("a\\*b", "a*b", True), ("[", "[", True), ("[]", "[]", True),
     ("v[0-9]?", "v", True), ("a**?b", "a/b", True), ("?", "?", True), ("a\\", "a\\", True), ("[a-]", "-", True)],
)  # fmt: skip
def test_odd_patterns_are_read(pattern: str, name: str, fits: bool) -> None:
    assert chosen(name, [pattern]) is fits


def test_a_matrix_is_counted_before_it_is_made() -> None:
    with pytest.raises(InvalidError, match="combinations before"):
        combinations({f"v{number}": list(range(100)) for number in range(10)})


@pytest.mark.parametrize(
    "source",
    [
        "0x" + "f" * 5000,
        f"format('{{{NINES}}}')",
        "github" + ".a" * 9000,
        "1" + "||1" * 6000,
        f"fromJSON('{NINES}') == fromJSON('[{NINES}')",
    ],
)
def test_expressions_without_measure_are_refused(source: str) -> None:
    scope = Scope({"github": {}}, {"success": lambda: True})
    with pytest.raises(InvalidError):
        evaluate(source, scope)
    with pytest.raises(InvalidError):
        holds(source, scope)


def test_numbers_without_measure_are_infinite() -> None:
    scope = Scope({})
    assert text(evaluate(f"fromJSON('{NINES}')", scope)) == "Infinity"
    assert number("0x" + "f" * 5000) == float("inf")
    assert text(-(10**400)) == "-Infinity"
    assert check("github" + ".a" * 9000, {"github"}, (), bare=True) == ["Exceeded max expression depth 50"]


def test_documents_are_read_in_one_pass() -> None:
    names = 20_000
    assert len(read_document(b"".join(b"a%d: 1\n" % number for number in range(names)), "x").entries) == names
    for wrong in (f"a: {NINES}", f"{NINES}: 1", "a: 1\nA: 2"):
        with pytest.raises(InvalidError):
            read_document(wrong.encode(), "x")


def test_one_bad_file_keeps_no_other_from_starting(ci: Ci) -> None:
    step = "steps: [{run: 'true'}]"
    ci.push_workflows(
        a=f"on: {{push: {{branches: ['[z-a]']}}}}\njobs: {{a: {{runs-on: ubuntu-latest, {step}}}}}\n",
        b=f"on: push\nenv: {{X: {NINES}}}\njobs: {{a: {{runs-on: ubuntu-latest, {step}}}}}\n",
        c=f"on: push\njobs: {{a: {{runs-on: ubuntu-latest, strategy: {{max-parallel: \"${{{{ 'x' }}}}\", matrix: {{x: [1]}}}}, {step}}}}}\n",
        d=f"on: push\njobs: {{a: {{runs-on: ubuntu-latest, {step}}}}}\n",
    )
    ended = {run["path"][18:]: ci.wait(run["id"]) for run in ci.runs()}
    assert {name: run.conclusion for name, run in ended.items()} == {
        "b.yml": "startup_failure",
        "c.yml": "failure",
        "d.yml": "success",
    }
    assert "more than 300 digits" in ended["b.yml"].note
    assert "max-parallel has to be a number" in ci.log(ended["c.yml"], "a")
