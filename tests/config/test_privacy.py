from __future__ import annotations

import pytest

from tagboat.config.at_tag import configuration
from tagboat.config.model import Component, Config, IndexTarget
from tagboat.config.privacy import dependency_index, is_private, token_variable
from tagboat.config.project import Tree
from tagboat.errors import ConfigError

PUBLIC = Config().indexes
STAGE = IndexTarget("stage", "https://p.example/a/", "https://p.example/b/", staging=True, private=True)
CORP = IndexTarget("corp", "https://p.example/c/", "https://p.example/d/", private=True)
MORE = IndexTarget("more", "https://p.example/e/", "https://p.example/f/", private=True)
PYPROJECT = b"[project]\nname = 'acme'\n"
PRIVATE_INDEX = b"""[tool.tagboat.indexes.corp]
upload = 'https://packages.example/legacy/'
simple = 'https://packages.example/simple/'
private = true
"""


def chosen(targets: tuple[str, ...], indexes: tuple[IndexTarget, ...]) -> str:
    component = Component("core", distributions=("core",), targets=targets)
    return dependency_index(Config(components=(component,), indexes=indexes), component).name


@pytest.mark.parametrize(
    ("targets", "expected"),
    [
        (("pypi",), "pypi"),
        (("testpypi", "pypi"), "pypi"),
        (("testpypi",), "pypi"),
        (("stage",), "corp"),
        (("stage", "more", "corp"), "more"),
        (("corp",), "corp"),
    ],
)
def test_dependencies_come_from_an_index_of_the_component_s_own_privacy(
    targets: tuple[str, ...], expected: str
) -> None:
    assert chosen(targets, (*PUBLIC, STAGE, CORP, MORE)) == expected


@pytest.mark.parametrize(
    ("targets", "indexes", "kind"),
    [
        (("stage",), (*PUBLIC, STAGE), "private"),
        (("testpypi",), (IndexTarget("testpypi", staging=True), CORP), "public"),
    ],
)
def test_without_such_an_index_nothing_is_looked_for_anywhere(
    targets: tuple[str, ...], indexes: tuple[IndexTarget, ...], kind: str
) -> None:
    with pytest.raises(ConfigError, match=f"no final {kind} index") as caught:
        chosen(targets, indexes)
    assert caught.value.remedy


def test_a_component_is_private_by_its_targets_alone() -> None:
    config = Config(indexes=(*PUBLIC, CORP))
    assert is_private(config, Component("a", targets=("corp",)))
    assert not is_private(config, Component("b", targets=("testpypi", "pypi")))


def test_a_discovered_project_goes_nowhere_by_default_where_an_index_is_private() -> None:
    tree = Tree(frozenset({"pyproject.toml"}), lambda _path: PYPROJECT + PRIVATE_INDEX)
    with pytest.raises(ConfigError, match="corp is private") as caught:
        configuration(tree)
    assert "targets" in caught.value.remedy


@pytest.mark.parametrize(
    ("index", "variable"),
    [
        ("pypi", "TAGBOAT_PYPI_TOKEN"),
        ("corp-internal", "TAGBOAT_CORP_INTERNAL_TOKEN"),
        ("corp.eu_1", "TAGBOAT_CORP_EU_1_TOKEN"),
    ],
)
def test_a_token_s_variable_is_one_that_a_shell_can_set(index: str, variable: str) -> None:
    assert token_variable(index) == variable
