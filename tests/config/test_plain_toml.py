from __future__ import annotations

import tomllib

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tagboat.config.plain_toml import plain_table

PIECES = (
    "[project]", "[tool.acme]", "[ tool . acme ]", "[tool]", "[[tool.acme]]", "[]", "[tool.acme] # no", "[tool", "name",
    'name = "acme"', "name='a\\c'", 'name = "a\\u0062"', 'name = ""', 'name = """', '"""', "'''", "acme = 1", "acme.b = 1",
    "size = 012", "size = 0", "size = 1_0", "size = 1.5", "size = -1", "day = 2026-01-01", "on = true", "on = True", "off=false",
    "all = [", ']', '"a>=1,<2",', '"a"', "'b',", ",", "# all", '"a", # one', 'all = ["a", \'b\']', 'all = ["a",,]', "all = []",
    'all = ["""a"""]', 'all = [["a"]]', 'all = ["a" "b"]', "all = [1]", 'all = ["a]', "\t", "", "é = 1", '"é" = 1', "a = {b = 1}",
    "= 1", 'name = "a" # "b"', "name = 'é'", "\x00", "\ufeff", "\r", "a\u00a0= 1",
)  # fmt: skip
LINES = st.lists(st.sampled_from(PIECES), max_size=8)


@given(
    text=st.one_of(
        LINES.map("\n".join), LINES.map("".join), st.text(alphabet="a[]=\"'\\,.#\n 0", max_size=30)
    )
)
@example(text='[a]\nb = "c"\n[a.b]\n')
@example(text="[a.b]\n[a]\nb = 1\n")
@example(text="[a.b]\n[a]\nc = 1\n")
def test_what_is_read_plainly_is_what_the_library_reads(text: str) -> None:
    plain = plain_table(text)
    assert plain is None or plain == tomllib.loads(text)


@pytest.mark.parametrize("text", ["a = [" + '"a",' * 150_000 + "]", "a = [\n" + '"a",\n' * 150_000 + "]"])
def test_a_list_of_any_length_is_read_at_once(text: str) -> None:
    assert plain_table(text) == {"a": ["a"] * 150_000}
    assert plain_table(text[:-1]) is None


@pytest.mark.parametrize(
    "text",
    [
        '[project]\nname = "acme"\nversion = "1.0.0"\n',
        (
            "# ours\n[project]\nname = 'acme'\ndependencies = [\n    \"click>=8,<9\",\n    'coverage[toml]'\n]\n\n[tool.acme]\n"
            "width = 120\nstrict = true\n[tool.acme.empty]\n[tool]\nall = []\n"
        ),
        "",
    ],
)
def test_the_file_of_an_ordinary_project_is_plain(text: str) -> None:
    assert plain_table(text) == tomllib.loads(text)


def test_values_keep_their_kind() -> None:
    table = plain_table("a = true\nb = 1\nc = '1'\n")
    assert [(key, type(value)) for key, value in (table or {}).items()] == [
        ("a", bool),
        ("b", int),
        ("c", str),
    ]
