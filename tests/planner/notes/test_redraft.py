import pytest
from docutils import nodes
from docutils.core import publish_doctree
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from tagboat.planner.notes.redraft import MARK, redrafted

HEAD = "# Changelog\n\n## 1.1.0 (2026-01-01)\n\n\n### Features\n\n"
TAIL = "\n## 1.0.0 (2025-01-01)\n\n* first\n"


def draft(*lines: str) -> str:
    return HEAD + "".join(f"* {line}\n" for line in lines) + TAIL


BEFORE = draft("sail (a)", "oar (b)")


def test_an_untouched_draft_becomes_the_new_one_to_the_byte() -> None:
    now = draft("mast (c)", "sail (a)")
    assert redrafted(BEFORE, BEFORE, now) == now


def test_without_a_new_draft_what_people_left_stays_to_the_byte() -> None:
    left = BEFORE.replace("### Features\n", "### Features\n\nSails!\n")
    assert redrafted(left, BEFORE, BEFORE) == left


def test_added_lines_stay_where_they_stood_and_new_entries_come_in() -> None:
    left = draft("sail (a)", "oar (b)").replace("* oar (b)\n", "* oar (b)\n* an anchor, by hand\n")
    now = draft("mast (c)", "sail (a)", "oar (b)")
    assert redrafted(left, BEFORE, now) == draft("mast (c)", "sail (a)", "oar (b)", "an anchor, by hand")


def test_a_changed_line_stays_changed_beside_a_new_one() -> None:
    left = draft("a better sail (a)", "oar (b)")
    now = draft("mast (c)", "sail (a)", "oar (b)")
    assert redrafted(left, BEFORE, now) == draft("mast (c)", "a better sail (a)", "oar (b)")


def test_a_line_taken_out_stays_out() -> None:
    assert redrafted(draft("oar (b)"), BEFORE, draft("mast (c)", "sail (a)", "oar (b)")) == draft(
        "mast (c)", "oar (b)"
    )


def test_the_version_in_the_heading_moves_on() -> None:
    left = draft("sail (a)", "a better oar (b)")
    now = draft("sail (a)", "oar (b)").replace("1.1.0 (2026-01-01)", "2.0.0 (2026-02-02)")
    assert redrafted(left, BEFORE, now) == left.replace("1.1.0 (2026-01-01)", "2.0.0 (2026-02-02)")


def test_where_both_changed_a_line_the_persons_stays_marked_with_what_the_draft_says() -> None:
    left, now = draft("a better sail (a)", "oar (b)"), draft("sail, reefed --> (a)", "oar (b)")
    merged = redrafted(left, BEFORE, now)
    comment = f"<!-- {MARK}; the draft says: * sail, reefed - - > (a) -->\n"
    assert merged == left.replace("* a better sail", f"{comment}* a better sail")


def test_what_the_draft_no_longer_has_stays_when_a_person_changed_it() -> None:
    merged = redrafted(draft("a better sail (a)", "oar (b)"), BEFORE, draft("oar (b)"))
    assert f"<!-- {MARK}; the draft is another now -->\n* a better sail (a)\n* oar (b)\n" in merged


def test_a_new_entry_amid_lines_that_a_person_changed_is_no_collision() -> None:
    merged = redrafted(draft("both in one"), BEFORE, draft("sail (a)", "mast (c)", "oar (b)"))
    assert merged == draft("both in one", "mast (c)")


def test_merging_again_marks_nothing_twice() -> None:
    left = draft("a better sail (a)", "oar (b)")
    second, third = draft("sail 2 (a)", "oar (b)"), draft("sail 3 (a)", "oar (b)")
    once = redrafted(left, BEFORE, second)
    assert redrafted(once, second, second) == once
    twice = redrafted(once, second, third)
    assert twice == once.replace("sail 2", "sail 3")
    assert twice.count(MARK) == 1


def test_the_comment_of_restructuredtext_stands_alone() -> None:
    before = "1.1.0\n-----\n\n- sail\n- oar\n"
    merged = redrafted(
        before.replace("sail", "my sail"), before, before.replace("sail", "a sail"), comment="rst"
    )
    assert f"\n\n\n.. {MARK}; the draft says: - a sail\n\n- my sail\n- oar\n" in merged
    tree = publish_doctree(merged, settings_overrides={"report_level": 1, "halt_level": 2})
    assert MARK not in "".join(n.astext() for n in tree.findall(nodes.paragraph))


def test_the_comment_of_markdown_is_not_rendered() -> None:
    merged = redrafted(draft("x"), draft("y"), draft("--> <b>z</b> <!-- --"))
    hidden = [t.content for t in MarkdownIt("commonmark").parse(merged) if t.type == "html_block"]
    assert len(hidden) == 1
    assert hidden[0].count("-->") == 1
    assert hidden[0].rstrip().endswith("-->")


def test_line_ends_and_byte_order_mark_of_the_file_stay() -> None:
    left = "\ufeff" + draft("my sail (a)", "oar (b)").replace("\n", "\r\n")
    merged = redrafted(left, BEFORE, draft("mast (c)", "sail (a)", "oar (b)"))
    assert merged == "\ufeff" + draft("mast (c)", "my sail (a)", "oar (b)").replace("\n", "\r\n")


lines = st.lists(st.sampled_from(["", "a", "b", "c", "d", "### x", "* one", "* two"]), max_size=12)
texts = lines.map(lambda found: "".join(f"{line}\n" for line in found))


@settings(max_examples=300)
@given(texts, texts, texts)
def test_no_line_of_a_person_is_lost(before: str, theirs: str, now: str) -> None:
    merged = redrafted(theirs, before, now).split("\n")
    for line in set(theirs.split("\n")) - set(before.split("\n")):
        assert line in merged


@settings(max_examples=300)
@given(texts, texts, texts)
def test_no_new_line_of_the_draft_is_lost(before: str, theirs: str, now: str) -> None:
    merged = redrafted(theirs, before, now)
    for line in set(now.split("\n")) - set(before.split("\n")):
        assert line in merged


@given(texts, texts)
def test_a_side_that_changed_nothing_has_no_say(before: str, other: str) -> None:
    assert redrafted(before, before, other) == other
    assert redrafted(other, before, before) == other


@pytest.mark.parametrize("line", ["", "* x", "### Features"])
def test_many_equal_lines_are_merged_in_passing(line: str) -> None:
    many = f"{line}\n" * 40_000
    merged = redrafted(f"{many}mine\n{many}", f"{many}{many}", f"{many}now\nnow\n{many}")
    assert "mine\n" in merged
    assert "now\n" in merged
