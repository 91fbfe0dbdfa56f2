from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagboat.core.verdict import Verdict
from tagboat.workflows.audit.flaw import Flaw
from tagboat.workflows.audit.merging import BLOCKING, SAME, Other, merged

FILE = ".github/workflows/release.yml"

OURS = Flaw("unpinned-action", Verdict.WARN, FILE, 7, "reason", "remedy")


def test_what_both_auditors_see_is_told_once_and_as_gravely_as_the_graver() -> None:
    other = Other("zizmor", "unpinned-uses", FILE, 7, ((7, 7),), "unpinned")
    assert merged([OURS], [other, other], {FILE}) == [
        Flaw("unpinned-action", Verdict.FAIL, FILE, 7, "reason", "remedy", ("tagboat", "zizmor"))
    ]


@pytest.mark.parametrize(
    "other", [("artipacked", 7, FILE), ("unpinned-uses", 9, FILE), ("unpinned-uses", 7, "x")]
)
def test_what_one_auditor_sees_keeps_its_own_place(other: tuple[str, int, str]) -> None:
    audit_, line, file = other
    seen = Other("zizmor", audit_, file, line, ((line, line),), "said")
    assert [flaw.code for flaw in merged([OURS], [seen], ())] == [OURS.code, f"zizmor:{audit_}"]


@pytest.mark.parametrize(
    ("audit_", "publishes", "blocks"),
    [("artipacked", True, True), ("artipacked", False, False), ("self-repository", True, False)],
)
def test_twelve_audits_block_where_something_is_published(audit_: str, publishes: bool, blocks: bool) -> None:
    seen = Other("zizmor", audit_, FILE, 1, (), "said")
    assert [flaw.blocks for flaw in merged([], [seen], {FILE} if publishes else ())] == [blocks]
    assert len(BLOCKING) == 12
    assert set(SAME) - {"concurrency-limits"} <= BLOCKING


@given(
    st.lists(
        st.tuples(st.sampled_from(sorted(SAME)), st.integers(0, 9), st.integers(0, 9), st.integers(0, 9))
    ),
    st.lists(
        st.tuples(
            st.sampled_from(sorted({code for codes in SAME.values() for code in codes})), st.integers(0, 9)
        )
    ),
)
def test_the_nearest_flaw_of_its_kind_within_what_is_shown_is_the_same(
    seen: list[tuple[str, int, int, int]], own: list[tuple[str, int]]
) -> None:
    ours = [Flaw(code, Verdict.WARN, FILE, line, str(n), "do") for n, (code, line) in enumerate(own)]
    for audit_, line, first, last in seen:
        fitting = [
            (abs(flaw.line - line), place)
            for place, flaw in enumerate(ours)
            if flaw.code in SAME[audit_] and first <= flaw.line <= last
        ]
        both = merged(ours, [Other("zizmor", audit_, FILE, line, ((first, last),), "said")], ())
        taken = [place for place, flaw in enumerate(both) if len(flaw.tools) == 2]
        assert taken == ([min(fitting)[1]] if fitting else [])
