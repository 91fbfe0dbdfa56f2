"""commitizen's configuration becomes rules, and the rules read commits as the tool does."""

from __future__ import annotations

import re
from datetime import date

import pytest

from tagboat.config.dialects import commitizen
from tagboat.config.planning import Edit, Planning
from tagboat.config.project import Tree
from tagboat.core.commit import Commit
from tagboat.errors import ConfigError
from tagboat.planner.messages import changes_of
from tagboat.planner.versions.decide import decide

TOOL = "[tool.commitizen]\n"
CUSTOM = TOOL + "name = 'cz_customize'\n"


def planning(files: dict[str, str]) -> Planning:
    found = commitizen.read(Tree(files.keys(), lambda path: files[path].encode()))
    assert found is not None
    return found


def after(last: str, config: str, *messages: str, **files: str) -> str:
    rules = planning({"pyproject.toml": config, **files}).components[0]
    commits = [Commit(f"{n:040x}", ("a",), 0, "", text) for n, text in enumerate(messages)]
    counted = changes_of(commits, rules.reading)
    return decide(last, counted.changes, rules.versioning, today=date(2026, 1, 1)).version


def test_a_project_that_does_not_use_it_has_no_rules() -> None:
    files = {"pyproject.toml": "[project]\ndependencies = ['commitizen']"}
    assert commitizen.read(Tree(files.keys(), lambda path: files[path].encode())) is None


@pytest.mark.parametrize(
    ("file", "text"),
    [
        (".cz.toml", "[tool.commitizen]\nversion = '1.2.3'"),
        ("cz.json", '{"commitizen": {"version": "1.2.3"}}'),
        (".cz.yaml", "commitizen:\n  version: 1.2.3\n"),
    ],
)
def test_its_own_files_go_before_the_projects(file: str, text: str) -> None:
    found = planning({file: text, "pyproject.toml": TOOL + "version = '9'"})
    rules = found.components[0]
    assert (found.source, rules.manifest) == (file, "1.2.3")
    kind = file.rpartition(".")[2]
    key = "$.tool.commitizen.version" if kind == "toml" else "$.commitizen.version"
    assert [(edit.path, edit.kind, edit.key) for edit in rules.edits] == [(file, kind, key)]


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("feat: a", "1.3.0"),
        ("feature(x): a", "1.3.0"),
        ("fix: a", "1.2.4"),
        ("refactor: a", "1.2.4"),
        ("perf(x): a", "1.2.4"),
        ("docs: a", ""),
        ("docs!: a", "2.0.0"),
        ("fix(x)!: a", "2.0.0"),
        ("words\n\nBREAKING CHANGE: a", "2.0.0"),
        ("docs: a\n\nwords\nfeat: b", "1.3.0"),
        ("docs: a\n\n* feat: b", ""),
        ("fixes #202", ""),
        ("Feat: a", ""),
    ],
)
def test_every_line_is_looked_up(message: str, expected: str) -> None:
    assert after("1.2.3", TOOL, message) == expected


@pytest.mark.parametrize(
    ("file", "text"),
    [
        (
            ".pre-commit-config.yaml",
            "- repo: https://example.org/commitizen-tools/commitizen\n  rev: v2.17.4\n",
        ),
        ("pyproject.toml", "[tool.poetry.dependencies]\ncommitizen = '^2.17'\n" + TOOL),
        ("pyproject.toml", "[project]\nname = 'commitizen'\n" + TOOL + "version = '2.17.4'\n"),
    ],
)
def test_before_version_3_2_no_colon_was_needed(file: str, text: str) -> None:
    files = {"pyproject.toml": TOOL} | {file: text}
    rules = planning(files).components[0]
    counted = changes_of([Commit("1" * 40, ("a",), 0, "", "fixes #202")], rules.reading)
    assert [change.type for change in counted.changes] == ["fix"]


def test_major_version_zero() -> None:
    assert after("0.2.0", TOOL, "feat!: a") == "1.0.0"
    assert after("0.2.0", TOOL + "major_version_zero = true", "feat!: a") == "0.3.0"


def test_a_convention_of_the_projects_own() -> None:
    text = CUSTOM + (
        "[tool.commitizen.customize]\n"
        "bump_pattern = '^(break|new|fix|hotfix)'\n"
        "bump_map = {break = 'MAJOR', new = 'MINOR', fix = 'PATCH', hotfix = 'PATCH'}\n"
        "change_type_map = {new = 'Added', hotfix = 'Fixed'}\n"
        "change_type_order = ['Fixed', 'Added']\n"
    )
    messages = ("break: a", "new a", "hotfix: a", "feat: a")
    assert [after("1.2.3", text, message) for message in messages] == ["2.0.0", "1.3.0", "1.2.4", ""]
    sections = planning({"pyproject.toml": text}).components[0].notes.sections
    assert [section.title for section in sections] == ["Fixed", "Added", "fix"]


def test_a_pattern_that_could_run_away_is_left_out() -> None:
    text = CUSTOM + "[tool.commitizen.customize]\nbump_pattern = '^((a+)+)$'\n"
    found = planning({"pyproject.toml": text})
    assert ["bump_pattern" in remark.place for remark in found.remarks] == [True]
    assert after("1.2.3", text, "feat: a") == "1.3.0"


def test_mistakes_are_told_with_their_lines() -> None:
    text = (
        CUSTOM + "tag_format = 3\n[tool.commitizen.customize]\nbump_pattern = '('\nbump_map = {a = 'BIG'}\n"
    )
    with pytest.raises(ConfigError) as raised:
        planning({"pyproject.toml": text})
    assert all(f"pyproject.toml:{line}:" in raised.value.cause for line in (3, 5, 6))


@pytest.mark.parametrize(
    ("form", "grammar", "remarks"),
    [
        ("$version", "{version}", 0),
        ("v$version", "v{version}", 0),
        ("acme-${version}", "acme-{version}", 0),
        ("v$major.$minor.$patch$prerelease", "v{version}", 0),
        ("v$minor", "v{version}", 1),
    ],
)
def test_tag_formats(form: str, grammar: str, remarks: int) -> None:
    found = planning({"pyproject.toml": f"{TOOL}tag_format = '{form}'\n"})
    assert (found.components[0].tag, len(found.remarks)) == (grammar, remarks)


def test_ignored_tags() -> None:
    text = TOOL + "ignored_tag_formats = ['nightly-*', 'old${version}']\n"
    patterns = planning({"pyproject.toml": text}).components[0].ignored_tags
    tags = ("nightly-7", "old1.2.3", "1.2.3", "older")
    assert [any(re.match(pattern, tag) for pattern in patterns) for tag in tags] == [True, True, False, False]


def test_places_of_the_version() -> None:
    text = TOOL + "version = '1.2.3'\nversion_files = ['a.py', 'b/*.txt:^rev: ']\n"
    assert planning({"pyproject.toml": text}).components[0].edits == (
        Edit("pyproject.toml", "toml", "$.tool.commitizen.version"),
        Edit("a.py", "pattern", search="{last}", every=True),
        Edit("b/*.txt", "pattern", search="{last}", line="^rev: ", every=True),
    )
    for provider, expected in (("pep621", "$.project.version"), ("poetry", "$.tool.poetry.version")):
        edits = planning({"pyproject.toml": f"{TOOL}version_provider = '{provider}'"}).components[0].edits
        assert [edit.key for edit in edits] == [expected]
    assert planning({"pyproject.toml": TOOL + "version_provider = 'scm'"}).components[0].edits == ()
    found = planning({"pyproject.toml": TOOL + "version_provider = 'npm'"})
    assert ["version_provider" in remark.place for remark in found.remarks] == [True]


def test_no_changelog_is_begun_that_nobody_asked_for() -> None:
    def path(text: str, **files: str) -> str:
        return planning({"pyproject.toml": TOOL + text, **files}).components[0].notes.path

    assert path("") == ""
    assert path("update_changelog_on_bump = true") == "CHANGELOG.md"
    assert path("", **{"CHANGELOG.md": ""}) == "CHANGELOG.md"
