"""A version that a tag holds already is never the next one, wherever that tag is."""

from collections.abc import Mapping
from datetime import date

from tagboat.config.planning import Planning, Rules
from tagboat.planner.propose import propose
from tagboat.planner.wanted import Wanted
from tagboat.testing.drawings import Drawing, Drawn
from tagboat.testing.memory_history import MemoryHistory

TODAY = date(2026, 1, 31)
COMMITS = (
    Drawn("one"),
    Drawn("two", ("one",), b"feat: two"),
    Drawn("aside", ("one",), b"feat: aside"),
)


def planned(
    tags: Mapping[str, str],
    head: str = "two",
    lines: Mapping[str, str] | None = None,
    **said: str,
) -> tuple[str, str]:
    history = MemoryHistory(Drawing(COMMITS, tags, {"main": head}))
    manifest, path = said.get("manifest", ""), said.get("manifest_path", "")
    rules = Rules("oars", lines=lines or {}, manifest=manifest, manifest_path=path)
    wanted = Wanted(history.ids[head], TODAY, branch=said.get("branch", ""), since=said.get("since", ""))
    (found,) = propose(history, Planning("tagboat", components=(rules,)), wanted)
    return found.last, found.version


def test_a_tag_that_the_head_cannot_reach_is_passed_over() -> None:
    assert planned({"v1.0.0": "one", "v1.1.0": "aside"}) == ("1.0.0", "1.1.1")


def test_sixty_newer_versions_do_not_hide_the_one_that_is_next() -> None:
    newer = {f"v2.{number}.0": "aside" for number in range(60)}
    assert planned({"v1.0.0": "one", "v1.1.0": "aside", **newer}) == ("1.0.0", "1.1.1")


def test_a_line_does_not_take_a_version_of_another_line() -> None:
    tags = {"v1.0.0": "one", "v1.1.0": "aside"}
    assert planned(tags, lines={"1.0.x": "<1.1"}, branch="1.0.x") == ("1.0.0", "1.1.1")


def test_what_is_below_the_last_release_takes_nothing() -> None:
    assert planned({"v0.9.0": "one", "v1.0.0": "one"}) == ("1.0.0", "1.1.0")


def test_whoever_names_the_last_release_is_not_bound_by_tags() -> None:
    tags = {"v1.0.0": "one", "v1.1.0": "aside"}
    assert planned(tags, since="v1.0.0") == ("1.0.0", "1.1.0")


def test_an_old_manifest_goes_on_behind_what_exists() -> None:
    newer = {f"v2.{number}.0": "aside" for number in range(60)}
    tags = {"v1.0.0": "one", "v1.1.0": "aside", **newer}
    assert planned(tags, manifest="1.0.0", manifest_path="versions.json") == ("1.0.0", "1.1.1")
