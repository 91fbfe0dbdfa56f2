"""The order of versions is PEP 440's, as the library that everybody uses orders them."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from packaging.version import Version

from tagboat.planner.versions.pep440 import read

NUMBERS = st.lists(st.sampled_from(["0", "1", "2", "10", "007"]), min_size=1, max_size=4).map(".".join)
VERSIONS = st.builds(
    "".join,
    st.tuples(
        st.sampled_from(["", "", "1!", "v"]),
        NUMBERS,
        st.sampled_from(["", "", "a1", "b0", "rc2", "-rc.3", "c10"]),
        st.sampled_from(["", "", ".post0", ".post2", "-3"]),
        st.sampled_from(["", "", ".dev0", ".dev11"]),
        st.sampled_from(["", "", "+local", "+1", "+ubuntu.10", "+ubuntu.9.a", "+0.1"]),
    ),
)


@settings(max_examples=500)
@given(one=VERSIONS, other=VERSIONS)
def test_versions_are_ordered_as_pep_440_orders_them(one: str, other: str) -> None:
    ours, theirs = (read(one).key, read(other).key), (Version(one), Version(other))
    assert (ours[0] < ours[1], ours[0] == ours[1]) == (theirs[0] < theirs[1], theirs[0] == theirs[1])
    assert read(one).text == str(theirs[0])
