"""Nothing that a repository configures, names or holds may run, or write outside, when it is read."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tagboat.adapters.git.mirror import Mirror
from tagboat.adapters.http import Credentials
from tagboat.adapters.worktree import Worktree
from tagboat.errors import InvalidError, RefusedError, TagboatError
from tagboat.testing.clock import FakeClock
from tagboat.testing.histories import git


def trap(folder: Path, name: str) -> str:
    """A program that leaves a mark when it runs."""
    program = folder / "traps" / name
    program.parent.mkdir(exist_ok=True)
    program.write_text(f'#!/bin/sh\necho {name} >> "{folder}/ran"\nexit 1\n')
    program.chmod(0o755)
    return str(program)


def sprung(folder: Path) -> set[str]:
    marks = folder / "ran"
    found = set(marks.read_text().split()) if marks.exists() else set()
    marks.unlink(missing_ok=True)
    return found


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    """A repository whose configuration runs something at every turn."""
    source = tmp_path / "source"
    source.mkdir()
    git(source, "init", "-q", "-b", "main")
    (source / ".gitattributes").write_text("* filter=evil diff=evil merge=evil\n")
    (source / "file.txt").write_text("content\n")
    git(source, "add", ".")
    git(source, "commit", "-q", "-m", "first")
    git(source, "tag", "-m", "one", "v1.0.0")
    (source / ".git/hooks").mkdir(exist_ok=True)
    hooks = "post-checkout pre-commit post-index-change reference-transaction fsmonitor-watchman post-update pre-push update"
    for hook in hooks.split():
        (source / ".git/hooks" / hook).symlink_to(trap(tmp_path, f"hook-{hook}"))
    settings = {
        "core.fsmonitor": trap(tmp_path, "fsmonitor"),
        "core.sshCommand": trap(tmp_path, "ssh"),
        "core.pager": trap(tmp_path, "pager"),
        "core.editor": trap(tmp_path, "editor"),
        "core.gitProxy": trap(tmp_path, "git-proxy"),
        "core.askPass": trap(tmp_path, "askpass"),
        "core.alternateRefsCommand": trap(tmp_path, "alternate-refs"),
        "credential.helper": f"!{trap(tmp_path, 'credential')}",
        "diff.external": trap(tmp_path, "external-diff"),
        "diff.evil.textconv": trap(tmp_path, "textconv"),
        "diff.evil.command": trap(tmp_path, "diff-command"),
        "filter.evil.clean": trap(tmp_path, "clean"),
        "filter.evil.smudge": trap(tmp_path, "smudge"),
        "filter.evil.process": trap(tmp_path, "process"),
        "gpg.program": trap(tmp_path, "gpg"),
        "log.showSignature": "true",
        "uploadpack.packObjectsHook": trap(tmp_path, "pack-objects"),
        "pack.packObjectsHook": trap(tmp_path, "pack-objects"),
        "protocol.ext.allow": "always",
        "remote.origin.url": f"ext::{trap(tmp_path, 'ext')} %S",
        "remote.origin.uploadpack": trap(tmp_path, "uploadpack"),
        "remote.origin.vcs": "evil",
        "alias.bundle": f"!{trap(tmp_path, 'alias')}",
        "alias.for-each-ref": f"!{trap(tmp_path, 'alias')}",
    }
    for name, value in settings.items():
        git(source, "config", name, value)
    return source


def test_the_traps_work(hostile: Path, tmp_path: Path) -> None:
    (hostile / "file.txt").write_text("other\n")
    environment = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull}
    for command in ("status", "diff", "ls-remote"):
        subprocess.run(
            ["git", command],
            cwd=hostile,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            env=environment,
            timeout=60,
        )
    assert {"process", "ext", "fsmonitor"} <= sprung(tmp_path)


def test_copying_and_reading_a_hostile_repository_runs_nothing(hostile: Path, tmp_path: Path) -> None:
    (hostile / "file.txt").write_text("other\n")
    mirror = Mirror(tmp_path / "mirror.git", hostile)
    mirror.refresh()
    git(hostile, "-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", "tag", "v1.0.1")
    sprung(tmp_path)
    mirror.refresh()
    tag = mirror.tag("v1.0.1")
    assert tag is not None
    mirror.write_tree(tag.commit, tmp_path / "tree")
    mirror.archive(tag.commit, "demo", tmp_path / "demo.tar.gz")
    assert mirror.read(tag.commit, "file.txt") == b"content\n"
    assert mirror.default_branch() == "main"
    assert mirror.is_ancestor(tag.commit, tag.commit)
    assert git(tmp_path / "tree", "status", "--porcelain") == ""
    assert git(tmp_path / "tree", "describe", "--dirty", "--tags") == "v1.0.0"
    git(tmp_path / "tree", "log", "-p")
    assert sprung(tmp_path) == set()
    assert "evil" not in (tmp_path / "tree/.git/config").read_text()


def test_looking_at_a_hostile_work_tree_runs_nothing(hostile: Path, tmp_path: Path) -> None:
    (hostile / "file.txt").write_text("other\n")
    worktree = Worktree(hostile)
    assert worktree.branch() == "main"
    assert worktree.tags() == ["v1.0.0"]
    assert worktree.head_commit()
    assert worktree.remote_url()
    assert worktree.read("file.txt") == b"content\n"
    assert worktree.read_work_file("file.txt") == b"other\n"
    assert sprung(tmp_path) == set()


def test_a_partial_clone_fetches_nothing_behind_our_back(hostile: Path, tmp_path: Path) -> None:
    git(hostile, "config", "core.repositoryFormatVersion", "1")
    git(hostile, "config", "extensions.partialClone", "origin")
    git(hostile, "config", "remote.origin.promisor", "true")
    for name in ("vcs", "uploadpack"):
        git(hostile, "config", "--unset", f"remote.origin.{name}")
    blob = git(hostile, "rev-parse", "HEAD:file.txt")
    (hostile / ".git/objects" / blob[:2] / blob[2:]).unlink()
    sprung(tmp_path)
    with pytest.raises(RefusedError, match="partial clone"):
        Mirror(tmp_path / "mirror.git", hostile).refresh()
    assert Worktree(hostile).read("file.txt") is None
    assert sprung(tmp_path) == set()


def test_a_shallow_clone_is_refused(hostile: Path, tmp_path: Path) -> None:
    head = git(hostile, "-c", "core.fsmonitor=false", "rev-parse", "HEAD")
    (hostile / ".git/shallow").write_text(f"{head}\n")
    with pytest.raises(RefusedError, match="shallow"):
        Mirror(tmp_path / "mirror.git", hostile).refresh()


def test_replacements_do_not_count(hostile: Path, tmp_path: Path) -> None:
    quiet = ("-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false")
    good = git(hostile, *quiet, "rev-parse", "HEAD:file.txt")
    evil = git(hostile, *quiet, "hash-object", "-w", "--stdin", "--no-filters", content="evil\n")
    git(hostile, *quiet, "replace", good, evil)
    mirror = Mirror(tmp_path / "mirror.git", hostile)
    mirror.refresh()
    assert mirror.read(mirror.branch_head("main") or "", "file.txt") == b"content\n"
    assert Worktree(hostile).read("file.txt") == b"content\n"


@pytest.mark.parametrize(
    "url",
    ["--upload-pack=touch ran", "ext::sh -c touch% ran", "git@host:o/r.git", "ssh://host/x", "file:///srv/x", "/srv/x", "https://u:p@host/x"],
)  # fmt: skip
def test_only_web_addresses_are_remotes(tmp_path: Path, url: str) -> None:
    with pytest.raises(InvalidError):
        Mirror(tmp_path / "mirror.git", url)


def test_no_repository_is_a_clear_refusal(tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="in no git repository"):
        Mirror(tmp_path / "mirror.git", tmp_path).refresh()
    git(tmp_path, "init", "-q", "empty")
    with pytest.raises(RefusedError, match="no branch and no tag"):
        Mirror(tmp_path / "mirror.git", tmp_path / "empty").refresh()


def test_a_credential_is_not_in_the_arguments(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "git").write_text(
        f'#!/bin/sh\necho "$@" >> "{tmp_path}/argv"\nenv >> "{tmp_path}/env"\nexit 128\n'
    )
    (programs / "git").chmod(0o755)
    monkeypatch.setenv("PATH", str(programs), prepend=os.pathsep)
    monkeypatch.setenv("GITHUB_TOKEN", "another-secret")
    mirror = Mirror(
        tmp_path / "mirror.git",
        "https://host.invalid/o/r.git",
        credentials=Credentials.bearer("s3cret"),
        clock=FakeClock(),
    )
    with pytest.raises(TagboatError):
        mirror.default_branch()
    assert "s3cret" not in (tmp_path / "argv").read_text()
    seen = (tmp_path / "env").read_text()
    assert "another-secret" not in seen
    assert "http.https://host.invalid/o/r.git.extraHeader" in seen


def entry(mode: str, name: str, object_id: str) -> bytes:
    return f"{mode} {name}\0".encode() + bytes.fromhex(object_id)


def raw_tree(folder: Path, *entries: bytes) -> str:
    content = b"".join(entries)
    done = subprocess.run(
        ["git", "hash-object", "-t", "tree", "--literally", "-w", "--stdin"],
        cwd=folder,
        input=content,
        capture_output=True,
        check=True,
        timeout=60,
    )
    return done.stdout.decode().strip()


def commit_tree(folder: Path, tree: str) -> str:
    commit = git(folder, "commit-tree", tree, "-m", "made by hand")
    git(folder, "update-ref", "refs/heads/main", commit)
    return commit


@pytest.fixture
def crafted(tmp_path: Path) -> Path:
    folder = tmp_path / "crafted"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    return folder


@pytest.mark.parametrize("name", [".git", "..", ".", "git~1", ".GIT", "a/b", ""])
def test_a_tree_with_a_hostile_name_is_not_let_in(crafted: Path, tmp_path: Path, name: str) -> None:
    blob = git(crafted, "hash-object", "-w", "--stdin", content="x")
    commit_tree(crafted, raw_tree(crafted, entry("100644", name, blob)))
    with pytest.raises(RefusedError, match=r"cannot be copied|malformed|fsck"):
        Mirror(tmp_path / "mirror.git", crafted).refresh()


def test_faults_of_old_tools_are_let_in(crafted: Path, tmp_path: Path) -> None:
    blob = git(crafted, "hash-object", "-w", "--stdin", content="x")
    inner = raw_tree(crafted, entry("100664", "group", blob), entry("0100644", "padded", blob))
    commit = commit_tree(crafted, raw_tree(crafted, entry("040000", "folder", inner)))
    mirror = Mirror(tmp_path / "mirror.git", crafted)
    mirror.refresh()
    mirror.write_tree(commit, tmp_path / "tree")
    assert (tmp_path / "tree/folder/padded").read_text() == "x"
    assert (tmp_path / "tree/folder/group").stat().st_mode & 0o777 == 0o644


def test_a_link_out_of_the_tree_is_refused(crafted: Path, tmp_path: Path) -> None:
    link = git(crafted, "hash-object", "-w", "--stdin", content="../../outside")
    commit = commit_tree(crafted, raw_tree(crafted, entry("120000", "link", link)))
    mirror = Mirror(tmp_path / "mirror.git", crafted)
    mirror.refresh()
    with pytest.raises(RefusedError, match="leads out of the tree"):
        mirror.write_tree(commit, tmp_path / "tree")
    assert not (tmp_path / "tree").exists()


def test_names_that_look_like_options_or_lines_are_names(crafted: Path, tmp_path: Path) -> None:
    blob = git(crafted, "hash-object", "-w", "--stdin", content="x")
    commit = commit_tree(crafted, raw_tree(crafted, entry("100644", "--help\nline", blob)))
    git(crafted, "update-ref", "refs/heads/--upload-pack=x", commit)
    mirror = Mirror(tmp_path / "mirror.git", crafted)
    mirror.refresh()
    assert mirror.branch_head("--upload-pack=x") == commit
    assert mirror.read(commit, "--help\nline") == b"x"
    mirror.write_tree(commit, tmp_path / "tree")
    assert (tmp_path / "tree/--help\nline").read_text() == "x"
