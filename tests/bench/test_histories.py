from pathlib import Path

import pytest
from bench.histories import UNRELEASED, Shape, borrowed, git, history, make

SMALL = Shape(400, 5, 20)
APART = Shape(400, 25, 60, apart=True, behind=3)


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("plain") / "repository"
    make(SMALL, folder)
    return folder


@pytest.fixture(scope="module")
def apart(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, object]]:
    folder = tmp_path_factory.mktemp("apart") / "repository"
    return folder, make(APART, folder)


def test_the_same_seed_gives_the_same_commits(plain: Path, tmp_path: Path) -> None:
    facts = make(SMALL, tmp_path / "again")
    assert facts["head"] == git(plain, "rev-parse", "HEAD")
    assert git(tmp_path / "again", "show-ref") == git(plain, "show-ref")


def test_the_same_seed_gives_the_same_commits_on_every_machine(plain: Path) -> None:
    assert git(plain, "rev-parse", "HEAD") == "1f4c7358ff1797037d975dce1c12b0f242d2dcac"


def test_another_seed_gives_others(plain: Path, tmp_path: Path) -> None:
    facts = make(Shape(400, 5, 20, seed=2), tmp_path / "other")
    assert facts["head"] != git(plain, "rev-parse", "HEAD")


def test_there_are_as_many_commits_tags_and_folders_as_asked_for(plain: Path) -> None:
    assert int(git(plain, "rev-list", "--count", "HEAD")) == SMALL.commits
    assert len(git(plain, "tag").split()) == SMALL.tags
    assert len(list((plain / "packages").iterdir())) == SMALL.folders


def test_the_last_release_is_a_hundred_commits_old(plain: Path) -> None:
    last = git(plain, "describe", "--tags", "--abbrev=0")
    assert int(git(plain, "rev-list", "--count", f"{last}..HEAD")) == UNRELEASED


def test_there_are_merges_and_both_kinds_of_tags(plain: Path) -> None:
    assert int(git(plain, "rev-list", "--count", "--merges", "HEAD")) > 3
    assert set(git(plain, "for-each-ref", "--format=%(objecttype)", "refs/tags").split()) == {"commit", "tag"}


def test_nothing_is_broken_and_the_work_tree_is_clean(plain: Path) -> None:
    assert git(plain, "fsck", "--strict", "--no-dangling") == ""
    assert git(plain, "status", "--porcelain") == ""


def test_every_commit_changes_what_it_names(plain: Path) -> None:
    listed = git(plain, "log", "--no-merges", "--no-renames", "--name-only", "--format=%x01")
    changed = [len(entry.split()) for entry in listed.split("\x01")[1:]]
    assert len(changed) > 300
    assert min(changed) >= 1
    assert max(changed[:-1]) <= 4


def test_components_have_tags_of_their_own(apart: tuple[Path, dict[str, object]]) -> None:
    folder, facts = apart
    tags = git(folder, "tag").split()
    assert len(tags) == APART.tags
    assert len({tag.rpartition("-v")[0] for tag in tags}) == APART.folders
    assert facts["oldest"] == "storage-v1.0.0"


def test_a_component_that_was_left_behind_has_one_release(apart: tuple[Path, dict[str, object]]) -> None:
    tags = git(apart[0], "tag").split()
    assert [tag for tag in tags if tag.startswith(("storage-v", "client-v", "auth-v"))] == [
        "auth-v1.0.0",
        "client-v1.0.0",
        "storage-v1.0.0",
    ]


def test_more_releases_than_commits_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no room for 4000 releases"):
        make(Shape(1_000, tags=4_000), tmp_path / "repository")


def test_a_history_is_made_once(tmp_path: Path) -> None:
    first = history(SMALL, tmp_path)
    (first.folder / "left").write_text("here\n")
    assert history(SMALL, tmp_path) == first
    assert (first.folder / "left").is_file()


def test_a_history_that_older_code_made_is_removed(tmp_path: Path) -> None:
    old = tmp_path / f"{SMALL.name}-000000000000"
    old.mkdir()
    history(SMALL, tmp_path)
    assert not old.exists()


def test_a_borrowed_history_is_whole_and_its_owner_untouched(plain: Path, tmp_path: Path) -> None:
    before = git(plain, "for-each-ref")
    past = borrowed(plain / ".git", tmp_path / "borrowed")
    assert past.commits == SMALL.commits
    assert past.last == git(plain, "describe", "--tags", "--abbrev=0")
    assert git(past.folder, "tag") == git(plain, "tag")
    assert git(plain, "for-each-ref") == before
