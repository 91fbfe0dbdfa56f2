"""Where a component's next release starts: whatever tags, a manifest or a person say, there is an answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from tagboat.config.planning import Rules, Versioning
from tagboat.errors import UsageError
from tagboat.planner.last_releases import LastRelease, last_releases
from tagboat.testing.drawings import Drawing, Drawn
from tagboat.testing.memory_history import MemoryHistory

LINE = [Drawn("0"), *(Drawn(str(n), (str(n - 1),)) for n in range(1, 10)), Drawn("side", ("3",))]


def history(tags: Mapping[str, str], **more: Any) -> MemoryHistory:
    return MemoryHistory(Drawing(LINE, tags=tags, branches={"main": "9", "side": "side"}), **more)


def last(tags: Mapping[str, str], rules: Rules | None = None, **asked: Any) -> LastRelease:
    held = history(tags)
    rules = rules or Rules("acme")
    return last_releases(held, [rules], held.ids["9"], **asked)[rules.component]


@pytest.mark.parametrize(
    ("tags", "version"),
    [
        ({}, ""),
        ({"v1.0.0": "1"}, "1.0.0"),
        ({"v1.10.0": "1", "v1.9.0": "2", "v1.2.0": "3"}, "1.10.0"),
        ({"v1.0.0": "1", "v1.0.1rc1": "2"}, "1.0.1rc1"),
        ({"v1.0.0": "1", "v1.0.0.post1": "2", "v1.0.0.dev5": "3"}, "1.0.0.post1"),
        ({"v1.0.0": "1", "v1!0.1": "2"}, "1!0.1"),
        (
            {
                "v1.0.0": "1",
                "latest": "2",
                "vv9.0.0": "2",
                "v 9.0.0": "2",
                "v": "3",
                "vx": "4",
                "1.5.0": "5",
                "other-v9.0.0": "6",
            },
            "1.0.0",
        ),
        ({"v1.0.0": "1", "v22.2.0-next.2": "2"}, "1.0.0"),
        ({"v1.0.0": "1", "v1.0.0+local": "2"}, "1.0.0+local"),
        ({"v" + "9" * 5000: "1", "v1.0.0": "2"}, "1.0.0"),
    ],
)
def test_the_highest_version_of_the_tags_counts(tags: dict[str, str], version: str) -> None:
    found = last(tags)
    assert found.version == version
    assert found.tag == (f"v{version}" if version else "")
    assert (found.commit != "") == bool(version)


def test_tags_that_move_along_count_less_than_the_release_that_they_name() -> None:
    tags = {"v10": "5", "v10.1": "5", "v10.1.2": "5"}
    assert last(tags).tag == "v10.1.2"
    ahead = {"v10": "9", "v10.1.2": "5", "v10.0.0": "4"}
    assert last(ahead).version == "10.1.2"


def test_a_tag_of_no_version_says_why_there_is_no_release() -> None:
    found = last({"v22.2.0-next.2": "3"})
    assert (found.version, found.tag, found.commit) == ("", "", "")
    assert any("v{version}" in warning and "pep440" in warning for warning in found.warnings)
    semver = Rules("acme", versioning=Versioning(scheme="semver"))
    assert last({"v22.2.0-next.2": "3"}, semver).version == "22.2.0-next.2"


def test_ignored_tags_are_no_releases() -> None:
    rules = Rules("acme", ignored_tags=(r"^v2\.",))
    assert last({"v1.0.0": "1", "v2.0.0": "2"}, rules).version == "1.0.0"


def test_a_tag_that_the_head_cannot_reach_is_passed_over_when_asked() -> None:
    tags = {"v1.0.0": "1", "v2.0.0": "side"}
    assert last(tags).version == "2.0.0"
    assert last(tags, reachable=True).version == "1.0.0"
    beside = last({"v2.0.0": "side"}, reachable=True)
    assert (beside.version, beside.tag, beside.commit) == ("", "", "")


def test_each_component_has_its_own_tags() -> None:
    held = history({"a-v1.0.0": "1", "b-v2.0.0": "2", "a-b-v3.0.0": "3", "v9.0.0": "4"})
    components = [Rules(name, tag=f"{name}-v{{version}}") for name in ("a", "b", "a-b", "c")]
    found = last_releases(held, components, held.ids["9"])
    assert {name: one.version for name, one in found.items()} == {
        "a": "1.0.0",
        "b": "2.0.0",
        "a-b": "3.0.0",
        "c": "",
    }
    assert last_releases(held, [], held.ids["9"]) == {}


@pytest.mark.parametrize(
    ("branch", "version"), [("1.x", "1.4.2"), ("2.x", "2.0.1"), ("main", "3.0.0"), ("", "3.0.0"), ("3.x", "")]
)
def test_a_release_line_looks_at_its_own_versions(branch: str, version: str) -> None:
    lines = {"1.x": ">=1,<2", "2.x": ">=2,<3", "3.x": ">=4"}
    tags = {"v1.4.2": "1", "v1.3.0": "2", "v2.0.1": "3", "v3.0.0": "4", "v2.0.0rc1": "5"}
    assert last(tags, Rules("acme", lines=lines), branch=branch).version == version


def manifest(version: str, **more: Any) -> Rules:
    return Rules("acme", manifest=version, manifest_path=".release-please-manifest.json", **more)


def test_a_manifest_goes_before_higher_tags() -> None:
    found = last({"v1.0.0": "1", "v2.0.0": "2"}, manifest("1.0.0"))
    assert (found.version, found.tag) == ("1.0.0", "v1.0.0")
    assert "2.0.0" in found.taken
    assert last({"v1.0": "1"}, manifest("1.0.0")).tag == "v1.0"


def test_a_manifest_without_its_tag_starts_where_it_was_written() -> None:
    written = {b".release-please-manifest.json": b'{".": "1.5.0"}'}
    commits = [Drawn("0"), Drawn("1", ("0",)), Drawn("2", ("1",), files=written), Drawn("3", ("2",))]
    held = MemoryHistory(Drawing(commits, tags={"v1.0.0": "0"}))
    found = last_releases(held, [manifest("1.5.0")], held.ids["3"])["acme"]
    assert (found.version, found.tag, found.commit) == ("1.5.0", "", held.ids["2"])
    assert any("v1.5.0" in warning and "missing" in warning for warning in found.warnings)


def test_a_manifest_of_zeros_is_no_release() -> None:
    held = history({})
    rules = manifest("0.0.0", since=held.ids["4"])
    found = last_releases(held, [rules], held.ids["9"])["acme"]
    assert (found.version, found.commit) == ("", held.ids["4"])
    assert last({}, manifest("0.0.0")).commit == ""


def test_a_manifest_that_holds_no_version_is_no_traceback() -> None:
    for text in ("x", "1", "v1.0.0", " ", "9" * 5000, "{version}"):
        assert isinstance(last({"v1.0.0": "1"}, manifest(text)), LastRelease)


def test_the_commit_before_the_first_counts_until_there_is_a_release() -> None:
    held = history({})
    rules = Rules("acme", since=held.ids["4"])
    assert last_releases(held, [rules], held.ids["9"])["acme"].commit == held.ids["4"]
    assert last({"v1.0.0": "1"}, rules).version == "1.0.0"
    lost = last({}, Rules("acme", since="f" * 40))
    assert lost.commit == ""
    assert any("f" * 40 in warning for warning in lost.warnings)


def test_a_person_says_where_to_start() -> None:
    tags = {"v1.0.0": "1", "v2.0.0": "2"}
    held = history(tags)
    by_tag = last(tags, since="v1.0.0")
    assert (by_tag.version, by_tag.tag, by_tag.commit) == ("1.0.0", "v1.0.0", held.ids["1"])
    by_id = last(tags, since=held.ids["2"])
    assert (by_id.version, by_id.tag) == ("2.0.0", "v2.0.0")
    later = last(tags, since=held.ids["5"])
    assert (later.version, later.tag, later.commit) == ("2.0.0", "v2.0.0", held.ids["5"])
    assert last({"v2.0.0": "6"}, since=held.ids["5"]).version == ""
    assert last({"v2.0.0": "6", "v1.0.0": "2"}, since="side").version == "1.0.0"
    with pytest.raises(UsageError, match="--since nowhere names no commit"):
        last(tags, since="nowhere")


def test_a_history_that_is_cut_off_is_warned_of() -> None:
    held = history({"v1.0.0": "1"}, cut=True)
    found = last_releases(held, [Rules("acme")], held.ids["9"])["acme"]
    assert any("shallow" in warning and "unshallow" in warning for warning in found.warnings)
    assert last({"v1.0.0": "1"}).warnings == ()
