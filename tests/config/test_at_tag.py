import pytest

from tagboat.config.at_tag import TODAY, configuration, configuration_of_tag, refuse_absent
from tagboat.config.model import Component
from tagboat.config.project import Tree
from tagboat.errors import ConfigError, RefusedError

BARE = "[project]\nname = 'acme'\n"
CONFIGURED = BARE + "[tool.tagboat.components.core]\ntag = 'core-v{version}'\npath = 'core'\n"


def tree(**files: str) -> Tree:
    named = {name.replace("__", ".").replace("_in_", "/"): text for name, text in files.items()}
    return Tree(frozenset(named), lambda path: named[path].encode())


def test_the_tagged_tree_s_own_configuration_wins() -> None:
    today = tree(tagboat__toml="[components.new]\n")
    config = configuration_of_tag("core-v1", tree(pyproject__toml=CONFIGURED), today)
    assert ([c.name for c in config.components], config.source) == (["core"], "pyproject.toml")


def test_a_tag_older_than_the_configuration_takes_today_s_and_says_so() -> None:
    config = configuration_of_tag("core-v1", tree(pyproject__toml=BARE), tree(pyproject__toml=CONFIGURED))
    assert ([c.name for c in config.components], config.source) == (["core"], TODAY)


def test_without_any_configuration_the_tagged_tree_speaks_for_itself() -> None:
    config = configuration_of_tag(
        "release_1", tree(pyproject__toml=BARE), tree(pyproject__toml=BARE), ["v2", "v3"]
    )
    assert ([(c.name, c.tag) for c in config.components], config.source) == (
        [("acme", "release_{version}")],
        "discovered",
    )


def test_a_configuration_without_components_is_completed_by_the_tree() -> None:
    config = configuration(tree(pyproject__toml=BARE + "[tool.tagboat]\nrepository = 'a/b'\n"), ["1.0"])
    assert ([(c.name, c.tag) for c in config.components]) == [("acme", "{version}")]
    assert (config.repository, config.source) == ("a/b", "pyproject.toml")


def test_mistakes_in_the_tagged_tree_name_the_tag() -> None:
    with pytest.raises(ConfigError, match=r"^v1:tagboat\.toml:1: x: unknown key"):
        configuration_of_tag("v1", tree(tagboat__toml="x = 1"), tree(pyproject__toml=CONFIGURED))


def test_a_component_that_the_old_tree_does_not_have_is_refused() -> None:
    component = Component("core", path="core")
    refuse_absent(component, tree(core_in_pyproject__toml=BARE), "v1")
    with pytest.raises(
        RefusedError, match="v1 has no folder core, where the component core is configured to be"
    ):
        refuse_absent(component, tree(corex_in_pyproject__toml=BARE), "v1")
    refuse_absent(Component("root"), tree(pyproject__toml=BARE), "v1")


def test_a_component_s_distribution_is_the_one_that_its_project_makes() -> None:
    nameless = "setup(name=made_up())"
    tagged = tree(core_in_pyproject__toml=BARE, meta_in_setup__py=nameless)
    today = tree(
        tagboat__toml="components.core.path = 'core'\n[components.meta]\npath = 'meta'\ntag = 'm{version}'\n"
    )
    config = configuration_of_tag("v1", tagged, today)
    assert [component.distributions for component in config.components] == [("acme",), ("meta",)]
