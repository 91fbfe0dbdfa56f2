"""A forge that was killed comes back knowing all that it accepted, and the journal says the same."""

from __future__ import annotations

import json
import os
import signal
import threading
from pathlib import Path
from typing import Any

import pytest
from forge_world import Client, World

from tagboat.sandbox import control, process
from tagboat.sandbox.server import running_sandbox


def lines(directory: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (directory / "journal.jsonl").read_text().splitlines()]


def opened(sandbox: Any, work: Path) -> World:
    client = Client(sandbox.addresses, None, sandbox.addresses.token)
    return World(sandbox, "acme/demo", client, work, [])


def test_everything_is_there_after_a_restart(tmp_path: Path) -> None:
    work = tmp_path / "work"
    work.mkdir()
    with running_sandbox(tmp_path / "sandbox") as sandbox:
        world = opened(sandbox, work)
        control.create_repository(sandbox.addresses, "acme/demo")
        world.git("init", "--quiet", "--initial-branch=main")
        sha = world.commit("first")
        world.push()
        draft = world.draft("v1")
        world.client.upload(draft["id"], "a.whl", b"bytes", repository="acme/demo")
        guest = control.create_token(sandbox.addresses, "guest", grants={"acme/demo": "write"})
        before = lines(sandbox.directory)
    with running_sandbox(tmp_path / "sandbox") as sandbox:
        world = opened(sandbox, work)
        release = world.client.bearing(guest).get(f"/repos/acme/demo/releases/{draft['id']}").json
        assert [asset["name"] for asset in release["assets"]] == ["a.whl"]
        assert world.client.get("/repos/acme/demo/commits/main").json["sha"] == sha
        assert lines(sandbox.directory) == before
        assert control.create_repository(sandbox.addresses, "acme/demo") == world.clone_url


def test_a_reference_that_moved_behind_the_journal_is_journalled_at_the_start(tmp_path: Path) -> None:
    work = tmp_path / "work"
    work.mkdir()
    with running_sandbox(tmp_path / "sandbox") as sandbox:
        world = opened(sandbox, work)
        control.create_repository(sandbox.addresses, "acme/demo")
        world.git("init", "--quiet", "--initial-branch=main")
        sha = world.commit("first")
        world.push()
    (bare,) = (tmp_path / "sandbox/forge").glob("*.git")
    world.git("--git-dir", str(bare), "update-ref", "refs/tags/v1", sha)
    with running_sandbox(tmp_path / "sandbox") as sandbox:
        newest = lines(sandbox.directory)[-1]
    assert (newest["operation"], newest["key"], newest["result"]) == (
        "push",
        "acme/demo refs/tags/v1",
        "created",
    )


def uploads(client: Client, release: int) -> None:
    """File after file, until nobody answers."""
    for number in range(1000):
        try:
            client.upload(release, f"f{number}.bin", os.urandom(200_000), repository="acme/demo")
        except OSError:
            return


@pytest.mark.slow
def test_a_kill_during_uploads_leaves_what_the_journal_says(tmp_path: Path) -> None:
    directory = tmp_path / "sandbox"
    addresses = process.up(directory)
    try:
        control.create_repository(addresses, "acme/demo")
        client = Client(addresses, None, addresses.token)
        put = {"message": "x", "content": ""}
        assert client.call("PUT", "/repos/acme/demo/contents/x", put).status == 201
        draft = client.post("/repos/acme/demo/releases", {"tag_name": "v1", "draft": True}).json

        sender = threading.Thread(target=uploads, args=(client, draft["id"]))
        sender.start()
        tick = threading.Event()
        while len(lines(directory)) < 8:
            tick.wait(0.005)
        os.kill(addresses.pid, signal.SIGKILL)
        sender.join()
        while process.status(directory).up:
            tick.wait(0.005)
        addresses = process.up(directory)
        client = Client(addresses, None, addresses.token)
        release = client.get(f"/repos/acme/demo/releases/{draft['id']}").json
        whole = {
            asset["name"]: asset["digest"] for asset in release["assets"] if asset["state"] == "uploaded"
        }
        told = {
            line["key"].rsplit("/", 1)[-1]: f"sha256:{line['sha256']}"
            for line in lines(directory)
            if line["operation"] == "upload-asset"
        }
        assert whole == told
        assert len(whole) >= 5
    finally:
        process.down(directory)
