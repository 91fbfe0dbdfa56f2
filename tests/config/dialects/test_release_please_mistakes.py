"""The mistakes of release-please's files: all at once, each with its line."""

from __future__ import annotations

import pytest

from tagboat.config.dialects.release_please import CONFIGS, MANIFEST, YAML, read
from tagboat.config.project import Tree
from tagboat.errors import ConfigError

CONFIG = CONFIGS[0]


def tree(files: dict[str, bytes]) -> Tree:
    return Tree(files.keys(), files.__getitem__)


def test_all_mistakes_are_told_at_once_each_with_its_line() -> None:
    config = b"""{
\t"release-as": 5,
\t"packages": {
\t\t"a": {
\t\t\t"component": "a",
\t\t\t"extra-files": ["x", {"type": "json"},
\t\t\t\t{"type": "json", "path": 5}]
\t\t},
\t\t"b": {"component": "b", "versioning": []},
\t\t"c": 5
\t},
\t"changelog-sections": [{"type": "feat"},
\t\t{}]
}
"""
    manifest = b'{\n  "a": "1.0.0",\n  "b": 5\n}\n'
    with pytest.raises(ConfigError) as caught:
        read(tree({CONFIG: config, MANIFEST: manifest}))
    assert caught.value.cause.splitlines() == [
        "6 mistakes:",
        f"{CONFIG}:2: release-as: must be text",
        f"{CONFIG}:7: packages.a.extra-files[2].path: must be text",
        f"{CONFIG}:9: packages.b.versioning: must be text",
        f"{CONFIG}:10: packages.c: must be an object",
        f"{CONFIG}:13: changelog-sections[1]: must be an object with a text under type",
        f"{MANIFEST}:3: b: must be text",
    ]


def test_the_yaml_form_is_told_of_in_its_own_words() -> None:
    text = b"# comment\nreleaseType: python\nbumpMinorPreMajor: 5\nextraFiles:\n- x\n- 7\n"
    with pytest.raises(ConfigError) as caught:
        read(tree({YAML: text}))
    assert caught.value.cause.splitlines()[1:] == [
        f"{YAML}:3: bumpMinorPreMajor: must be true or false",
        f"{YAML}:6: extraFiles[1]: must be an object",
    ]
