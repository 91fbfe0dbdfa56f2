"""python-semantic-release's configuration becomes rules, and the rules read commits as the tool does."""

from __future__ import annotations

import re
from datetime import date
from textwrap import dedent

import pytest

from tagboat.config.dialects import python_semantic_release
from tagboat.config.planning import Edit, Planning
from tagboat.config.project import Tree
from tagboat.core.commit import Commit
from tagboat.errors import ConfigError, RefusedError
from tagboat.planner.messages import changes_of
from tagboat.planner.versions.decide import decide


def tree(files: dict[str, str]) -> Tree:
    return Tree(files.keys(), lambda path: dedent(files[path]).encode())


def planning(files: dict[str, str]) -> Planning:
    found = python_semantic_release.read(tree(files))
    assert found is not None
    return found


def after(last: str, config: str, *messages: str, file: str = "pyproject.toml", parents: int = 1) -> str:
    rules = planning({file: config}).components[0]
    commits = [Commit(f"{n:040x}", ("a",) * parents, 0, "", text) for n, text in enumerate(messages)]
    counted = changes_of(commits, rules.reading)
    return decide(last, counted.changes, rules.versioning, today=date(2026, 1, 1)).version


TOOL = "[tool.semantic_release]\n"
OLD = "[semantic_release]\nversion_variable = a/__init__.py:__version__\n"


def test_a_project_that_does_not_use_it_has_no_rules() -> None:
    files = {"pyproject.toml": "[project]\nname = 'semantic_release'", "setup.cfg": "[metadata]\nname = a"}
    assert python_semantic_release.read(tree(files)) is None
    assert (
        python_semantic_release.read(tree({".releaserc.json": '{"branches": ["semantic_release"]}'})) is None
    )


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("pyproject.toml", "[tool.semantic_release]\ntag_format = 'a{version}'"),
        ("releaserc.toml", "[semantic_release]\ntag_format = 'a{version}'"),
        ("releaserc.json", '{"semantic_release": {"tag_format": "a{version}"}}'),
        ("setup.cfg", "[semantic_release]\ntag_format = a{version}"),
    ],
)
def test_it_is_found_where_the_tool_is_told_to_look(file: str, text: str) -> None:
    found = planning({file: text})
    assert (found.dialect, found.source, found.components[0].tag) == (
        "python-semantic-release",
        file,
        "a{version}",
    )
    assert found.origins["project.tag"].startswith(f"{file}: [")


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("feat: a", "1.3.0"),
        ("fix(x): a", "1.2.4"),
        ("perf: a", "1.2.4"),
        ("docs: a", ""),
        ("refactor!: a", "2.0.0"),
        ("fix: a\n\nBREAKING CHANGE: b", "2.0.0"),
        ("deps!: a", ""),
        ("Feat: a", ""),
        ("words", ""),
        ("docs: all (#1)\n\n* feat(x): a new part\n\n* fix: b c", "1.3.0"),
    ],
)
def test_the_next_version(message: str, expected: str) -> None:
    assert after("1.2.3", TOOL, message) == expected


def test_options_of_the_parser_change_what_counts() -> None:
    options = (
        '[tool.semantic_release.commit_parser_options]\nminor_tags = ["add"]\nother_allowed_tags = ["docs"]\n'
    )
    assert after("1.2.3", options, "add: a") == "1.3.0"
    assert after("1.2.3", options, "feat: a") == ""
    assert after("1.2.3", options + "default_bump_level = 2\n", "docs: a") == "1.2.4"
    assert after("1.2.3", options + "parse_squash_commits = false\n", "docs: a\n\n* add: b c") == ""


def test_merges_are_read_only_where_they_are_not_ignored() -> None:
    assert after("1.2.3", TOOL, "feat: a", parents=2) == ""
    asked = "[tool.semantic_release.commit_parser_options]\nignore_merge_commits = false\n"
    assert after("1.2.3", asked, "feat: a", parents=2) == "1.3.0"


def test_versions_below_one() -> None:
    assert after("0.2.0", TOOL, "fix: a") == "1.0.0"
    allowed = TOOL + "allow_zero_version = true\n"
    assert [after("0.2.0", allowed, text) for text in ("fix: a", "feat: a", "feat!: a")] == [
        "0.2.1",
        "0.3.0",
        "1.0.0",
    ]
    assert after("0.2.0", allowed + "major_on_zero = false\n", "feat!: a") == "0.3.0"


@pytest.mark.parametrize(
    "files",
    [
        {".github/workflows/release.yml": "uses: python-semantic-release/python-semantic-release@v9.8.3"},
        {"requirements.txt": "python-semantic-release==9.21.0"},
    ],
)
def test_defaults_are_those_of_the_version_in_use(files: dict[str, str]) -> None:
    rules = planning({"pyproject.toml": TOOL, **files}).components[0]
    assert not rules.versioning.zero_ends
    assert rules.reading.merges
    assert not rules.reading.bullets
    assert planning({"pyproject.toml": TOOL}).components[0].versioning.zero_ends


def test_a_workflow_that_cannot_be_read_says_nothing() -> None:
    def refuse(path: str) -> bytes:
        if path.startswith(".github"):
            raise RefusedError("not here")
        return TOOL.encode()

    assert (
        python_semantic_release.read(Tree({"pyproject.toml", ".github/workflows/a.yml"}, refuse)) is not None
    )


@pytest.mark.parametrize(
    ("parser", "message", "expected"),
    [
        ("emoji", ":sparkles: a", "1.3.0"),
        ("emoji", ":bug: a", "1.2.4"),
        ("emoji", ":boom: a", "2.0.0"),
        ("emoji", ":memo: a", ""),
        ("scipy", "ENH: linalg: a", "1.3.0"),
        ("scipy", "API: a", "2.0.0"),
        ("scipy", "BUG: a", "1.2.4"),
        ("scipy", "DOC: a", ""),
        ("tag", "a :sparkles:", "1.3.0"),
        ("tag", ":nut_and_bolt: a", "1.2.4"),
        ("angular", "feat: a", "1.3.0"),
    ],
)
def test_the_other_parsers(parser: str, message: str, expected: str) -> None:
    assert after("1.2.3", f"{TOOL}commit_parser = '{parser}'\n", message) == expected


def test_a_parser_of_the_projects_own_is_remarked_on() -> None:
    found = planning({"pyproject.toml": TOOL + "commit_parser = 'my.module:Parser'\n"})
    assert [remark.applies for remark in found.remarks if "commit_parser" in remark.place] == [True]


def test_branches_become_trains() -> None:
    text = """
        [tool.semantic_release.branches.main]
        match = "main"
        [tool.semantic_release.branches.next]
        match = "*"
        prerelease = true
        prerelease_token = "beta"
    """
    assert planning({"pyproject.toml": text}).components[0].trains == {"main": "", ".*": "beta"}


def test_places_of_the_version() -> None:
    text = """
        version_toml = ["pyproject.toml:project.version"]
        version_variables = ["a.py:__version__", "VERSION:*", "docs/conf.txt:release", "b.yml:image:tf"]
    """
    files = {
        "pyproject.toml": TOOL + dedent(text),
        "docs/conf.txt": "other = '9.9.9'\nrelease: '1.2.3'\n",
        "b.yml": "image: v1.2.3\n",
    }
    assert planning(files).components[0].edits == (
        Edit("pyproject.toml", "toml", "$.project.version"),
        Edit("a.py", "python", "__version__", every=True),
        Edit("VERSION", "text"),
        Edit("docs/conf.txt", "pattern", search="release: '{version}", every=True),
        Edit("b.yml", "pattern", search="image: v{version}", every=True),
    )


def test_what_is_excluded_from_the_changelog_is_hidden() -> None:
    text = "[tool.semantic_release.changelog]\nexclude_commit_patterns = ['chore.*', 'ci(?=x)', '(a+)+$']\n"
    sections = planning({"pyproject.toml": text}).components[0].notes.sections
    assert [section.type for section in sections if section.hidden] == ["chore"]
    assert [section.title for section in sections][:2] == ["Bug Fixes", "Build System"]


def test_partial_tags_are_no_releases() -> None:
    pattern = re.compile(planning({"pyproject.toml": TOOL}).components[0].ignored_tags[0])
    assert [bool(pattern.match(tag)) for tag in ("v10", "v10.6", "v10.6.1")] == [True, True, False]


def test_version_7_and_before() -> None:
    assert after("0.2.0", OLD, "feat: a", file="setup.cfg") == "0.3.0"
    assert after("0.2.0", OLD + "major_on_zero = false", "feat!: a", file="setup.cfg") == "0.3.0"
    assert after("1.0.0", OLD + "patch_without_tag = true", "words", file="setup.cfg") == "1.0.1"
    assert after("1.0.0", OLD + "parser_angular_minor_types = add", "add: a", file="setup.cfg") == ""
    assert [after("1.0.0", OLD, f":{mark}: a", file="setup.cfg") for mark in ("boom", "sparkles", "bug")] == [
        "2.0.0",
        "1.1.0",
        "1.0.1",
    ]
    emoji = OLD + "commit_parser = semantic_release.history.emoji_parser"
    assert after("1.0.0", emoji, "a ✨ b", file="setup.cfg") == "1.1.0"
    rules = planning({"setup.cfg": OLD + "branch = main"}).components[0]
    assert (rules.edits, rules.trains) == (
        (Edit("a/__init__.py", "python", "__version__", every=True),),
        {"main": ""},
    )


def test_all_mistakes_are_told_with_their_lines() -> None:
    text = TOOL + "tag_format = 1\nversion_toml = ['x']\nmajor_on_zero = 'no'\n"
    with pytest.raises(ConfigError) as raised:
        planning({"pyproject.toml": text})
    assert all(f"pyproject.toml:{line}:" in raised.value.cause for line in (2, 3, 4))
