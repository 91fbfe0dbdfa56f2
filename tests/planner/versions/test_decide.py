from datetime import date

import pytest

from tagboat.config.planning import Versioning
from tagboat.core.change import Change, Level
from tagboat.errors import ConfigError, InvalidError
from tagboat.planner.versions.decide import Decision, decide

TODAY = date(2026, 11, 21)


def change(
    kind: str = "fix", *, breaking: bool = False, release_as: str = "", commit: str = "c" * 40
) -> Change:
    return Change(commit, kind, "", "text", ("it breaks",) if breaking else (), (), release_as)


def following(
    last: str,
    *changes: Change,
    taken: tuple[str, ...] = (),
    reviewed: str = "",
    rules: Versioning | None = None,
) -> Decision:
    return decide(last, changes, rules or Versioning(), today=TODAY, taken=taken, reviewed=reviewed)


@pytest.mark.parametrize(
    ("last", "changes", "version", "level"),
    [
        ("1.2.3", [change("fix")], "1.2.4", Level.PATCH),
        ("1.2.3", [change("chore")], "1.2.4", Level.PATCH),
        ("1.2.3", [change("fix"), change("feat")], "1.3.0", Level.MINOR),
        ("1.2.3", [change("feature")], "1.3.0", Level.MINOR),
        ("1.2.3", [change("Feat")], "1.2.4", Level.PATCH),
        ("1.2.3", [change("feat"), change("docs", breaking=True)], "2.0.0", Level.MAJOR),
        ("0.2.3", [change("feat", breaking=True)], "1.0.0", Level.MAJOR),
        ("1.2", [change("feat")], "1.3", Level.MINOR),
        ("1.2", [change("fix")], "1.2.1", Level.PATCH),
        ("1", [change("feat", breaking=True)], "2", Level.MAJOR),
        ("1.2.3.4", [change("fix")], "1.2.4.0", Level.PATCH),
        ("1!1.2.3", [change("fix")], "1!1.2.4", Level.PATCH),
        ("1.2.3.post1", [change("fix")], "1.2.4", Level.PATCH),
        ("1.2.3+local.1", [change("fix")], "1.2.4", Level.PATCH),
    ],
)
def test_the_highest_level_of_all_changes_counts(
    last: str, changes: list[Change], version: str, level: Level
) -> None:
    decision = following(last, *changes)
    assert (decision.version, decision.level) == (version, level)


@pytest.mark.parametrize(
    ("last", "kind", "breaking", "version"),
    [
        ("0.2.3", "feat", True, "0.3.0"),
        ("0.2.3", "feat", False, "0.2.4"),
        ("0.2.3", "fix", False, "0.2.4"),
        ("1.2.3", "feat", True, "2.0.0"),
        ("1.2.3", "feat", False, "1.3.0"),
    ],
)
def test_below_one_the_levels_can_be_lower(last: str, kind: str, breaking: bool, version: str) -> None:
    rules = Versioning(breaking_below_one=Level.MINOR, minor_below_one=Level.PATCH)
    assert following(last, change(kind, breaking=breaking), rules=rules).version == version


def test_a_zero_that_holds_is_left_by_a_person_alone() -> None:
    rules = Versioning(zero_holds=True, levels={"rewrite": Level.MAJOR})
    assert following("0.2.3", change(breaking=True), change("rewrite"), rules=rules).version == "0.3.0"
    assert following("1.2.3", change("rewrite"), rules=rules).version == "2.0.0"
    assert following("0.2.3", change(release_as="1.0.0"), rules=rules).version == "1.0.0"


def test_without_changes_there_is_nothing_to_release() -> None:
    assert following("1.2.3", rules=Versioning(release_as="2.0.0")) == Decision("", Level.NONE, ())


def test_a_level_of_none_releases_nothing_when_levels_decide() -> None:
    rules = Versioning(other=Level.NONE, releases="level")
    assert following("1.2.3", change("docs"), rules=rules).version == ""
    assert following("1.2.3", change("docs"), change("feat"), rules=rules).version == "1.3.0"


def test_a_level_of_none_is_a_patch_when_notes_decide() -> None:
    decision = following("1.2.3", change("docs"), rules=Versioning(other=Level.NONE))
    assert (decision.version, decision.level) == ("1.2.4", Level.PATCH)


@pytest.mark.parametrize(
    ("strategy", "version"), [("always-patch", "1.2.4"), ("always-minor", "1.3.0"), ("always-major", "2.0.0")]
)
def test_a_fixed_strategy_does_not_look_at_changes(strategy: str, version: str) -> None:
    rules = Versioning(strategy=strategy)  # type: ignore[arg-type]  # a parametrized literal
    assert following("1.2.3", change("feat", breaking=True), rules=rules).version == version
    assert following("1.2.3", change("fix"), rules=rules).version == version
    assert following("1.2.3", change(release_as="3.1.4"), rules=rules).version == "3.1.4"


def test_the_first_release_has_the_initial_version() -> None:
    decision = following("", change("feat", breaking=True))
    assert decision.version == "0.1.0"
    assert decision.reasons[0].rule == "the first release is 0.1.0"


def test_the_newest_release_as_footer_counts() -> None:
    decision = following(
        "1.2.3", change(), change(release_as="4.0.0", commit="d" * 40), change(release_as="3.0.0")
    )
    assert (decision.version, decision.level) == ("4.0.0", Level.MAJOR)
    assert decision.reasons[0].commit == "d" * 40


def test_the_configured_release_as_comes_before_a_footer() -> None:
    decision = following("1.2.3", change(release_as="4.0.0"), rules=Versioning(release_as="2.0.0b1"))
    assert decision.version == "2.0.0b1"


def test_a_release_as_that_is_not_above_the_last_release_is_ignored_with_a_warning() -> None:
    decision = following("0.23.0", change("feat"), rules=Versioning(release_as="0.2.1"))
    assert decision.version == "0.24.0"
    assert decision.warnings == ("release-as 0.2.1 is not above the last release 0.23.0, so it was ignored",)


@pytest.mark.parametrize("text", ["soon", "1.0", "9" * 9000, "1.x\n2.0"])
def test_a_footer_that_cannot_be_followed_is_ignored_with_a_warning(text: str) -> None:
    decision = following("1.2.3", change("feat", release_as=text))
    assert decision.version == "1.3.0"
    assert decision.warnings[0].startswith("Release-As of commit ccccccc ")
    assert len(decision.warnings[0]) < 400


def test_a_version_that_a_reviewed_change_wrote_is_the_next() -> None:
    decision = following("1.2.3", change("fix"), reviewed="2.0.0rc1")
    assert decision.version == "2.0.0rc1"
    assert decision.reasons[0].rule == "the files hold 2.0.0rc1 already"


def test_a_reviewed_version_needs_no_change_that_counts() -> None:
    rules = Versioning(release_as="3.0.0", strategy="always-major")
    assert following("1.2.3", reviewed="1.4.0", rules=rules).version == "1.4.0"
    assert following("1.2.3", reviewed="1.2.3", rules=rules) == Decision("", Level.NONE, ())


@pytest.mark.parametrize("reviewed", ["1.2.3", "1.2.2", "1.2.3.0"])
def test_a_version_in_the_files_that_is_released_already_says_nothing(reviewed: str) -> None:
    decision = following("1.2.3", change("fix"), reviewed=reviewed)
    assert (decision.version, decision.warnings) == ("1.2.4", ())


def test_a_taken_version_is_skipped_and_the_reasons_say_so() -> None:
    decision = following("1.2.3", change("feat"), taken=("1.3", "v1.3.1", "0.9", "not-a-version"))
    assert decision.version == "1.3.2"
    assert decision.reasons[-1].rule == "1.3.0 exists already, so 1.3.2 is the first version that is free"


@pytest.mark.parametrize(
    ("last", "kind", "taken", "version"),
    [
        ("1.1.0rc3", "fix", ("1.1.0",), "1.1.1rc1"),
        ("1.1.0rc3", "feat", ("v1.1", "1.2.0"), "1.3.0rc1"),
        ("1.1.0rc3", "fix", ("1.1.0", "1.1.1rc1"), "1.1.1rc2"),
        ("1.0.0", "feat", ("1.1.0",), "1.2.0rc1"),
        ("1.1.0rc3", "fix", ("1.1.0rc4",), "1.1.0rc5"),
        ("", "feat", ("0.1.0",), "0.2.0rc1"),
    ],
)
def test_a_train_does_not_go_on_when_its_final_version_is_out(
    last: str, kind: str, taken: tuple[str, ...], version: str
) -> None:
    decision = following(last, change(kind), taken=taken, rules=Versioning(train="rc"))
    assert decision.version == version
    assert any("exists already" in reason.rule for reason in decision.reasons)


def test_a_wish_for_a_taken_version_is_ignored_with_a_warning() -> None:
    decision = following("1.2.3", change("feat"), taken=("2.0",), rules=Versioning(release_as="2.0.0"))
    assert decision.version == "1.3.0"
    assert decision.warnings == ("release-as 2.0.0 exists already, so it was ignored",)


def test_the_deciding_changes_come_first_among_the_reasons() -> None:
    decision = following(
        "1.2.3", change("fix", commit="1"), change("feat", commit="2"), change("feat", commit="3")
    )
    assert [reason.commit for reason in decision.reasons] == ["2", "3", "1"]
    assert [reason.rule for reason in decision.reasons] == [
        "feat is minor",
        "feat is minor",
        "fix, as every other type, is patch",
    ]


def test_a_last_release_that_is_no_version_is_told() -> None:
    with pytest.raises(InvalidError, match="the last release is 'nightly'"):
        following("nightly", change())


def test_a_train_that_pep_440_does_not_have_is_told() -> None:
    with pytest.raises(ConfigError, match="PEP 440 has no pre-release 'canary'"):
        following("1.2.3", change(), rules=Versioning(train="canary"))


def test_versions_below_one_end_where_they_are_not_released() -> None:
    rules = Versioning(zero_ends=True, releases="level", other=Level.NONE)
    decision = following("0.4.2", change("feat"), rules=rules)
    assert (decision.version, decision.level) == ("1.0.0", Level.MAJOR)
    assert following("0.4.2", change("docs"), rules=rules).version == ""
    assert following("1.4.2", change("feat"), rules=rules).version == "1.5.0"


def test_a_rule_for_messages_gives_a_change_its_level() -> None:
    one, other = change("feat", commit="1"), change("fix", commit="2")
    decision = decide(
        "1.2.3", [one, other], Versioning(), today=TODAY, levels={one: Level.NONE, other: Level.MAJOR}
    )
    assert decision.version == "2.0.0"
    assert decision.reasons[0].commit == "2"
    assert decision.reasons[0].rule == "a rule for its message says that it is major"


def test_the_first_release_of_a_train_is_a_pre_release() -> None:
    assert following("", change(), rules=Versioning(train="rc")).version == "0.1.0rc1"
    assert following("", change(), rules=Versioning(train="rc", initial="1.0.0b3")).version == "1.0.0b3"


def test_a_reviewed_version_that_moves_less_than_the_changes_is_told() -> None:
    decision = following("1.2.3", change("feat", breaking=True), reviewed="1.3.0")
    assert decision.version == "1.3.0"
    assert decision.warnings == ("the files hold 1.3.0, which is minor, but the changes are major",)


@pytest.mark.parametrize(
    ("last", "wish", "version"),
    [
        ("1.3.0", "1.3.0-rc.1", "1.3.1"),
        ("1.3.0-rc.2", "1.3.0-rc.10", "1.3.0-rc.10"),
        ("1.3.0-rc.10", "1.3.0-rc.2", "1.3.0"),
        ("1.3.0-rc.1", "1.3.0-rc.x", "1.3.0-rc.x"),
        ("1.3.0-rc.x", "1.3.0-rc.1", "1.3.0"),
        ("1.3.0-rc.1.1", "1.3.0-rc.1", "1.3.0"),
        ("1.3.0-beta", "1.3.0-alpha", "1.3.0"),
        ("1.3.0", "1.3.0+build.2", "1.3.1"),
    ],
)
def test_a_wish_is_above_the_last_release_by_semver_s_precedence(last: str, wish: str, version: str) -> None:
    rules = Versioning(scheme="semver", release_as=wish)
    assert following(last, change(), rules=rules).version == version


@pytest.mark.parametrize("last", ["1!2.0", "1.2.3.4", "1.2.3.post1"])
def test_a_version_that_semver_cannot_hold_is_told(last: str) -> None:
    with pytest.raises(InvalidError, match="SemVer has no place for it"):
        following(last, change(), rules=Versioning(scheme="semver"))


def test_reasons_say_where_their_rule_was_configured() -> None:
    places = {
        "levels": "cz.toml: bump_map",
        "breaking_below_one": "cz.toml: major_version_zero",
        "release_as": "x.json",
    }
    rules = Versioning(breaking_below_one=Level.MINOR)
    found = [change("feat"), change("docs"), change("fix", breaking=True)]
    decision = decide("0.2.3", found, rules, today=TODAY, places=places)
    assert [reason.place for reason in decision.reasons] == [
        "cz.toml: bump_map",
        "cz.toml: major_version_zero",
        "",
    ]
    rules = Versioning(release_as="0.9")
    assert decide("0.2.3", found, rules, today=TODAY, places=places).reasons[0].place == "x.json"


def test_a_manual_strategy_leaves_the_version_to_a_person() -> None:
    rules = Versioning(strategy="manual")
    assert following("1.2.3", change("feat"), rules=rules).version == ""
    assert following("1.2.3", change(release_as="1.4"), rules=rules).version == "1.4"
    assert following("1.2.3", change("feat"), reviewed="1.5", rules=rules).version == "1.5"


def test_files_below_the_last_release_are_told_of_where_a_person_decides() -> None:
    by_hand = Versioning(strategy="manual")
    below = following("1.2.3", change("feat"), reviewed="1.2.2", rules=by_hand)
    assert (below.version, len(below.warnings)) == ("", 1)
    assert "1.2.2 is not above the last release 1.2.3" in below.warnings[0]
    assert following("1.2.3", change("feat"), reviewed="1.2.3", rules=by_hand).warnings == ()


@pytest.mark.parametrize(("held", "final"), [("1.5.0.dev0", "1.5.0"), ("1.5rc1.dev2", "1.5")])
def test_a_development_version_in_the_files_is_no_decision_and_the_plan_says_what_is(
    held: str, final: str
) -> None:
    by_hand = Versioning(strategy="manual")
    found = following("1.2.3", change("feat"), reviewed=held, rules=by_hand)
    assert found.version == ""
    (warning,) = found.warnings
    assert f"the files hold {held}, a development version" in warning
    assert f"write {final} into them" in warning
    assert f"--release-as {final}" in warning
    assert following("1.2.3", change(release_as="1.4"), reviewed=held, rules=by_hand).warnings == ()
    on_train = by_hand._replace(train="dev")
    assert following("1.2.3", change("feat"), reviewed=held, rules=on_train).version == held
