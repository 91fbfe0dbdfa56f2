"""A table of GitHub's documented semantics, and laws that hold for any value."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagboat.errors import InvalidError
from tagboat.sandbox.actions.expressions import Scope, check, evaluate, fill, fill_all, holds, text

WORLD: dict[str, Any] = {
    "github": {"ref": "refs/tags/v1", "event": {"inputs": {"dry-run": "true"}}, "empty": None},
    "fruits": [{"name": "apple", "n": 1}, {"name": "pear", "n": 2}, {"colour": "red"}],
    "vegetables": {"a": {"x": ["p", "q"]}, "b": {"x": ["r"]}},
    "one": [1],
}
SCOPE = Scope(WORLD)


def status(*, success: bool = True, failure: bool = False, cancelled: bool = False) -> Scope:
    return Scope(
        WORLD,
        {
            "success": lambda: success,
            "failure": lambda: failure,
            "cancelled": lambda: cancelled,
            "always": lambda: True,
        },
    )


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("null", None),
        ("true && 'a' || 'b'", "a"),
        ("false && 'a' || 'b'", "b"),
        ("'' || 0 || 'x'", "x"),
        ("'It''s'", "It's"),
        ("-9.2", -9.2),
        ("0xff", 255),
        ("-2.99e-2", -0.0299),
        ("!true", False),
        ("!!'x'", True),
        ("'A' == 'a'", True),
        ("'ß' == 'SS'", False),
        ("'ä' == 'Ä'", True),
        ("null == 0", True),
        ("null == ''", True),
        ("true == 1", True),
        ("true == '1'", True),
        ("true == 'true'", False),
        ("'0x10' == 16", True),
        ("' 7 ' == 7", True),
        ("'x' == 0", False),
        ("NaN == NaN", False),
        ("one == one", True),
        ("one == fromJSON('[1]')", False),
        ("fruits > 0", False),
        ("1 < 2 == true", True),
        ("'b' > 'A'", True),
        ("(false || true) && 'yes'", "yes"),
        ("false || true && 'x'", "x"),
        ("github.REF", "refs/tags/v1"),
        ("github['ref']", "refs/tags/v1"),
        ("github.event.inputs.dry-run", "true"),
        ("github.nothing.at.all", None),
        ("fruits[0].name", "apple"),
        ("fruits[7]", None),
        ("fruits['1'].name", "pear"),
        ("fruits.*.name", ["apple", "pear"]),
        ("fruits[*].n", [1, 2]),
        ("join(vegetables.*.x.*, '+')", "p+q+r"),
        ("contains('Hello world', 'LLO')", True),
        ("contains(fromJSON('[\"push\", \"pull\"]'), 'Push')", True),
        ("contains(fruits.*.name, 'plum')", False),
        ("startsWith(github.ref, 'REFS/tags/')", True),
        ("endsWith('abc', 'BC')", True),
        ("format('{0} {{x}} {1}', 'a', 2)", "a {x} 2"),
        ("join(fruits.*.name)", "apple,pear"),
        ("join('x', '-')", "x"),
        ("toJSON(one)", "[\n  1\n]"),
        ('fromJSON(\'{"a": {"b": 1}}\').a.b', 1),
        ("case(github.empty, 'a', true, 'b', 'c')", "b"),
        ("case(false, fromJSON(''), 'c')", "c"),
    ],
)
def test_what_an_expression_comes_to(source: str, value: object) -> None:
    assert evaluate(source, SCOPE) == value


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("", "An expression was expected"),
        ("1 +", "Unexpected symbol: '+'"),
        ("a b", "Unexpected symbol: 'b'. Located at position 3"),
        ("(1", "Unexpected end of expression"),
        ('"x"', "Unexpected symbol"),
        ("secrets.X", "Unrecognized named-value: 'secrets'"),
        ("nothing(1)", "Unrecognized function: 'nothing'"),
        ("format('{1}', 'a')", "references more arguments"),
        ("format('{a}', 'a')", "format string is invalid"),
        ("fromJSON('[')", "Error parsing fromJson"),
        ("contains('a')", "Wrong number of parameters"),
        ("case(true, 'a')", "case()"),
        ("(" * 500 + "1" + ")" * 500, "depth"),
    ],
)
def test_what_is_no_expression_is_refused(source: str, said: str) -> None:
    with pytest.raises(InvalidError) as refused:
        evaluate(source, SCOPE)
    assert said in refused.value.cause


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("plain", "plain"),
        ("${{ fruits }}", WORLD["fruits"]),
        ("${{ true }}", True),
        ("a-${{ true }}-${{ 1.50 }}", "a-true-1.5"),
        ("${{ github.empty }}", None),
        ("<${{ github.empty }}>", "<>"),
        ("${{ '}}' }}!", "}}!"),
        ("${{ fruits }}.", "Array."),
        ("${{ github }}.", "Object."),
    ],
)
def test_strings_are_filled(source: str, value: object) -> None:
    assert fill(source, SCOPE) == value
    assert fill_all({"x": [source, 1]}, SCOPE) == {"x": [value, 1]}


@pytest.mark.parametrize(
    ("condition", "scope", "met"),
    [
        (None, status(), True),
        (None, status(success=False), False),
        ("github.ref", status(), True),
        ("github.ref", status(success=False, failure=True), False),
        ("always()", status(success=False), True),
        ("failure()", status(success=False, failure=True), True),
        ("failure()", status(), False),
        ("!cancelled()", status(success=False, failure=True), True),
        ("${{ !cancelled() && github.ref == 'refs/tags/v1' }}", status(success=False), True),
        ("${{ false }} || true", status(), True),  # text beside an expression: a string, and so true
        ("false", status(), False),
        ("${{ github.event.inputs.dry-run == 'false' }}", status(), False),
        ("", status(success=False), False),
    ],
)
def test_conditions(condition: str | None, scope: Scope, met: bool) -> None:
    assert holds(condition, scope) is met


def test_expressions_are_checked_where_they_stand() -> None:
    assert check("${{ github.ref }} ${{ needs.a.result }}", {"github", "needs"}, set()) == []
    assert "Unrecognized named-value: 'secrets'" in check("${{ secrets.X }}", {"github"}, set())[0]
    assert "Unrecognized function: 'hashFiles'" in check("hashFiles('a')", set(), set(), bare=True)[0]
    assert "Wrong number" in check("success(1)", set(), {"success"}, bare=True)[0]
    assert "not closed" in check("${{ github.ref }", {"github"}, set())[0]
    assert check("success() && hashFiles('a')", set(), {"success", "hashfiles"}, bare=True) == []


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)


@given(VALUES)
def test_json_goes_there_and_back(value: Any) -> None:
    assert evaluate("fromJSON(toJSON(v))", Scope({"v": value})) == json.loads(json.dumps(value))


@given(VALUES, VALUES)
def test_equality_is_symmetric_and_the_opposite_of_inequality(left: Any, right: Any) -> None:
    scope = Scope({"l": left, "r": right})
    assert evaluate("l == r", scope) == evaluate("r == l", scope) == (not evaluate("l != r", scope))


@given(VALUES, VALUES)
def test_and_or_give_one_of_their_operands(left: Any, right: Any) -> None:
    scope = Scope({"l": left, "r": right})
    assert any(evaluate("l && r", scope) is each for each in (left, right))
    assert any(evaluate("l || r", scope) is each for each in (left, right))


@given(st.text(max_size=20))
def test_a_quoted_string_is_that_string(value: str) -> None:
    quoted = "'" + value.replace("'", "''") + "'"
    assert evaluate(quoted, SCOPE) == value
    assert fill("<${{ " + quoted + " }}>", SCOPE) == f"<{value}>"
    assert text(value) == value


@given(st.text(alphabet="ab.*[]()!&|<>='0 ,", max_size=30))
def test_any_text_is_an_expression_or_refused(source: str) -> None:
    try:
        evaluate(source, Scope({"a": 1, "b": {"a": [1]}}))
    except InvalidError:
        return
