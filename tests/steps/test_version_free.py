from __future__ import annotations

from typing import Any

import pytest

from tagboat.core.step import Receipt
from tagboat.core.verdict import Verdict
from tagboat.errors import ConflictError, UnavailableError

OPTIONS: dict[str, Any] = {
    "index": "pypi",
    "distribution": "demo",
    "version": "1.2",
    "commit": "c" * 40,
    "lines": {"main": ""},
    "staging": False,
    "index_down": "stop",
}


def free(bench: Any, manifest: Any = None, **changes: Any) -> list[str]:
    codes: list[str] = bench.findings("version-free", bench.adopted(manifest), **{**OPTIONS, **changes})
    return codes


def test_a_new_name_is_free(bench: Any) -> None:
    assert free(bench) == []


def test_a_newer_version_is_free(bench: Any) -> None:
    bench.pypi.hold("demo", "demo-1.1.tar.gz")
    assert free(bench) == []


@pytest.mark.parametrize("there", ["1.2", "1.2.0", "1.2.0.0"])
def test_an_equal_version_is_taken_however_it_is_spelled(bench: Any, there: str) -> None:
    bench.pypi.hold("demo", f"demo-{there}.tar.gz")
    assert free(bench) == ["version-taken"]


def test_a_yanked_file_takes_its_version(bench: Any) -> None:
    bench.pypi.hold("demo", "demo-1.2.tar.gz", yanked=True)
    finding = bench.finding("version-free", bench.adopted(None), **OPTIONS)
    assert (finding.code, "yanked" in finding.reason) == ("version-taken", True)
    assert finding.remedy


def test_an_older_version_than_the_newest_is_refused(bench: Any) -> None:
    bench.pypi.hold("demo", "demo-2.0.tar.gz")
    finding = bench.finding("version-free", bench.adopted(None), **OPTIONS)
    assert finding.code == "version-older"
    assert "2.0" in finding.reason


def test_an_older_version_is_judged_by_the_line_of_the_branch_that_holds_it(bench: Any) -> None:
    bench.pypi.hold("demo", "demo-2.0.tar.gz")
    bench.hosted.branches["1.x"] = bench.commit
    both = {"main": "", "1.x": "<2"}
    assert free(bench, lines=both) == []
    assert free(bench, lines={"main": ""}) == ["version-older"]


def test_a_release_that_is_on_the_index_in_part_is_finished_after_a_newer_one(bench: Any) -> None:
    manifest = bench.built()
    path = bench.files(manifest)[0]
    bench.pypi.hold("demo", path.name, path.read_bytes())
    bench.pypi.hold("demo", "demo-2.0.tar.gz")
    assert free(bench, manifest, version="1.0") == []


def test_an_older_version_is_free_on_its_own_line(bench: Any) -> None:
    bench.pypi.hold("demo", "demo-2.0.tar.gz")
    assert free(bench, lines={"main": "<2"}) == []
    bench.pypi.hold("demo", "demo-1.3.tar.gz")
    assert free(bench, lines={"main": "<2"}) == ["version-older"]


def test_a_newer_pre_release_does_not_stop_a_final_one(bench: Any) -> None:
    bench.pypi.hold("demo", "demo-2.0rc1.tar.gz")
    assert free(bench) == []
    assert free(bench, version="1.2rc1") == ["version-older"]


def test_a_newer_version_that_was_yanked_does_not_stop(bench: Any) -> None:
    bench.pypi.hold("demo", "demo-2.0.tar.gz", yanked=True)
    assert free(bench) == []


@pytest.mark.parametrize("status", ["archived", "quarantined"])
def test_a_project_that_takes_no_uploads_stops(bench: Any, status: str) -> None:
    bench.pypi.set_status("demo", status)
    assert free(bench) == [f"project-{status}"]


def test_an_index_that_is_down_stops_unless_the_policy_goes_on(bench: Any) -> None:
    bench.pypi.orders.add("project", "status", 503, times=8)
    with pytest.raises(UnavailableError):
        free(bench)
    finding = bench.finding("version-free", bench.adopted(None), **{**OPTIONS, "index_down": "go"})
    assert (finding.verdict, finding.code) == (Verdict.WARN, "index-down")


def test_a_staged_version_is_a_warning(bench: Any) -> None:
    bench.testpypi.hold("demo", "demo-1.2.tar.gz")
    bench.testpypi.hold("demo", "demo-3.0.tar.gz")
    options = {**OPTIONS, "index": "testpypi", "staging": True}
    finding = bench.finding("version-free", bench.adopted(None), **options)
    assert (finding.verdict, finding.code) == (Verdict.WARN, "version-staged")


def test_files_of_the_adopted_build_do_not_take_the_version(bench: Any) -> None:
    manifest = bench.built()
    for path in bench.files(manifest)[:1]:
        bench.pypi.hold("demo", path.name, path.read_bytes())
    assert free(bench, manifest, version="1.0") == []


def test_other_files_than_the_adopted_build_s_are_a_conflict(bench: Any) -> None:
    bench.pypi.hold("demo", "demo-1.0.tar.gz", b"another build")
    with pytest.raises(ConflictError, match=r"demo-1\.0\.tar\.gz"):
        free(bench, bench.built(), version="1.0")


def test_a_taken_version_says_why_the_build_on_the_forge_was_not_adopted(bench: Any) -> None:
    bench.pypi.hold("demo", "demo-1.2.tar.gz")
    needs = {"adopt": Receipt("", {"manifest": None, "passed_over": "built for another plan"})}
    assert bench.finding("version-free", needs, **OPTIONS).remedy.endswith("built for another plan")


def test_a_second_run_of_a_release_that_was_handed_over_goes_on(bench: Any) -> None:
    bench.hands_over("a" * 64)
    bench.pypi.hold("demo", "demo-1.2.tar.gz")
    bench.pypi.hold("demo", "demo-3.0.tar.gz")
    finding = bench.finding("version-free", bench.adopted(None), **OPTIONS)
    assert (finding.verdict, finding.code) == (Verdict.WARN, "version-handed-over")


def test_a_draft_that_is_seen_and_does_not_hold_what_was_handed_over_takes_the_version(bench: Any) -> None:
    bench.hands_over("a" * 64)
    bench.pypi.hold("demo", "demo-1.2.tar.gz")
    needs = {"adopt": Receipt("", {"manifest": None, "passed_over": "built for another plan"})}
    finding = bench.finding("version-free", needs, **OPTIONS)
    assert (finding.verdict, finding.code) == (Verdict.FAIL, "version-taken")


def test_a_token_that_may_see_no_draft_is_told_what_else_the_files_may_be(
    bench: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.pypi.hold("demo", "demo-1.2.tar.gz")
    assert "failed jobs" not in bench.finding("version-free", bench.adopted(None), **OPTIONS).remedy
    monkeypatch.setattr(bench.forge, "may_write", lambda: None)
    finding = bench.finding("version-free", bench.adopted(None), **OPTIONS)
    assert (finding.verdict, finding.code) == (Verdict.FAIL, "version-taken")
    assert finding.remedy.startswith("if a run of this release published them, let only its failed jobs run")
