from datetime import date

import pytest

from tagboat.config.planning import Versioning
from tagboat.core.change import Level
from tagboat.errors import UsageError
from tagboat.planner.versions.decide import Decision
from tagboat.planner.versions.overrides import chosen


def choice(
    wanted: str, *, last: str = "1.2.3", reason: str = "the API is stable now", taken: tuple[str, ...] = ()
) -> Decision:
    return chosen(last, wanted, reason, Versioning(), today=date(2026, 11, 21), taken=taken)


@pytest.mark.parametrize(
    ("wanted", "version", "level"),
    [
        ("2.0.0", "2.0.0", Level.MAJOR),
        ("v1.3", "1.3", Level.MINOR),
        ("1.2.3.post1", "1.2.3.post1", Level.PATCH),
        ("minor", "1.3.0", Level.MINOR),
        ("major", "2.0.0", Level.MAJOR),
    ],
)
def test_a_person_s_choice_counts_with_its_reason(wanted: str, version: str, level: Level) -> None:
    decision = choice(wanted)
    assert (decision.version, decision.level) == (version, level)
    assert decision.reasons[0].text == "the API is stable now"


@pytest.mark.parametrize(
    ("wanted", "why"),
    [
        ("1.2.3", "not above the last release 1.2.3"),
        ("1.2.2", "not above the last release 1.2.3"),
        ("2.0.0rc", None),
        ("two", "'two' is no version"),
        ("1.5.0", "exists already"),
    ],
)
def test_a_choice_that_cannot_be_says_why(wanted: str, why: str | None) -> None:
    if why is None:
        assert choice(wanted).version == "2.0.0rc0"
        return
    with pytest.raises(UsageError, match=why):
        choice(wanted, taken=("1.5",))


def test_a_choice_needs_a_reason() -> None:
    with pytest.raises(UsageError, match="no reason is given"):
        choice("2.0.0", reason=" ")


def test_a_level_passes_over_taken_versions_and_works_before_the_first_release() -> None:
    assert choice("minor", taken=("1.3.0",)).version == "1.3.1"
    assert choice("minor", last="").version == "0.1.0"
