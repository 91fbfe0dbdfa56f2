"""What every ``Forge`` must do. Subclass a suite in a test module and give it the fixture ``subject``, as for an index."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tagboat.errors import AnswerLostError, ConflictError, DeniedError, UnavailableError
from tagboat.ports.forge import Asset, Environment, Forge, ForgeRelease, Review
from tagboat.testing.distributions import sha256_of
from tagboat.testing.raising import raises

Play = Callable[[str, str, str, str, str], None]


@dataclass(frozen=True, slots=True)
class ForgeSubject:
    """A forge under test, with a project of its own.

    Attributes:
        forge: it, with a credential that may write.
        visitor: the same without a credential, on a public project.
        stranger: the same with a credential that may read but not write.
        folder: an empty folder for the suite.
        login: whom the credential of ``forge`` stands for.
        commit: the head of the default branch; it holds ``README.md`` (``# Demo`` and a line end) and ``src/demo.py``.
        lightweight: a tag on it.
        annotated: another tag on it.
        nested: a tag of that tag.
        play: lets a CI run appear: commit, workflow file, branch, status, conclusion ("" for none).
        review: lets a run appear that somebody approved: environment, login, comment; returns the run's number.
        protect: makes an environment to which only these may deploy, such as ``main`` and ``tag:v*``; all where none is named.
        play_log: lets a finished run appear with one job, ``publish``: workflow file, conclusion, its log.
        half_upload: leaves a half-uploaded asset: release, name.
        fault: orders a fault for the next requests: operation (``releases``, ``create-draft``, ``upload-asset``,
            ``download-asset``, ``delete-asset``, ``publish``, ``runs``, ``tag``, ``read``, ``create-tag``,
            ``dispatch``), kind, value, times.
        tries: how often the forge tries a read.
    """

    forge: Forge
    visitor: Forge
    stranger: Forge
    folder: Path
    login: str
    commit: str
    lightweight: str
    annotated: str
    nested: str
    play: Play
    fault: Callable[[str, str, float | None, int], None]
    review: Callable[[str, str, str], int]
    protect: Callable[[str, Sequence[str]], None]
    play_log: Callable[[str, str, str], None]
    half_upload: Callable[[ForgeRelease, str], None] | None = None
    tries: int = 4

    def draft(self, tag: str = "") -> ForgeRelease:
        """Create a draft."""
        return self.forge.create_draft(
            tag=tag or self.lightweight,
            commit=self.commit,
            title="Demo 1.0",
            notes="Notes: ä\n",
            prerelease=False,
        )

    def file(self, name: str = "demo.bin", content: bytes = b"content" * 9999) -> Path:
        """Write a file."""
        path = self.folder / name
        path.write_bytes(content)
        return path

    def upload(self, release: ForgeRelease, path: Path) -> Asset:
        """Upload a file under its own name."""
        return self.forge.upload_asset(release, path.name, path)

    def listed(self, release: ForgeRelease) -> ForgeRelease:
        """Return the release as the forge lists it now."""
        return next(found for found in self.forge.releases() if found.id == release.id)


class ForgeContract:
    """A forge that works."""

    def test_a_credential_has_a_login(self, subject: ForgeSubject) -> None:
        """And no credential has none."""
        assert subject.forge.viewer() == subject.login
        assert subject.visitor.viewer() == ""

    def test_who_may_write_is_told_beforehand(self, subject: ForgeSubject) -> None:
        """Before anything is tried."""
        answers = [forge.may_write() for forge in (subject.forge, subject.stranger, subject.visitor)]
        assert answers == [True, False, False]

    def test_every_kind_of_tag_peels_to_its_commit(self, subject: ForgeSubject) -> None:
        """Only the commit counts."""
        for tag in (subject.lightweight, subject.annotated, subject.nested):
            assert subject.forge.tag_commit(tag) == subject.commit, tag

    def test_a_tag_that_is_not_there_is_none(self, subject: ForgeSubject) -> None:
        """Nor is a prefix of one, or a name that no tag can have."""
        for tag in ("v0.0.0", subject.lightweight[:-1], "../heads/main", "v1?x", "", "v1\n"):
            assert subject.forge.tag_commit(tag) is None, tag

    def test_a_file_is_read_at_a_commit(self, subject: ForgeSubject) -> None:
        """Its bytes; None for a folder and for what is not there."""
        assert subject.forge.read(subject.commit, "README.md") == b"# Demo\n"
        for path in ("src", "missing.txt", "src/missing.py", "../README.md", ""):
            assert subject.forge.read(subject.commit, path) is None, path

    def test_branches_tags_and_paths_are_those_that_git_has(self, subject: ForgeSubject) -> None:
        """So that a plan can be derived again without a clone."""
        assert {subject.lightweight, subject.annotated, subject.nested} == set(subject.forge.tag_names())
        branch = subject.forge.default_branch()
        assert subject.forge.branch_head(branch) == subject.commit
        for name in ("no-such-branch", f"{branch}/x", f"../tags/{subject.lightweight}", "a?b", ""):
            assert subject.forge.branch_head(name) is None, name
        assert sorted(subject.forge.paths(subject.commit)) == ["README.md", "src/demo.py"]

    def test_what_people_said_to_a_runs_deployments_is_told(self, subject: ForgeSubject) -> None:
        """By whom, to which environment, with which words; a run that nobody had to approve has none."""
        run = subject.review("pypi", "grace", "Looks right.")
        assert list(subject.forge.approvals(run)) == [Review(("pypi",), "approved", "grace", "Looks right.")]
        subject.play(subject.commit, "ci.yml", "main", "completed", "success")
        other = next(run for run in subject.forge.runs(subject.commit) if run.workflow == "ci.yml")
        assert list(subject.forge.approvals(other.id)) == []
        assert list(subject.forge.approvals(10**9)) == []

    def test_what_may_deploy_to_an_environment_is_told(self, subject: ForgeSubject) -> None:
        """Whatever the case of its name, to whoever may read; nothing for one that nobody made."""
        subject.protect("Open Sea", ())
        subject.protect("harbour/one", ("main", "release/*", "tag:v*"))
        assert subject.forge.environment("Open Sea") == Environment("Open Sea")
        wanted = Environment("harbour/one", listed=True, branches=("main", "release/*"), tags=("v*",))
        assert subject.forge.environment("HARBOUR/one") == wanted
        assert subject.stranger.environment("harbour/one") == wanted
        assert subject.forge.environment("nowhere") is None

    def test_our_open_issue_is_found_by_its_mark(self, subject: ForgeSubject) -> None:
        """Its first words; no closed one, no other mark, and nobody else's, whatever it says."""
        forge, mark = subject.forge, "<!-- mark: ä -->"
        assert forge.find_issue(mark) is None
        subject.stranger.open_issue(title="Mine", body=f"{mark}\nGive me attention")
        forge.open_issue(title="Another", body=f"Look: {mark}")
        assert forge.find_issue(mark) is None
        made = forge.open_issue(title="Release failed", body=f"{mark}\nCause")
        assert forge.find_issue(mark) == made
        assert (made.title, made.body, made.author) == ("Release failed", f"{mark}\nCause", subject.login)
        changed = forge.update_issue(made, body=f"{mark}\nAnother cause")
        assert forge.find_issue(mark) == changed
        assert changed.body == f"{mark}\nAnother cause"
        forge.comment_issue(changed, "It changed.")
        second = forge.open_issue(title="Once more", body=mark)
        assert forge.find_issue(mark) == changed
        forge.close_issue(changed)
        assert forge.find_issue(mark) == second

    def test_nobody_has_issues(self, subject: ForgeSubject) -> None:
        """Without a credential nothing can be known to be ours, or be written."""
        with raises(DeniedError):
            subject.visitor.find_issue("x")
        with raises(DeniedError):
            subject.visitor.open_issue(title="x", body="x")
        issue = subject.forge.open_issue(title="x", body="x")
        with raises(DeniedError):
            subject.stranger.close_issue(issue)

    def test_runs_of_a_branch_are_listed(self, subject: ForgeSubject) -> None:
        """The newest ones, of that branch alone."""
        subject.play(subject.commit, "ci.yml", "main", "completed", "success")
        subject.play(subject.commit, "docs.yml", "topic", "completed", "failure")
        assert [run.workflow for run in subject.forge.branch_runs("topic")] == ["docs.yml"]
        assert list(subject.forge.branch_runs("no-such-branch")) == []

    def test_runs_of_a_commit_are_listed_newest_first(self, subject: ForgeSubject) -> None:
        """Every branch's, each with its workflow file's name."""
        subject.play(subject.commit, "ci.yml", "main", "completed", "success")
        subject.play(subject.commit, "docs.yml", "topic", "completed", "failure")
        subject.play(subject.commit, "ci.yml", "main", "in_progress", "")
        runs = subject.forge.runs(subject.commit)
        assert [(run.workflow, run.branch, run.status, run.conclusion) for run in runs] == [
            ("ci.yml", "main", "in_progress", ""),
            ("docs.yml", "topic", "completed", "failure"),
            ("ci.yml", "main", "completed", "success"),
        ]
        assert {run.commit for run in runs} == {subject.commit}
        assert [(job.status, job.conclusion) for job in subject.forge.jobs(runs[2])] == [
            ("completed", "success")
        ]

    def test_a_commit_without_runs_has_none(self, subject: ForgeSubject) -> None:
        """An empty list is an answer."""
        assert list(subject.forge.runs("0" * 40)) == []

    def test_more_runs_than_fit_on_a_page_are_all_listed(self, subject: ForgeSubject) -> None:
        """Lists come in pages of at most a hundred."""
        for _ in range(101):
            subject.play(subject.commit, "ci.yml", "main", "completed", "success")
        assert len({run.id for run in subject.forge.runs(subject.commit)}) == 101

    def test_a_draft_is_seen_by_its_makers_only(self, subject: ForgeSubject) -> None:
        """With what it was made of."""
        draft = subject.draft()
        assert (draft.tag, draft.title, draft.draft, draft.prerelease) == (
            subject.lightweight,
            "Demo 1.0",
            True,
            False,
        )
        assert draft.author == subject.login
        assert subject.listed(draft) == draft
        assert not any(release.id == draft.id for release in subject.visitor.releases())

    def test_an_asset_comes_back_with_its_digest(self, subject: ForgeSubject) -> None:
        """As the forge computed it, with who uploaded it."""
        draft, path = subject.draft(), subject.file()
        asset = subject.upload(draft, path)
        assert (asset.name, asset.size, asset.sha256) == (path.name, path.stat().st_size, sha256_of(path))
        assert asset.uploader == subject.login
        assert subject.listed(draft).assets == (asset,)

    def test_an_asset_under_a_taken_name_is_a_conflict(self, subject: ForgeSubject) -> None:
        """And the first stays."""
        draft, path = subject.draft(), subject.file()
        asset = subject.upload(draft, path)
        with raises(ConflictError):
            subject.upload(draft, subject.file(content=b"other"))
        assert subject.listed(draft).assets == (asset,)

    def test_an_empty_file_and_a_large_one_are_assets(self, subject: ForgeSubject) -> None:
        """Nothing is special about sizes."""
        draft = subject.draft()
        for name, content in (("large.bin", bytes(3 << 20)), ("small.bin", b".")):
            asset = subject.upload(draft, subject.file(name, content))
            assert asset.size == len(content)

    def test_an_asset_is_downloaded(self, subject: ForgeSubject) -> None:
        """Draft or not; a wrong digest is a conflict and leaves nothing."""
        path = subject.file()
        asset = subject.upload(subject.draft(), path)
        target = subject.folder / "fetched"
        subject.forge.download_asset(asset, target)
        assert target.read_bytes() == path.read_bytes()
        target.unlink()
        with raises(ConflictError):
            subject.forge.download_asset(replace(asset, sha256="0" * 64), target)
        assert not target.exists()

    def test_a_download_never_exceeds_the_size(self, subject: ForgeSubject) -> None:
        """An endless answer is cut off."""
        asset = subject.upload(subject.draft(), subject.file())
        with raises(UnavailableError):
            subject.forge.download_asset(replace(asset, size=10), subject.folder / "fetched")
        assert not (subject.folder / "fetched").exists()

    def test_deleting_an_asset_twice_is_fine(self, subject: ForgeSubject) -> None:
        """Gone is gone."""
        draft = subject.draft()
        asset = subject.upload(draft, subject.file())
        subject.forge.delete_asset(asset)
        subject.forge.delete_asset(asset)
        assert subject.listed(draft).assets == ()

    def test_a_half_uploaded_asset_is_absent_and_gives_way(self, subject: ForgeSubject) -> None:
        """What a broken upload left is deleted by the next one."""
        if subject.half_upload is None:
            return
        draft, path = subject.draft(), subject.file()
        subject.half_upload(draft, path.name)
        assert subject.listed(draft).assets == ()
        assert subject.upload(draft, path).sha256 == sha256_of(path)

    def test_publishing_makes_a_draft_public(self, subject: ForgeSubject) -> None:
        """With its assets."""
        draft = subject.draft()
        asset = subject.upload(draft, subject.file())
        release = subject.forge.publish(draft, prerelease=True, latest=False)
        assert (release.id, release.draft, release.prerelease) == (draft.id, False, True)
        seen = next(found for found in subject.visitor.releases() if found.id == draft.id)
        assert [found.sha256 for found in seen.assets] == [asset.sha256]

    def test_two_drafts_for_one_tag_are_both_listed(self, subject: ForgeSubject) -> None:
        """So that the engine can tell of them; newest first."""
        first, second = subject.draft(), subject.draft()
        assert [release.id for release in subject.forge.releases()] == [second.id, first.id]

    def test_writing_without_the_right_is_denied(self, subject: ForgeSubject) -> None:
        """With and without a credential."""
        draft, path = subject.draft(), subject.file()
        asset = subject.upload(draft, path)
        for forge in (subject.visitor, subject.stranger):
            with raises(DeniedError):
                forge.create_draft(tag="v9", commit=subject.commit, title="", notes="", prerelease=False)
            with raises(DeniedError):
                forge.upload_asset(draft, "other.bin", path)
        published = subject.forge.publish(draft, prerelease=False, latest=True)
        for forge in (subject.visitor, subject.stranger):
            with raises(DeniedError):
                forge.delete_asset(asset)
        assert [found.sha256 for found in subject.listed(published).assets] == [asset.sha256]


class FailingForgeContract:
    """A forge that fails on demand: what is said must be true of the world."""

    def test_writes_whose_answers_were_lost_say_so(self, subject: ForgeSubject) -> None:
        """They were done; only looking can tell."""
        subject.fault("create-draft", "drop-after", None, 1)
        with raises(AnswerLostError):
            subject.draft()
        (draft,) = subject.forge.releases()
        path = subject.file()
        subject.fault("upload-asset", "drop-after", None, 1)
        with raises(AnswerLostError):
            subject.upload(draft, path)
        (asset,) = subject.listed(draft).assets
        subject.fault("delete-asset", "drop-after", None, 1)
        with raises(AnswerLostError):
            subject.forge.delete_asset(asset)
        assert subject.listed(draft).assets == ()
        subject.fault("publish", "drop-after", None, 1)
        with raises(AnswerLostError):
            subject.forge.publish(draft, prerelease=False, latest=True)
        assert not subject.listed(draft).draft

    def test_writes_that_were_cut_off_are_not_taken_for_done(self, subject: ForgeSubject) -> None:
        """And were not repeated behind the engine's back."""
        subject.fault("create-draft", "drop-before", None, 1)
        expect_unavailable(subject.draft)
        assert list(subject.forge.releases()) == []
        draft, path = subject.draft(), subject.file()
        subject.fault("upload-asset", "drop-before", None, 1)
        expect_unavailable(lambda: subject.upload(draft, path))
        assert subject.listed(draft).assets == ()
        asset = subject.upload(draft, path)
        assert subject.listed(draft).assets == (asset,)

    def test_a_write_that_met_a_failing_server_may_have_been_done(self, subject: ForgeSubject) -> None:
        """5xx is no refusal."""
        for status in (500, 502, 503):
            subject.fault("create-draft", "status", status, 1)
            with raises(AnswerLostError):
                subject.draft()

    def test_an_issue_whose_answer_was_lost_is_found(self, subject: ForgeSubject) -> None:
        """So that no second one is opened."""
        subject.fault("open-issue", "truncate", None, 1)
        with raises(AnswerLostError):
            subject.forge.open_issue(title="Release failed", body="mark")
        assert subject.forge.find_issue("mark") is not None

    def test_a_cut_answer_to_a_write_is_a_lost_answer(self, subject: ForgeSubject) -> None:
        """What it created is there."""
        subject.fault("create-draft", "truncate", None, 1)
        with raises(AnswerLostError):
            subject.draft()
        assert len(subject.forge.releases()) == 1

    def test_reads_are_tried_again(self, subject: ForgeSubject) -> None:
        """Through failures, cut connections and cut answers."""
        asset = subject.upload(subject.draft(), subject.file())
        target = subject.folder / "fetched"
        reads: dict[str, Callable[[], object]] = {
            "releases": subject.forge.releases,
            "tag": lambda: subject.forge.tag_commit(subject.lightweight),
            "read": lambda: subject.forge.read(subject.commit, "README.md"),
            "runs": lambda: subject.forge.runs(subject.commit),
            "download-asset": lambda: subject.forge.download_asset(asset, target),
        }
        for operation, read in reads.items():
            expected = read()
            for kind in ("status", "drop-before", "truncate"):
                subject.fault(operation, kind, None, 1)
                assert read() == expected, (operation, kind)

    def test_reads_that_keep_failing_are_unavailable(self, subject: ForgeSubject) -> None:
        """Never "not there"."""
        for status in (500, 503):
            subject.fault("tag", "status", status, subject.tries)
            with raises(UnavailableError):
                subject.forge.tag_commit(subject.lightweight)

    def test_a_stale_list_is_reported_as_it_is(self, subject: ForgeSubject) -> None:
        """Callers look again."""
        draft = subject.draft()
        subject.fault("releases", "stale", 1, 1)
        assert list(subject.forge.releases()) == []
        assert list(subject.forge.releases()) == [draft]


def expect_unavailable(write: Callable[[], object]) -> None:
    """Expect the error, or the kind of it that a complete request without an answer is."""
    try:
        write()
    except UnavailableError:
        return
    raise AssertionError("a write without an answer was taken for done")
