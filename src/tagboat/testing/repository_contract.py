"""What every ``Repository`` must do with the history of ``tagboat.testing.histories``; to be sub-classed as for an index."""

from __future__ import annotations

import tarfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tagboat.errors import InvalidError, RefusedError, StepFailedError
from tagboat.ports.repository import Repository, TagKind
from tagboat.testing.distributions import sha256_of
from tagboat.testing.histories import FILES, LINK, SUBMODULE, TIME, History, git
from tagboat.testing.raising import raises

NOWHERE = "0" * 40


@dataclass(frozen=True, slots=True)
class RepositorySubject:
    """A repository under test, refreshed once.

    Attributes:
        repository: it.
        history: what it copies.
        folder: an empty folder for the suite.
        publish: brings what the suite changed in ``history.path`` to where the repository copies from.
    """

    repository: Repository
    history: History
    folder: Path
    publish: Callable[[], None] = lambda: None


class RepositoryContract:
    """A repository that works."""

    def test_tags_peel_to_commits_and_have_a_kind(self, subject: RepositorySubject) -> None:
        """A tag of a tag peels all the way; a signature makes a tag signed."""
        kinds = {tag.name: (tag.commit, tag.kind) for tag in subject.repository.tags()}
        history = subject.history
        assert kinds == {
            "v1.0.0": (history.first, TagKind.LIGHTWEIGHT),
            "v1.1.0": (history.head, TagKind.ANNOTATED),
            "v1.1.1": (history.head, TagKind.SIGNED),
            "v1.1.2": (history.head, TagKind.ANNOTATED),
        }
        for name, (commit, kind) in kinds.items():
            tag = subject.repository.tag(name)
            assert tag is not None
            assert (tag.commit, tag.kind) == (commit, kind)

    def test_what_is_no_tag_of_a_commit_is_none(self, subject: RepositorySubject) -> None:
        """Nor is anything that only git's expressions could find."""
        odd = (
            "v9",
            "a-tree",
            "v1.1.0^{commit}",
            "../heads/main",
            "--all",
            "v1.0.0\n",
            "",
            "v1.1.0~1",
            "HEAD",
        )
        for name in odd:
            assert subject.repository.tag(name) is None, name

    def test_branches_have_heads(self, subject: RepositorySubject) -> None:
        """The default one is what HEAD names."""
        assert subject.repository.default_branch() == "main"
        assert subject.repository.branch_head("main") == subject.history.head
        assert subject.repository.branch_head("side") == subject.history.side
        for name in ("other", "main^", "../tags/v1.0.0", "--all", ""):
            assert subject.repository.branch_head(name) is None, name

    def test_ancestors_are_reachable(self, subject: RepositorySubject) -> None:
        """A commit reaches itself; what is not here is reached by nothing."""
        history, reaches = subject.history, subject.repository.is_ancestor
        assert reaches(history.first, history.head)
        assert reaches(history.head, history.head)
        assert not reaches(history.head, history.first)
        assert not reaches(history.side, history.head)
        assert not reaches(NOWHERE, history.head)
        with raises(RefusedError):
            reaches(history.head, NOWHERE)

    def test_only_whole_ids_name_commits(self, subject: RepositorySubject) -> None:
        """No expression, no abbreviation, no option."""
        for name in ("HEAD", "main", subject.history.head[:12], "--help", f"{subject.history.head}^", ""):
            with raises(InvalidError):
                subject.repository.tree(name)
        with raises(RefusedError):
            subject.repository.tree(NOWHERE)

    def test_a_commit_has_its_committers_time(self, subject: RepositorySubject) -> None:
        """In seconds, whatever the zone."""
        assert subject.repository.commit_time(subject.history.first) == TIME
        assert subject.repository.commit_time(subject.history.head) == TIME + 86_400

    def test_a_tree_lists_every_file(self, subject: RepositorySubject) -> None:
        """Sorted, with git's modes."""
        entries = subject.repository.tree(subject.history.head)
        modes = {entry.path: entry.mode for entry in entries}
        plain = {path: "100755" if path == "bin/run" else "100644" for path in FILES}
        assert modes == {**plain, LINK[0]: "120000", SUBMODULE: "160000"}
        assert [entry.path for entry in entries] == sorted(modes)

    def test_files_are_read_as_they_were_committed(self, subject: RepositorySubject) -> None:
        """No attribute changes a byte."""
        for path, text in FILES.items():
            assert subject.repository.read(subject.history.head, path) == text.encode(), path
        assert subject.repository.read(subject.history.head, LINK[0]) == LINK[1].encode()
        assert subject.repository.read(subject.history.first, "src/demo.py") == b"x = 1\n"
        for path in ("src", "nothing", SUBMODULE, "../README.md", "./README.md", "src/../README.md", ""):
            assert subject.repository.read(subject.history.head, path) is None, path

    def test_a_written_tree_holds_the_bytes(self, subject: RepositorySubject) -> None:
        """With plain modes and the commit's time; a submodule is an empty folder."""
        tree = subject.folder / "tree"
        subject.repository.write_tree(subject.history.head, tree)
        assert {name for name in _below(tree) if not name.startswith(".git/")} == {*FILES, LINK[0]}
        for path, text in FILES.items():
            state = (tree / path).stat()
            assert (tree / path).read_bytes() == text.encode(), path
            assert state.st_mode & 0o7777 == (0o755 if path == "bin/run" else 0o644), path
            assert state.st_mtime == TIME + 86_400, path
        assert str((tree / LINK[0]).readlink()) == LINK[1]
        assert list((tree / SUBMODULE).iterdir()) == []

    def test_a_written_tree_is_a_clean_checkout(self, subject: RepositorySubject) -> None:
        """So that back ends find the version; nothing of the project's configuration or hooks is in it."""
        tree = subject.folder / "tree"
        subject.repository.write_tree(subject.history.head, tree)
        # Plumbing trusts the index as it is; "status" would bring it up to date first.
        assert git(tree, "diff-index", "HEAD") == ""
        assert git(tree, "status", "--porcelain") == ""
        assert git(tree, "rev-parse", "HEAD") == subject.history.head
        assert git(tree, "describe", "--tags", "--dirty", "--long", "--match", "v*").startswith("v1.1.")
        assert git(tree, "tag", "--merged").split() == ["v1.0.0", "v1.1.0", "v1.1.1", "v1.1.2"]
        assert git(tree, "rev-parse", "--is-shallow-repository") == "false"
        assert not (tree / ".git/hooks").exists()
        (tree / "README.md").write_text("changed\n")
        assert git(tree, "status", "--porcelain").strip() == "M README.md"

    def test_a_tree_is_written_into_a_new_folder_only(self, subject: RepositorySubject) -> None:
        """What is there stays."""
        taken = subject.folder / "taken"
        taken.mkdir()
        (taken / "mine").write_text("mine")
        with raises(StepFailedError):
            subject.repository.write_tree(subject.history.head, taken)
        assert [path.name for path in taken.iterdir()] == ["mine"]

    def test_an_archive_is_byte_stable_and_whole(self, subject: RepositorySubject) -> None:
        """What attributes would leave out or replace is there as it is."""
        first, second = subject.folder / "first.tar.gz", subject.folder / "second.tar.gz"
        for target in (first, second):
            subject.repository.archive(subject.history.head, "demo-1.1", target)
        assert sha256_of(first) == sha256_of(second)
        with tarfile.open(first) as archive:
            members = {member.name: member for member in archive}
            for path, text in FILES.items():
                content = archive.extractfile(f"demo-1.1/{path}")
                assert content is not None
                assert content.read() == text.encode(), path
        assert members["demo-1.1/bin/run"].mode == 0o755
        assert members[f"demo-1.1/{LINK[0]}"].linkname == LINK[1]
        assert members[f"demo-1.1/{SUBMODULE}"].isdir()
        owners = {(member.mtime, member.uid, member.gid, member.uname) for member in members.values()}
        assert owners == {(TIME + 86_400, 0, 0, "")}
        assert sorted(made.name for made in subject.folder.iterdir()) == ["first.tar.gz", "second.tar.gz"]

    def test_a_refresh_follows_the_source(self, subject: RepositorySubject) -> None:
        """New commits and tags come, moved tags move, deleted branches go; old commits stay readable."""
        history, path = subject.history, subject.history.path
        git(path, "commit", "-q", "--allow-empty", "-m", "third")
        third = git(path, "rev-parse", "HEAD")
        git(path, "tag", "v1.2.0")
        git(path, "tag", "-f", "v1.0.0", third)
        git(path, "branch", "-q", "-D", "side")
        assert subject.repository.branch_head("main") == history.head
        subject.publish()
        subject.repository.refresh()
        assert subject.repository.branch_head("main") == third
        assert subject.repository.branch_head("side") is None
        assert {tag.name: tag.commit for tag in subject.repository.tags()}["v1.2.0"] == third
        moved = subject.repository.tag("v1.0.0")
        assert moved is not None
        assert moved.commit == third
        assert subject.repository.read(history.first, "README.md") == b"# Demo\n"


def _below(folder: Path) -> set[str]:
    """Every file and link below the folder."""
    return {
        str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_symlink() or not path.is_dir()
    }
