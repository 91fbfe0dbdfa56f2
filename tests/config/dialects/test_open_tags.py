import pytest

from tagboat.config.dialects.open_tags import with_fitting_tags
from tagboat.config.planning import Planning, Rules
from tagboat.errors import ConfigError


def tag_of(dialect: str, tags: list[str], said: str = "") -> str:
    origins = {"acme.tag": "there"} if said else {}
    planning = Planning(dialect, "x", (Rules("acme", tag=said or "v{version}"),), origins=origins)
    return with_fitting_tags(planning, tags).components[0].tag


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        (["25.1.0", "26.1.0"], "{version}"),
        (["v1.0.0", "v1.1.0"], "v{version}"),
        (["v1.0.0", "2.0.0", "2.1.0", "2.2.0"], "{version}"),
        (["release-1.0.0", "odd"], "release-{version}"),
        ([], "v{version}"),
    ],
)
@pytest.mark.parametrize("dialect", ["scm", "scm+towncrier", "git-cliff", "towncrier"])
def test_the_repositorys_tags_tell_the_form_where_the_tool_does_not(
    dialect: str, tags: list[str], expected: str
) -> None:
    assert tag_of(dialect, tags) == expected


@pytest.mark.parametrize(
    "dialect", ["bumpver", "bump-my-version", "git-cliff+bumpver", "commitizen+towncrier"]
)
def test_a_tool_that_makes_tags_has_its_own_form_unless_no_tag_follows_it(dialect: str) -> None:
    assert tag_of(dialect, ["1.0.0", "v0.9"]) == "v{version}"
    assert tag_of(dialect, ["1.0.0"]) == "{version}"


@pytest.mark.parametrize(
    ("said", "tags", "expected"),
    [
        ("acme-{version}", ["acme-v1.0.0", "1.0.0"], "acme-v{version}"),
        ("acme-{version}", ["acme-1.0.0", "acme-v1.0.0"], "acme-{version}"),
        ("acme-{version}", ["1.0.0"], "acme-{version}"),
        ("acme-v{version}", ["acme-1.0.0"], "acme-v{version}"),
    ],
)
def test_what_is_said_stays_but_for_a_v_that_all_tags_have(said: str, tags: list[str], expected: str) -> None:
    assert tag_of("scm", tags, said) == expected


def test_several_components_are_told_apart_by_their_names() -> None:
    planning = Planning("scm", "x", (Rules("core", "core", "a"), Rules("extra", "extra", "b")))
    found = with_fitting_tags(planning, ["core-v1.0.0", "extra==2.0.0", "v3.0.0"])
    assert [rules.tag for rules in found.components] == ["core-v{version}", "extra=={version}"]


def test_a_folder_that_no_tag_can_be_named_after_is_told_with_its_place() -> None:
    place = 'release-please-config.json: packages."a b"'
    planning = Planning(
        "release-please",
        components=(Rules("a b", path="a b"), Rules("b", path="b")),
        origins={"a b.path": place},
    )
    with pytest.raises(ConfigError) as caught:
        with_fitting_tags(planning, ["b-v1.0.0"])
    assert str(caught.value).startswith(f"{place}: git allows no tag with the name 'a b' in it")
