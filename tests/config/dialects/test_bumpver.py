from textwrap import dedent

import pytest

from tagboat.config.calver_pattern import understood
from tagboat.config.dialects import bumpver
from tagboat.config.planning import Edit, Planning
from tagboat.config.project import Tree
from tagboat.errors import ConfigError


def planning(files: dict[str, str]) -> Planning:
    found = bumpver.read(Tree(files.keys(), lambda path: dedent(files[path]).encode()))
    assert found is not None
    return found


def test_a_project_that_does_not_use_it_has_no_rules() -> None:
    files = {"pyproject.toml": "[project]\nname = 'acme'", "setup.cfg": "[bumpversion]\ncurrent_version = 1"}
    assert bumpver.read(Tree(files.keys(), lambda path: files[path].encode())) is None


def test_a_v_in_the_pattern_belongs_to_the_tag_and_to_what_files_hold() -> None:
    text = """
        [project]
        name = "vessel"
        [tool.bumpver]
        current_version = "v35.0.0"
        version_pattern = "vMAJOR.MINOR.PATCH[PYTAGNUM]"
        commit = true
        tag = false
        [tool.bumpver.file_patterns]
        "pyproject.toml" = ['current_version = "{version}"', '^version = "{pep440_version}"$']
        "src/vessel/__init__.py" = ["__version__ = '{pep440_version}'"]
        """
    found = planning({"pyproject.toml": text})
    rules = found.components[0]
    assert (rules.component, rules.tag, rules.manifest) == ("vessel", "v{version}", "35.0.0")
    assert (rules.versioning.scheme, rules.versioning.releases) == ("pep440", "level")
    assert [(edit.path, edit.search, edit.every) for edit in rules.edits] == [
        ("pyproject.toml", 'current_version = "v{version}"', True),
        ("pyproject.toml", 'version = "{version}"', True),
        ("src/vessel/__init__.py", "__version__ = '{version}'", True),
    ]
    assert found.origins["vessel.tag"] == "pyproject.toml: [tool.bumpver] version_pattern"
    assert [remark.applies for remark in found.remarks] == [False, False, True]


@pytest.mark.parametrize(
    ("pattern", "scheme"),
    [
        ("MAJOR.MINOR.PATCH", "pep440"),
        ("MAJOR.MINOR.PATCH[PYTAGNUM]", "pep440"),
        ("MAJOR.MINOR.PATCH[-TAG]", "calver"),
        ("YYYY.BUILD[-TAG]", "calver"),
        ("YYYY.0M.PATCH", "calver"),
        ("YY.MM.INC0[PYTAGNUM]", "calver"),
        ("{year}.{month}.{PATCH}", "calver"),
        ("{pycalver}", "calver"),
        ("{semver}", "pep440"),
    ],
)
def test_a_pattern_that_is_not_plain_keeps_its_own_spelling(pattern: str, scheme: str) -> None:
    text = f"[bumpver]\ncurrent_version = '1'\nversion_pattern = '{pattern}'"
    versioning = planning({"bumpver.toml": text}).components[0].versioning
    assert versioning.scheme == scheme
    assert bool(versioning.pattern) == (scheme == "calver")
    if versioning.pattern:
        assert understood(versioning.pattern).parts


def test_an_unknown_part_is_remarked_on() -> None:
    found = planning({"bumpver.toml": "[bumpver]\ncurrent_version = '1'\nversion_pattern = 'MAJOR.GITHASH'"})
    assert any("parts that are not known" in remark.text for remark in found.remarks)


def test_the_date_and_single_numbers_in_a_files_pattern_are_written_too() -> None:
    text = r"""
        [bumpver]
        current_version = "1.2.3"
        version_pattern = "MAJOR.MINOR.PATCH"
        [bumpver.file_patterns]
        "LICENSE" = ["Copyright (c) 2018-YYYY"]
        "README.md" = ["/badge/MAJOR.MINOR", "\\[v{version}\\]", "{version}", '"{version}"', "[odd]"]
        """
    found = planning({"bumpver.toml": text})
    assert [edit.search for edit in found.components[0].edits] == [
        "Copyright (c) 2018-{date:%Y}",
        "/badge/{major}.{minor}",
        "[v{version}]",
        "{last}",
        '"{last}"',
        "",
    ]
    assert found.components[0].edits[-1] == Edit("bumpver.toml", "toml", "$.bumpver.current_version")
    assert [remark.place for remark in found.remarks if "'[odd]'" in remark.text] == [
        "bumpver.toml: [bumpver.file_patterns] 'README.md'"
    ]


def test_an_ini_file_says_the_same() -> None:
    text = """
        [metadata]
        name = acme

        [bumpver]
        current_version = "2023.1005-beta"
        version_pattern = "YYYY.BUILD[-TAG]"
        commit = True

        [bumpver:file_patterns]
        SRC/Version.py =
            __version__ = "{version}"
            {pep440_version}
        """
    rules = planning({"setup.cfg": text}).components[0]
    assert rules.manifest == "2023.1005-beta"
    assert rules.versioning.pattern == "YYYY.BUILD[-TAG]"
    assert [(edit.path, edit.search) for edit in rules.edits] == [
        ("SRC/Version.py", '__version__ = "{version}"'),
        ("SRC/Version.py", "{pep440_version}"),
        ("setup.cfg", 'current_version = "{version}"'),
    ]


def test_the_first_file_that_configures_it_counts() -> None:
    files = {
        "bumpver.toml": "[other]\nx = 1",
        "pyproject.toml": "[tool.bumpver]\ncurrent_version = '2.0.0'\nversion_pattern = 'MAJOR.MINOR.PATCH'",
        "setup.cfg": "[bumpver]\ncurrent_version = 3.0.0\nversion_pattern = MAJOR.MINOR.PATCH",
    }
    assert planning(files).source == "pyproject.toml"


def test_all_mistakes_are_told_with_their_lines() -> None:
    text = "[bumpver]\ncurrent_version = '1'\ntag_scope = 'x'\n[bumpver.file_patterns]\n'a' = 1\n'b' = [2]\n"
    with pytest.raises(ConfigError) as caught:
        planning({"bumpver.toml": text})
    assert caught.value.cause.splitlines() == [
        "3 mistakes:",
        "bumpver.toml:1: bumpver.version_pattern: is missing",
        "bumpver.toml:5: bumpver.file_patterns.a: must be a list of texts",
        "bumpver.toml:6: bumpver.file_patterns.b: must be a list of texts",
    ]


@pytest.mark.parametrize(
    "text", ["[bumpver]\ncurrent_version\n = x", "x = 1\n[bumpver]\ncurrent_version = 1"]
)
def test_a_broken_ini_file_is_named_with_its_line(text: str) -> None:
    with pytest.raises(ConfigError, match=r"^setup\.cfg:\d: "):
        planning({"setup.cfg": text})


def test_a_line_that_would_take_quadratic_time_is_refused() -> None:
    text = "[bumpver]\ncurrent_version = 1\nx" + " " * 100_000 + "y\n"
    with pytest.raises(ConfigError, match=r"setup\.cfg:3: more than 100 blanks"):
        planning({"setup.cfg": text})


@pytest.mark.parametrize(
    ("file", "text"),
    [
        (
            "bumpver.toml",
            "[bumpver]\ncurrent_version = '1'\nversion_pattern = 'MAJOR'\n[bumpver.file_patterns]\n",
        ),
        ("bumpver.toml", "[bumpver]\ncurrent_version = '1'\nversion_pattern = 'MAJOR'\nfile_patterns = 1\n"),
    ],
)
def test_thousands_of_mistakes_are_told_in_bounds(file: str, text: str) -> None:
    text += "".join(f"'f{number}' = {number}\n" for number in range(20_000))
    with pytest.raises(ConfigError) as caught:
        planning({file: text})
    assert len(caught.value.cause.splitlines()) <= 52
