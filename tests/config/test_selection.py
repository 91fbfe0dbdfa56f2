import pytest

from tagboat.config.model import Component, Config
from tagboat.config.order import building_order, publishing_order
from tagboat.config.selection import select
from tagboat.errors import UsageError

CONFIG = Config(
    components=(
        Component("meta", tag="v{version}", needs=("bindings", "core")),
        Component("core", tag="core-v{version}", build_needs=("bindings",)),
        Component("bindings", tag="v{version}", build_needs=("pathfinder",), needs=("pathfinder",)),
        Component("pathfinder", tag="pathfinder-v{version}"),
    )
)
ALONE = Config(components=(Component("acme"),))


def asked(*tags: str, config: Config = CONFIG, components: tuple[str, ...] = ()) -> list[str]:
    return [f"{s.component.name} {s.version} {s.tag}" for s in select(config, tags, components)]


def refused(*tags: str, config: Config = CONFIG, components: tuple[str, ...] = ()) -> str:
    with pytest.raises(UsageError) as caught:
        select(config, tags, components)
    assert caught.value.remedy
    return caught.value.cause


def test_a_tag_names_its_component() -> None:
    assert asked("core-v1.2") == ["core 1.2 core-v1.2"]
    assert asked("core=core-v1.2") == ["core 1.2 core-v1.2"]
    assert asked("v1.0", config=ALONE) == ["acme 1.0 v1.0"]


@pytest.mark.parametrize("version", ["13.4.0b1", "1.0rc1", "1.0.post1", "1!2.0"])
def test_pre_releases_and_post_releases_are_versions(version: str) -> None:
    assert asked(f"core-v{version}") == [f"core {version} core-v{version}"]


def test_several_components_come_in_the_order_of_need() -> None:
    assert asked("meta=v13.0", "core-v2", "bindings=v13.0", "pathfinder-v1") == [
        "core 2 core-v2",
        "pathfinder 1 pathfinder-v1",
        "bindings 13.0 v13.0",
        "meta 13.0 v13.0",
    ]


def test_the_same_request_twice_is_one() -> None:
    assert asked("core-v1", "core=core-v1") == ["core 1 core-v1"]


def test_a_component_makes_a_shared_tag_plain() -> None:
    assert asked("v13.0", components=("bindings",)) == ["bindings 13.0 v13.0"]
    assert refused("v13.0") == "the tag v13.0 may be of meta or of bindings"


def test_an_equals_sign_may_stand_in_a_tag() -> None:
    config = Config(components=(Component("a", tag="a=={version}"),))
    assert asked("a==1.0", config=config) == ["a 1.0 a==1.0"]
    assert asked("a=a==1.0", config=config) == ["a 1.0 a==1.0"]


@pytest.mark.parametrize(
    ("tag", "said"),
    [
        ("../../etc/passwd", "'../../etc/passwd' cannot be a tag: git allows no '..' there"),
        ("v1.0 ", "'v1.0 ' cannot be a tag: git allows no ' ' there"),
        ("-v1.0", "'-v1.0' cannot be a tag: git allows no '-' there"),
        ("v1.0\n", "'v1.0\\n' cannot be a tag: git allows no '\\n' there"),
        ("core=../core-v1", "'../core-v1' cannot be a tag: git allows no '..' there"),
        ("", "'' cannot be a tag: it is empty"),
        ("refs/tags/core-v1", "refs/tags/core-v1 is a full ref name"),
        (
            "x1",
            (
                "the tag x1 is of no component; the forms are: v{version} (meta), core-v{version} (core), "
                "v{version} (bindings), pathfinder-v{version} (pathfinder)"
            ),
        ),
        ("core-v1junk", "the tag core-v1junk is of no component"),
        (
            "core=core-v1junk",
            "the tag core-v1junk is not of the form core-v{version}, which the component core has",
        ),
        ("core=v0.7.0", "the tag v0.7.0 is of the component meta or bindings, not of core"),
        ("pathfinder=core-v0.7.0", "the tag core-v0.7.0 is of the component core, not of pathfinder"),
        ("cor=core-v1", "there is no component 'cor', did you mean 'core'?"),
        ("core-v1+local", "the tag core-v1+local names 1+local, and a version with a local part (+local)"),
    ],
)
def test_each_wrong_tag_has_its_own_answer(tag: str, said: str) -> None:
    assert refused(tag).startswith(said)


def test_a_single_component_says_the_form_of_its_tags() -> None:
    assert (
        refused("1.0", config=ALONE)
        == "the tag 1.0 is not of the form v{version}, which the component acme has"
    )


def test_two_tags_for_one_component_are_refused() -> None:
    assert refused("core-v1", "core-v2") == "two tags for the component core: core-v1 and core-v2"


def test_a_component_without_a_tag_is_refused() -> None:
    assert refused("core-v1", components=("core", "meta")) == "no tag for the component meta"
    assert refused() == "no tag was given"


def test_an_unknown_component_is_refused_with_the_near_one() -> None:
    assert refused("core-v1", components=("cores",)) == "there is no component 'cores', did you mean 'core'?"


def test_a_tag_of_a_component_that_is_not_asked_for_is_refused() -> None:
    assert refused("core-v1", components=("meta",)) == "the tag core-v1 is of the component core, not of meta"
    assert refused("core=core-v1", components=("meta",)).startswith("the tag core-v1 is given for core, and")


def test_builds_bring_what_they_need() -> None:
    assert [c.name for c in building_order(CONFIG, ["core"])] == ["pathfinder", "bindings", "core"]
    assert [c.name for c in publishing_order(CONFIG, ["core"])] == ["core"]
