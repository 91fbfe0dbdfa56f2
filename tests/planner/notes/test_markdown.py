"""release-please's Markdown to the byte: headings, sections, entries, links, and where a section goes."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tagboat.config.planning import Notes, Section
from tagboat.core.change import Change
from tagboat.planner.notes.heading import Heading
from tagboat.planner.notes.markdown import inserted, section

HOST = "https://forge.invalid"
AT = f"{HOST}/acme/boat"
HEADING = Heading("1.1.0", "v1.1.0", "v1.0.0", date(2024, 2, 29), "acme/boat", HOST)
BARE = Heading("1.1.0", "v1.1.0", "", date(2024, 2, 29))
ID = "abcdef1234567890abcdef1234567890abcdef12"


def change(subject: str, kind: str = "feat", scope: str = "", **more: object) -> Change:
    return Change(ID, kind, scope, subject, **more)  # type: ignore[arg-type]  # named fields of the class


def entry(subject: str, heading: Heading = HEADING, notes: Notes | None = None, **more: object) -> str:
    text = section([change(subject, **more)], notes or Notes(), heading)
    (line,) = [line for line in text.splitlines() if line.startswith("* ")]
    return line.removesuffix(f" ([abcdef1]({AT}/commit/{ID}))").removesuffix(" (abcdef1)")


def test_a_whole_section_to_the_byte() -> None:
    changes = [
        change("new (#12)", scope="core", references=("34",)),
        change("mend", kind="fix"),
        change("away", kind="feat", scope="api", breaking=("not the same (#5)",)),
        change("unseen", kind="ci"),
        change("nobody's", kind="odd"),
    ]
    assert section(changes, Notes(), HEADING) == (
        f"## [1.1.0]({AT}/compare/v1.0.0...v1.1.0) (2024-02-29)\n\n\n"
        f"### ⚠ BREAKING CHANGES\n\n* **api:** not the same ([#5]({AT}/issues/5))\n\n"
        f"### Features\n\n* **api:** away ([abcdef1]({AT}/commit/{ID}))\n"
        f"* **core:** new ([#12]({AT}/issues/12)) ([abcdef1]({AT}/commit/{ID})), closes [#34]({AT}/issues/34)\n\n\n"
        f"### Bug Fixes\n\n* mend ([abcdef1]({AT}/commit/{ID}))"
    )


def test_without_a_repository_there_are_no_links() -> None:
    text = section(
        [change("new (#12) by @ann", references=("3",))], Notes(), BARE._replace(previous_tag="v1.0.0")
    )
    assert text == "## 1.1.0 (2024-02-29)\n\n\n### Features\n\n* new (#12) by @ann (abcdef1), closes #3"


def test_without_a_last_release_the_heading_links_nowhere() -> None:
    assert section([], Notes(), HEADING._replace(previous_tag="")) == "## 1.1.0 (2024-02-29)"


@pytest.mark.parametrize(
    ("subject", "line"),
    [
        ("plain", "* plain"),
        ("see #12", f"* see [#12]({AT}/issues/12)"),
        ("see (#12), #13", f"* see ([#12]({AT}/issues/12)), [#13]({AT}/issues/13)"),
        ("thanks @ann-lee", f"* thanks [@ann-lee]({HOST}/ann-lee)"),
        ("use @remote", f"* use [@remote]({HOST}/remote)"),
        ("mail a@b.c", "* mail a@b.c"),
        ("@scope/name", "* @scope/name"),
        ("a < b > c", "* a &lt; b &gt; c"),
        ("keep `<tag>` and <b>", "* keep `<tag>` and &lt;b&gt;"),
        ("``<a>`` <b>", "* ``<a>`` &lt;b&gt;"),
        ("`open <b>", "* `open &lt;b&gt;"),
    ],
)
def test_subjects_are_linked_and_escaped(subject: str, line: str) -> None:
    assert entry(subject) == line


def test_references_in_the_subject_are_not_repeated() -> None:
    assert entry("x (#12)", references=("12", "13")).endswith(f", closes [#13]({AT}/issues/13)")
    newer = Notes(settings={"references": "refs"})
    assert entry("x", notes=newer, references=("13",)).endswith(f", refs [#13]({AT}/issues/13)")
    both = entry("x", references=("1", "2"))
    assert both.endswith(f", closes [#1]({AT}/issues/1) [#2]({AT}/issues/2)")


def test_nothing_steers_a_terminal() -> None:
    text = "a\x1b[31m b\x07\x1b]0;title\x07 c\u2028d"
    told = section([change(text, scope="x\x1b[2J", breaking=(f"{text}\n\n  more\x08",))], Notes(), BARE)
    assert "### Features\n\n* **x:** a b c d (abcdef1)" in told
    assert "* **x:** a b c\nd\n\n  more\n" in told
    assert all(letter.isprintable() or letter == "\n" for letter in told)


def test_what_is_no_control_stays_to_the_byte() -> None:
    assert entry("a\u00a0 b  c \u200d \u200e") == "* a\u00a0 b  c \u200d \u200e"


@pytest.mark.parametrize(
    ("settings", "line"),
    [({}, "* a &lt;details&gt; `<b>`"), ({"breaking": "raw"}, "* a <details> `<b>`")],
)
def test_notes_are_raw_only_where_release_please_itself_writes_them(
    settings: dict[str, str], line: str
) -> None:
    told = section([change("x", breaking=("a <details> `<b>`",))], Notes(settings=settings), HEADING)
    assert line in told.splitlines()


def test_only_the_first_issue_of_a_note_is_linked() -> None:
    text = section([change("x", breaking=("a (#1) b (#2) #3",))], Notes(), HEADING)
    assert f"* a ([#1]({AT}/issues/1)) b (#2) #3\n" in text


def test_a_scope_of_a_star_is_left_out() -> None:
    assert entry("x", scope="*") == "* x"
    assert entry("x", scope="core") == "* **core:** x"


@pytest.mark.parametrize(
    ("kind", "more", "title"),
    [
        ("feat", {}, "Features"),
        ("FEAT", {}, "Features"),
        ("docs", {}, "Documentation"),
        ("ci", {}, None),
        ("odd", {}, None),
        ("ci", {"breaking": ("x",)}, "Continuous Integration"),
        ("odd", {"breaking": ("x",)}, "odd"),
        ("chore", {"release_as": "2.0.0"}, "Miscellaneous Chores"),
    ],
)
def test_what_is_shown_and_where(kind: str, more: dict[str, object], title: str | None) -> None:
    text = section([change("x", kind=kind, **more)], Notes(), HEADING)
    titles = [line.removeprefix("### ") for line in text.splitlines() if line.startswith("### ")]
    assert [one for one in titles if "BREAKING" not in one] == ([title] if title else [])
    assert ("BREAKING" in text) == ("breaking" in more)


def test_sections_stand_in_the_order_of_the_configuration() -> None:
    notes = Notes(sections=(Section("fix", "Mended"), Section("feat", "New"), Section("perf", "New")))
    text = section([change("a"), change("b", kind="perf"), change("c", kind="fix")], notes, HEADING)
    assert [line for line in text.splitlines() if line.startswith("###")] == ["### Mended", "### New"]
    first = Notes(sections=(Section("feat", "One"), Section("feat", "Two")))
    assert "### One" in section([change("a")], first, HEADING)


def test_entries_are_sorted_by_scope_and_subject_together() -> None:
    changes = [
        change("zebra"),
        change("b", scope="a"),
        change("apple"),
        change("x", scope="core"),
        change("Banana"),
    ]
    text = section(changes, Notes(), HEADING)
    found = [line.partition(" ([")[0] for line in text.splitlines() if line.startswith("* ")]
    assert found == ["* **a:** b", "* apple", "* Banana", "* **core:** x", "* zebra"]


def test_equal_entries_keep_their_order() -> None:
    one, two = change("same"), change("same")._replace(commit="1" * 40)
    assert section([one, two], Notes(), HEADING) != section([two, one], Notes(), HEADING)


@pytest.mark.parametrize(
    ("subject", "line"),
    [("mend", "* Mend"), ("npm is fine", "* npm is fine"), ("1st", "* 1st"), ("éa", "* éa")],
)
def test_sentences_begin_with_a_capital_where_asked(subject: str, line: str) -> None:
    assert entry(subject, notes=Notes(cases=("gRPC", "npm"))) == line


SECTION = "## 1.1.0 (2024-02-29)\n\n\n### Features\n\n* new"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (None, f"# Changelog\n\n{SECTION}\n"),
        ("", f"# Changelog\n\n{SECTION}\n"),
        ("# Changelog\n\n## 1.0.0\n\n* x\n", f"# Changelog\n\n{SECTION}\n\n## 1.0.0\n\n* x\n"),
        ("# Changelog\n\n### [1.0.1](y)\n", f"# Changelog\n\n{SECTION}\n\n### [1.0.1](y)\n"),
        ("# C\n\nWords.\n\n## v1.0.0\nx", f"# C\n\nWords.\n\n{SECTION}\n\n## v1.0.0\nx\n"),
        ("# C\n\n## About\n\n## 1.0\n", f"# C\n\n## About\n\n{SECTION}\n\n## 1.0\n"),
        (
            "# Old\n\nText # not a title\n# Two\n",
            f"# Changelog\n\n{SECTION}\n\n## Old\n\nText # not a title\n## Two\n",
        ),
        ("# C\r\n\r\n## 1.0\r\n", f"# C\n\n{SECTION}\n\n## 1.0\n".replace("\n", "\r\n")),
    ],
)
def test_a_section_goes_before_the_newest_one(before: str | None, after: str) -> None:
    assert inserted(before, SECTION) == after


@settings(max_examples=200)
@given(before=st.text(alphabet="#1v[ab\n\r ", max_size=60))
def test_nothing_that_was_written_gets_lost(before: str) -> None:
    after = inserted(before, SECTION)
    assert SECTION.replace("\n", "\r\n") in after or SECTION in after
    letters = [character for character in before if character in "1v[ab"]
    rest = after.replace("\r\n", "\n").replace(SECTION, "", 1).removeprefix("# Changelog\n\n")
    assert [character for character in rest if character in "1v[ab"] == letters
    assert after.endswith("\n")


@pytest.mark.parametrize("text", ["`" * 50_000, "`a" * 30_000, "<" * 50_000, "@" * 50_000, "@a-" * 30_000, "#" * 50_000, "(#1" * 30_000, "``a" * 30_000, "``" + "a" * 50_000])  # fmt: skip
def test_hostile_texts_take_no_longer_than_long_ones(text: str) -> None:
    assert section([change(text, breaking=(text,))], Notes(), HEADING)
    assert inserted("\n" + text, SECTION)
    assert inserted("\n##" * 20_000, SECTION)
