"""Whatever a file holds, its dialect answers: with rules, with none, or with the mistakes."""

import json
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tagboat.config.dialects import bump_my_version, bumpver, git_cliff, scm, towncrier
from tagboat.config.planning import Planning
from tagboat.config.project import Tree
from tagboat.errors import ConfigError

Read = Callable[[Tree], Planning | None]
WORDS = [
    "current_version",
    "version_pattern",
    "file_patterns",
    "parse",
    "serialize",
    "search",
    "replace",
    "regex",
    "files",
    "filename",
    "glob",
    "key_path",
    "parts",
    "values",
    "calver_format",
    "tag_name",
    "moveable_tags",
    "tag_regex",
    "version_scheme",
    "git_describe_command",
    "tag",
    "prefix",
    "scm",
    "git",
    "describe_command",
    "vcs",
    "match",
    "tag2version",
    "rmprefix",
    "source",
    "raw-options",
    "tag-pattern",
    "pattern",
    "pattern-prefix",
    "enable",
    "version",
    "changelog",
    "body",
    "output",
    "bump",
    "bump_type",
    "initial_tag",
    "no_increment_regex",
    "commit_parsers",
    "message",
    "footer",
    "group",
    "scope",
    "skip",
    "field",
    "tag_pattern",
    "ignore_tags",
    "include_paths",
    "exclude_paths",
    "split_commits",
    "remote",
    "github",
    "single_file",
]
TEXTS = st.one_of(
    st.sampled_from(
        [
            "{version}",
            "^v(.*)$",
            "YYYY.0M.PATCH",
            "MAJOR.MINOR[-TAG]",
            "{new_version}",
            "{current_version}",
            "(",
        ]
    ),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
)
VALUES = st.recursive(
    st.one_of(st.booleans(), st.integers(-9, 9), TEXTS),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(WORDS), inner, max_size=4)
    ),
    max_leaves=8,
)
TABLES = st.dictionaries(st.sampled_from(WORDS), VALUES, max_size=7)


def toml(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)} = {toml(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def answered(reader: Read, file: str, data: bytes) -> None:
    try:
        found = reader(Tree({file}, lambda _: data))
    except ConfigError as error:
        told = error
    else:
        assert found is None or found.components
        return
    assert told.cause.startswith(file) or "mistakes" in told.cause
    assert told.remedy


@pytest.mark.parametrize(
    ("reader", "file", "head"),
    [
        (bumpver.read, "bumpver.toml", "bumpver"),
        (bump_my_version.read, ".bumpversion.toml", "tool.bumpversion"),
        (scm.read, "pyproject.toml", "tool.setuptools_scm"),
        (scm.read, "pyproject.toml", "tool.hatch.version"),
        (scm.read, "pyproject.toml", "tool.versioningit"),
        (scm.read, "pyproject.toml", "tool.poetry-dynamic-versioning"),
        (towncrier.read, "towncrier.toml", "tool.towncrier"),
        (git_cliff.read, "cliff.toml", "git"),
        (git_cliff.read, "cliff.toml", "bump"),
    ],
)
@settings(max_examples=60)
@given(table=TABLES)
def test_any_table_is_answered(reader: Read, file: str, head: str, table: dict[str, object]) -> None:
    rows = "".join(f"{json.dumps(key)} = {toml(value)}\n" for key, value in table.items())
    answered(reader, file, f"[{head}]\n{rows}".encode())


@pytest.mark.parametrize(
    ("reader", "file", "head"),
    [
        (bumpver.read, "setup.cfg", b"[bumpver]\ncurrent_version = 1\n"),
        (bump_my_version.read, ".bumpversion.cfg", b"[bumpversion]\n"),
        (scm.read, "setup.py", b"setup(use_scm_version={\n"),
        (git_cliff.read, "cliff.toml", b"[git]\n"),
    ],
)
@settings(max_examples=60)
@given(rest=st.one_of(st.binary(max_size=60), st.text("[]:=# \nabc_%{}'\"", max_size=60).map(str.encode)))
def test_any_bytes_are_answered(reader: Read, file: str, head: bytes, rest: bytes) -> None:
    answered(reader, file, head + rest)


def test_an_option_named_as_a_list_of_sections_is_no_list() -> None:
    text = "[bumpversion]\nfiles = a\nparts = b\n[bumpversion:part:x]\nvalues = 1\n[bumpversion:file:y]\n"
    answered(bump_my_version.read, ".bumpversion.cfg", text.encode())
