import pytest

from tagboat.config.overlap import shared_tag
from tagboat.core.tag import TagGrammar


@pytest.mark.parametrize(
    ("one", "other", "tag"),
    [
        ("v{version}", "v{version}", "v1"),
        ("v{version}", "v1.{version}", "v1.1"),
        ("v{version}", "v{version}rc1", "v1rc1"),
        ("{version}", "{version}lpha1", "1alpha1"),
        ("{version}", "{version}_x", "1+a_x"),
        ("v{version}.x1", "v1.x{version}", "v1.x1"),
        ("v{version}", "{version}", None),
        ("core-v{version}", "v{version}", None),
        ("core-v{version}", "core-{version}", None),
        ("v{version}-core", "v{version}-meta", None),
    ],
)
def test_a_tag_that_two_grammars_read_is_found_whichever_comes_first(
    one: str, other: str, tag: str | None
) -> None:
    assert shared_tag(TagGrammar(one), TagGrammar(other)) == tag
    assert shared_tag(TagGrammar(other), TagGrammar(one)) == tag
