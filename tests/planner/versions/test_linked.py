from tagboat.core.change import Level
from tagboat.core.proposal import Reason
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
