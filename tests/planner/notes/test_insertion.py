"""What a changelog holds is there after an insertion: same lines, same order, same bytes; in every format."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tagboat.config.planning import Notes, NotesFormat
from tagboat.core.change import Change
from tagboat.errors import ConfigError
from tagboat.planner.notes import formats
from tagboat.planner.notes.heading import Heading
from tagboat.planner.notes.layout import restructuredtext_titles

CHANGES = (
    Change("a" * 40, "feat", "ui", "a sail"),
    Change("b" * 40, "fix", "", "the leak (#3)"),
    Change("c" * 40, "chore", "", "drop the anchor", ("the anchor is gone",), (), "", True),
)
TEMPLATES = {
    "CHANGES.md": "## {{ version }}\n\n{% for c in changes %}\n- {{ c.subject|md }}\n{% endfor %}",
    "CHANGES.rst": "{{ version }}\n=====\n\n{% for c in changes %}\n- {{ c.subject|rst }}\n{% endfor %}",
}
OURS: tuple[tuple[NotesFormat, str], ...] = (
    ("keep-a-changelog", "CHANGES.md"),
    ("restructuredtext", "CHANGES.rst"),
    ("template", "CHANGES.md"),
    ("template", "CHANGES.rst"),
    ("towncrier", "CHANGES.rst"),
)
PIECES = {
    "CHANGES.md": [
        "# Changelog",
        "## [Unreleased]",
        "## [1.0.0] - 2025-01-01",
        "## 0.9.0",
        "### Added",
        "### Fixed",
        "- an entry",
        "* another",
        "  more of it",
        "```",
        "<!-- a comment",
        "-->",
        "[Unreleased]: https://forge.example/acme/boat/issues",
        "[1.0.0]: https://forge.example/acme/boat/releases/tag/v1.0.0",
        "<!-- towncrier release notes start -->",
    ],
    "CHANGES.rst": [
        "Changelog",
        "=========",
        "1.0.0 (2025-01-01)",
        "------------------",
        "3.0.0 (tbd)",
        "- an entry",
        "  more of it",
        ".. a comment",
        "::",
        "   1.1.0 in a block",
        ".. towncrier release notes start",
    ],
}


def heading(version: str = "1.1.0") -> Heading:
    day = date(2026, 1, 31)
    return Heading(version, f"v{version}", "v1.0.0", day, "acme/boat", "https://forge.example")


def notes(kind: NotesFormat, path: str) -> Notes:
    return Notes(format=kind, path=path, planned="tbd", template="notes.j2")


def section(kind: NotesFormat, path: str) -> str:
    given = TEMPLATES[path] if kind == "template" else "boat 1.1.0\n==========\n\n- A sail."
    return formats.section(CHANGES, notes(kind, path), heading(), given=given)


def with_section(changelog: str | None, kind: NotesFormat, path: str) -> str:
    return formats.inserted(changelog, section(kind, path), notes(kind, path), heading())


def changelogs(path: str) -> st.SearchStrategy[str]:
    lines = st.lists(
        st.sampled_from([*PIECES[path], "", "", ""]) | st.text(max_size=12).map(single), max_size=14
    )
    end = st.sampled_from(["\n", "\r\n"])
    mark = st.sampled_from(["", "", "\ufeff"])
    return st.builds(
        lambda m, e, ls, last: m + e.join(ls) + (e if last else ""), mark, end, lines, st.booleans()
    )


def single(text: str) -> str:
    return text.replace("\r", "").replace("\n", "").replace("\ufeff", "")


def is_within(few: list[str], many: list[str]) -> bool:
    rest = iter(many)
    return all(any(line == other for other in rest) for line in few)


@pytest.mark.parametrize(("kind", "path"), OURS)
def test_what_was_there_is_there_after_in_the_same_order(kind: NotesFormat, path: str) -> None:
    @settings(max_examples=120)
    @given(changelogs(path))
    def law(changelog: str) -> None:
        after = with_section(changelog, kind, path)
        old, new = changelog.lstrip("\ufeff").split("\n"), after.lstrip("\ufeff").split("\n")
        old[-1:] = [] if not old[-1] else [old[-1]]
        if changelog and not changelog.endswith("\n"):
            # The last line gets the line end that it lacked.
            new = [line.removesuffix("\r") for line in new]
            old = [line.removesuffix("\r") for line in old]
        assert is_within(old, new)
        assert after.startswith("\ufeff") == changelog.startswith("\ufeff")
        assert after.endswith("\n")

    law()


@pytest.mark.parametrize(("kind", "path"), OURS)
def test_the_section_stands_in_it_whole(kind: NotesFormat, path: str) -> None:
    lines = section(kind, path).split("\n")
    for before in (None, "", "# Changelog\n" if path.endswith("md") else "Changelog\n=========\n"):
        after = with_section(before, kind, path).split("\n")
        start = after.index(lines[0])
        assert after[start : start + len(lines)] == lines


@pytest.mark.parametrize(("kind", "path"), OURS)
@pytest.mark.parametrize("start", ["", "\ufeff", "a word\n", "a word\r\n\r\n", "a word", "\n\n"])
def test_the_same_version_twice_is_an_error_that_names_the_line(
    kind: NotesFormat, path: str, start: str
) -> None:
    once = with_section(start, kind, path)
    number = next(n for n, line in enumerate(once.split("\n"), 1) if "1.1.0" in line and "http" not in line)
    with pytest.raises(ConfigError, match=rf"section of 1\.1\.0 already, in line {number}$"):
        with_section(once, kind, path)


@pytest.mark.parametrize(("kind", "path"), OURS)
def test_line_ends_of_windows_are_used_where_the_file_uses_them(kind: NotesFormat, path: str) -> None:
    after = with_section("a word\r\n\r\nanother\r\n", kind, path)
    assert after.count("\n") == after.count("\r\n") > 5


@pytest.mark.parametrize(("kind", "path"), OURS)
def test_a_later_release_comes_first(kind: NotesFormat, path: str) -> None:
    first = with_section(None, kind, path)
    text = section(kind, path).replace("1.1.0", "1.2.0")
    second = formats.inserted(first, text, notes(kind, path), heading("1.2.0"))
    lines = second.split("\n")
    titles = [section(kind, path).replace("1.1.0", number).split("\n")[0] for number in ("1.2.0", "1.1.0")]
    assert lines.index(titles[0]) < lines.index(titles[1])


def test_no_notes_change_nothing() -> None:
    none = Notes(format="none")
    assert formats.section(CHANGES, none, heading()) == ""
    assert formats.inserted("as it was", "", none, heading()) == "as it was"
    assert formats.inserted("as it was", "text", none, heading()) == "as it was"


def test_release_pleases_markdown_is_one_of_the_formats() -> None:
    usual = Notes()
    text = formats.section(CHANGES, usual, heading())
    assert text.startswith(
        "## [1.1.0](https://forge.example/acme/boat/compare/v1.0.0...v1.1.0) (2026-01-31)\n"
    )
    assert formats.inserted(None, text, usual, heading()).startswith("# Changelog\n\n## [1.1.0]")


@pytest.mark.parametrize(("kind", "path"), OURS)
def test_a_section_without_entries_is_known_by_it(kind: NotesFormat, path: str) -> None:
    given = {"template": "{{ version }}", "towncrier": "1.1.0\n=====\n\nNo significant changes."}.get(
        kind, ""
    )
    empty = formats.section((), notes(kind, path), heading(), given=given)
    assert formats.has_entries(section(kind, path), notes(kind, path), CHANGES)
    assert not formats.has_entries(empty, notes(kind, path), ())


def test_without_notes_the_sections_say_what_a_reader_would_see() -> None:
    none = Notes(format="none")
    asked = Change("d" * 40, "chore", "", "release it", release_as="2.0.0")
    assert formats.has_entries("", none)
    assert not formats.has_entries("", none, [Change("d" * 40, "chore", "", "swab")])
    for change in (*CHANGES, asked):
        assert formats.has_entries("", none, [change])


def test_a_templates_section_stands_behind_the_mark_or_before_the_newest_release() -> None:
    text = section("template", "CHANGES.md")
    plain = "# Boat\n\nwords\n\n## 1.0.0\n\n- all\n"
    assert with_section(plain, "template", "CHANGES.md") == plain.replace("## 1.0.0", f"{text}\n\n## 1.0.0")
    marked = plain.replace("words", "<!-- towncrier release notes start -->\n\nwords")
    assert with_section(marked, "template", "CHANGES.md") == marked.replace("words", f"{text}\n\nwords")


@pytest.mark.parametrize(
    ("lines", "titles"),
    [
        (["=====", "   1.1.0 in a block", "====="], []),
        (["=========", "Changelog", "========="], ["Changelog"]),
        (["Changelog", "====="], ["Changelog"]),
    ],
)
def test_lines_around_a_text_make_a_title_when_they_are_as_long(lines: list[str], titles: list[str]) -> None:
    assert [title.text for title in restructuredtext_titles(lines)] == titles
