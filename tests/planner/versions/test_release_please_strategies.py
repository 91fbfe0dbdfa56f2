"""What release-please 17.1.3 gives, seen by calling its own library, beside what is planned."""

from datetime import date

import pytest

from tagboat.config.planning import Scheme, Strategy, Versioning
from tagboat.core.change import Change, Level
from tagboat.planner.versions.decide import decide

FIX, FEAT, BREAKING = (
    Change("c", "fix", "", "text"),
    Change("c", "feat", "", "text"),
    Change("c", "chore", "", "text", ("gone",)),
)


def following(
    last: str, change: Change, strategy: Strategy, train: str = "", scheme: Scheme = "semver"
) -> str:
    rules = Versioning(scheme=scheme, strategy=strategy, train=train, graduates=False)
    return decide(last, [change], rules, today=date(2026, 11, 21)).version


@pytest.mark.parametrize(
    ("last", "change", "train", "version"),
    [
        ("1.2.3", FIX, "beta", "1.2.4-beta"),
        ("1.2.3", FEAT, "beta", "1.3.0-beta"),
        ("1.2.3", BREAKING, "beta", "2.0.0-beta"),
        ("1.2.3", FIX, "", "1.2.4"),
        ("1.2.3", FIX, "alpha.0", "1.2.4-alpha.0"),
        ("1.2.4-beta", FIX, "beta", "1.2.4-beta.1"),
        ("1.2.4-beta.1", FIX, "beta", "1.2.4-beta.2"),
        ("1.2.4-beta.1", FEAT, "beta", "1.3.0-beta.1"),
        ("1.3.0-beta.1", FEAT, "beta", "1.3.0-beta.2"),
        ("1.3.0-beta.1", FIX, "rc", "1.3.0-beta.2"),
        ("1.3.0-rc01", BREAKING, "rc", "2.0.0-rc01"),
        ("2.0.0-rc01", BREAKING, "rc", "2.0.0-rc02"),
        ("2.0.0-rc09", FIX, "rc", "2.0.0-rc10"),
        ("1.2.3-beta01-01", FIX, "beta", "1.2.3-beta01-02"),
        ("1.2.3-1.beta", FIX, "beta", "1.2.3-2.beta"),
        ("1.2.3+build.7", FIX, "beta", "1.2.4-beta+build.7"),
    ],
)
def test_prerelease(last: str, change: Change, train: str, version: str) -> None:
    assert following(last, change, "prerelease", train) == version


@pytest.mark.parametrize(
    ("last", "change", "strategy", "version"),
    [
        ("1.2.3-beta.1", FIX, "default", "1.2.4-beta.1"),
        ("1.2.3-beta.1", FEAT, "default", "1.3.0-beta.1"),
        ("1.2.3-beta.1", BREAKING, "default", "2.0.0-beta.1"),
        ("1.2.3+b1", FIX, "default", "1.2.4+b1"),
        ("0.0.0", BREAKING, "default", "1.0.0"),
        ("1.2.3", BREAKING, "always-patch", "1.2.4"),
        ("1.2.3", FIX, "always-minor", "1.3.0"),
        ("1.2.3-rc", FIX, "always-major", "2.0.0-rc"),
        ("1.2.3", FEAT, "service-pack", "1.2.3-sp.1"),
        ("1.2.3-sp.1", BREAKING, "service-pack", "1.2.3-sp.2"),
        ("1.2.3-beta", FIX, "service-pack", "1.2.3-sp.1"),
    ],
)
def test_the_other_strategies(last: str, change: Change, strategy: Strategy, version: str) -> None:
    assert following(last, change, strategy) == version


@pytest.mark.parametrize(
    ("last", "change", "strategy", "train", "version"),
    [
        ("1.2.3", FIX, "prerelease", "beta", "1.2.4b1"),
        ("1.2.4b1", FIX, "prerelease", "beta", "1.2.4b2"),
        ("1.2.4b2", FEAT, "prerelease", "beta", "1.3.0b2"),
        ("1.2.3", FIX, "prerelease", "alpha.0", "1.2.4a0"),
        ("1.2.3b1", FIX, "default", "", "1.2.4b1"),
        ("2.0.0rc1", FEAT, "default", "", "2.1.0rc1"),
        ("1!1.2.3", FIX, "default", "", "1!1.2.4"),
        ("1.2.3.post1", FIX, "default", "", "1.2.4"),
        ("1.2", FIX, "default", "", "1.2.1"),
        ("1.2.3", FIX, "service-pack", "", "1.2.3.post1"),
        ("1.2.3.post1", FIX, "service-pack", "", "1.2.3.post2"),
    ],
)
def test_pep_440_versions_keep_their_meaning(
    last: str, change: Change, strategy: Strategy, train: str, version: str
) -> None:
    assert following(last, change, strategy, train, "pep440") == version


@pytest.mark.parametrize(("major", "minor"), [(Level.MAJOR, Level.MINOR), (Level.MINOR, Level.PATCH)])
def test_before_one_zero_the_options_lower_levels(major: Level, minor: Level) -> None:
    rules = Versioning(breaking_below_one=major, minor_below_one=minor)
    versions = [
        decide("0.2.3", [one], rules, today=date(2026, 1, 1)).version for one in (BREAKING, FEAT, FIX)
    ]
    assert versions == (["1.0.0", "0.3.0", "0.2.4"] if major == Level.MAJOR else ["0.3.0", "0.2.4", "0.2.4"])
