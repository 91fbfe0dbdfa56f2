from __future__ import annotations

from typing import Any

import pytest

from tagboat.core.verdict import Verdict
from tagboat.ports.forge import Job


@pytest.fixture
def options(bench: Any) -> dict[str, Any]:
    return {"commit": bench.commit, "branches": ("main",), "checks": (), "wait": 60, "jobs": {}}


def test_a_green_run_on_the_branch_for_the_commit_passes(bench: Any, options: Any) -> None:
    run = bench.forge.play(bench.commit)
    receipt = bench.run("ci-green", **options)
    assert receipt.findings == ()
    assert receipt.facts["runs"] == [{"id": run.id, "workflow": "ci.yml", "url": run.url}]


def test_no_run_at_all_is_missing(bench: Any, options: Any) -> None:
    assert bench.findings("ci-green", **options) == ["ci-missing"]


def test_a_run_of_another_commit_says_so(bench: Any, options: Any) -> None:
    bench.forge.play("d" * 40)
    finding = bench.finding("ci-green", **options)
    assert finding.code == "ci-other-commit"
    assert "dddddddddddd" in finding.reason
    assert finding.remedy


def test_a_run_on_another_branch_says_which(bench: Any, options: Any) -> None:
    bench.forge.play(bench.commit, branch="topic")
    finding = bench.finding("ci-green", **options)
    assert (finding.code, "topic" in finding.reason) == ("ci-other-branch", True)


def test_the_run_that_releases_is_no_ci_of_its_own(bench: Any, options: Any) -> None:
    bench.forge.play(bench.commit, workflow="release.yml", status="in_progress", conclusion="")
    assert bench.findings("ci-green", **options, releasing="release.yml") == ["ci-missing"]
    run = bench.forge.play(bench.commit)
    receipt = bench.run("ci-green", **options, releasing="release.yml")
    assert (receipt.findings, [each["id"] for each in receipt.facts["runs"]]) == ((), [run.id])
    named = {**options, "checks": ("release.yml",), "wait": 0}
    assert bench.findings("ci-green", **named, releasing="release.yml") == ["ci-running"]


@pytest.mark.parametrize("event", ["pull_request", "pull_request_target"])
def test_a_run_for_a_pull_request_does_not_count(bench: Any, options: Any, event: str) -> None:
    bench.forge.play(bench.commit, event=event)
    finding = bench.finding("ci-green", **options)
    assert finding.code == "ci-other-branch"
    assert event in finding.reason


@pytest.mark.parametrize(
    ("conclusion", "code", "word"),
    [
        ("failure", "ci-failed", "failed"),
        ("timed_out", "ci-failed", "timed out"),
        ("cancelled", "ci-cancelled", "was cancelled"),
        ("skipped", "ci-skipped", "was skipped"),
    ],
)
def test_a_run_that_did_not_succeed_fails_with_its_word(
    bench: Any, options: Any, conclusion: str, code: str, word: str
) -> None:
    bench.forge.play(bench.commit, conclusion=conclusion)
    finding = bench.finding("ci-green", **options)
    assert (finding.code, finding.verdict) == (code, Verdict.FAIL)
    assert word in finding.reason


def test_a_skipped_job_in_a_green_run_fails(bench: Any, options: Any) -> None:
    jobs = (Job("test", "completed", "success"), Job("wheels", "completed", "skipped"))
    bench.forge.play(bench.commit, jobs=jobs)
    finding = bench.finding("ci-green", **options)
    assert finding.code == "ci-jobs-skipped"
    assert "wheels" in finding.reason
    assert "test is" not in finding.reason


def test_a_failed_job_that_was_allowed_to_fail_is_told(bench: Any, options: Any) -> None:
    bench.forge.play(bench.commit, jobs=(Job("nightly", "completed", "failure"),))
    assert bench.findings("ci-green", **options) == ["ci-jobs"]


def test_a_job_may_be_expected_to_be_skipped(bench: Any, options: Any) -> None:
    jobs = (Job("test", "completed", "success"), Job("wheels (arm)", "completed", "skipped"))
    bench.forge.play(bench.commit, jobs=jobs)
    assert bench.findings("ci-green", **{**options, "jobs": {"wheels *": "skipped"}}) == []


def test_a_job_that_was_expected_to_be_skipped_and_ran_fails(bench: Any, options: Any) -> None:
    bench.forge.play(bench.commit, jobs=(Job("deploy", "completed", "success"),))
    assert bench.findings("ci-green", **{**options, "jobs": {"deploy": "skipped"}}) == ["ci-jobs"]


def test_the_newest_run_of_a_workflow_decides(bench: Any, options: Any) -> None:
    bench.forge.play(bench.commit, conclusion="failure")
    bench.forge.play(bench.commit)
    assert bench.findings("ci-green", **options) == []
    bench.forge.play(bench.commit, conclusion="cancelled")
    assert bench.findings("ci-green", **options) == ["ci-cancelled"]


def test_every_configured_check_must_be_there(bench: Any, options: Any) -> None:
    bench.forge.play(bench.commit)
    wanted = {**options, "checks": ("ci.yml", "docs")}
    finding = bench.finding("ci-green", **wanted)
    assert "a run of docs" in finding.reason
    bench.forge.play(bench.commit, workflow="docs.yml")
    assert bench.findings("ci-green", **wanted) == []


def test_a_failing_workflow_that_is_no_configured_check_does_not_stop(bench: Any, options: Any) -> None:
    bench.forge.play(bench.commit)
    bench.forge.play(bench.commit, workflow="stale-bot.yml", conclusion="failure")
    assert bench.findings("ci-green", **{**options, "checks": ("ci.yml",)}) == []
    assert bench.findings("ci-green", **options) == ["ci-failed"]


def test_a_queued_run_is_waited_for_and_then_passes(bench: Any, options: Any) -> None:
    run = bench.forge.play(bench.commit, status="queued", conclusion="")
    sleep = bench.clock.sleep

    def later(seconds: float) -> None:
        sleep(seconds)
        bench.forge.change(run) if run in bench.hosted.runs else None

    bench.clock.sleep = later
    assert bench.findings("ci-green", **options) == []
    assert bench.clock.pauses == [15.0]
    assert "queued" in bench.logged[0]


def test_a_run_that_stays_queued_ends_the_wait_in_waiting(bench: Any, options: Any) -> None:
    bench.forge.play(bench.commit, status="in_progress", conclusion="")
    finding = bench.finding("ci-green", **options)
    assert (finding.verdict, finding.code) == (Verdict.WAIT, "ci-running")
    assert "in progress" in finding.reason
    assert sum(bench.clock.pauses) == pytest.approx(60, abs=0.2)


def test_nothing_is_waited_for_when_another_check_failed_already(bench: Any, options: Any) -> None:
    bench.forge.play(bench.commit, status="queued", conclusion="")
    bench.forge.play(bench.commit, workflow="docs.yml", conclusion="failure")
    assert set(bench.findings("ci-green", **options)) == {"ci-running", "ci-failed"}
    assert bench.clock.pauses == []
