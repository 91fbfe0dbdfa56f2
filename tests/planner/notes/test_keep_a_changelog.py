from datetime import date

import pytest
from markdown_it import MarkdownIt

from tagboat.config.planning import Notes, Section
from tagboat.core.change import Change
from tagboat.planner.notes.heading import Heading
from tagboat.planner.notes.keep_a_changelog import inserted, section

FORGE = "https://forge.example"
HEADING = Heading("1.1.0", "v1.1.0", "v1.0.0", date(2026, 1, 31), "acme/boat", FORGE)
CHANGES = (
    Change("a" * 40, "fix", "", "the leak (#3)"),
    Change("b" * 40, "feat", "ui", "a sail"),
    Change("c" * 40, "Feat", "", "an oar"),
    Change("d" * 40, "chore", "", "swab the deck"),
)
DRAFT = """## [1.1.0] - 2026-01-31

### Added

- **ui:** a sail
- an oar

### Fixed

- the leak (#3)"""
OLD = f"""# Changelog

## [Unreleased]

## [1.0.0] - 2025-01-01

- all

[Unreleased]: {FORGE}/acme/boat/compare/v1.0.0...HEAD
[1.0.0]: {FORGE}/acme/boat/releases/tag/v1.0.0
"""


def test_changes_stand_below_their_kinds() -> None:
    assert section(CHANGES, Notes(), HEADING) == DRAFT


def test_configured_titles_win_and_the_six_kinds_come_first() -> None:
    sections = (Section("chore", "Chores"), Section("fix", "Security"), Section("feat", "Added", hidden=True))
    text = section(CHANGES, Notes(sections=sections), HEADING)
    assert text.partition("\n\n")[2] == "### Security\n\n- the leak (#3)\n\n### Chores\n\n- swab the deck"


def test_what_breaks_is_said_whatever_its_type() -> None:
    breaking = Change("d" * 40, "chore", "api", "drop it", ("it is gone",), (), "", True)
    assert "### Changed\n\n- **Breaking:** **api:** drop it. it is gone" in section(
        [breaking], Notes(), HEADING
    )
    bang = Change("d" * 40, "feat", "", "drop it", ("drop it",), (), "", True)
    assert "### Added\n\n- **Breaking:** drop it" in section([bang], Notes(), HEADING)


def test_one_change_told_twice_is_written_once() -> None:
    again = Change("e" * 40, "feat", "ui", "a sail")
    assert section([*CHANGES, again], Notes(), HEADING) == DRAFT


def test_a_new_changelog_has_a_place_for_the_unreleased_and_links() -> None:
    text = inserted(None, DRAFT, HEADING)
    assert text.startswith("# Changelog\n\n")
    assert (
        f"\n\n## [Unreleased]\n\n{DRAFT}\n\n[Unreleased]: {FORGE}/acme/boat/compare/v1.1.0...HEAD\n" in text
    )
    assert text.endswith(f"\n[1.1.0]: {FORGE}/acme/boat/compare/v1.0.0...v1.1.0\n")


def test_links_are_carried_on() -> None:
    assert (
        inserted(OLD, DRAFT, HEADING)
        == f"""# Changelog

## [Unreleased]

{DRAFT}

## [1.0.0] - 2025-01-01

- all

[Unreleased]: {FORGE}/acme/boat/compare/v1.1.0...HEAD
[1.1.0]: {FORGE}/acme/boat/compare/v1.0.0...v1.1.0
[1.0.0]: {FORGE}/acme/boat/releases/tag/v1.0.0
"""
    )


def test_without_a_forge_no_links_are_made() -> None:
    plain = Heading("1.1.0", "v1.1.0", "v1.0.0", date(2026, 1, 31))
    assert "]:" not in inserted(None, DRAFT, plain)


def test_the_first_release_links_to_its_tag() -> None:
    first = Heading("1.1.0", "v1.1.0", "", date(2026, 1, 31), "acme/boat", FORGE)
    assert inserted(None, DRAFT, first).endswith(f"\n[1.1.0]: {FORGE}/acme/boat/releases/tag/v1.1.0\n")


def test_what_people_wrote_as_unreleased_moves_below_the_version_and_comes_first() -> None:
    written = """A word on this release.

### Security

* a CVE,
  told at length

### fixed
- a hole
- the leak (#3)
"""
    old = OLD.replace("## [Unreleased]\n", f"## [Unreleased]\n\n{written}")
    moved = inserted(old, DRAFT, HEADING)
    assert (
        f"""## [Unreleased]

## [1.1.0] - 2026-01-31

{written}
### Added

- **ui:** a sail
- an oar

## [1.0.0]"""
        in moved
    )


def test_drafted_entries_join_those_of_people() -> None:
    old = OLD.replace(
        "## [Unreleased]\n", "## [Unreleased]\n\n### Added\n\n- a rudder\n\n### Fixed\n\nMany things.\n"
    )
    moved = inserted(old, DRAFT, HEADING)
    assert (
        "### Added\n\n- a rudder\n- **ui:** a sail\n- an oar\n\n### Fixed\n\nMany things.\n\n- the leak"
        in moved
    )


@pytest.mark.parametrize(
    "title", ["## [1.0.0] - 2025-01-01", "## 1.0.0", "## v1.0.0 (2025-01-01)", "## [1.0.0](x)"]
)
def test_without_a_section_of_the_unreleased_the_newest_release_is_looked_for(title: str) -> None:
    assert inserted(f"# Boat\n\n{title}\n\n- all\n", DRAFT, HEADING).startswith(
        f"# Boat\n\n{DRAFT}\n\n{title}\n"
    )


def test_a_file_without_a_section_of_the_unreleased_gets_no_link_to_it() -> None:
    text = inserted("# Boat\nwords\n## 1.0.0\n- all\n", DRAFT, HEADING)
    compare = f"[1.1.0]: {FORGE}/acme/boat/compare/v1.0.0...v1.1.0"
    assert text == f"# Boat\nwords\n\n{DRAFT}\n\n## 1.0.0\n- all\n\n{compare}\n"


def test_titles_in_code_and_comments_are_none() -> None:
    hidden = "# Boat\n\n```\n## [Unreleased]\n## 1.1.0\n```\n\n<!--\n## 1.0.0\n-->\n"
    assert inserted(hidden, DRAFT, HEADING).startswith(f"{hidden}\n{DRAFT}\n")


def test_a_hostile_subject_ends_up_as_the_text_of_one_bullet() -> None:
    nasty = Change("a" * 40, "feat", "<b>", "x\n\n## [Unreleased]\n<script>", ("a\n# b <i>",))
    text = inserted(OLD, section([nasty], Notes(), HEADING), HEADING)
    tokens = MarkdownIt("commonmark").parse(text)
    assert [t.tag for t in tokens if t.type == "heading_open"] == ["h1", "h2", "h2", "h3", "h2"]
    assert not any(t.type.startswith("html") for token in tokens for t in [token, *(token.children or [])])
