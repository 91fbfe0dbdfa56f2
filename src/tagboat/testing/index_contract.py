"""What every ``Index`` must do.

Subclass a suite in a test module and give it the fixture ``subject``::

class TestMyIndex(IndexContract):
    @pytest.fixture
    def subject(self, tmp_path):
        return IndexSubject(MyIndex(...), tmp_path, "some-unused-name")
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from tagboat.errors import AnswerLostError, ConflictError, DeniedError, UnavailableError
from tagboat.ports.index import CredentialKind, Index, IndexProject, published
from tagboat.testing.distributions import make_sdist, make_wheel, sha256_of
from tagboat.testing.raising import raises


@dataclass(frozen=True, slots=True)
class IndexSubject:
    """An index under test.

    Attributes:
        index: it, with a credential that may upload.
        folder: an empty folder for the suite.
        name: a project name that nobody has used there, with a capital letter and a dash.
        stranger: the same index with a credential that may not upload, or None when the suite cannot have one.
        fault: orders a fault for the next requests: operation (``upload``, ``project``, ``download``), kind
            (``drop-before``, ``drop-after``, ``truncate``, ``stale``, ``status``), value, times.
        tries: how often the index tries a read.
    """

    index: Index
    folder: Path
    name: str
    stranger: Index | None = None
    fault: Callable[[str, str, float | None, int], None] | None = None
    tries: int = 4

    def upload(self, path: Path) -> str:
        """Upload a file under its true digest."""
        return self.index.upload(path, sha256_of(path))

    def listed(self) -> IndexProject:
        """Return the project, which must be there."""
        project = self.index.project(self.name)
        assert project is not None, "the index does not know the project"
        return project

    def break_next(self, operation: str, kind: str, value: float | None = None, times: int = 1) -> None:
        """Order a fault."""
        assert self.fault is not None, "this suite needs an index that can fail on demand"
        self.fault(operation, kind, value, times)


class IndexContract:
    """An index that works."""

    def test_a_name_that_nobody_used_is_no_project(self, subject: IndexSubject) -> None:
        """None means that a first upload would create it."""
        assert subject.index.project(subject.name) is None

    def test_an_uploaded_file_is_listed_with_its_digest_and_version(self, subject: IndexSubject) -> None:
        """Sdists and wheels of one version are found together, whatever the order."""
        files = [
            make_sdist(subject.folder, subject.name, "1.0"),
            make_wheel(subject.folder, subject.name, "1.0"),
        ]
        for file in files:
            subject.upload(file)
        found = {file.filename: file.sha256 for file in published(subject.listed(), "1.0")}
        assert found == {file.name: sha256_of(file) for file in files}

    def test_a_project_is_found_under_any_spelling_of_its_name(self, subject: IndexSubject) -> None:
        """PEP 503: case, dashes, dots and underscores do not count."""
        subject.upload(make_wheel(subject.folder, subject.name, "1.0"))
        for spelling in (
            subject.name.lower(),
            subject.name.upper().replace("-", "_"),
            subject.name.replace("-", "."),
        ):
            assert subject.index.project(spelling) is not None, spelling

    def test_versions_are_in_normal_form_and_apart(self, subject: IndexSubject) -> None:
        """A pre-release's files are not those of the release."""
        subject.upload(make_wheel(subject.folder, subject.name, "1.0rc1"))
        subject.upload(make_wheel(subject.folder, subject.name, "1.0"))
        assert len(published(subject.listed(), "1.0rc1")) == len(published(subject.listed(), "1.0")) == 1
        assert not published(subject.listed(), "2.0")

    def test_the_same_bytes_again_are_no_error(self, subject: IndexSubject) -> None:
        """So that a repeated upload after a lost answer is harmless."""
        wheel = make_wheel(subject.folder, subject.name, "1.0")
        subject.upload(wheel)
        subject.upload(wheel)
        assert len(subject.listed().files) == 1

    def test_other_bytes_under_a_taken_name_are_a_conflict(self, subject: IndexSubject) -> None:
        """And what was there stays."""
        first = make_wheel(subject.folder / "first", subject.name, "1.0")
        subject.upload(first)
        with raises(ConflictError):
            subject.upload(make_wheel(subject.folder / "second", subject.name, "1.0", content="x = 2\n"))
        listed = subject.listed().file(first.name)
        assert listed is not None
        assert listed.sha256 == sha256_of(first)

    def test_a_file_that_is_not_the_one_of_the_digest_is_not_sent(self, subject: IndexSubject) -> None:
        """It changed since it was built."""
        with raises(ConflictError):
            subject.index.upload(make_wheel(subject.folder, subject.name, "1.0"), "0" * 64)
        assert subject.index.project(subject.name) is None

    def test_a_download_gives_the_bytes(self, subject: IndexSubject) -> None:
        """Those that were uploaded."""
        wheel = make_wheel(subject.folder / "made", subject.name, "1.0")
        subject.upload(wheel)
        target = subject.folder / "fetched.whl"
        subject.index.download(subject.listed().files[0], target)
        assert target.read_bytes() == wheel.read_bytes()

    def test_a_download_of_other_bytes_than_listed_is_a_conflict(self, subject: IndexSubject) -> None:
        """And leaves no file behind."""
        subject.upload(make_wheel(subject.folder / "made", subject.name, "1.0"))
        target = subject.folder / "fetched.whl"
        with raises(ConflictError):
            subject.index.download(replace(subject.listed().files[0], sha256="0" * 64), target)
        assert not target.exists()

    def test_it_says_what_uploads_are_let_in_with(self, subject: IndexSubject) -> None:
        """Before anything is uploaded, and without the secret."""
        credential = subject.index.upload_credential()
        assert credential.kind is not CredentialKind.NONE
        assert credential.source

    def test_what_was_lent_is_given_back_as_often_as_asked(self, subject: IndexSubject) -> None:
        """And the next upload is let in all the same."""
        for version in ("1.0", "1.1"):
            subject.upload(make_wheel(subject.folder, subject.name, version))
            assert [subject.index.burn(), subject.index.burn()] == ["", ""]

    def test_a_refused_credential_is_denied(self, subject: IndexSubject) -> None:
        """And nothing is stored."""
        if subject.stranger is None:
            return
        wheel = make_wheel(subject.folder, subject.name, "1.0")
        with raises(DeniedError):
            subject.stranger.upload(wheel, sha256_of(wheel))
        assert subject.index.project(subject.name) is None


class FailingIndexContract:
    """An index that fails on demand: what is said must be true of the world."""

    def test_an_upload_whose_answer_was_lost_says_so(self, subject: IndexSubject) -> None:
        """It was accepted; only looking can tell."""
        wheel = make_wheel(subject.folder, subject.name, "1.0")
        subject.break_next("upload", "drop-after")
        with raises(AnswerLostError):
            subject.upload(wheel)
        assert subject.listed().file(wheel.name) is not None

    def test_an_upload_that_was_cut_off_is_unavailable_and_can_be_repeated(
        self, subject: IndexSubject
    ) -> None:
        """Whether all of it had left decides between the two errors; both send the engine looking."""
        wheel = make_wheel(subject.folder, subject.name, "1.0")
        subject.break_next("upload", "drop-before")
        try:
            subject.upload(wheel)
        except UnavailableError:
            assert not published(subject.index.project(subject.name), "1.0")
        else:
            raise AssertionError("an upload without an answer was taken for done")
        subject.upload(wheel)
        assert subject.listed().file(wheel.name) is not None

    def test_a_failure_of_the_server_after_an_upload_may_have_stored_it(self, subject: IndexSubject) -> None:
        """5xx is no refusal."""
        for status in (500, 502, 503, 504):
            subject.break_next("upload", "status", status)
            with raises(AnswerLostError):
                subject.upload(make_wheel(subject.folder, subject.name, "1.0"))

    def test_a_limited_upload_was_not_done(self, subject: IndexSubject) -> None:
        """429 is a refusal that may pass, and is not waited for."""
        subject.break_next("upload", "status", 429)
        with raises(UnavailableError):
            subject.upload(make_wheel(subject.folder, subject.name, "1.0"))
        assert not published(subject.index.project(subject.name), "1.0")

    def test_an_answer_to_an_upload_that_broke_off_is_not_trusted(self, subject: IndexSubject) -> None:
        """The status alone is not enough when the rest is missing; an empty answer cannot be cut."""
        wheel = make_wheel(subject.folder, subject.name, "1.0")
        subject.break_next("upload", "truncate")
        with suppress(AnswerLostError):
            subject.upload(wheel)
        assert subject.listed().file(wheel.name) is not None

    def test_a_read_is_tried_again(self, subject: IndexSubject) -> None:
        """Through failures, cut connections and cut answers."""
        subject.upload(make_wheel(subject.folder, subject.name, "1.0"))
        for kind, value in (
            ("status", 503),
            ("status", 500),
            ("drop-before", None),
            ("drop-after", None),
            ("truncate", None),
        ):
            subject.break_next("project", kind, value)
            assert subject.listed().files, kind

    def test_a_read_that_keeps_failing_is_unavailable(self, subject: IndexSubject) -> None:
        """Never "no such project"."""
        subject.upload(make_wheel(subject.folder, subject.name, "1.0"))
        subject.break_next("project", "truncate", times=subject.tries)
        with raises(UnavailableError):
            subject.index.project(subject.name)

    def test_a_stale_page_is_reported_as_it_is(self, subject: IndexSubject) -> None:
        """Callers look again; nothing here makes up what a page does not list."""
        wheel = make_wheel(subject.folder, subject.name, "1.0")
        subject.upload(wheel)
        subject.upload(make_wheel(subject.folder, subject.name, "1.1"))
        subject.break_next("project", "stale", 1)
        assert not published(subject.index.project(subject.name), "1.1")
        assert published(subject.index.project(subject.name), "1.1")

    def test_a_cut_download_is_tried_again_and_never_left_half(self, subject: IndexSubject) -> None:
        """The file appears when all of it arrived."""
        wheel = make_wheel(subject.folder / "made", subject.name, "1.0")
        subject.upload(wheel)
        file, target = subject.listed().files[0], subject.folder / "fetched.whl"
        subject.break_next("download", "truncate")
        subject.index.download(file, target)
        assert target.read_bytes() == wheel.read_bytes()
        target.unlink()
        subject.break_next("download", "truncate", times=subject.tries)
        with raises(UnavailableError):
            subject.index.download(file, target)
        assert [path.name for path in subject.folder.iterdir()] == ["made"]
