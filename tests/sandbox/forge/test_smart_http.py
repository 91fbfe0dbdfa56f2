"""The real git against the forge: clone, fetch, push, and the refusals that GitHub gives."""

from __future__ import annotations

import gzip
import os

import pytest
from forge_world import World

from tagboat.sandbox import control


def test_what_was_pushed_can_be_cloned_by_anybody(world: World) -> None:
    world.git("tag", "light")
    world.git("tag", "-a", "heavy", "-m", "annotated")
    world.push("main", "light", "heavy")
    world.git("clone", "--quiet", world.clone_url, "copy", cwd=world.work.parent)
    copy = world.work.parent / "copy"
    assert (copy / "README.md").read_text() == "# Demo\n"
    assert (
        world.git("for-each-ref", "refs/tags", cwd=copy).stdout
        == world.git("for-each-ref", "refs/tags").stdout
    )
    assert world.git("symbolic-ref", "HEAD", cwd=copy).stdout == "refs/heads/main\n"


def test_a_push_is_in_the_journal_reference_by_reference(world: World) -> None:
    world.git("tag", "v1")
    world.commit("second")
    world.push("main", "v1", "main:refs/heads/topic")
    world.push(":refs/heads/topic")
    told = [(entry.operation, entry.key.split(" ")[1], entry.result) for entry in world.journal()]
    assert told == [
        ("push", "refs/heads/main", "created"),
        ("push", "refs/heads/main", "updated"),
        ("push", "refs/heads/topic", "created"),
        ("push", "refs/tags/v1", "created"),
        ("push", "refs/heads/topic", "updated"),
    ]


def test_pushing_what_is_there_changes_nothing(world: World) -> None:
    before = world.journal()
    world.push()
    assert world.journal() == before


def test_a_push_needs_a_credential_that_may_write(world: World) -> None:
    def refused(url: str) -> str:
        return world.git("push", url, "main:other", fine=False).stderr

    reader = control.create_token(world.addresses, "reader")
    elsewhere = control.create_token(
        world.addresses, "tagboat", kind="fine-grained", permissions={"contents": "read"}
    )
    assert "could not read Username" in refused(world.clone_url)
    assert "Authentication failed" in refused(world.url_for("wrong"))
    assert "403" in refused(world.url_for(reader))
    assert f"Permission to {world.repository}.git denied to reader" in refused(world.url_for(reader))
    assert "403" in refused(world.url_for(elsewhere))
    assert len(world.journal()) == 1


def test_a_writer_who_is_not_the_owner_may_push(world: World) -> None:
    token = control.create_token(world.addresses, "writer", grants={world.repository: "write"})
    world.git("push", "--quiet", world.url_for(token), "main:topic")
    assert world.journal()[-1].key.endswith("refs/heads/topic")


def test_a_private_repository_does_not_exist_for_strangers(world: World) -> None:
    hidden = f"{world.repository}-hidden"
    control.create_repository(world.addresses, hidden, private=True)
    plain = f"{world.addresses.forge}/{hidden}.git"
    stranger = control.create_token(world.addresses, "stranger")
    with_token = plain.replace("https://", f"https://x:{stranger}@")
    own = plain.replace("https://", f"https://x:{world.addresses.token}@")
    assert "could not read Username" in world.git("ls-remote", plain, fine=False).stderr
    assert "not found" in world.git("ls-remote", with_token, fine=False).stderr
    assert world.git("ls-remote", own).returncode == 0
    nowhere = world.git(
        "ls-remote", world.url_for(stranger).replace(world.repository, "acme/none"), fine=False
    )
    assert "not found" in nowhere.stderr


def test_a_push_that_is_no_fast_forward_is_refused_unless_forced(world: World) -> None:
    url = world.url_for(world.addresses.token)
    world.git("commit", "--quiet", "--amend", "-m", "rewritten")
    refused = world.git("push", url, "main", fine=False)
    assert "non-fast-forward" in refused.stderr or "fetch first" in refused.stderr
    world.git("push", "--quiet", "--force", url, "main")
    assert world.journal()[-1].result == "updated"


def test_an_atomic_push_moves_all_or_nothing(world: World) -> None:
    url = world.url_for(world.addresses.token)
    world.git("push", "--quiet", url, "main:refs/heads/a")
    world.git("commit", "--quiet", "--amend", "-m", "rewritten")
    refused = world.git("push", "--atomic", url, "main:refs/heads/a", "main:refs/heads/b", fine=False)
    assert refused.returncode != 0
    assert "refs/heads/b" not in {entry.key.split(" ")[1] for entry in world.journal()}


def test_shallow_and_partial_clones_work(world: World) -> None:
    for number in range(3):
        world.commit(f"more {number}")
    world.push()
    world.git("clone", "--quiet", "--depth=1", world.clone_url, "shallow", cwd=world.work.parent)
    assert world.git("rev-list", "--count", "HEAD", cwd=world.work.parent / "shallow").stdout == "1\n"
    world.git(
        "clone", "--quiet", "--bare", "--filter=blob:none", world.clone_url, "lean", cwd=world.work.parent
    )
    assert world.git("rev-list", "--count", "HEAD", cwd=world.work.parent / "lean").stdout == "4\n"


def test_a_large_push_is_streamed_in_chunks(world: World) -> None:
    (world.work / "large.bin").write_bytes(os.urandom(4_000_000))
    sha = world.commit("large", {"small.txt": "x\n"})
    world.push()
    assert world.client.get(f"{world.path}/branches/main").json["commit"]["sha"] == sha


def test_many_wants_come_compressed_and_are_understood(world: World) -> None:
    for number in range(40):
        world.git("tag", f"t{number:03}")
        world.commit(f"commit {number}")
    world.push("main", "--tags")
    world.git("init", "--quiet", "fresh", cwd=world.work.parent)
    fresh = world.work.parent / "fresh"
    world.git("fetch", "--quiet", world.clone_url, "refs/tags/*:refs/tags/*", cwd=fresh)
    assert len(world.git("tag", cwd=fresh).stdout.split()) == 40


def test_a_compressed_body_is_unpacked(world: World) -> None:
    sha = world.git("rev-parse", "HEAD").stdout.strip()
    ask = f"0032want {sha}\n00000009done\n".encode()
    reply = world.client.anonymous().send(
        "POST",
        f"/{world.repository}.git/git-upload-pack",
        gzip.compress(ask),
        Content_Type="application/x-git-upload-pack-request",
        Content_Encoding="gzip",
    )
    assert reply.status == 200
    assert b"PACK" in reply.body


@pytest.mark.parametrize(
    "path", ["HEAD", "objects/info/packs", "config", "info/refs", "info/refs?service=git-shell"]
)
def test_only_the_smart_protocol_is_spoken(world: World, path: str) -> None:
    assert world.client.send("GET", f"/{world.repository}.git/{path}").status in (403, 404)


def test_the_default_branch_cannot_be_deleted(world: World) -> None:
    refused = world.git("push", world.url_for(world.addresses.token), ":main", fine=False)
    assert "refusing to delete the current branch" in refused.stderr


def test_a_push_without_an_answer_has_moved_the_reference(world: World) -> None:
    assert world.sandbox.frame is not None
    world.sandbox.frame.faults.add("forge", "push", "drop-after")
    sha = world.commit("second")
    assert world.git("push", world.url_for(world.addresses.token), "main", fine=False).returncode != 0
    assert world.client.get(f"{world.path}/git/ref/heads/main").json["object"]["sha"] == sha
    assert world.journal()[-1].result == "updated"
