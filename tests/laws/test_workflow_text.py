from contextlib import suppress

from hypothesis import example, given
from hypothesis import strategies as st

from tagboat.errors import ConfigError
from tagboat.workflows.reader import read_workflow

WORDS = st.sampled_from(
    [
        *(
            "on",
            "jobs",
            "a",
            "needs",
            "if",
            "runs-on",
            "strategy",
            "matrix",
            "include",
            "environment",
            "steps",
        ),
        *(
            "permissions",
            "push",
            "tags",
            "uses",
            "with",
            "run",
            "env",
            "secrets",
            "inherit",
            "write-all",
            "services",
        ),
        *(
            "'${{ x }}'",
            "true",
            "3.10",
            "~",
            "''",
            "*b",
            "&b c",
            "!!str 1",
            "!x y",
            "-0",
            "0x1",
            ".nan",
            "1e999",
        ),
    ]
)
FLOWS = st.recursive(
    WORDS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]"),
        st.lists(st.tuples(WORDS, inner), max_size=4).map(
            lambda rows: "{" + ", ".join(f"{key}: {value}" for key, value in rows) + "}"
        ),
    ),
    max_leaves=12,
)
JOBS = FLOWS.map(lambda job: f"on: push\njobs:\n  a: {job}")
TOPS = st.lists(st.tuples(WORDS, FLOWS), max_size=5).map(
    lambda rows: "\n".join(f"{key}: {value}" for key, value in rows)
)


@given(st.one_of(JOBS, TOPS, st.text(max_size=40)).map(lambda text: text.encode("utf-8", "surrogatepass")))
@example(b"\xff")
@example(b"[" * 100_000)
@example(b"on: push\njobs: {a: {runs-on: x, steps: [{run: " + b"9" * 5000 + b"}]}}")
def test_any_text_is_a_workflow_or_its_mistakes_and_nothing_else(data: bytes) -> None:
    with suppress(ConfigError):
        read_workflow("a.yml", data)
