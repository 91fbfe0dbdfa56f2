import pytest

from tagboat.errors import ConfigError
from tagboat.workflows.evaluation import condition, evaluate, interpolate
from tagboat.workflows.values import UNKNOWN, Open, Unknown, Value, truth

CONTEXTS: dict[str, Value] = {
    "github": Open({"repository": "Acme/Tools", "ref_name": "v1.0", "event": Open({})}),
    "inputs": {"dry-run": True, "tag": "v1.0", "count": 3},
    "needs": {"build": {"result": "skipped", "outputs": {"list": "[1, 2]"}}, "test": {"result": "success"}},
    "matrix": {"os": ["linux", "windows"], "labels": [{"name": "a"}, {"name": "b"}, {}]},
}


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("true", True),
        ("null", None),
        ("-1.5e1", -15.0),
        ("0xff", 255.0),
        ("'it''s'", "it's"),
        ("!true", False),
        ("!''", True),
        ("1 < 2 && 'b' || 'c'", "b"),
        ("false || null", None),
        ("'' && 1", ""),
        ("true == 1", True),
        ("null == 0", True),
        ("'' == 0", True),
        ("'0x10' == 16", True),
        ("'x' == 0", False),
        ("'x' != 0", True),
        ("'Main' == 'mAIN'", True),
        ("'a' < 'B'", True),
        ("NaN == NaN", False),
        ("NaN != NaN", True),
        ("3 >= 3 && 2 <= 3 && 4 > 3", True),
        ("1 == 1 == 1", True),
        ("(1 == 2) == false", True),
        ("github.repository == 'acme/tools'", True),
        ("GitHub.Repository", "Acme/Tools"),
        ("inputs.dry-run", True),
        ("inputs['TAG']", "v1.0"),
        ("inputs.nothing", None),
        ("inputs.nothing.deeper", None),
        ("matrix.os[1]", "windows"),
        ("matrix.os[9]", None),
        ("join(matrix.labels.*.name, '+')", "a+b"),
        ("join(needs.*.result)", "skipped,success"),
        ("contains(needs.*.result, 'SKIPPED')", True),
        ("contains('Hello', 'ell')", True),
        ("contains(matrix.os, 'mac')", False),
        ("startsWith('Abc', 'aB') && endsWith('abC', 'Bc')", True),
        ("format('{1}{{0}}{0}', 1, true)", "true{0}1"),
        ("fromJSON(needs.build.outputs.list)[1]", 2),
        ("fromJSON(toJSON(inputs)).count == 3", True),
        ("toJSON(matrix.os)", '[\n  "linux",\n  "windows"\n]'),
        ("always()", True),
        ("inputs.nothing != '' && fromJSON(inputs.nothing) || 'none'", "none"),
        ("inputs.tag || fromJSON(inputs.tag)", "v1.0"),
    ],
)
def test_an_expression_comes_to_what_the_forge_says(expression: str, value: Value) -> None:
    found = evaluate(expression, CONTEXTS)
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(
    ("expression", "known"),
    [
        ("secrets.TOKEN", None),
        ("github.event.number", None),
        ("github.actor == 'me'", None),
        ("!github.actor", None),
        ("github.actor && false", False),
        ("false && github.actor", False),
        ("github.actor || true", True),
        ("github.actor || inputs.dry-run", True),
        ("github.actor && true", None),
        ("!(github.actor && false)", True),
        ("github.actor < 3 || github.actor >= 3", None),
        ("hashFiles('**/lock') == ''", None),
        ("success()", None),
        ("contains(github.event.labels.*.name, 'x')", None),
        ("contains(github.actor, 'x') && false", False),
        ("startsWith(github.actor, '')", True),
        ("format('a{0}', github.actor)", True),
        ("toJSON(github)", True),
        ("github.actor && fromJSON(inputs.nothing)", None),
        ("github.actor || fromJSON(inputs.nothing)", None),
    ],
)
def test_what_no_file_tells_is_unknown_and_still_decides_nothing_else(
    expression: str, known: bool | None
) -> None:
    assert truth(evaluate(expression, CONTEXTS)) is known


@pytest.mark.parametrize(
    ("said", "status", "holds"),
    [
        ("", "success", True),
        ("", "failure", False),
        ("", None, None),
        ("inputs.tag == 'v1.0'", "success", True),
        ("${{ inputs.tag == 'v1.0' }}", "failure", False),
        ("failure()", "failure", True),
        ("failure() || github.actor", "success", None),
        ("always() && !inputs.dry-run", "failure", False),
        ("${{ !cancelled() }}", "failure", True),
        ("!inputs.dry-run", None, False),
        ("${{ inputs.dry-run == false }} && x", "success", True),
        ("  ${{ false }}  ", "success", False),
        ("${{ false }} ${{ false }}", "success", True),
    ],
)
def test_an_if_asks_for_success_unless_it_names_a_status(said: str, status: str, holds: bool | None) -> None:
    assert condition(said, CONTEXTS, status) is holds  # type: ignore[arg-type]


def test_a_text_is_filled_in() -> None:
    assert interpolate("build-${{ inputs.tag }}${{ '}}' }}", CONTEXTS) == "build-v1.0}}"
    assert interpolate("${{ inputs.dry-run }}", CONTEXTS) is True
    assert interpolate("plain", CONTEXTS) == "plain"
    assert interpolate("a${{ secrets.x }}", CONTEXTS) == Unknown(truth=True)
    assert interpolate("${{ secrets.x }}", CONTEXTS) == UNKNOWN


@pytest.mark.parametrize(
    "expression",
    [
        *(
            "",
            "1 +",
            "a b",
            "'x",
            "f(",
            "f(1,)",
            "a.",
            "a[",
            "nothing()",
            "contains('a')",
            "success(1)",
            '"x"',
            "1 2",
        ),
        *(
            "format('{0}')",
            "format('{')",
            "fromJSON('{')",
            "(" * 60 + "1" + ")" * 60,
            "!" * 400 + "1",
            "a" + ".b" * 400,
        ),
        *("false && nothing()", "true || contains('a')", "false && success(1)", "true && fromJSON('{')"),
        *("'" + "x" * 30_000 + "'", "1" + " && 1" * 400),
    ],
)
def test_what_is_no_expression_is_refused(expression: str) -> None:
    with pytest.raises(ConfigError):
        evaluate(expression, CONTEXTS)


def test_braces_must_close() -> None:
    for said in ("${{ a", "${{ 'a }}", "${{ " + "''" * 400_000 + " }}", "${{" + "a" * 30_000 + "}}"):
        with pytest.raises(ConfigError):
            interpolate(said, CONTEXTS)


def test_a_text_cannot_grow_without_bound() -> None:
    expression = "'xxxxxxxxxx'"
    for _ in range(20):
        expression = f"format('{{0}}{{0}}{{0}}{{0}}{{0}}', {expression})"
    with pytest.raises(ConfigError, match="letters"):
        evaluate(expression, {})
