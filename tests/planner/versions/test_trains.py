from datetime import date

import pytest

from tagboat.config.planning import Scheme, Versioning
from tagboat.core.change import Level
from tagboat.planner.versions.schemes import reader
from tagboat.planner.versions.trains import following


def after(last: str, level: Level, train: str, scheme: Scheme = "pep440") -> str:
    read = reader(Versioning(scheme=scheme, pattern="YYYY.0M.MICRO"), date(2026, 11, 21))
    return following(read(last), level, train).text


@pytest.mark.parametrize(
    ("last", "level", "train", "version"),
    [
        ("1.2.3", Level.MINOR, "rc", "1.3.0rc1"),
        ("1.3.0rc1", Level.PATCH, "rc", "1.3.0rc2"),
        ("1.3.0rc2", Level.MINOR, "rc", "1.3.0rc3"),
        ("1.3.0rc2", Level.PATCH, "", "1.3.0"),
        ("1.3.0rc2", Level.MAJOR, "", "2.0.0"),
        ("1.3.0rc2", Level.MAJOR, "rc", "2.0.0rc1"),
        ("1.2.4rc2", Level.MINOR, "rc", "1.3.0rc1"),
        ("1.3.0a3", Level.PATCH, "b", "1.3.0b1"),
        ("1.3.0b3", Level.PATCH, "a", "1.3.1a1"),
        ("1.3.0.dev4", Level.PATCH, "dev", "1.3.0.dev5"),
        ("1.3.0.dev4", Level.PATCH, "rc", "1.3.0rc1"),
        ("1.3.0.dev4", Level.PATCH, "", "1.3.0"),
        ("1.3.0rc2.dev3", Level.PATCH, "rc", "1.3.0rc2"),
        ("1.3.0rc2.dev3", Level.PATCH, "dev", "1.3.0rc2.dev4"),
        ("1.3.0rc1.post2", Level.PATCH, "", "1.3.0"),
        ("1.2.3", Level.MAJOR, "post", "1.2.3.post1"),
        ("1.2.3.post1", Level.PATCH, "post", "1.2.3.post2"),
        ("1.2.3.post2.dev1", Level.PATCH, "post", "1.2.3.post2"),
        ("1.2.3.post2.dev1", Level.PATCH, "", "1.2.3.post2"),
        ("2!1.0", Level.MINOR, "beta", "2!1.1b1"),
    ],
)
def test_pep_440_trains(last: str, level: Level, train: str, version: str) -> None:
    assert after(last, level, train) == version


@pytest.mark.parametrize(
    ("last", "level", "train", "version"),
    [
        ("1.2.3", Level.MINOR, "rc", "1.3.0-rc.1"),
        ("1.3.0-rc.1", Level.PATCH, "rc", "1.3.0-rc.2"),
        ("1.3.0-rc", Level.PATCH, "rc", "1.3.0-rc.1"),
        ("1.3.0-rc.9", Level.PATCH, "", "1.3.0"),
        ("1.3.0-rc.9", Level.MAJOR, "rc", "2.0.0-rc.1"),
        ("1.3.0-beta.2", Level.PATCH, "rc", "1.3.0-rc.1"),
        ("1.3.0-rc.2", Level.PATCH, "beta", "1.3.1-beta.1"),
        ("22.2.0-next.2", Level.PATCH, "next", "22.2.0-next.3"),
        ("1.3.0b2", Level.PATCH, "beta", "1.3.0-beta.3"),
    ],
)
def test_semver_trains(last: str, level: Level, train: str, version: str) -> None:
    assert after(last, level, train, "semver") == version


@pytest.mark.parametrize(
    ("last", "train", "version"),
    [
        ("2026.10.2", "rc", "2026.11.0rc1"),
        ("2026.11.0rc1", "rc", "2026.11.0rc2"),
        ("2026.10.0rc2", "", "2026.10.0"),
        ("2026.11.0", "dev", "2026.11.1.dev1"),
        ("2026.11.0", "post", "2026.11.0.post1"),
    ],
)
def test_calendar_trains(last: str, train: str, version: str) -> None:
    assert after(last, Level.MINOR, train, "calver") == version
