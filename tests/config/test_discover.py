from textwrap import dedent

import pytest

from tagboat.config.discover import discover
from tagboat.config.model import Config
from tagboat.config.project import Tree
from tagboat.config.tag_styles import fitting_grammar
from tagboat.errors import ConfigError, RefusedError

PROJECT = "[project]\nname = '{}'\n"


def tree(files: dict[str, str]) -> Tree:
    return Tree(frozenset(files), lambda path: dedent(files[path]).encode())


def found(files: dict[str, str]) -> list[tuple[str, str]]:
    return [(component.path, component.name) for component in discover(tree(files)).components]


def refused(files: dict[str, str]) -> str:
    with pytest.raises(RefusedError) as caught:
        discover(tree(files))
    assert caught.value.remedy
    return caught.value.cause


@pytest.mark.parametrize(
    "files",
    [
        {"pyproject.toml": "[project]\nname = 'Acme.Tools'"},
        {"pyproject.toml": "[tool.poetry]\nname = 'Acme.Tools'"},
        {"pyproject.toml": "[tool.flit.metadata]\nmodule = 'x'\ndist-name = 'Acme.Tools'"},
        {"setup.cfg": "[metadata]\nname = Acme.Tools"},
        {"pyproject.toml": "[build-system]\nrequires = []", "setup.cfg": "[metadata]\nname: Acme.Tools"},
        {"setup.py": "from setuptools import setup\nsetup(name='Acme.Tools')"},
        {"setup.py": "import setuptools\nNAME = 'Acme.Tools'\nif True:\n    setuptools.setup(name=NAME)"},
        {"setup.cfg": "[flake8]\nmax-line-length = 99", "setup.py": "setup(name='Acme.Tools')"},
        {"pyproject.toml": "[project]\nname = 'Acme.Tools'", "setup.py": "setup(name='other')"},
    ],
    ids="+".join,
)
def test_the_root_is_called_as_its_files_say(files: dict[str, str]) -> None:
    config = discover(tree(files))
    component = config.components[0]
    assert found(files) == [(".", "Acme.Tools")]
    assert (component.distributions, component.targets) == (("Acme.Tools",), ("testpypi", "pypi"))
    assert (component.tag, component.notes, config.source) == ("v{version}", "", "discovered")


def test_a_project_at_the_root_is_the_only_one() -> None:
    assert found({"pyproject.toml": PROJECT.format("a"), "b/pyproject.toml": PROJECT.format("b")}) == [
        (".", "a")
    ]


def test_else_the_folders_hold_the_projects_but_not_those_beside_the_point() -> None:
    files = {
        "pyproject.toml": "[tool.ruff]\nline-length = 99",
        "b/pyproject.toml": PROJECT.format("b"),
        "b/inner/pyproject.toml": PROJECT.format("inside-b"),
        "packages/a/setup.py": "setup(name='a')",
        "packages/deep/er/pyproject.toml": PROJECT.format("too-deep"),
        "tests/pyproject.toml": PROJECT.format("t"),
        "docs/x/pyproject.toml": PROJECT.format("d"),
        "examples/pyproject.toml": PROJECT.format("e"),
        "src/_vendor/pyproject.toml": PROJECT.format("v"),
        ".github/pyproject.toml": PROJECT.format("g"),
        "lint/setup.cfg": "[flake8]",
    }
    assert found(files) == [("b", "b"), ("packages/a", "a")]
    assert [component.tag for component in discover(tree(files)).components] == [
        "b-v{version}",
        "a-v{version}",
    ]


@pytest.mark.parametrize(
    "workspace",
    [
        "[tool.poetry]\nname = 'all'\npackage-mode = false",
        "[project]\nname = 'all'\n[tool.uv]\npackage = false",
    ],
)
def test_a_workspace_that_builds_nothing_is_no_project(workspace: str) -> None:
    assert found({"pyproject.toml": workspace, "a/pyproject.toml": PROJECT.format("a")}) == [("a", "a")]


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({}, "there is no Python project here"),
        ({"README.md": "", "a/b/c/pyproject.toml": PROJECT.format("x")}, "there is no Python project here"),
        ({"setup.py": "setup(name=read('NAME'))"}, "setup.py does not give a name to setup() as a literal"),
        ({"setup.py": "setup(**{'name': 'x'})"}, "setup.py does not give a name"),
        ({"setup.py": "setup(name='a') if X else setup(name='b')"}, "setup.py does not give a name"),
        ({"setup.py": "print 'Python 2'"}, "setup.py does not give a name"),
        ({"setup.py": "(" * 10_000}, "setup.py does not give a name"),
        ({"setup.py": "\0"}, "setup.py does not give a name"),
        ({"pyproject.toml": "[project]\nversion = '1'"}, "pyproject.toml gives the project no usable name"),
        ({"pyproject.toml": "project.name = 3"}, "3 is no distribution's name"),
        ({"pyproject.toml": "project.name = '../x'"}, "'../x' is no distribution's name"),
        (
            {"x/pyproject.toml": PROJECT.format("a.b"), "y/pyproject.toml": PROJECT.format("A-B")},
            "x and y are both called A-B",
        ),
    ],
)
def test_without_a_name_there_is_a_clear_answer(files: dict[str, str], said: str) -> None:
    assert refused(files).startswith(said)


@pytest.mark.parametrize("files", [{"pyproject.toml": "a = "}, {"setup.cfg": "no section"}])
def test_files_that_cannot_be_read_are_named(files: dict[str, str]) -> None:
    with pytest.raises(ConfigError, match=next(iter(files))):
        discover(tree(files))


@pytest.mark.parametrize(
    ("tags", "grammar"),
    [
        ([], "v{version}"),
        (["latest", "stable"], "v{version}"),
        (["1.0", "1.1"], "{version}"),
        (["v1.0", "1.1"], "v{version}"),
        (["acme-1.0", "acme-1.1", "v2"], "acme-{version}"),
        (["acme-v1.0"], "acme-v{version}"),
        (["acme/v1.0"], "acme/v{version}"),
        (["release-1.0"], "release-{version}"),
        (["other-v9.0", "v1.0"], "v{version}"),
        ([*(f"1.{n}" for n in range(40)), *(f"v2.{n}" for n in range(10))], "v{version}"),
        ([*(f"v1.{n}" for n in range(20)), "20100101"], "v{version}"),
        (["v1.0", "1.0.dev1", "1.1.dev1"], "v{version}"),
        (["v1.0", "release-1913", "release-1914"], "v{version}"),
        (["release-1913", "release-1914"], "release-{version}"),
    ],
)
def test_the_grammar_is_the_one_that_the_newest_tags_follow(tags: list[str], grammar: str) -> None:
    assert fitting_grammar("acme", tags) == grammar


def test_a_tag_that_is_asked_for_decides() -> None:
    tags = [f"v1.{number}" for number in range(20)]
    assert fitting_grammar("acme", tags, asked=["0.1"]) == "{version}"
    assert fitting_grammar("acme", tags, asked=["nightly_2024.1"]) == "nightly_{version}"
    assert fitting_grammar("acme", tags, asked=["cuda12-v1.0"]) == "cuda12-v{version}"
    assert fitting_grammar("acme", tags, asked=["junk"]) == "v{version}"
    assert fitting_grammar("acme", tags, asked=["../1.0"]) == "v{version}"


def test_one_of_several_components_has_its_name_in_its_tags() -> None:
    assert fitting_grammar("acme-core", ["v1.0", "acme_core-1.0"], alone=False) == "acme_core-{version}"
    assert fitting_grammar("acme-core", ["v1.0"], asked=["v1.0"], alone=False) == "acme-core-v{version}"


def test_a_form_that_git_does_not_allow_is_passed_over() -> None:
    """A folder can be the name where a tool's file says no other."""
    assert fitting_grammar("a b", ["v1.0"]) == "v{version}"
    assert fitting_grammar("a/../b", ["b-v1.0"], alone=False) == "a/-/b-v{version}"
    with pytest.raises(ConfigError, match="git allows no tag with the name 'a b' in it"):
        fitting_grammar("a b", ["b-v1.0"], alone=False)


def test_a_discovered_configuration_is_a_plain_one() -> None:
    config = discover(tree({"pyproject.toml": PROJECT.format("a")}), ["1.0"])
    assert config.indexes == Config().indexes
    assert config.policy == Config().policy
