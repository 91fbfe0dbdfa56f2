from textwrap import dedent

import pytest

from tagboat.config.dialects import scm
from tagboat.config.dialects.tag_forms import from_expression, from_glob
from tagboat.config.planning import Planning
from tagboat.config.project import Tree
from tagboat.errors import ConfigError

PROJECT = "[project]\nname = 'acme'\ndynamic = ['version']\n"


def read(files: dict[str, str]) -> Planning | None:
    return scm.read(Tree(files.keys(), lambda path: dedent(files[path]).encode()))


def planning(files: dict[str, str]) -> Planning:
    found = read(files)
    assert found is not None
    return found


def lost(found: Planning) -> list[str]:
    return [remark.place.split()[-1] for remark in found.remarks if remark.applies]


@pytest.mark.parametrize(
    "files",
    [
        {"pyproject.toml": PROJECT + "[tool.setuptools_scm]\n"},
        {"pyproject.toml": PROJECT + "[tool.vcs-versioning]\n"},
        {"pyproject.toml": PROJECT + "[build-system]\nrequires = ['setuptools-scm[simple]>=9']\n"},
        {"pyproject.toml": PROJECT + "[tool.hatch.version]\nsource = 'vcs'\n"},
        {"pyproject.toml": PROJECT + "[tool.hatch.version]\nsource = 'versioningit'\n"},
        {"pyproject.toml": PROJECT + "[tool.hatch.version]\nsource = 'uv-dynamic-versioning'\n"},
        {"pyproject.toml": PROJECT + "[tool.pdm.version]\nsource = 'scm'\n"},
        {"pyproject.toml": PROJECT + "[tool.versioningit]\n"},
        {"pyproject.toml": PROJECT + "[tool.versioneer]\nVCS = 'git'\n"},
        {"pyproject.toml": PROJECT + "[tool.poetry-dynamic-versioning]\nenable = true\n"},
        {"pyproject.toml": PROJECT + "[tool.setuptools-git-versioning]\nenabled = true\n"},
        {"pyproject.toml": PROJECT + "[build-system]\nbuild-backend = 'flit_scm:buildapi'\n"},
        {"setup.py": "from setuptools import setup\nsetup(name='acme', use_scm_version=True)"},
        {"setup.py": "setup(name='acme', pbr=True)"},
        {"setup.py": "setup(name='acme')", "setup.cfg": "[versioneer]\nVCS = git\n"},
    ],
)
def test_a_version_that_comes_from_the_tag_needs_no_edit(files: dict[str, str]) -> None:
    found = planning(files)
    rules = found.components[0]
    assert (rules.component, rules.edits, rules.tag) == ("acme", (), "v{version}")
    assert "acme.edits" in found.origins
    assert "acme.tag" not in found.origins


@pytest.mark.parametrize(
    "files",
    [
        {},
        {"pyproject.toml": "[project]\nname = 'acme'\nversion = '1'\n[tool.setuptools_scm]\n"},
        {"pyproject.toml": PROJECT + "[tool.hatch.version]\npath = 'a.py'\n"},
        {"pyproject.toml": PROJECT + "[tool.poetry-dynamic-versioning]\nenable = false\n"},
        {"setup.py": "setup(name='acme', version='1')"},
        {"pyproject.toml": "[tool.ruff]\n", "tests/data/pyproject.toml": "[tool.setuptools_scm]\n"},
        {"setup.py": "setup(name="},
    ],
)
def test_other_projects_have_no_rules(files: dict[str, str]) -> None:
    assert read(files) is None


@pytest.mark.parametrize(
    ("table", "tag"),
    [
        ("[tool.setuptools_scm]\ntag_regex = '^acme-v(?P<version>.*)$'", "acme-v{version}"),
        ("[tool.setuptools_scm.tag]\nprefix = 'acme-v'", "acme-v{version}"),
        ("[tool.setuptools_scm.tag]\nregex = '^release/(.+)$'", "release/{version}"),
        (
            "[tool.setuptools_scm]\ngit_describe_command = 'git describe --tags --match \"acme-v*[0-9]*\"'",
            "acme-v{version}",
        ),
        ("[tool.setuptools_scm.scm.git]\ndescribe_command = ['git', 'describe', '--match=v*']", "v{version}"),
        ("[tool.hatch.version]\nsource = 'vcs'\ntag-pattern = 'acme-(?P<version>.*)'", "acme-{version}"),
        ("[tool.hatch.version]\nsource = 'vcs'\nraw-options = {tag_regex = 'a/v(.*)'}", "a/v{version}"),
        ("[tool.versioningit.tag2version]\nrmprefix = 'acme-'", "acme-{version}"),
        ("[tool.versioningit.vcs]\nmethod = 'git'\nmatch = ['v*']", "v{version}"),
        ("[tool.versioningit]\nvcs = 'git'\ntag2version = {regex = '^r(?P<version>.*)'}", "r{version}"),
        ("[tool.poetry-dynamic-versioning]\nenable = true\npattern-prefix = 'acme-'", "acme-v{version}"),
        ("[tool.pdm.version]\nsource = 'scm'\ntag_regex = '^acme_v(?P<version>.*)$'", "acme_v{version}"),
        ("[tool.versioneer]\ntag_prefix = ''", "{version}"),
    ],
)
def test_the_tags_form_is_read_from_what_each_tool_says_of_it(table: str, tag: str) -> None:
    found = planning({"pyproject.toml": f"{PROJECT}{table}\n"})
    assert found.components[0].tag == tag
    assert found.origins["acme.tag"].startswith("pyproject.toml: [tool.")
    assert not lost(found)


@pytest.mark.parametrize(
    ("table", "key"),
    [
        ("tag_regex = '^(?P<prefix>v)?(?P<version>[^\\+]+)(?P<suffix>.*)?$'", "tag_regex"),
        ("git_describe_command = 'git describe --match a --match b'", "git_describe_command"),
        ("git_describe_command = 'git describe \"'", "git_describe_command"),
        ("version_scheme = 'my.module:scheme'", "version_scheme"),
        ("version_scheme = 'towncrier-fragments'", "version_scheme"),
        ("parse = 'my.module:parse'", "parse"),
    ],
)
def test_what_cannot_be_told_is_remarked_on(table: str, key: str) -> None:
    found = planning({"pyproject.toml": f"{PROJECT}[tool.setuptools_scm]\n{table}\n"})
    assert lost(found) == [key]
    assert "acme.tag" not in found.origins


def test_a_version_by_date_follows_the_calendar() -> None:
    found = planning(
        {"pyproject.toml": PROJECT + "[tool.setuptools_scm]\nversion_scheme = 'calver-by-date'\n"}
    )
    versioning = found.components[0].versioning
    assert (versioning.scheme, versioning.pattern) == ("calver", "YY.MM.DD.MICRO")
    assert found.origins["acme.versioning.pattern"] == "pyproject.toml: [tool.setuptools_scm] version_scheme"


def test_each_project_of_a_repository_is_a_component() -> None:
    def project(name: str) -> str:
        return f"""
            [project]
            name = "{name}"
            dynamic = ["version"]
            [tool.setuptools_scm]
            root = ".."
            git_describe_command = ["git", "describe", "--match", "{name}-v*[0-9]*"]
            """

    found = planning(
        {
            "pyproject.toml": "[tool.ruff]\nline-length = 99",
            "core/pyproject.toml": project("acme-core"),
            "bindings/pyproject.toml": project("acme-bindings"),
            "bindings/docs/pyproject.toml": project("docs"),
        }
    )
    assert [(rules.component, rules.path, rules.tag) for rules in found.components] == [
        ("acme-bindings", "bindings", "acme-bindings-v{version}"),
        ("acme-core", "core", "acme-core-v{version}"),
    ]


def test_options_in_setup_py_are_read_where_they_are_literals() -> None:
    text = """
        from setuptools import setup
        setup(name="acme", use_scm_version={"tag_regex": "^acme-(.*)$", "version_scheme": scheme, "write_to": "x"})
        """
    found = planning({"setup.py": text})
    assert found.components[0].tag == "acme-{version}"
    assert lost(found) == ["version_scheme"]
    assert lost(planning({"setup.py": "setup(name='acme', use_scm_version=lambda: {})"})) == [
        "[setup(use_scm_version=...)]"
    ]


def test_mistakes_are_told_with_their_lines() -> None:
    with pytest.raises(ConfigError) as caught:
        planning({"pyproject.toml": PROJECT + "[tool.setuptools_scm]\ntag_regex = 1\ntag = 2\n"})
    assert [line.split(" ")[0] for line in caught.value.cause.splitlines()[1:]] == [
        "pyproject.toml:5:",
        "pyproject.toml:6:",
    ]


@pytest.mark.parametrize(
    ("pattern", "tag"),
    [
        ("v[0-9].*", "v{version}"),
        ("^v(?P<version>.*)$", "v{version}"),
        (r"^release-(\d+)", "release-{version}"),
        (r"a\.b-(.*)", "a.b-{version}"),
        ("[0-9]+", "{version}"),
        ("v?[0-9]", ""),
        ("v1.*", ""),
        (r"^(?:[\w-]+-)?(?P<version>[vV]?\d+)", ""),
        ("(?P<version>[vV]?.*)", ""),
        ("a|b", ""),
        ("", ""),
        ("..", ""),
    ],
)
def test_a_grammar_is_told_by_an_expression_only_when_it_is_certain(pattern: str, tag: str) -> None:
    assert from_expression(pattern) == tag


@pytest.mark.parametrize(
    ("pattern", "tag"),
    [("v*", "v{version}"), ("a/v[0-9]*", "a/v{version}"), ("*[0-9]*", ""), ("v1", ""), ("", "")],
)
def test_a_grammar_is_told_by_a_glob_pattern_with_a_beginning(pattern: str, tag: str) -> None:
    assert from_glob(pattern) == tag
