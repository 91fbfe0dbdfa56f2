"""The steps that hand a release to the forge's workflow: the tag, the run that it starts, its logs, what it published."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tagboat.core.plan import Half, Plan
from tagboat.core.step import StepState
from tagboat.errors import AnswerLostError, ConflictError, StepFailedError, UnavailableError, WaitingError
from tagboat.ports.forge import ForgeTag, Job, JobStep, WorkflowRun
from tagboat.steps.remote_run import message, newest, rerun

MANIFEST = "a" * 64
OTHER = "d" * 40
PUSH = {"tag": "v2.0", "commit": "c" * 40, "title": "demo 2.0", "manifest": MANIFEST}
FOLLOW: dict[str, Any] = {
    "tag": "v2.0",
    "workflow": "release.yml",
    "manifest": MANIFEST,
    "start": 60,
    "wait": 600,
}
CAPTURE = {name: FOLLOW[name] for name in ("tag", "workflow", "manifest")}


def tagged(bench: Any) -> None:
    bench.run("push-tag", **PUSH)


def start(bench: Any, **fields: Any) -> WorkflowRun:
    """The tag starts the workflow."""
    wanted = {
        "workflow": "release.yml",
        "branch": "v2.0",
        "status": "in_progress",
        "conclusion": "",
        **fields,
    }
    run: WorkflowRun = bench.forge.play(bench.commit, **wanted)
    return run


def meanwhile(bench: Any, *deeds: Callable[[], object]) -> None:
    """Let something happen in each of the next waits."""
    bench.clock.meanwhile.extend(deeds)


def test_a_tag_is_made_and_found(bench: Any) -> None:
    assert bench.find("push-tag", **PUSH) is None
    tagged(bench)
    assert bench.hosted.tags["v2.0"] == bench.commit
    assert bench.hosted.tag_texts["v2.0"][0] == f"demo 2.0\n\nManifest: {MANIFEST}\n"
    assert "somebody else" not in bench.find("push-tag", **PUSH).summary


@pytest.mark.parametrize("kind", ["push-tag", "tag-ready"])
def test_a_tag_at_another_commit_is_a_conflict_that_shows_both(bench: Any, kind: str) -> None:
    bench.hosted.tags["v2.0"] = OTHER
    options = PUSH if kind == "push-tag" else {"tag": "v2.0", "commit": bench.commit}
    verb = bench.find if kind == "push-tag" else bench.run
    with pytest.raises(ConflictError, match=f"{OTHER}.*{bench.commit}"):
        verb(kind, **options)


def test_a_tag_that_somebody_made_at_our_commit_is_accepted(bench: Any) -> None:
    bench.hosted.tags["v2.0"] = bench.commit
    assert "made by somebody else" in bench.find("push-tag", **PUSH).summary
    assert "somebody else" in bench.run("push-tag", **PUSH).summary
    assert bench.run("tag-ready", tag="v2.0", commit=bench.commit).facts["commit"] == bench.commit
    assert bench.run("tag-ready", tag="v3.0", commit=bench.commit).facts["commit"] is None


@pytest.mark.parametrize("verb", ["find", "run"])
def test_a_tag_that_hands_another_build_over_is_a_conflict(bench: Any, verb: str) -> None:
    tagged(bench)
    with pytest.raises(
        ConflictError, match=f"hands the build {MANIFEST} over, this release built {'b' * 64}"
    ):
        getattr(bench, verb)("push-tag", **{**PUSH, "manifest": "b" * 64})


def test_what_stands_in_a_title_cannot_pretend_to_be_another_manifest() -> None:
    text = message(f"demo\n\nManifest: {'b' * 64}\x1b[2J", MANIFEST)
    assert [line for line in text.splitlines() if line.startswith("Manifest: ")] == [f"Manifest: {MANIFEST}"]


def test_a_run_is_followed_and_its_states_are_told_once(bench: Any) -> None:
    tagged(bench)
    run = start(bench, status="queued")
    meanwhile(
        bench,
        lambda: bench.forge.change(run, status="in_progress", conclusion=""),
        lambda: None,
        lambda: bench.forge.change(run),
    )
    receipt = bench.run("follow-run", **FOLLOW)
    assert receipt.facts == {"run": run.id, "attempt": 1, "url": run.url}
    assert bench.told == [
        f"release.yml runs: {run.url}",
        "test: queued",
        "test: in progress",
        "test: success",
    ]
    assert bench.find("follow-run", **FOLLOW).facts == receipt.facts


def test_a_run_that_appears_late_is_found(bench: Any) -> None:
    tagged(bench)
    meanwhile(bench, lambda: None, lambda: start(bench, status="completed", conclusion="success"))
    assert bench.run("follow-run", **FOLLOW).facts["attempt"] == 1


@pytest.mark.parametrize(
    ("by_tag", "said"), [(True, "starts on pushed tags such as v2.0"), (False, "does not list its run")]
)
def test_a_run_that_never_appears_is_waited_for_within_bounds(bench: Any, by_tag: bool, said: str) -> None:
    tagged(bench)
    start(bench, workflow="ci.yml", status="completed", conclusion="success")
    with pytest.raises(
        StepFailedError, match=r"no run of release\.yml for v2\.0 appeared within 60"
    ) as caught:
        bench.run("follow-run", **FOLLOW, by_tag=by_tag)
    assert said in caught.value.remedy
    assert 60 <= sum(bench.clock.pauses) < 61


def test_a_run_that_does_not_finish_is_left_and_can_be_followed_further(bench: Any) -> None:
    tagged(bench)
    run = start(bench)
    with pytest.raises(WaitingError, match="still in progress after 600 seconds") as caught:
        bench.run("follow-run", **FOLLOW)
    assert "tagboat resume" in caught.value.remedy
    assert 600 <= sum(bench.clock.pauses) < 601
    bench.forge.change(run)
    assert bench.find("follow-run", **FOLLOW) is not None


def test_a_run_that_waits_for_a_person_says_so(bench: Any) -> None:
    tagged(bench)
    start(bench, status="waiting")
    with pytest.raises(WaitingError) as caught:
        bench.run("follow-run", **FOLLOW)
    assert "approve its deployment" in caught.value.remedy


@pytest.mark.parametrize(
    ("conclusion", "said"),
    [
        ("failure", "failed"),
        ("cancelled", "was cancelled"),
        ("timed_out", "timed out"),
        ("action_required", "requires somebody's action"),
        ("startup_failure", "could not start"),
        ("neutral", "ended as neutral"),
        ("stale", "ended as stale"),
    ],
)
def test_a_conclusion_that_is_no_success_fails_the_release(bench: Any, conclusion: str, said: str) -> None:
    tagged(bench)
    run = start(bench, status="completed", conclusion=conclusion)
    assert bench.find("follow-run", **FOLLOW) is None
    with pytest.raises(StepFailedError, match=rf"release\.yml {said} \(run {run.id}\)") as caught:
        bench.run("follow-run", **FOLLOW)
    assert run.url in caught.value.remedy


def test_a_failure_names_the_job_its_step_and_the_end_of_its_log_without_secrets(bench: Any) -> None:
    tagged(bench)
    steps = (JobStep("Build", "success"), JobStep("Publish", "failure"))
    jobs = (
        Job("docs", "completed", "cancelled", 1),
        Job("publish", "completed", "failure", 2, steps),
        Job("build", "completed", "success", 3),
    )
    start(bench, status="completed", conclusion="failure", jobs=jobs)
    lines = [f"2026-01-01T00:00:00.1234567Z line {number}" for number in range(100)]
    bench.hosted.logs[2] = "\n".join([*lines, "\x1b[31mtoken: ghp_" + "x" * 36, "HTTP 403"])
    with pytest.raises(StepFailedError) as caught:
        bench.run("follow-run", **FOLLOW)
    cause = caught.value.cause
    assert "its job publish failed in the step 'Publish'" in cause
    assert cause.endswith("line 99\ntoken: ***\nHTTP 403")
    assert "line 50" not in cause
    assert "\x1b" not in cause


def test_a_log_that_is_not_to_be_had_hides_no_failure(bench: Any) -> None:
    tagged(bench)
    start(bench, status="completed", conclusion="failure")
    bench.forge.orders.add("job-log", "status", 500, 4)
    with pytest.raises(StepFailedError, match=r"failed.*its log is not to be had"):
        bench.run("follow-run", **FOLLOW)


def refuse(*_: object) -> None:
    raise StepFailedError("answered 301: Moved Permanently", remedy="the repository has moved")


def test_a_log_that_is_refused_in_another_way_hides_no_failure(bench: Any, monkeypatch: Any) -> None:
    tagged(bench)
    start(bench, status="completed", conclusion="failure")
    monkeypatch.setattr(bench.forge, "job_log", refuse)
    with pytest.raises(StepFailedError, match=r"failed.*its log is not to be had: answered 301"):
        bench.run("follow-run", **FOLLOW)


def test_jobs_of_one_name_are_told_once_each(bench: Any) -> None:
    tagged(bench)
    jobs = tuple(
        Job("build", "completed", how, number) for number, how in enumerate(("success", "failure"), 1)
    )
    run = start(bench, jobs=jobs)
    meanwhile(bench, lambda: None, lambda: None, lambda: bench.forge.change(run))
    bench.run("follow-run", **FOLLOW)
    assert [bench.told.count(f"build: {how}") for how in ("success", "failure")] == [1, 1]


def test_a_forge_that_is_silent_for_a_while_is_asked_again(bench: Any) -> None:
    tagged(bench)
    start(bench, status="completed", conclusion="success")
    bench.forge.orders.add("runs", "status", 500, 4 * 4)
    assert bench.run("follow-run", **FOLLOW).facts["attempt"] == 1
    bench.forge.orders.add("runs", "status", 500, 4 * 5)
    with pytest.raises(UnavailableError):
        bench.run("follow-run", **FOLLOW)


def test_the_next_attempt_of_a_failed_run_is_followed(bench: Any) -> None:
    tagged(bench)
    run = start(bench, status="completed", conclusion="failure")
    bench.clock.advance(5)
    bench.forge.rerun_failed(run)
    meanwhile(bench, lambda: bench.forge.change(run))
    assert bench.run("follow-run", **FOLLOW).facts == {"run": run.id, "attempt": 2, "url": run.url}
    assert bench.told[0] == f"release.yml runs, attempt 2: {run.url}"


TAG = ForgeTag("v2.0", "c" * 40, message("demo 2.0", MANIFEST), "2026-01-01T12:00:00+01:00")


def a_run(number: int, minute: int, **fields: Any) -> WorkflowRun:
    """A run that started so many minutes after (or before) the tag was made."""
    moment = f"2026-01-01T{11 + minute // 60}:{minute % 60:02}:00Z"
    values = {"branch": "v2.0", "event": "push", "status": "completed", "conclusion": "success", **fields}
    return WorkflowRun(
        number,
        "release.yml",
        "release",
        "c" * 40,
        url="u",
        **{"created": moment, "started": moment, **values},
    )


def test_the_newest_start_for_the_tag_is_the_run() -> None:
    first, second = a_run(1, 1), a_run(2, 2)
    assert newest([first, second], TAG, dated=True) == second
    again = a_run(1, 1, attempt=2, started="2026-01-01T11:03:00Z")
    assert newest([again, second], TAG, dated=True) == again
    assert newest([], TAG, dated=True) is None


def test_a_run_from_before_the_tag_is_not_its_run() -> None:
    """A dry run at the same commit, or the run of a tag that was deleted and made again."""
    assert newest([a_run(1, -5), a_run(2, -1, branch="main")], TAG, dated=True) is None
    assert newest([a_run(1, 0)], TAG, dated=True) is not None


def test_any_event_counts_but_a_pull_request_and_the_tag_s_own_come_first() -> None:
    dispatched = a_run(1, 5, branch="main", event="workflow_dispatch")
    assert newest([dispatched, a_run(2, 6, event="pull_request_target")], TAG, dated=True) == dispatched
    own = a_run(3, 1, event="release")
    assert newest([dispatched, own], TAG, dated=True) == own


def test_a_tag_that_somebody_else_made_has_no_time_to_go_by() -> None:
    """Its date is their machine's; what was started for it counts, and nothing else at the commit."""
    theirs = ForgeTag("v2.0", "c" * 40, "by hand", "2030-01-01T00:00:00Z")
    own, other = a_run(1, 1), a_run(2, 5, branch="main")
    assert newest([own, other], theirs, dated=False) == own
    assert newest([other], theirs, dated=False) is None


def test_the_name_of_a_run_tells_which_release_it_is() -> None:
    """The generated workflow's name says the tag that was typed in, and whether it is a dry run."""
    by_hand = a_run(1, 1, branch="main", event="workflow_dispatch", title="Release v2.0")
    dry = a_run(2, 2, event="workflow_dispatch", title="Release v2.0 (dry run)")
    other = a_run(3, 3, branch="main", event="workflow_dispatch", title="Release core-v1.0")
    nameless = a_run(4, 4, branch="main", event="workflow_dispatch", title="release")
    assert newest([by_hand, dry, other, nameless], TAG, dated=True) == by_hand
    assert newest([by_hand, dry, other, nameless], TAG, dated=False) == by_hand
    assert newest([dry, other], TAG, dated=True) is None
    assert newest([dry, other, nameless], TAG, dated=True) == nameless
    assert newest([dry, other, nameless], TAG, dated=True, strict=True) is None
    own = a_run(5, 5, title="Release the kraken")
    assert newest([by_hand, own], TAG, dated=True) == own


def test_logs_are_kept_by_digest_whatever_the_run_came_to(bench: Any) -> None:
    tagged(bench)
    run = start(bench, status="completed", conclusion="failure", log=f"pypi-{'A' * 40}\nä\x1b]0;x\x07\n")
    facts = bench.run("capture-logs", **CAPTURE).facts
    text = (bench.folder.parent / "logs" / "files" / facts["sha256"]).read_text()
    assert text == f"{run.url} attempt 1: failure\n--- 0_test\n***\nä\n"
    assert (facts["run"], facts["attempt"]) == (run.id, 1)


def test_only_the_end_of_long_logs_is_kept_and_says_so(bench: Any) -> None:
    tagged(bench)
    start(bench, status="completed", conclusion="success", log="x" * 60_000 + "\n" + "end of log")
    facts = bench.run("capture-logs", **CAPTURE).facts
    text = (bench.folder.parent / "logs" / "files" / facts["sha256"]).read_text()
    mark, kept = text.splitlines()[1], text.split("\n", 2)[2]
    assert mark.endswith("characters before this are left out]")
    assert len(kept) == 50_000
    assert kept.endswith("end of log\n")


def test_logs_that_are_not_there_stop_nothing(bench: Any) -> None:
    tagged(bench)
    run = start(bench)
    assert bench.run("capture-logs", **CAPTURE).state is StepState.SKIPPED
    bench.forge.change(run)
    assert bench.findings("capture-logs", **CAPTURE) == ["logs-missing"]
    bench.forge.orders.add("run-logs", "status", 500, 4)
    assert bench.findings("capture-logs", **CAPTURE) == ["logs-missing"]


def test_logs_that_are_refused_in_any_way_stop_nothing(bench: Any, monkeypatch: Any) -> None:
    tagged(bench)
    start(bench, status="completed", conclusion="success")
    monkeypatch.setattr(bench.forge, "run_logs", refuse)
    assert bench.findings("capture-logs", **CAPTURE) == ["logs-missing"]


def arrived(bench: Any, manifest: Any) -> dict[str, Any]:
    artifacts = [artifact.as_json() for artifact in manifest.artifacts]
    return {"index": "pypi", "distribution": "demo", "version": "1.0", "tries": 3, "artifacts": artifacts}


def publish(bench: Any, *artifacts: Any) -> None:
    for artifact in artifacts:
        bench.pypi.upload(bench.ports.store.path(artifact), artifact.sha256)


def test_our_bytes_on_the_index_are_found_with_their_addresses(bench: Any) -> None:
    manifest = bench.built()
    publish(bench, *manifest.artifacts)
    receipt = bench.run("arrived", **arrived(bench, manifest))
    assert set(receipt.facts["urls"]) == {artifact.file for artifact in manifest.artifacts}
    assert all(receipt.facts["urls"].values())


def test_a_file_that_is_late_is_waited_for(bench: Any) -> None:
    manifest = bench.built()
    meanwhile(bench, lambda: None, lambda: publish(bench, *manifest.artifacts))
    assert bench.run("arrived", **arrived(bench, manifest)).findings == ()


def test_every_file_that_is_absent_or_other_is_named(bench: Any) -> None:
    ours = bench.built()
    theirs = bench.built("x = 2\n", plan="0" * 64)
    sdist, wheel = ours.artifacts if ours.artifacts[0].file.endswith(".gz") else ours.artifacts[::-1]
    other = next(artifact for artifact in theirs.artifacts if artifact.file == wheel.file)
    publish(bench, other)
    receipt = bench.run("arrived", **arrived(bench, ours))
    assert [finding.code for finding in receipt.findings] == ["remote-missing", "remote-differs"] or [
        finding.code for finding in receipt.findings
    ] == ["remote-differs", "remote-missing"]
    assert f"{sdist.file} is not on pypi" in receipt.summary
    assert f"{other.sha256}, we built {wheel.sha256}" in receipt.summary
    assert bench.clock.now() - timedelta(seconds=1) > bench.clock.start


def test_what_failed_is_run_again_once_and_the_ledger_says_so(bench: Any) -> None:
    tagged(bench)
    step = bench.step("follow-run", {}, FOLLOW)
    plan = Plan(Half.PUBLISH, "remote-release", (), (step,))
    assert rerun(bench.ports, plan) == []
    run = start(bench, status="completed", conclusion="failure")
    assert [again.id for again in rerun(bench.ports, plan)] == [run.id]
    assert rerun(bench.ports, plan) == []
    bench.forge.change(run)
    assert rerun(bench.ports, plan) == []
    bodies = [entry.body for entry in bench.ports.ledger.entries() if entry.event == "rerun"]
    assert bodies == [{"run": run.id, "attempt": 1}]


def test_somebody_who_was_faster_with_the_same_tag_is_no_conflict(bench: Any) -> None:
    bench.forge.orders.add("create-tag", "drop-after")
    with pytest.raises(AnswerLostError):
        tagged(bench)
    assert "somebody else" not in bench.run("push-tag", **PUSH).summary
