"""A user's own repository, read in place: what other clones, other tools and hostile people make of one."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tagboat.adapters.git.history import LocalHistory
from tagboat.config.planning import Rules
from tagboat.errors import RefusedError, StepFailedError
from tagboat.planner.last_releases import last_releases
from tagboat.ports.history import TagRef
from tagboat.testing.drawings import Drawing, Drawn, into_git
from tagboat.testing.histories import TIME, git

THREE = Drawing(
    (
        Drawn("one", (), b"feat: one", {b"a.txt": b"one\n"}),
        Drawn("two", ("one",), b"fix: two", {b"a.txt": b"two\n", b"pkg/b.txt": b"b\n"}),
        Drawn("three", ("two",), b"fix: three", {b"a.txt": b"three\n"}),
    ),
    tags={"v1.0.0": "one"},
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    into_git(THREE, tmp_path / "source")
    return tmp_path / "source"


@pytest.fixture
def history(folder: Path) -> Iterator[LocalHistory]:
    opened = LocalHistory(folder)
    yield opened
    opened.close()


def titles(history: LocalHistory, **asked: bool) -> list[str]:
    head = history.resolve("HEAD")
    assert head
    return [commit.title for commit in history.commits(head, **asked)]


def raw(folder: Path, kind: str, content: bytes) -> str:
    """Write an object as it is, however odd."""
    done = subprocess.run(
        ["git", "hash-object", "-w", "-t", kind, "--stdin", "--literally"],
        cwd=folder,
        input=content,
        capture_output=True,
        check=True,
        timeout=60,
    )
    return done.stdout.decode().strip()


def test_tags_of_every_kind_lead_to_their_commit(folder: Path, history: LocalHistory) -> None:
    head = git(folder, "rev-parse", "HEAD")
    git(folder, "tag", "-m", "annotated", "v2.0.0")
    for depth in range(3):
        git(folder, "tag", "-m", "nested", f"nested-{depth + 1}", f"nested-{depth}" if depth else "v2.0.0")
    signed = f"object {head}\ntype commit\ntag s\ntagger d <d@e> {TIME} +0000\n\nx\n-----BEGIN PGP SIGNATURE-----\n\nZg==\n-----END PGP SIGNATURE-----\n"
    git(folder, "update-ref", "refs/tags/signed", raw(folder, "tag", signed.encode()))
    git(folder, "tag", "a-blob", "HEAD:a.txt")
    git(folder, "tag", "a-tree", "HEAD^{tree}")
    git(folder, "tag", "-m", "of a blob", "blob-annotated", "HEAD:a.txt")
    git(folder, "tag", "-m", "nested", "blob-nested", "blob-annotated")
    names = {"v2.0.0", "nested-1", "nested-2", "nested-3", "signed"}
    assert {*history.tags()} == {TagRef("v1.0.0", git(folder, "rev-parse", "v1.0.0"))} | {
        TagRef(name, head) for name in names
    }


@pytest.mark.parametrize("name", [b"v1%00", b"a b".replace(b" ", b"_"), b"x/y/z", b"\xff\xfe", b"HEAD", "ü".encode(), b"--all", b"a'\"$(x)`", b"x@y", b"%(objectname)"])  # fmt: skip
def test_odd_names_of_tags_are_names(folder: Path, history: LocalHistory, name: bytes) -> None:
    head = git(folder, "rev-parse", "HEAD")
    packed = (
        b"# pack-refs with: peeled fully-peeled sorted \n" + head.encode() + b" refs/tags/" + name + b"\n"
    )
    (folder / ".git/packed-refs").write_bytes(packed)
    assert TagRef(name.decode("utf-8", "surrogateescape"), head) in history.tags()
    assert history.merged_tags(head) >= {tag.name for tag in history.tags()}


def test_a_tag_whose_object_is_gone_hides_no_other(folder: Path) -> None:
    git(folder, "tag", "--force", "noted", "-m", "a tag object")
    git(folder, "tag", "file", raw(folder, "blob", b"x"))
    there = LocalHistory(folder).tags()
    common = Path(git(folder, "rev-parse", "--absolute-git-dir"))
    (common / "refs" / "tags" / "v50.0.0").write_text("1" * 40 + "\n")
    history = LocalHistory(folder)
    assert list(history.tags()) == list(there)
    assert history.broken_tags() == ["v50.0.0"]
    head = history.resolve("HEAD") or ""
    assert history.merged_tags(head) == LocalHistory(folder).merged_tags(head) == {tag.name for tag in there}
    (found,) = last_releases(history, [Rules("acme")], head).values()
    assert any("the tag v50.0.0 names an object that is not here" in text for text in found.warnings)
    history.close()


def test_ten_thousand_tags_are_listed_by_one_child(folder: Path, history: LocalHistory) -> None:
    head = git(folder, "rev-parse", "HEAD")
    rows = sorted(f"{head} refs/tags/v{number}.0.0" for number in range(10_000))
    (folder / ".git/packed-refs").write_text(
        "# pack-refs with: peeled fully-peeled sorted \n" + "\n".join(rows) + "\n"
    )
    assert len(history.tags()) == 10_000
    assert len(history.merged_tags(head)) == 10_000


def test_a_shallow_clone_says_so_and_ends_where_it_is_cut(folder: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "-q", "--depth=2", f"file://{folder}", "shallow")
    git(tmp_path / "shallow", "worktree", "add", "-q", "--detach", str(tmp_path / "linked"))
    for path in (tmp_path / "shallow", tmp_path / "linked"):
        history = LocalHistory(path)
        assert history.shallow()
        assert titles(history) == titles(history, paths=True) == ["fix: three", "fix: two"]
        assert history.tags() == []
        history.close()
    assert not LocalHistory(folder).shallow()


@pytest.mark.parametrize("lenient", [False, True])
def test_a_partial_clone_is_walked_and_nothing_is_fetched(
    folder: Path, tmp_path: Path, lenient: bool
) -> None:
    git(folder, "config", "uploadpack.allowFilter", "true")
    git(tmp_path, "clone", "-q", "--bare", "--filter=blob:none", f"file://{folder}", "partial.git")
    objects = sorted((tmp_path / "partial.git/objects").rglob("*"))
    history = LocalHistory(tmp_path / "partial.git", lenient=lenient)
    head = history.resolve("HEAD") or ""
    paths = [commit.paths for commit in history.commits(head, paths=True)]
    assert paths == [("a.txt", "pkg/b.txt"), ("a.txt", "pkg/b.txt"), ("a.txt",)]
    assert [one.status for one in history.diff("v1.0.0", "HEAD")] == ["M"]
    assert {*history.tree(head).paths} == {"a.txt"}
    assert history.last_change(head, "pkg/b.txt") == head
    assert history.read(head, "nothing.txt") is None
    if lenient:
        assert history.read(head, "a.txt") is None
        assert history.lacking == {"a.txt"}
    else:
        with pytest.raises(RefusedError, match=r"the content of a\.txt .* is not in this repository"):
            history.read(head, "a.txt")
    assert titles(history)[0] == "fix: three"
    history.close()
    assert sorted((tmp_path / "partial.git/objects").rglob("*")) == objects


def test_a_missing_commit_is_told_and_not_a_shorter_history(folder: Path, history: LocalHistory) -> None:
    lost = git(folder, "rev-parse", "HEAD~1")
    for pack in (folder / ".git/objects/pack").glob("*.pack"):
        content = pack.read_bytes()
        for part in (folder / ".git/objects/pack").glob(f"{pack.stem}.*"):
            part.unlink()
        subprocess.run(["git", "unpack-objects", "-q"], cwd=folder, input=content, check=True, timeout=60)
    (folder / ".git/objects" / lost[:2] / lost[2:]).unlink()
    for paths in (False, True):
        with pytest.raises(StepFailedError, match=rf"git rev-list: .*{lost}"):
            titles(history, paths=paths)


MESSAGES = [
    b"feat: x\n\n\x01diff\x01\n" + b"\x01" * 50,
    b"\x01",
    b"",
    b"\n\n\nfeat: late\n",
    b"fix: no end",
    b"fix: \xff\xfe\xc3 bytes\n\nBody \xed\xa0\x80\n",
    b"commit 0000\nA\nM\n\nM\ta.txt\n",
    b"feat: \xe2\x80\xa8 \x1b[31m \r\n",
    b"x" * 300_000,
    b"a\n" * 100_000,
]


def test_messages_and_paths_of_any_bytes_keep_their_commits_apart(tmp_path: Path) -> None:
    paths = [
        b"A",
        b"M",
        b"\x01",
        b"\x01A",
        b"-x",
        b"--all",
        b'"q"',
        b"a\nb",
        b"\n",
        b" ",
        b"\xff\xfe",
        b"0" * 40,
        b"R100",
    ]
    commits = [Drawn("0", (), MESSAGES[0], dict.fromkeys(paths, b"x"))]
    for number, message in enumerate(MESSAGES[1:], 1):
        files = dict.fromkeys(paths[: number + 1], b"%d" % number) if number % 3 else None
        commits.append(Drawn(str(number), (str(number - 1),), message, files))
    drawing = Drawing(commits)
    ids = into_git(drawing, tmp_path / "odd")
    history = LocalHistory(tmp_path / "odd")
    for asked in (False, True):
        found = {commit.id: commit for commit in history.commits(ids["9"], paths=asked)}
        assert list(found) == [ids[drawn.name] for drawn in reversed(commits)]
        for drawn in commits:
            commit = found[ids[drawn.name]]
            assert commit.message.rstrip("\n") == drawn.message.decode("utf-8", "replace").rstrip("\n")
            assert (commit.author, commit.time) == (
                f"demo {drawing.times[drawn.name]}",
                drawing.times[drawn.name],
            )
    first, last = found[ids["0"]], found[ids["3"]]
    assert {*(first.paths or ())} == {path.decode("utf-8", "replace") for path in paths}
    assert last.paths == ()
    history.close()


@pytest.mark.parametrize(
    "who",
    [
        b"author  <> 1700000000 +0000\ncommitter  <> 1700000000 +0000\n",
        b"author x <y> 99999999999999999999 +0000\ncommitter x <y> 99999999999999999999 +0000\n",
        b"author x <y> -5 +0000\ncommitter x <y> -5 +0000\n",
        b"author x y\ncommitter x y\n",
        b"author \xff <\xfe> 1 +0000\ncommitter \xff <\xfe> 1 +0000\n",
        b"author x <y> 1 +0000\ncommitter x <y> 1 +0000\nencoding UTF-16\n",
        b"author x <y> 1 +0000\ncommitter x <y> 1 +0000\nencoding nonsense\n",
        b"author x <y> 1 +0000\ncommitter x <y> 1 +0000\ngpgsig -----BEGIN PGP SIGNATURE-----\n \n x\n -----END PGP SIGNATURE-----\n",
        b"author x <y> 1 +0000\ncommitter x <y>> 1 +0000\n",
        b"author x <y> 1 +0000\ncommitter x <y> 1 +0000\nencoding UTF-16\n\nf\0e\0\0\0\0\0\0\x01",
        b"",
    ],
)
@pytest.mark.parametrize("paths", [False, True])
def test_commits_of_broken_tools_are_read(
    folder: Path, history: LocalHistory, who: bytes, paths: bool
) -> None:
    tree, parent = git(folder, "rev-parse", "HEAD^{tree}"), git(folder, "rev-parse", "HEAD")
    head = b"tree %s\nparent %s\n" % (tree.encode(), parent.encode())
    git(folder, "update-ref", "HEAD", raw(folder, "commit", head + who + b"\nfeat: odd\n"))
    tip = history.resolve("HEAD") or ""
    assert [commit.title for commit in history.commits(tip, paths=paths)][1:] == titles(history)[1:]
    assert len(titles(history, paths=paths)) == 4
    assert isinstance(history.time(tip), int)


def test_an_encoding_that_the_commit_names_is_understood(folder: Path, history: LocalHistory) -> None:
    message = "feat: größer".encode("latin-1")
    tree = git(folder, "rev-parse", "HEAD^{tree}").encode()
    who = b"x <y> 1 +0000\n"
    content = b"tree %s\nauthor %scommitter %sencoding ISO-8859-1\n\n%s\n" % (tree, who, who, message)
    git(folder, "update-ref", "HEAD", raw(folder, "commit", content))
    assert titles(history) == ["feat: größer"]


def test_a_link_is_no_file_and_a_file_without_a_line_end_is(folder: Path, history: LocalHistory) -> None:
    target = git(folder, "hash-object", "-w", "--stdin", content="a.txt")
    git(folder, "read-tree", "HEAD")
    git(folder, "update-index", "--add", "--cacheinfo", f"120000,{target},CHANGELOG.md")
    git(folder, "update-index", "--add", "--cacheinfo", f"100644,{target},VERSION")
    git(folder, "update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},vendored")
    git(folder, "commit", "-q", "-m", "links")
    head = history.resolve("HEAD") or ""
    tree = history.tree(head)
    assert tree.get("CHANGELOG.md") is None
    assert tree.get("vendored") is None
    assert tree.get("VERSION") == b"a.txt"
    assert {*tree.paths} == {"VERSION", "a.txt"}
    assert {*tree.links()} == {"CHANGELOG.md"}


def test_a_reader_that_stops_early_leaves_no_child(folder: Path, history: LocalHistory) -> None:
    commits = history.commits(history.resolve("HEAD") or "", paths=True)
    next(commits)
    commits.close()  # type: ignore[attr-defined]  # a generator, and its children end with it
    assert children() <= 1  # the one that answers for names


def children() -> int:
    listed = Path(f"/proc/self/task/{os.getpid()}/children")
    if not listed.exists():
        pytest.skip("this system does not list the children of a process")
    return len(listed.read_text().split())


@pytest.mark.parametrize("state", ["unborn", "detached", "gone"])
def test_heads_that_are_no_branch_are_answers(folder: Path, state: str) -> None:
    tip = git(folder, "rev-parse", "HEAD")
    if state == "unborn":
        git(folder, "symbolic-ref", "HEAD", "refs/heads/new")
    elif state == "detached":
        git(folder, "update-ref", "--no-deref", "HEAD", tip)
    else:
        (folder / ".git/refs/heads/main").write_text("1" * 40 + "\n")
    history = LocalHistory(folder)
    assert history.branch() == {"unborn": "new", "detached": "", "gone": "main"}[state]
    assert history.resolve("HEAD") == (tip if state == "detached" else None)
    history.close()


def test_an_empty_repository_has_nothing(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "-b", "main", "empty")
    history = LocalHistory(tmp_path / "empty")
    assert history.tags() == []
    assert dict(history.branches()) == {}
    assert (history.resolve("HEAD"), history.branch(), history.remote()) == (None, "main", "")
    history.close()


def test_no_repository_is_a_clear_refusal(tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="in no git repository"):
        LocalHistory(tmp_path)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    messages=st.lists(st.binary(max_size=60).filter(lambda text: b"\0" not in text), min_size=1, max_size=4),
    paths=st.lists(
        st.binary(min_size=1, max_size=12).filter(
            lambda path: (
                not {b"\0", b"/"} & {path[at : at + 1] for at in range(len(path))}
                and path not in {b".", b".."}
                and path.lower() != b".git"
            )
        ),
        unique=True,
        max_size=4,
    ),
)
def test_any_bytes_come_through(
    tmp_path_factory: pytest.TempPathFactory, messages: list[bytes], paths: list[bytes]
) -> None:
    commits = [Drawn("0", (), messages[0], dict.fromkeys(paths, b"x"))]
    commits += [Drawn(str(n), (str(n - 1),), message) for n, message in enumerate(messages[1:], 1)]
    folder = tmp_path_factory.mktemp("any") / "repository"
    ids = into_git(Drawing(commits), folder)
    history = LocalHistory(folder)
    for asked in (False, True):
        found = list(history.commits(ids[commits[-1].name], paths=asked))
        assert [commit.id for commit in reversed(found)] == [*ids.values()]
        assert [commit.message.rstrip("\n") for commit in reversed(found)] == [
            message.decode("utf-8", "replace").rstrip("\n") for message in messages
        ]
    assert sorted(found[-1].paths or ()) == sorted(path.decode("utf-8", "replace") for path in paths)
    assert {*history.tree(found[-1].id).paths} == {path.decode("utf-8", "surrogateescape") for path in paths}
    history.close()


def test_what_was_prepared_is_what_git_says_later(folder: Path, history: LocalHistory) -> None:
    git(folder, "remote", "add", "origin", "https://forge.example/owner/name.git")
    git(folder, "tag", "v2.0.0")
    prepared = LocalHistory(folder)
    prepared.prepare()
    assert prepared.tags() == history.tags()
    assert (prepared.branch(), prepared.remote()) == (history.branch(), history.remote())
    git(folder, "checkout", "-q", "--detach")
    assert prepared.branch() == ""  # the second answer is a new one
    prepared.close()


def test_what_was_prepared_and_not_asked_for_ends_with_the_history(folder: Path) -> None:
    prepared = LocalHistory(folder)
    prepared.prepare()
    prepared.close()
    assert prepared.branch() == "main"
    prepared.close()


def test_a_prepared_question_that_git_cannot_answer_is_told_in_its_words(
    folder: Path, history: LocalHistory
) -> None:
    (folder / ".git/config").write_text("[core\n")
    history.prepare()
    with pytest.raises(StepFailedError, match=r"for-each-ref: .*config"):
        history.tags()


@pytest.mark.parametrize("state", ["alias", "link", "linked tree", "tag of the same name"])
def test_the_branch_is_what_git_says_it_is(folder: Path, tmp_path: Path, state: str) -> None:
    where, branch = folder, "main"
    if state == "alias":
        git(folder, "symbolic-ref", "refs/heads/other", "refs/heads/main")
        (folder / ".git/HEAD").write_text("ref: refs/heads/other\n")
    elif state == "link":
        (folder / ".git/HEAD").unlink()
        (folder / ".git/HEAD").symlink_to("refs/heads/main")
    elif state == "linked tree":
        where, branch = tmp_path / "linked", "side"
        git(folder, "worktree", "add", "-q", "-b", "side", str(where))
    else:
        git(folder, "tag", "main")
    history = LocalHistory(where)
    assert history.branch() == branch
    history.close()
