from contextlib import suppress

from hypothesis import given
from hypothesis import strategies as st

from tagboat.errors import ConfigError
from tagboat.workflows.evaluation import condition, evaluate, interpolate
from tagboat.workflows.values import UNKNOWN, Open, Unknown, Value, truth

PIECES = st.sampled_from(
    [
        *(
            "github",
            "inputs",
            ".",
            "*",
            "[",
            "]",
            "(",
            ")",
            ",",
            "'a'",
            "''",
            "1",
            "0",
            "-1",
            "true",
            "false",
            "null",
        ),
        *(
            "!",
            "&&",
            "||",
            "==",
            "!=",
            "<",
            "<=",
            ">",
            ">=",
            "contains",
            "format",
            "fromJSON",
            "toJSON",
            "join",
        ),
        *("success", "always", "failure", "hashFiles", "'{0}'", "'[1]'", "NaN", "x", "y", "${{", "}}", "'"),
    ]
)
TEXTS = st.one_of(st.lists(PIECES, max_size=12).map(" ".join), st.text(max_size=20))
LEAVES = st.sampled_from(["true", "false", "null", "0", "1", "''", "'a'", "x", "y", "z"])
EXPRESSIONS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        inner.map(lambda one: f"(!{one})"),
        st.tuples(inner, st.sampled_from(["&&", "||", "==", "!=", "<", "<=", ">", ">="]), inner).map(
            lambda row: f"({' '.join(row)})"
        ),
        st.tuples(inner, inner).map(lambda row: f"contains({row[0]}, {row[1]})"),
        st.tuples(inner, inner).map(lambda row: f"format('{{0}}{{1}}', {row[0]}, {row[1]})"),
    ),
    max_leaves=8,
)
VALUES: st.SearchStrategy[Value] = st.sampled_from([True, False, None, 0, 1, "", "a", "b", 2.5])


@given(TEXTS)
def test_any_text_has_a_value_or_is_refused_and_nothing_else(said: str) -> None:
    contexts: dict[str, Value] = {"github": Open({"x": [1, {"y": 2}]}), "inputs": {"x": "a"}}
    for of in (evaluate, condition, interpolate):
        with suppress(ConfigError):
            of(said, contexts)


@given(EXPRESSIONS, VALUES, VALUES, VALUES, st.sets(st.sampled_from("xyz")))
def test_what_is_known_of_an_unknown_holds_whatever_it_turns_out_to_be(
    expression: str, x: Value, y: Value, z: Value, hidden: set[str]
) -> None:
    whole: dict[str, Value] = {"x": x, "y": y, "z": z}
    partly: dict[str, Value] = {name: UNKNOWN if name in hidden else value for name, value in whole.items()}
    guess, told = evaluate(expression, partly), evaluate(expression, whole)
    if isinstance(guess, Unknown):
        assert guess.truth in (None, truth(told))
    else:
        assert repr(guess) == repr(told)
