"""An edit writes the version and nothing else, in every kind of file."""

import json
import tomllib
from contextlib import suppress
from datetime import date
from typing import Any

import yaml
from hypothesis import given
from hypothesis import strategies as st

from tagboat.config.planning import Edit, EditKind, Rules
from tagboat.config.project import Tree
from tagboat.errors import ConfigError
from tagboat.planner.edits import file_edits

NUMBERS = st.lists(st.integers(0, 3000), min_size=1, max_size=4).map(lambda parts: ".".join(map(str, parts)))
VERSIONS = st.builds(
    str.__add__, NUMBERS, st.sampled_from(["", "a1", "rc2", ".post1", ".dev3", "-beta.1", "+l.1"])
)
KEYS = st.text(st.sampled_from("ab.\"\\#'é \t:-[]{}&*"), min_size=1, max_size=6)
LEAVES = st.one_of(st.integers(-5, 5), st.booleans(), st.text(max_size=8).filter(str.isprintable), VERSIONS)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=12,
)
TABLES = st.dictionaries(KEYS, VALUES, max_size=4)
LAYOUTS = st.sampled_from([None, 1, 4, "\t"])


def edited(data: bytes, edit: Edit, version: str, last: str = "") -> bytes:
    rules = Rules("acme", edits=(edit,))
    done = file_edits(Tree({edit.path}, lambda _: data), rules, last, version, date(2026, 1, 31))
    for one in done:
        assert one.before == data
        assert one.places
    return done[0].after if done else data


def holds(data: bytes, kind: EditKind, key: str, version: str, parse: Any) -> None:
    """The law: the value changes, all else stays; the same again changes nothing; the way back gives the same file."""
    before = parse(data.decode())
    after = edited(data, Edit("f", kind, key=key), version)
    expected = {**before, "own": {**before["own"], "version": version}}
    assert parse(after.decode()) == expected
    assert edited(after, Edit("f", kind, key=key), version) == after
    again = parse(edited(after, Edit("f", kind, key=key), str(before["own"]["version"])).decode())
    assert again == before


@given(TABLES, TABLES, VERSIONS, VERSIONS, LAYOUTS, st.booleans())
def test_json(
    table: dict[str, Any], own: dict[str, Any], last: str, version: str, indent: Any, ascii_: bool
) -> None:
    whole = {**table, "own": {**own, "version": last}}
    text = json.dumps(whole, indent=indent, ensure_ascii=ascii_)
    holds(text.encode(), "json", "$.own.version", version, json.loads)


@given(TABLES, TABLES, VERSIONS, VERSIONS, st.booleans(), st.sampled_from([None, "'", '"']))
def test_yaml(
    table: dict[str, Any], own: dict[str, Any], last: str, version: str, flow: bool, style: str | None
) -> None:
    whole = {**table, "own": {**own, "version": last}}
    text = yaml.safe_dump(whole, default_flow_style=flow, allow_unicode=True, default_style=style)
    holds(text.encode(), "yaml", "$.own.version", version, yaml.safe_load)


@given(TABLES, TABLES, VERSIONS, VERSIONS, st.sampled_from(["\n", "\r\n"]), st.sampled_from("\"'"))
def test_toml(
    table: dict[str, Any], own: dict[str, Any], last: str, version: str, end: str, quote: str
) -> None:
    rows = [f"{json.dumps(key)} = {toml(value)}" for key, value in table.items() if key != "own"]
    rows += ["[own] # é", f"version  =\t{quote}{last}{quote} # {last}"]
    rows += [f"{json.dumps(key)} = {toml(value)}" for key, value in own.items()]
    holds(end.join(rows).encode(), "toml", '$["own"].version', version, tomllib.loads)


def toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)} = {toml(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(toml(inner) for inner in value) + "]"
    return json.dumps(value, ensure_ascii=False)


@given(
    st.sampled_from(
        ["__version__ = '{}'", '__version__: Final[str]="{}"', "a = __version__  =\t'''{}'''  # 1.2.3"]
    ),
    st.sampled_from(["", "# -*- coding: latin-1 -*-\n", "'''__version__ = \"1.2.3\"'''\n", "x = 'é'; "]),
    st.sampled_from(["\n", "\r\n", "\r"]),
    VERSIONS,
    VERSIONS,
)
def test_python(line: str, before: str, end: str, last: str, version: str) -> None:
    encoding = "latin-1" if "latin-1" in before else "utf-8"
    data = f"{before}{line.format(last)}\nname = 'é'\n".replace("\n", end).encode(encoding)
    wanted = f"{before}{line.format(version)}\nname = 'é'\n".replace("\n", end).encode(encoding)
    assert edited(data, Edit("f.py", "python"), version) == wanted
    assert edited(wanted, Edit("f.py", "python"), version) == wanted


@given(
    st.sampled_from(["auto", "python", "text", "markers", "toml", "json", "yaml", "pattern", "lock"]),
    st.sampled_from(["f", "f.py", "uv.lock", "pixi.lock", "setup.cfg", "pyproject.toml"]),
    st.one_of(
        st.binary(max_size=60),
        st.lists(
            st.sampled_from(
                [
                    b"[[package]]\n",
                    b'name = "acme"\n',
                    b'version = "1.2.3"\n',
                    b"[metadata]\n",
                    b"version = 1.2\n",
                    b"__version__ = (1, 2, 'b')\n",
                    b"x-release-please-start-version\n",
                    b"1.2.3\n",
                    b"- &a *a\n",
                    b'{"version": ["1"]}',
                    b"source = { editable = '.' }\n",
                    b"\xff",
                    b"'''\n",
                    b"- pypi: ./\n",
                    b"\r",
                ]
            )
        ).map(b"".join),
    ),
)
def test_any_bytes_give_an_edit_or_an_error_of_ours(kind: EditKind, path: str, data: bytes) -> None:
    with suppress(ConfigError):
        edited(data, Edit(path, kind, search="{last}", key="version"), "1.3.0", "1.2.3")
