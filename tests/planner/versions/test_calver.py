from datetime import date

import pytest

from tagboat.config.calver_pattern import understood
from tagboat.config.planning import Versioning
from tagboat.core.change import Change, Level
from tagboat.errors import ConfigError, InvalidError
from tagboat.planner.versions.calver import first, reader
from tagboat.planner.versions.decide import decide

TODAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("pattern", "last", "level", "version"),
    [
        ("YYYY.0M.PATCH", "2026.10.3", Level.PATCH, "2026.11.0"),
        ("YYYY.0M.PATCH", "2026.11.3", Level.PATCH, "2026.11.4"),
        ("YY.MM.PATCH", "26.1.0", Level.PATCH, "26.11.0"),
        ("YYYY.BUILD[-TAG]", "2020.1999", Level.PATCH, "2026.22000"),
        ("YYYY0M.BUILD[-TAG]", "201712.1033", Level.PATCH, "202611.1034"),
        ("YYYY.MM[.INC0]", "2026.11", Level.PATCH, "2026.11.1"),
        ("GGGG.0V.INC1", "2026.46.2", Level.PATCH, "2026.47.1"),
        ("GGGG.0V.INC1", "2026.47.2", Level.PATCH, "2026.47.3"),
        ("MAJOR.MINOR[.PATCH[PYTAGNUM]]", "1.2", Level.PATCH, "1.2.1"),
        ("MAJOR.MINOR[.PATCH[PYTAGNUM]]", "1.2.4", Level.MINOR, "1.3"),
        ("YYYY.MINOR.PATCH", "2026.2.3", Level.MINOR, "2026.3.0"),
        ("YYYY.MINOR.PATCH", "2025.2.3", Level.MINOR, "2026.0.0"),
        ("0Y.0M.0D", "26.11.20", Level.PATCH, "26.11.21"),
        ("MAJOR.YYYY.PATCH", "3.2025.4", Level.MAJOR, "4.2026.0"),
        ("YYYYwWW.BUILD", "2020w3.1002", Level.PATCH, "2026w46.1003"),
        ("YYYY.JJJ.INC1", "2026.4.1", Level.PATCH, "2026.325.1"),
        ("YYYY.UU.INC0", "2026.4.1", Level.PATCH, "2026.46.0"),
        ("YYYY.Q.INC1", "2026.4.1", Level.PATCH, "2026.4.2"),
    ],
)
def test_versions_move_as_bumpver_2026_moves_them(
    pattern: str, last: str, level: Level, version: str
) -> None:
    assert reader(pattern, TODAY)(last).moved(level).text == version


@pytest.mark.parametrize("level", [Level.PATCH, Level.MINOR, Level.MAJOR])
def test_the_nearest_counter_moves_when_the_pattern_lacks_the_level_s_own(level: Level) -> None:
    assert reader("YYYY.0M.MICRO", TODAY)("2026.11.3").moved(level).text == "2026.11.4"
    assert reader("YYYY.MINOR", TODAY)("2026.3").moved(level).text == "2026.4"


@pytest.mark.parametrize(
    ("month", "quarter"), [(1, 1), (3, 1), (4, 2), (6, 2), (7, 3), (9, 3), (10, 4), (12, 4)]
)
def test_a_quarter_has_three_months(month: int, quarter: int) -> None:
    assert first("YYYY.Q.INC0", date(2026, month, 9)).text == f"2026.{quarter}.0"


def test_the_date_never_goes_back() -> None:
    assert reader("YYYY.0M.MICRO", TODAY)("2026.12.3").moved(Level.PATCH).text == "2026.12.4"


@pytest.mark.parametrize("text", ["2026.01.2", "2026.1.2", "v2026.01.2"])
def test_a_version_is_read_with_and_without_padding(text: str) -> None:
    assert reader("vYYYY.0M.MICRO", TODAY)(text).text == "2026.01.2"


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("YYYY.BUILD[-TAG]", "2020.1004-beta"),
        ("YYYY.BUILD-TAG", "2020.1004-final"),
        ("YYYY.INC0[PYTAGNUM]", "2026.4b0"),
        ("YY.MM.MICRO", "26.1.0.post3"),
        ("YYYY.MM.MICRO[-TAG[.NUM]]", "2026.1.0-rc.2"),
        ("YYYY.0M[.PATCH]", "2026.01"),
        ("YYYY0M.BUILD[-TAG][NUM]", "202601.1004-rc2"),
        ("MAJOR.MINOR[.PATCH[PYTAGNUM]]", "0.16"),
        ("MAJOR.MINOR[.PATCH[PYTAGNUM]]", "0.16.0rc1"),
        ("YYYY.WW", "2020.9"),
        ("YYYY.MM.DD", "2020.9.30"),
        ("YY.0M.PATCH", "20.09.3"),
    ],
)
def test_what_was_read_is_spelled_the_same_again(pattern: str, text: str) -> None:
    assert reader(pattern, TODAY)(text).text == text


@pytest.mark.parametrize("text", ["1.2.3", "2026.1", "2026.1.2.3", "", "x" * 9000, "2026.1.2 "[::-1] + "!"])
def test_text_of_another_form_is_no_version(text: str) -> None:
    with pytest.raises(ValueError, match="pattern"):
        reader("YYYY.MM.MICRO", TODAY)(text)


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        ("MM.YYYY", "no year stands before MM"),
        ("YYYY.VV", "VV follows ISO 8601's weeks and YYYY does not"),
        ("MAJORMINOR", "cannot be told apart"),
        ("YYYYMM", "together do not rise"),
        ("YYYY.FOO", "'FOO' is no part of a pattern"),
        ("YYYY.MM.", "stands behind the last number"),
        ("[YYYY", "its brackets do not match"),
        ("YYYY[.MM].DD", "stands behind an optional part"),
        ("YYYY.MM.MM", "MM stands there twice"),
        ("YYYY.DD.MM", "a shorter period stands before a longer one"),
        ("YYYY.PATCH.MINOR", "PATCH and MINOR stand in the wrong order"),
        ("", "it has no number"),
        ("Y" * 5000, "longer than 100 characters"),
    ],
)
def test_a_pattern_that_cannot_work_says_why(pattern: str, why: str) -> None:
    with pytest.raises(ConfigError) as caught:
        understood(pattern)
    assert why in caught.value.cause
    assert len(caught.value.cause) < 500


def test_all_mistakes_of_a_pattern_are_told_together() -> None:
    with pytest.raises(ConfigError, match=r"no year stands before MM.*; a shorter period"):
        understood("MM.YYYY")


def test_without_a_counter_a_second_version_of_the_period_is_refused_with_the_remedy() -> None:
    with pytest.raises(InvalidError, match="room for one version") as caught:
        reader("YYYY.MM.DD", TODAY)("2026.11.21").moved(Level.PATCH)
    assert "counter" in caught.value.remedy


def test_the_first_version_is_of_today() -> None:
    assert first("YYYY.0M.INC1", TODAY).text == "2026.11.1"
    rules = Versioning(scheme="calver", pattern="YYYY.0M.MICRO")
    assert decide("", [Change("c", "fix", "", "x")], rules, today=TODAY).version == "2026.11.0"


def test_a_configured_initial_version_counts_when_it_fits() -> None:
    rules = Versioning(scheme="calver", pattern="YYYY.0M.MICRO", initial="2025.03.7")
    assert decide("", [Change("c", "fix", "", "x")], rules, today=TODAY).version == "2025.03.7"


def test_a_taken_calendar_version_is_skipped_in_any_spelling() -> None:
    rules = Versioning(scheme="calver", pattern="YYYY.0M.MICRO")
    decision = decide(
        "2026.08.1", [Change("c", "fix", "", "x")], rules, today=date(2026, 9, 1), taken=("2026.9.0",)
    )
    assert decision.version == "2026.09.1"
