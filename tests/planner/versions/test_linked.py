import pytest

from tagboat.core.change import Level
from tagboat.core.proposal import Reason
from tagboat.errors import UsageError
from tagboat.planner.versions.decide import Decision
from tagboat.planner.versions.linked import linked

ONE = Decision("1.3.0", Level.MINOR, (Reason(Level.MINOR, "feat is minor"),))
TWO = Decision("1.10.0", Level.PATCH, ())
STILL = Decision("", Level.NONE, ())


def test_all_members_get_the_highest_version() -> None:
    found = linked({"one": ONE, "two": TWO, "other": ONE}, [("one", "two")])
    assert {name: decision.version for name, decision in found.items()} == {
        "one": "1.10.0",
        "two": "1.10.0",
        "other": "1.3.0",
    }


def test_a_member_without_changes_is_released_too_and_says_why() -> None:
    found = linked({"one": ONE, "still": STILL}, [("still", "one", "unknown")])
    assert found["still"].version == "1.3.0"
    assert found["still"].level == Level.MINOR
    assert found["still"].reasons[0].rule == "its version is linked with one's, which is 1.3.0"
    assert found["one"] is ONE


def test_a_group_without_changes_stays() -> None:
    assert linked({"one": STILL, "two": STILL}, [("one", "two")]) == {"one": STILL, "two": STILL}


def test_the_group_goes_above_a_member_that_is_higher_already() -> None:
    found = linked({"one": ONE, "still": STILL}, [("one", "still")], last={"one": "1.2.0", "still": "2.5.1"})
    assert {decision.version for decision in found.values()} == {"2.6.0"}


def test_versions_that_only_semver_reads_are_compared_too() -> None:
    canary = Decision("1.3.0-canary.10", Level.MINOR, ())
    older = Decision("1.3.0-canary.9", Level.MINOR, ())
    assert linked({"a": older, "b": canary}, [("a", "b")])["a"].version == "1.3.0-canary.10"


def test_a_version_that_any_member_has_is_passed_over() -> None:
    found = linked({"one": ONE, "still": STILL}, [("one", "still")], taken={"still": ["1.3", "1.3.1"]})
    assert {decision.version for decision in found.values()} == {"1.3.2"}
    assert found["one"].reasons[0].rule == "1.3.0 exists already, so 1.3.2 is the first version that is free"
    assert found["still"].reasons[0].rule == "its version is linked with one's, which is 1.3.2"


def test_what_a_person_asked_for_is_the_groups_version_or_refused() -> None:
    found = linked({"one": ONE, "two": TWO}, [("one", "two")], chosen=["two"])
    assert found["one"].version == "1.10.0"
    with pytest.raises(UsageError, match=r"1\.3\.0 was asked for one, but its version is linked with two's"):
        linked({"one": ONE, "two": TWO}, [("one", "two")], chosen=["one"])
    with pytest.raises(UsageError, match=r"1\.3\.0 exists already"):
        linked({"one": ONE, "two": STILL}, [("one", "two")], chosen=["one"], taken={"two": ["1.3.0"]})


def test_the_reason_says_where_the_group_was_configured() -> None:
    found = linked({"one": ONE, "still": STILL}, [("one", "still")], place="pyproject.toml:2")
    assert found["still"].reasons[0].place == "pyproject.toml:2"
