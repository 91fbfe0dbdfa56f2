from datetime import date

import pytest

from tagboat.config.planning import Edit, EditKind, Rules
from tagboat.config.project import Tree
from tagboat.errors import ConfigError
from tagboat.planner.edits import file_edits


def edited(kind: EditKind, text: str, key: str = "", version: str = "1.3.0") -> str:
    rules = Rules("acme", edits=(Edit("f", kind, key=key),))
    done = file_edits(Tree({"f"}, lambda _: text.encode()), rules, "1.2.3", version, date(2026, 1, 31))
    return done[0].after.decode() if done else text


def refusal(kind: EditKind, text: str, key: str = "") -> str:
    with pytest.raises(ConfigError) as caught:
        edited(kind, text, key)
    return caught.value.cause


@pytest.mark.parametrize(
    ("kind", "key", "text"),
    [
        ("toml", "$.a.b", "[a] # 1.2.3\r\nb = '@' # é\r\n"),
        ("toml", '$["a"]["x.y"]', "a = { 'x.y' = \"@\", b = '1.2.3' }"),
        ("toml", "$.p[1].v", "[[p]]\nv = '1.2.3'\n[[p]]\nv = '@'\n"),
        ("toml", "$.p[-1].v", "p = [{v = '1.2.3'}, {v = '@'}]"),
        ("toml", '$.p[?(@.name=="x")].v', "[[p]]\nname = 'y'\nv = '1.2.3'\n[[p]]\nname = 'x'\nv = '@'\n"),
        (
            "toml",
            "$.p[?(@.name.value=='x')].v",
            "[[p]]\nname = 'y'\nv = '1.2.3'\n[[p]]\nname = 'x'\nv = '@'\n",
        ),
        ("toml", "$.p[?@['a'].b === 'x'].v", "[[p]]\na.b = 'x'\nv = '@'\n"),
        ("toml", "$.p[*].v", "[[p]]\nv = '@'\n[[p]]\nv = '@'\n"),
        ("toml", "a", 'x = 1\na = """@"""\n'),
        ("json", "", '{\t"n": {"version": "1.2.3"},\r\n\t"version" :\t"@"}'),
        ("json", "$.a.b[1]", '{"x": 1, "x": "é", "a": {"b": ["1.2.3", "@", "1.2.3"]}}'),
        ("json", "$..v", '[{"v": "@", "a": [[{"v": "@"}]]}, {}]'),
        ("json", "$.*.v", '{"a\\"b": {"v": "@"}}'),
        ("json", '$.packages[""].version', '{"packages": {"": {"version": "@"}, "x": {"version": "1.2.3"}}}'),
        ("yaml", "$.version", "# é\nversion:   '@' # 1.2.3\nappVersion: 1.2.3\n"),
        ("yaml", "$.a.version", 'a: {version: "@", b: 1.2.3}\r\nversion: 1.2.3\r\n'),
        ("yaml", "$.a[0].v", "a:\n  - v: @\n    w: 1.2.3\n".replace("@", "'@'")),
        ("yaml", "$.b.v", "a: &a\n  v: '@'\nb: *a\n"),
        ("yaml", "$.v", "\ufeffv: '@'"),
        ("yaml", "$.b", "a: &x '1.2.3'\nb: &b !!str # 1.2.3\n  '@'\nc: *b\n"),
        ("yaml", "$.b", "b: &b @\n"),
        ("yaml", "$.info.version", "%YAML 1.1\n---\ninfo: !x {version: !!str '@'}\n...\n"),
    ],
)
def test_a_key_s_value_changes_alone(kind: EditKind, key: str, text: str) -> None:
    assert edited(kind, text.replace("@", "1.2.3"), key) == text.replace("@", "1.3.0")


@pytest.mark.parametrize(
    ("before", "version", "after"),
    [
        ("v: 1.2.3", "1.3.0", "v: 1.3.0"),
        ("v: 1.2.3", "1.10", 'v: "1.10"'),
        ("v: 1.2", "1.3", "v: 1.3"),
        ("v: 1.9", "1.10", 'v: "1.10"'),
        ("v: 2026.1.2", "2026", 'v: "2026"'),
        ("v: v1.2.3", "1.3", "v: v1.3"),
    ],
)
def test_a_plain_yaml_value_gets_quotes_where_it_would_be_a_number(
    before: str, version: str, after: str
) -> None:
    assert edited("yaml", before, "v", version) == after


@pytest.mark.parametrize(
    ("kind", "text", "key", "said"),
    [
        ("json", '{"version": "1",\n"version": "2"}', "", 'f:2: "version": "2"}'),
        ("json", '{"version": 1}', "", "f:1: .*this is no text"),
        ("json", '{"a": {"version": "1"}}', "$.a.b", "f:1: .*nothing here is"),
        ("json", "[" * 100_000, "", "nested too deeply"),
        ("toml", "a = [{n='x', v='1'}, {n='x', v='2'}]", '$.a[?(@.n=="x")].v', "matches 2 times"),
        ("toml", "\nversion = 1.2", "", "f:2: version = 1.2: this is no text"),
        ("toml", "a = 1\n[", "", "f:2: not TOML"),
        ("toml", "a = " + "[" * 100_000, "", "nested too deeply"),
        ("yaml", "a: b: c", "", "f:1: not YAML"),
        ("yaml", "\n- " * 3 + "[" * 100_000, "", "nested too deeply"),
        ("yaml", "- " * 100_000, "", "nested too deeply"),
        ("yaml", "version: |\n  1.2.3\n", "", "this is no text"),
        ("yaml", "version: [1]", "", "this is no text"),
        ("yaml", "version: 1\n---\nversion: 2\n", "", "f:3: version: 2"),
        ("yaml", "", "", "f:1: nothing here is"),
        ("yaml", "a: *b", "a", "this is no text"),
        ("json", "{}", "$.a[", "is no path of a key"),
        ("json", "{}", "$..a..b", "is no path of a key"),
        ("json", "{}", "$.a[?(@.b > 1)]", "is no path of a key"),
        ("json", "{}", "$." + "a." * 60 + "a", "is no path of a key"),
    ],
)
def test_what_cannot_be_edited_is_refused_with_its_line(
    kind: EditKind, text: str, key: str, said: str
) -> None:
    with pytest.raises(ConfigError, match=said):
        edited(kind, text, key)


def test_aliases_within_aliases_do_not_explode() -> None:
    bomb = "b0: &b0 {v: '1.2.3'}\n"
    bomb += "".join(f"b{n}: &b{n} [*b{n - 1}, *b{n - 1}, *b{n - 1}]\n" for n in range(1, 60))
    assert edited("yaml", bomb, "$..v") == bomb.replace("1.2.3", "1.3.0")
    assert edited("yaml", "a: &a [*a, {v: '1.2.3'}]", "$..v") == "a: &a [*a, {v: '1.3.0'}]"
