from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tagboat.core.step import StepState
from tagboat.errors import ConflictError, StalePlanError

WINDOW: dict[str, Any] = {"index": "pypi", "distribution": "demo", "version": "1.0"}


def test_a_tag_on_its_commit_exists(bench: Any) -> None:
    assert bench.run("tag-exists", tag="v1.0", commit=bench.commit).facts["commit"] == bench.commit


def test_a_missing_tag_is_told_with_the_command_that_pushes_it(bench: Any) -> None:
    finding = bench.finding("tag-exists", tag="v9", commit=bench.commit)
    assert finding.code == "tag-missing"
    assert "git push origin refs/tags/v9" in finding.remedy


def test_a_tag_that_moved_makes_the_plan_stale(bench: Any) -> None:
    bench.hosted.tags["v1.0"] = "d" * 40
    with pytest.raises(StalePlanError, match="dddddddddddd"):
        bench.run("tag-exists", tag="v1.0", commit=bench.commit)


def reachable(bench: Any, *branches: str) -> list[str]:
    codes: list[str] = bench.findings("reachable", commit=bench.commit, version="1.0", branches=branches)
    return codes


def test_a_commit_on_an_allowed_branch_is_reachable(bench: Any) -> None:
    assert reachable(bench, "main") == []


def test_a_commit_behind_the_branch_s_head_is_reachable(bench: Any) -> None:
    bench.hosted.branches["main"] = "e" * 40
    bench.repository.parents["e" * 40] = {bench.commit}
    assert reachable(bench, "absent", "main") == []


def test_a_commit_beside_the_branch_is_not_reachable(bench: Any) -> None:
    bench.hosted.branches["main"] = "e" * 40
    assert reachable(bench, "main", "absent") == ["not-reachable"]


def test_a_branch_that_does_not_exist_is_told(bench: Any) -> None:
    assert reachable(bench, "absent") == ["branch-missing"]


def test_a_version_without_a_line_is_told(bench: Any) -> None:
    assert reachable(bench) == ["line-missing"]


def notes(bench: Any, version: str = "1.0") -> Any:
    return bench.run("notes-present", commit=bench.commit, version=version, path=f"notes/{version}.md")


def test_release_notes_are_present(bench: Any) -> None:
    assert notes(bench).findings == ()


@pytest.mark.parametrize(("content", "code"), [(None, "notes-missing"), (b" \n\t\n", "notes-empty")])
def test_missing_and_empty_notes_differ(bench: Any, content: bytes | None, code: str) -> None:
    tree = bench.hosted.trees[bench.commit]
    tree.pop("notes/1.0.md")
    tree.update({} if content is None else {"notes/1.0.md": content})
    assert [finding.code for finding in notes(bench).findings] == [code]


def test_a_post_release_needs_no_notes(bench: Any) -> None:
    assert notes(bench, "1.0.post1").state is StepState.SKIPPED


def test_a_window_that_is_not_open_yet_passes(bench: Any) -> None:
    assert bench.findings("upload-window", bench.adopted(None), **WINDOW) == []


def test_a_window_of_14_days_is_open_until_its_end(bench: Any) -> None:
    manifest = bench.built()
    path = bench.files(manifest)[0]
    bench.pypi.hold("demo", path.name, path.read_bytes())
    bench.clock.advance(timedelta(days=14).total_seconds() - 1)
    assert bench.findings("upload-window", bench.adopted(manifest), **WINDOW) == []
    bench.clock.advance(1)
    finding = bench.finding("upload-window", bench.adopted(manifest), **WINDOW)
    assert finding.code == "window-closed"
    assert "demo-1.0-py3-none-any.whl" in finding.reason


def test_a_file_from_the_end_of_time_keeps_its_window_open(bench: Any) -> None:
    manifest = bench.built()
    bench.pypi.now = lambda: datetime.max.replace(tzinfo=UTC)
    path = bench.files(manifest)[0]
    bench.pypi.hold("demo", path.name, path.read_bytes())
    assert bench.findings("upload-window", bench.adopted(manifest), **WINDOW) == []


def test_a_closed_window_matters_only_while_files_are_missing(bench: Any) -> None:
    manifest = bench.built()
    for path in bench.files(manifest)[:2]:
        bench.pypi.hold("demo", path.name, path.read_bytes())
    bench.clock.advance(timedelta(days=30).total_seconds())
    assert bench.findings("upload-window", bench.adopted(manifest), **WINDOW) == []


def test_a_closed_window_asks_for_no_other_distribution_of_the_release(bench: Any) -> None:
    manifest = bench.built()
    sibling = replace(manifest.artifacts[0], file="other-1.0-py3-none-any.whl", component="other")
    both = replace(manifest, artifacts=(*manifest.artifacts, sibling))
    for path in bench.files(manifest)[:2]:
        bench.pypi.hold("demo", path.name, path.read_bytes())
    bench.clock.advance(timedelta(days=30).total_seconds())
    assert bench.findings("upload-window", bench.adopted(both), **WINDOW) == []


def test_no_release_and_a_draft_are_free(bench: Any) -> None:
    assert bench.findings("forge-release-free", bench.adopted(None), tag="v1.0") == []
    bench.draft()
    assert bench.findings("forge-release-free", bench.adopted(None), tag="v1.0") == []


def test_a_published_release_is_refused_unless_its_build_was_adopted(bench: Any) -> None:
    bench.draft()
    bench.publish()
    assert bench.findings("forge-release-free", bench.adopted(None), tag="v1.0") == ["release-published"]
    assert bench.findings("forge-release-free", bench.adopted(bench.built()), tag="v1.0") == []


def test_two_releases_for_one_tag_are_a_conflict(bench: Any) -> None:
    bench.draft()
    bench.draft()
    with pytest.raises(ConflictError, match="2 releases"):
        bench.run("forge-release-free", bench.adopted(None), tag="v1.0")
