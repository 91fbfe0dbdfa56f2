"""What release-please's configuration comes to, seen in the next version: its own library gives the same, or drops more."""

import json
from datetime import date

import pytest

from tagboat.config.dialects.release_please import read
from tagboat.config.planning import Planning
from tagboat.config.project import Tree
from tagboat.core.change import Change
from tagboat.planner.versions.decide import decide

FIX, FEAT, BREAKING = (
    Change("c", "fix", "", "text"),
    Change("c", "feat", "", "text"),
    Change("c", "feat", "", "text", ("gone",)),
)
TRAIN = {"versioning": "prerelease", "prerelease": True, "prerelease-type": "beta"}
PACKS = {"versioning": "service-pack"}


def planning(last: str, options: dict[str, object]) -> Planning:
    package = {"release-type": "python", "package-name": "oars", **options}
    files = {
        "release-please-config.json": json.dumps({"packages": {".": package}}).encode(),
        ".release-please-manifest.json": json.dumps({".": last}).encode(),
    }
    found = read(Tree(frozenset(files), files.__getitem__))
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("last", "change", "options", "version"),
    [
        ("1.0.0-beta.1", FIX, {}, "1.0.1-beta.1"),
        ("1.0.0-beta.1", FEAT, {}, "1.1.0-beta.1"),
        ("1.2.3", FIX, TRAIN, "1.2.4-beta"),
        ("1.2.4-beta", FIX, TRAIN, "1.2.4-beta.1"),
        ("1.2.4-beta.1", FEAT, TRAIN, "1.3.0-beta.1"),
        ("1.3.0-rc01", BREAKING, TRAIN, "2.0.0-rc01"),
        ("1.2.3", FIX, PACKS, "1.2.3-sp.1"),
        ("1.2.3-sp.1", FIX, PACKS, "1.2.3-sp.2"),
        ("1.0.0-beta.1", FIX, {"release-as": "1.0.0"}, "1.0.0"),
    ],
)
def test_suffixes_are_spelled_and_counted_as_there(
    last: str, change: Change, options: dict[str, object], version: str
) -> None:
    rules = planning(last, options).components[0].versioning
    assert decide(last, [change], rules, today=date(2026, 1, 31)).version == version


@pytest.mark.parametrize(
    ("last", "change", "options", "version"),
    [
        ("2.0.0b1", FIX, {}, "2.0.0"),
        ("2.0.0b1", FIX, TRAIN, "2.0.0b2"),
        ("1.2.3.post1", FIX, PACKS, "1.2.3.post2"),
        ("1.2", FEAT, {}, "1.3"),
        ("1.31.1", FIX, {"release-as": "2.0.0b1"}, "2.0.0b1"),
    ],
)
def test_what_only_pep_440_reads_is_not_cut_off(
    last: str, change: Change, options: dict[str, object], version: str
) -> None:
    rules = planning(last, options).components[0].versioning
    assert decide(last, [change], rules, today=date(2026, 1, 31)).version == version


def test_pre_releases_that_later_versions_would_end_are_remarked_on() -> None:
    options: dict[str, object] = {"versioning": "prerelease"}
    assert [remark.place for remark in planning("1.2.3", options).remarks] == [
        "release-please-config.json: prerelease"
    ]
    assert planning("1.2.3", TRAIN).remarks == ()


def test_the_librarian_of_python_packages_is_python_s() -> None:
    mine = planning("1.2.3", {"release-type": "python-librarian"})
    theirs = planning("1.2.3", {})
    assert mine.components == theirs.components
    assert [remark.text for remark in mine.remarks] == ["librarian.yaml is left alone"]
