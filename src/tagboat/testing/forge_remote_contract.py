"""What every ``Forge`` must do for a release that is handed to a workflow: tags, runs, logs. Used as ``ForgeContract``."""

from __future__ import annotations

from tagboat.errors import AnswerLostError, ConflictError, DeniedError, StepFailedError
from tagboat.testing.forge_contract import ForgeSubject, expect_unavailable
from tagboat.testing.raising import raises


class RemoteForgeContract:
    """A forge that works, and one that loses answers."""

    def test_a_tag_is_made_once_with_its_message(self, subject: ForgeSubject) -> None:
        """Annotated, and dated by the forge; a second one of the name is a conflict, and changes nothing."""
        message = "demo 2.0: ä 'x' $(y)\n\nManifest: 0a\n"
        subject.forge.create_tag("v2.0.0", subject.commit, message)
        made = subject.forge.tag("v2.0.0")
        assert made is not None
        assert (made.name, made.commit) == ("v2.0.0", subject.commit)
        assert made.message.strip() == message.strip()
        with raises(ConflictError):
            subject.forge.create_tag("v2.0.0", subject.commit, "another")
        assert subject.forge.tag("v2.0.0") == made
        assert subject.forge.tag_commit("v2.0.0") == subject.commit

    def test_a_tag_tells_what_its_object_says(self, subject: ForgeSubject) -> None:
        """A lightweight one has no object; of a tag of a tag the outer one speaks."""
        light, nested = subject.forge.tag(subject.lightweight), subject.forge.tag(subject.nested)
        assert light is not None
        assert nested is not None
        assert (light.commit, light.message, light.made) == (subject.commit, "", "")
        assert nested.commit == subject.commit
        assert subject.forge.tag("v0.0.0") is None
        assert subject.forge.tag("../heads/main") is None

    def test_runs_of_a_workflow_on_a_commit_are_listed(self, subject: ForgeSubject) -> None:
        """No other workflow's; none for one that never ran; a re-run is the same run."""
        forge, commit = subject.forge, subject.commit
        subject.play(commit, "release.yml", "v1.0.0", "completed", "failure")
        subject.play(commit, "ci.yml", "main", "completed", "success")
        subject.play(commit, "release.yml", "main", "in_progress", "")
        newest, oldest = forge.workflow_runs("release.yml", commit)
        assert [(run.branch, run.status, run.attempt) for run in (newest, oldest)] == [
            ("main", "in_progress", 1),
            ("v1.0.0", "completed", 1),
        ]
        forge.rerun_failed(oldest)
        again = forge.workflow_runs("release.yml", commit)[1]
        assert (again.id, again.attempt, again.status, again.conclusion) == (oldest.id, 2, "queued", "")
        assert again.created == oldest.created
        assert again.started >= oldest.started
        assert list(forge.workflow_runs("release.yml", "0" * 40)) == []
        assert list(forge.workflow_runs("no-such.yml", commit)) == []

    def test_a_workflow_is_started_at_a_tag(self, subject: ForgeSubject) -> None:
        """Each time anew, and the forge says which run it is."""
        forge, commit, tag = subject.forge, subject.commit, subject.annotated
        subject.play(commit, "release.yml", "main", "completed", "failure")
        first = forge.dispatch("release.yml", tag, {})
        second = forge.dispatch("release.yml", tag, {})
        runs = [run for run in forge.workflow_runs("release.yml", commit) if run.branch == tag]
        assert [run.id for run in runs] == [second, first]
        assert {(run.event, run.status, run.attempt) for run in runs} == {("workflow_dispatch", "queued", 1)}

    def test_only_what_is_there_is_started_and_only_by_those_who_may(self, subject: ForgeSubject) -> None:
        """No workflow that never ran, no reference that is not there; by nobody without the right to write."""
        subject.play(subject.commit, "release.yml", "main", "completed", "success")
        with raises(DeniedError):
            subject.forge.dispatch("no-such.yml", "main", {})
        with raises(StepFailedError):
            subject.forge.dispatch("release.yml", "v0.0.0", {})
        for forge in (subject.visitor, subject.stranger):
            with raises(DeniedError):
                forge.dispatch("release.yml", "main", {})
        assert len(subject.forge.workflow_runs("release.yml", subject.commit)) == 1

    def test_a_dispatch_whose_answer_was_lost_is_in_the_list(self, subject: ForgeSubject) -> None:
        """And one that never arrived is not; neither is sent again."""
        subject.play(subject.commit, "release.yml", "main", "completed", "success")
        for kind, more in (("drop-before", 0), ("drop-after", 1), ("truncate", 1)):
            before = len(subject.forge.workflow_runs("release.yml", subject.commit))
            subject.fault("dispatch", kind, None, 1)
            expect_unavailable(lambda: subject.forge.dispatch("release.yml", subject.lightweight, {}))
            assert len(subject.forge.workflow_runs("release.yml", subject.commit)) == before + more, kind

    def test_a_run_that_is_not_finished_is_not_run_again(self, subject: ForgeSubject) -> None:
        """Nor by somebody who may not."""
        subject.play(subject.commit, "release.yml", "main", "in_progress", "")
        subject.play(subject.commit, "release.yml", "main", "completed", "failure")
        finished, running = subject.forge.workflow_runs("release.yml", subject.commit)
        with raises(DeniedError):
            subject.forge.rerun_failed(running)
        with raises(DeniedError):
            subject.visitor.rerun_failed(finished)

    def test_logs_of_jobs_are_read(self, subject: ForgeSubject) -> None:
        """One job's, or all of an attempt; None where there is none."""
        subject.play_log("release.yml", "failure", "Uploading\nHTTP 403 \u00e4")
        subject.play(subject.commit, "ci.yml", "main", "completed", "success")
        (run,) = subject.forge.workflow_runs("release.yml", subject.commit)
        (job,) = subject.forge.jobs(run)
        assert (job.name, job.conclusion) == ("publish", "failure")
        log = subject.forge.job_log(job) or ""
        assert "HTTP 403 \u00e4" in log
        logs = subject.forge.run_logs(run) or {}
        assert list(logs) == ["0_publish"]
        assert "HTTP 403 \u00e4" in logs["0_publish"]
        (other,) = subject.forge.workflow_runs("ci.yml", subject.commit)
        assert subject.forge.run_logs(other) is None
        assert subject.forge.job_log(subject.forge.jobs(other)[0]) is None

    def test_no_tag_is_made_without_the_right(self, subject: ForgeSubject) -> None:
        """With and without a credential."""
        for forge in (subject.visitor, subject.stranger):
            with raises(DeniedError):
                forge.create_tag("v9", subject.commit, "no")
        assert subject.forge.tag("v9") is None

    def test_a_tag_whose_answer_was_lost_is_found(self, subject: ForgeSubject) -> None:
        """And one that never arrived is not."""
        subject.fault("create-tag", "drop-before", None, 1)
        expect_unavailable(lambda: subject.forge.create_tag("v2.0.0", subject.commit, "x"))
        assert subject.forge.tag("v2.0.0") is None
        subject.fault("create-tag", "drop-after", None, 1)
        with raises(AnswerLostError):
            subject.forge.create_tag("v2.0.0", subject.commit, "x")
        assert subject.forge.tag_commit("v2.0.0") == subject.commit
