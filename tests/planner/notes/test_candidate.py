from collections.abc import Sequence
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tagboat.core.commit import Commit
from tagboat.errors import ConfigError
from tagboat.planner.notes.candidate import candidate, last_version, subject

TODAY = date(2026, 7, 1)
CHANGES = """Changelog
=========

3.0.0 (tbd)
-----------

- Drop Python 3.8.

2.4.1 (2026-02-10)
------------------

- 9e5b9bb MAINT: an old one

2.4.0 (2025-08-18)
------------------

- d7a9be6 ENH: an older one
"""


def commit(number: int, message: str) -> Commit:
    return Commit(f"{number:040x}", (), 0, "", message)


def drafted(changes: str, messages: Sequence[str] = ("feat: a boat",), *, compatible: bool = False) -> str:
    commits = [commit(number, message) for number, message in enumerate(messages, 1)]
    return candidate(
        changes.encode(), commits, date=TODAY, compatible=compatible, abbreviate=lambda name: name[-7:]
    ).decode()


def test_what_is_written_under_the_planned_version_stays_there() -> None:
    before, planned, behind = drafted(CHANGES).partition("- Drop Python 3.8.\n\n2.4.2rc07-01-2026 (__rc__)\n")
    assert planned
    assert before.endswith("3.0.0 (tbd)\n-----------\n\n")
    assert behind.startswith(f"{'-' * 26}\n\n- 0000001 feat: a boat\n\n2.4.1 (2026-02-10)\n")


def test_compatible_the_draft_swallows_it() -> None:
    head, found, behind = drafted(CHANGES, compatible=True).partition("- 0000001 feat: a boat\n")
    assert head.endswith(f"3.0.0 (tbd)\n-----------\n\n2.4.2rc07-01-2026 (__rc__)\n{'-' * 26}\n\n")
    assert found
    assert behind.startswith("\n- Drop Python 3.8.\n\n2.4.1 (2026-02-10)\n")


def test_without_a_planned_version_the_draft_is_written_all_the_same() -> None:
    plain = CHANGES.replace("3.0.0 (tbd)\n-----------\n\n- Drop Python 3.8.\n\n", "")
    assert drafted(plain, compatible=True) == plain
    assert "=\n\n2.4.2rc07-01-2026 (__rc__)\n" in drafted(plain)


def test_a_second_draft_of_a_day_is_refused_with_its_line() -> None:
    with pytest.raises(ConfigError, match=r"^CHANGES.rst:9: 2.4.2rc07-01-2026 has a section already$"):
        drafted(drafted(CHANGES))


@pytest.mark.parametrize("changes", ["", "Changelog\n=========\n", "1.0.0 (2026-01-31)"])
def test_a_file_that_names_no_release_is_refused(changes: str) -> None:
    with pytest.raises(ConfigError, match="names no release"):
        drafted(changes)


def test_a_sentence_that_ends_in_a_date_is_no_release() -> None:
    told = CHANGES.replace("- Drop Python 3.8.", "- Drop Python 3.8, which ended (2024-10-07)")
    assert drafted(told).index("(__rc__)") > told.index("(2024-10-07)")
    assert last_version(told.encode()) == "2.4.1"
    assert last_version(told.encode(), compatible=True) == "-"


def test_a_version_without_a_third_number_gets_one_and_a_word_is_refused() -> None:
    assert "2.4.1rc07-01-2026" in drafted("2.4 (2025-01-01)\n----------------\n")
    with pytest.raises(ConfigError, match=r"third number of '2\.4\.1b2'"):
        drafted("2.4.1b2 (2025-01-01)\n--------------------\n")


def test_line_ends_of_windows_stay() -> None:
    text = drafted(CHANGES.replace("\n", "\r\n"))
    assert text.count("\n") == text.count("\r\n")
    assert "2.4.2rc07-01-2026 (__rc__)\r\n" in text


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        ("fix: one\n\nbody", "fix: one"),
        ("\n  \nfix: one  \ntwo\n\nbody", "fix: one two"),
        ("fix: one\r\n\r\nbody", "fix: one"),
        ("  indented", "  indented"),
        ("", ""),
    ],
)
def test_a_subject_is_what_git_log_prints(message: str, shown: str) -> None:
    assert subject(message) == shown


def test_hostile_subjects_are_text_in_the_default_draft() -> None:
    assert r"- 0000001 \*\*x\*\* \`\_" in drafted(CHANGES, ["**x** `_"])


@settings(max_examples=50)
@given(st.lists(st.text(max_size=60), max_size=4))
def test_every_line_of_the_file_stays_in_its_order(messages: list[str]) -> None:
    text = drafted(CHANGES, messages)
    start = text.index("2.4.2rc07-01-2026")
    end = text.index("2.4.1 (2026-02-10)")
    assert text[:start] + text[end:] == CHANGES
    assert len(text[start:end].splitlines()) == 3 + len(messages) + bool(messages)


# pypiserver's own drafts.
