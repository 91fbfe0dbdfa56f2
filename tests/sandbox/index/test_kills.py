"""A sandbox killed while it takes uploads comes back with journal, database and files in agreement."""

from __future__ import annotations

import json
import os
import random
import signal
import threading
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import urllib3

from tagboat.sandbox.addresses import Addresses
from tagboat.sandbox.process import down, up

pytestmark = pytest.mark.slow

ROUNDS = 4


def upload_until_killed(
    addresses: Addresses, kit: Any, number: int, answered: list[str], progress: threading.Semaphore
) -> None:
    client = kit.client(addresses, addresses.pypi)
    try:
        for count in range(1000):
            file = kit.wheel(f"boat{number}", f"{count}", payload=os.urandom(30_000))
            if client.upload(file).status == 200:
                answered.append(file.filename)
                progress.release()
    except urllib3.exceptions.HTTPError:
        return
    finally:
        client.pool.clear()


def listed(addresses: Addresses, kit: Any) -> dict[str, str]:
    client = kit.client(addresses, addresses.pypi)
    names = [project["name"] for project in client.get("/simple/").json()["projects"]]
    files = [file for name in names for file in client.get(f"/simple/{name}/").json()["files"]]
    for file in files:
        url = file["url"].removeprefix(client.root)
        assert client.get(url).status == client.get(url + ".metadata").status == 200
    client.pool.clear()
    return {file["filename"]: file["hashes"]["sha256"] for file in files}


def test_a_killed_sandbox_comes_back_whole(tmp_path: Path, kit: Any) -> None:
    chance = random.Random(7)  # noqa: S311 - which moments, not secrets
    answered: list[str] = []
    try:
        for turn in range(ROUNDS):
            addresses = up(tmp_path)
            progress = threading.Semaphore(0)
            threads = [
                threading.Thread(
                    target=upload_until_killed, args=(addresses, kit, 2 * turn + each, answered, progress)
                )
                for each in range(2)
            ]
            for thread in threads:
                thread.start()
            for _ in range(chance.randint(3, 12)):
                assert progress.acquire(timeout=6)
            os.kill(addresses.pid, signal.SIGKILL)
            for thread in threads:
                thread.join(60)
        # What a kill in the middle of the file's last line would leave.
        with (tmp_path / "journal.jsonl").open("ab") as file:
            file.write(b'{"seq": 99999, "serv')
        addresses = up(tmp_path)
        entries = [json.loads(line) for line in (tmp_path / "journal.jsonl").read_text().splitlines()]
        assert [entry["seq"] for entry in entries] == list(range(1, len(entries) + 1))
        assert set(Counter(entry["key"] for entry in entries).values()) == {1}
        assert listed(addresses, kit) == {entry["key"]: entry["sha256"] for entry in entries}
        assert set(answered) <= {entry["key"] for entry in entries}
        assert len(answered) >= 3 * ROUNDS
    finally:
        down(tmp_path)
