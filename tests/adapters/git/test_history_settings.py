"""Nothing that a repository configures runs when its history is read in place, or changes what is read."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tagboat.adapters.git.history import LocalHistory
from tagboat.testing.drawings import Drawing, Drawn, into_git
from tagboat.testing.histories import git

DRAWING = Drawing(
    (
        Drawn("one", (), b"feat: one", {b"a.txt": b"one\n"}),
        Drawn("two", ("one",), b"fix: two", {b"a.txt": b"two\n", b"pkg/b.txt": b"b\n"}),
        Drawn("three", ("two",), b"fix: three", {b"a.txt": b"three\n"}),
    ),
    tags={"v1.0.0": "one"},
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    into_git(DRAWING, tmp_path / "source")
    return tmp_path / "source"


SETTINGS = {
    "i18n.logOutputEncoding": "UTF-16",
    "i18n.commitEncoding": "UTF-16",
    "log.showSignature": "true",
    "log.follow": "true",
    "log.mailmap": "true",
    "log.abbrevCommit": "true",
    "core.abbrev": "40",
    "core.quotePath": "true",
    "core.precomposeUnicode": "true",
    "core.ignoreCase": "true",
    "core.preloadIndex": "true",
    "core.worktree": "/nowhere",
    "core.attributesFile": "/nowhere",
    "core.useReplaceRefs": "true",
    "color.ui": "always",
    "column.ui": "always",
    "format.pretty": "%an",
    "diff.renames": "copies",
    "diff.orderFile": "/nowhere",
    "diff.noprefix": "true",
    "diff.relative": "true",
    "diff.ignoreSubmodules": "all",
    "tag.sort": "-version:refname",
    "versionsort.suffix": "-next",
    "pretty.evil": "%an",
    "notes.displayRef": "refs/notes/*",
    "rev.list": "x",
    "log.excludeDecoration": "*",
    "transfer.hideRefs": "refs/tags",
    "grep.patternType": "perl",
    "feature.experimental": "true",
}


@pytest.mark.parametrize("paths", [False, True])
def test_no_setting_of_the_repository_changes_what_is_read(folder: Path, paths: bool) -> None:
    git(folder, "notes", "add", "-m", "a note\x01", "HEAD")
    (folder / ".mailmap").write_text("other <other> <demo>\n")
    before = LocalHistory(folder)
    head = before.resolve("HEAD") or ""
    wanted = list(before.commits(head, paths=paths))
    for name, value in SETTINGS.items():
        git(folder, "config", name, value)
        history = LocalHistory(folder)
        try:
            assert list(history.commits(head, paths=paths)) == wanted, name
            assert [tag.name for tag in history.tags()] == ["v1.0.0"], name
            assert history.read(head, "a.txt") == b"three\n", name
            assert history.last_change(head, "pkg/b.txt") == head, name
        finally:
            history.close()
            git(folder, "config", "--unset", name)
    before.close()


def trap(folder: Path, name: str) -> str:
    """A program that leaves a mark when it runs."""
    program = folder / "traps" / name
    program.parent.mkdir(exist_ok=True)
    program.write_text(f'#!/bin/sh\necho {name} >> "{folder}/ran"\nexit 1\n')
    program.chmod(0o755)
    return str(program)


TRAPS = [
    "core.fsmonitor",
    "core.sshCommand",
    "core.pager",
    "core.editor",
    "core.gitProxy",
    "core.askPass",
    "core.alternateRefsCommand",
    "credential.helper",
    "diff.external",
    "diff.evil.textconv",
    "diff.evil.command",
    "filter.evil.clean",
    "filter.evil.smudge",
    "filter.evil.process",
    "gpg.program",
    "gpg.ssh.program",
    "gpg.x509.program",
    "pager.rev-list",
    "pager.for-each-ref",
    "pager.diff-tree",
    "pager.cat-file",
    "uploadpack.packObjectsHook",
    "interactive.diffFilter",
    "sequence.editor",
    "remote.origin.uploadpack",
    "remote.origin.receivepack",
]


def test_nothing_that_the_repository_configures_runs(folder: Path, tmp_path: Path) -> None:
    (folder / ".git/info").mkdir(exist_ok=True)
    (folder / ".git/info/attributes").write_text("* filter=evil diff=evil merge=evil\n")
    (folder / ".git/hooks").mkdir(exist_ok=True)
    for hook in [
        "post-checkout",
        "post-index-change",
        "reference-transaction",
        "fsmonitor-watchman",
        "pre-auto-gc",
    ]:
        (folder / ".git/hooks" / hook).symlink_to(trap(tmp_path, f"hook-{hook}"))
    for name in TRAPS:
        git(folder, "config", name, trap(tmp_path, name))
    for command in ("for-each-ref", "rev-list", "diff-tree", "cat-file", "ls-tree", "symbolic-ref", "config"):
        git(folder, "config", f"alias.{command}", f"!{trap(tmp_path, 'alias')}")
    settings_ = {
        "log.showSignature": "true",
        "remote.origin.url": f"ext::{trap(tmp_path, 'ext')} %S",
        "remote.origin.promisor": "true",
        "core.repositoryFormatVersion": "1",
        "extensions.partialClone": "origin",
        "protocol.ext.allow": "always",
        "protocol.allow": "always",
    }
    for name, value in settings_.items():
        git(folder, "config", name, value)
    subprocess.run(
        ["git", "diff"], cwd=folder, capture_output=True, check=False, timeout=60, env=dict(os.environ)
    )
    marks = tmp_path / "ran"
    assert marks.exists(), "the traps work"
    marks.unlink()
    history = LocalHistory(folder)
    head = history.resolve("HEAD") or ""
    assert len(list(history.commits(head, paths=True))) == len(list(history.commits(head))) == 3
    assert history.resolve("0123456789012345678901234567890123456789") is None
    assert history.tags()
    assert history.branch() == "main"
    assert history.remote().startswith("ext::")
    assert history.branches()
    assert history.read(head, "a.txt") == history.tree(head).get("a.txt") == b"three\n"
    assert history.diff("v1.0.0", head)
    assert history.last_change(head, "a.txt")
    assert history.abbreviated([head])
    assert history.merged_tags(head)
    assert not history.shallow()
    history.close()
    assert not marks.exists(), marks.read_text()
