from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tagboat.adapters.git.child import Git
from tagboat.adapters.git.plain_config import LONGEST, plain_origin

PLAIN = b"""[core]
\trepositoryformatversion = 0
\tbare = false
[remote "origin"]
\turl = https://forge.example/owner/name.git
\tfetch = +refs/heads/*:refs/remotes/origin/*
[branch "main"]
\tremote = origin
\tmerge = refs/heads/main
"""
PIECES = [
    '[remote "origin"]', '[remote "other"]', '[REMOTE "origin"]', "[remote.origin]", '[remote "origin"] url = a', "[core]",
    "[", "]", "url = https://forge.example/a/b", "\tURL=git@forge.example:a/b.git", "url", "url =", 'url = "a b"', "url = a # b",
    "url = a\\", "url = a b", "  ; url = a", "pushurl = a", "[include]", "path = other", "name = é", "\n",
]  # fmt: skip


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("config") / "work.git"
    Git(None).run("init", "-q", "--bare", str(folder))
    return folder


def asked(repository: Path, text: bytes) -> tuple[int, str]:
    (repository / "config").write_bytes(text)
    (repository / "other").write_bytes(b'[remote "origin"]\nurl = included\n')
    done = Git(repository).run("config", "--get", "remote.origin.url", fine=range(256))
    return done.returncode, done.stdout.decode("utf-8", "replace").strip()


def test_what_git_clone_writes_is_plain(repository: Path) -> None:
    assert plain_origin(PLAIN) == "https://forge.example/owner/name.git" == asked(repository, PLAIN)[1]
    assert plain_origin(PLAIN.replace(b'"origin"', b'"other"')) == ""
    assert plain_origin(b"") == ""


@pytest.mark.parametrize(
    "text",
    [
        PLAIN + b"[include]\n\tpath = other\n",
        PLAIN + b'[includeIf "gitdir:/"]\n\tpath = other\n',
        PLAIN + b'[remote "origin"]\nurl = second\n',
        PLAIN.replace(b"https://", b'"https://').replace(b".git", b'.git"'),
        PLAIN.replace(b".git", b".git # mine"),
        PLAIN.replace(b".git", b"\\\\.git"),
        PLAIN.replace(b"remote ", b"Remote "),
        PLAIN.replace(b'remote "origin"', b"remote.origin"),
        PLAIN.replace(b'"origin"]\n', b'"origin"] '),
        b"\xef\xbb\xbf" + PLAIN,
        PLAIN + b"#" * LONGEST,
    ],
)
def test_everything_else_is_left_to_git(text: bytes) -> None:
    assert plain_origin(text) is None


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(PIECES), max_size=8))
def test_it_never_says_anything_else_than_git(repository: Path, pieces: list[str]) -> None:
    text = "\n".join(pieces).encode()
    said = plain_origin(text)
    status, told = asked(repository, text)
    assert said is None or status not in (0, 1) or said == told
