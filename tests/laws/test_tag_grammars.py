from hypothesis import assume, example, given
from hypothesis import strategies as st
from packaging.version import Version

from tagboat.config.overlap import shared_tag
from tagboat.core.tag import TagGrammar

NUMBERS = st.integers(0, 30)


@st.composite
def versions(draw: st.DrawFn) -> Version:
    text = ".".join(str(draw(NUMBERS)) for _ in range(draw(st.integers(1, 4))))
    text = draw(st.sampled_from(["", "1!"])) + text
    text += draw(st.sampled_from(["", "a1", "b0", "rc2"])) + draw(st.sampled_from(["", ".post1"]))
    return Version(text + draw(st.sampled_from(["", ".dev3"])) + draw(st.sampled_from(["", "+x.1"])))


@st.composite
def grammars(draw: st.DrawFn) -> TagGrammar:
    piece = st.text(st.sampled_from("vc1.-_rabpost+"), max_size=4)
    try:
        return TagGrammar(draw(piece) + "{version}" + draw(piece))
    except ValueError:
        assume(False)
        raise


@given(grammars(), versions())
def test_a_tag_names_the_version_that_it_was_made_for(grammar: TagGrammar, version: Version) -> None:
    assert grammar.version(grammar.tag(version)) == version


@given(grammars(), grammars(), versions())
@example(TagGrammar("v{version}"), TagGrammar("v1.{version}"), Version("2"))
def test_two_grammars_without_a_shared_tag_never_read_the_same_tag(
    one: TagGrammar, other: TagGrammar, version: Version
) -> None:
    tag = one.tag(version)
    if other.version(tag) is not None:
        assert shared_tag(one, other) is not None
        assert shared_tag(other, one) is not None


@given(grammars(), grammars())
def test_a_shared_tag_is_read_by_both(one: TagGrammar, other: TagGrammar) -> None:
    tag = shared_tag(one, other)
    if tag is not None:
        assert one.version(tag) is not None
        assert other.version(tag) is not None
