"""Reading git's objects as they are stored."""

from __future__ import annotations

from pathlib import Path

import pytest

from tagboat.errors import UnavailableError
from tagboat.sandbox.forge.git.child import Git, create_bare, environment
from tagboat.sandbox.forge.git.history import changes, distance, is_ancestor, list_commits
from tagboat.sandbox.forge.git.objects import (
    Person,
    RawObject,
    list_tree,
    parse_commit,
    parse_person,
    parse_tag,
    read_commit,
    read_objects,
)
from tagboat.sandbox.forge.git.refs import NOTHING, find_ref, is_empty, move_ref, resolve_commit, well_formed
from tagboat.sandbox.forge.git.write import NewEntry, write_blob, write_commit, write_tag, write_tree

ADA = Person("Ada", "ada@example.org", "2026-01-02T03:04:05Z")


@pytest.fixture
def git(tmp_path: Path) -> Git:
    return create_bare(tmp_path / "demo.git", branch="main")


def committed(git: Git, files: dict[str, bytes], *parents: str, message: str = "made") -> str:
    entries = [NewEntry("100644", "blob", write_blob(git, content), path) for path, content in files.items()]
    return write_commit(
        git, tree=write_tree(git, entries), parents=parents, message=message, author=ADA, committer=ADA
    )


def test_a_new_repository_is_empty_and_its_head_has_a_name(git: Git) -> None:
    assert is_empty(git)
    assert git.ask("symbolic-ref", "HEAD") == b"refs/heads/main\n"
    assert create_bare(git.directory, branch="other").ask("symbolic-ref", "HEAD") == b"refs/heads/main\n"


def test_nothing_of_the_machine_reaches_git(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_DIR", "/elsewhere")
    monkeypatch.setenv("GIT_SSH_COMMAND", "touch /tmp/owned")
    told = environment({"a.b": "c"})
    assert "GIT_DIR" not in told
    assert "GIT_SSH_COMMAND" not in told
    assert told["GIT_CONFIG_NOSYSTEM"] == "1"
    names = [told[f"GIT_CONFIG_KEY_{number}"] for number in range(int(told["GIT_CONFIG_COUNT"]))]
    assert {"a.b", "core.hooksPath", "safe.directory"} <= set(names)


def test_objects_come_in_the_order_in_which_they_were_asked(git: Git) -> None:
    one, two = write_blob(git, b"one\n"), write_blob(git, b"\n\ntwo")
    found = read_objects(git, [two, "1" * 40, one, "no such name"])
    assert found == [RawObject(two, "blob", b"\n\ntwo"), None, RawObject(one, "blob", b"one\n"), None]
    assert read_objects(git, []) == []


def test_a_commit_is_read_as_it_was_written(git: Git) -> None:
    first = committed(git, {"a.txt": b"a\n"})
    second = committed(git, {"a.txt": b"b\n"}, first, message="subject\n\nbody")
    found = read_commit(git, second)
    assert found is not None
    assert (found.parents, found.message, found.author) == ((first,), "subject\n\nbody", ADA)
    assert read_commit(git, found.tree) is None


def test_a_tag_is_read_with_and_without_a_signature(git: Git) -> None:
    sha = write_tag(
        git, name="v1", target=committed(git, {"a": b""}), kind="commit", message="text", tagger=ADA
    )
    raw = read_objects(git, [sha])[0]
    assert raw is not None
    plain = parse_tag(raw)
    assert (plain.name, plain.message, plain.signature, plain.tagger) == ("v1", "text", None, ADA)
    signature = "-----BEGIN SSH SIGNATURE-----\nabc\n-----END SSH SIGNATURE-----\n"
    signed = parse_tag(RawObject(sha, "tag", raw.content + signature.encode()))
    assert (signed.signature, signed.payload) == (signature, raw.content.decode())


@pytest.mark.parametrize(
    ("line", "person"),
    [
        ("Ada Lovelace <a@b.c> 1767323045 +0100", Person("Ada Lovelace", "a@b.c", "2026-01-02T03:04:05Z")),
        (" <> 0 +0000", Person("", "", "1970-01-01T00:00:00Z")),
        ("Odd <a@b.c> never", Person("Odd", "a@b.c", "1970-01-01T00:00:00Z")),
    ],
)
def test_a_person_is_read_from_its_line(line: str, person: Person) -> None:
    assert parse_person(line) == person


def test_a_commit_without_a_name_in_its_headers_can_be_read() -> None:
    assert parse_commit(RawObject("1" * 40, "commit", b"tree 2\n\nmessage")).author.name == ""


def test_history_is_measured(git: Git) -> None:
    root = committed(git, {"a": b"1\n"})
    left = committed(git, {"a": b"2\n"}, root)
    right = committed(git, {"a": b"1\n", "b": b"3\n"}, root)
    alone = committed(git, {"z": b""})
    apart = distance(git, left, right)
    assert apart is not None
    assert (apart.merge_base, apart.ahead, apart.behind, apart.status) == (root, 1, 1, "diverged")
    assert distance(git, left, alone) is None
    assert is_ancestor(git, root, left)
    assert not is_ancestor(git, left, root)
    assert list_commits(git, left) == [left, root]
    assert list_commits(git, left, without=root) == [left]
    assert [(change.path, change.status) for change in changes(git, root, right)] == [("b", "added")]
    assert [change.additions for change in changes(git, None, root)] == [1]


def test_names_with_odd_letters_survive(git: Git) -> None:
    name = "naïve\tname\n.txt"
    commit = committed(git, {name: b"x"})
    assert [entry.path for entry in list_tree(git, commit)] == [name]
    assert list_tree(git, commit, path="*") == []
    assert [change.path for change in changes(git, None, commit)] == [name]


def test_a_reference_moves_only_from_where_it_was_thought_to_be(git: Git) -> None:
    one, two = committed(git, {"a": b"1"}), committed(git, {"a": b"2"})
    assert move_ref(git, "refs/heads/main", one, NOTHING)
    assert not move_ref(git, "refs/heads/main", two, NOTHING)
    assert not move_ref(git, "refs/heads/main", two, two)
    assert move_ref(git, "refs/heads/main", two, one)
    found = resolve_commit(git, "main")
    assert found is not None
    assert found.sha == two
    assert move_ref(git, "refs/heads/main", NOTHING, two)
    assert find_ref(git, "refs/heads/main") is None


@pytest.mark.parametrize(
    "name", ["", "a b", "a..b", "-a", "a~1", "a^", "a:b", "a@{1}", "a/", "/a", "a.lock", "@", ".a"]
)
def test_what_git_would_read_as_more_than_a_name_is_not_one(name: str) -> None:
    assert not well_formed(name)


def test_a_failing_git_says_why(git: Git) -> None:
    with pytest.raises(UnavailableError, match="git cat-file failed"):
        git.ask("cat-file", "blob", "1" * 40)
