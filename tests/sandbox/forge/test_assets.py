"""Files of releases: up, down, and what goes wrong on the way."""

from __future__ import annotations

import hashlib
import os
import socket
import ssl
import threading
from typing import Any
from urllib.parse import urlsplit

import pytest
from forge_world import Reply, World


@pytest.fixture
def draft(world: World) -> Any:
    return world.draft("v1")


def put(world: World, draft: Any, name: str, content: bytes = b"bytes") -> Reply:
    return world.client.upload(draft["id"], name, content, repository=world.repository)


def fetched(world: World, address: str, **headers: str) -> Reply:
    """The bytes behind a URL, over the redirect that leads to them."""
    path = address.removeprefix(world.addresses.forge)
    answer = world.client.send("GET", path, **headers)
    assert answer.status == 302, answer.body
    place = answer.headers["Location"].removeprefix(world.addresses.forge)
    return world.client.anonymous().send("GET", place)


def test_an_uploaded_file_is_told_with_its_digest_and_comes_back_the_same(world: World, draft: Any) -> None:
    content = os.urandom(3_000_000)
    asset = put(world, draft, "demo-1-py3-none-any.whl", content)
    assert asset.status == 201
    told = asset.json
    assert told["digest"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
    assert (told["state"], told["size"], told["uploader"]["login"]) == ("uploaded", len(content), "tagboat")
    assert world.client.get(f"{world.path}/releases/{draft['id']}").json["assets"] == [told]
    assert world.client.get(f"{world.path}/releases/{draft['id']}/assets").json == [told]
    assert fetched(world, told["url"], Accept="application/octet-stream").body == content
    assert world.client.get(f"{world.path}/releases/assets/{told['id']}").json["download_count"] == 1
    assert world.journal()[-1].sha256 == hashlib.sha256(content).hexdigest()


def test_a_published_file_can_be_fetched_by_tag_and_name_by_anybody(world: World, draft: Any) -> None:
    told = put(world, draft, "a.whl").json
    assert "/releases/download/untagged-" in told["browser_download_url"]
    page = f"/{world.repository}/releases/download/v1/a.whl"
    assert world.client.send("GET", page).status == 404
    world.client.patch(f"{world.path}/releases/{draft['id']}", {"draft": False})
    place = world.client.anonymous().send("GET", page)
    assert place.status == 302
    assert fetched(world, page).body == b"bytes"
    assert fetched(world, f"/{world.repository}/releases/latest/download/a.whl").body == b"bytes"


def test_a_download_address_cannot_be_made_up(world: World, draft: Any) -> None:
    number = put(world, draft, "a.whl").json["id"]
    assert world.client.send("GET", f"/_sandbox/objects/{number}/a.whl?signature=0").status == 404


def test_a_name_can_be_used_once(world: World, draft: Any) -> None:
    put(world, draft, "a.whl")
    again = put(world, draft, "a.whl", b"other")
    assert again.status == 422
    assert again.json["errors"] == [{"resource": "ReleaseAsset", "code": "already_exists", "field": "name"}]
    other = put(world, draft, "b.whl").json
    taken = world.client.patch(f"{world.path}/releases/assets/{other['id']}", {"name": "a.whl"})
    assert taken.status == 422
    renamed = world.client.patch(
        f"{world.path}/releases/assets/{other['id']}", {"name": "c.whl", "label": "C"}
    )
    assert (renamed.json["name"], renamed.json["label"]) == ("c.whl", "C")


def test_a_deleted_file_is_gone_and_its_name_free(world: World, draft: Any) -> None:
    asset = put(world, draft, "a.whl").json
    place = f"{world.path}/releases/assets/{asset['id']}"
    assert world.client.delete(place).status == 204
    assert world.client.get(place).status == 404
    assert put(world, draft, "a.whl").status == 201


@pytest.mark.parametrize(
    ("given", "stored"),
    [("a%20b%20c.txt", "a.b.c.txt"), ("demo-1%2Bcu12.whl", "demo-1+cu12.whl"), ("..x~y..", "x.y")],
)
def test_odd_characters_in_names_become_dots(world: World, draft: Any, given: str, stored: str) -> None:
    assert put(world, draft, given).json["name"] == stored


def test_an_upload_needs_a_name_and_some_bytes(world: World, draft: Any) -> None:
    assert put(world, draft, "").status == 422
    place = f"/api/uploads{world.path}/releases/{draft['id']}/assets?name=empty.txt"
    assert world.client.send("POST", place, b"").status == 400
    assert world.client.get(f"{world.path}/releases/{draft['id']}").json["assets"] == []


def test_an_upload_to_a_release_that_is_not_there_is_a_404(world: World) -> None:
    assert world.client.upload(10**9, "a.whl", b"bytes", repository=world.repository).status == 404


def test_a_cut_upload_leaves_a_starter_that_must_be_deleted_first(world: World, draft: Any) -> None:
    before = len(world.journal())
    cut_upload(world, draft["id"], "a.whl", announced=1_000_000, sent=600_000)
    assets = until_listed(world, draft["id"])
    assert [(asset["name"], asset["state"], asset["digest"]) for asset in assets] == [
        ("a.whl", "starter", None)
    ]
    assert put(world, draft, "a.whl").json["errors"][0]["code"] == "already_exists"
    place = f"/api/v3{world.path}/releases/assets/{assets[0]['id']}"
    assert world.client.send("GET", place, Accept="application/octet-stream").status == 404
    assert len(world.journal()) == before
    assert world.client.send("DELETE", place).status == 204
    assert put(world, draft, "a.whl").status == 201


def cut_upload(world: World, release: int, name: str, *, announced: int, sent: int) -> None:
    parts = urlsplit(world.addresses.forge)
    trust = ssl.create_default_context(cafile=world.addresses.ca)
    head = (
        f"POST /api/uploads{world.path}/releases/{release}/assets?name={name} HTTP/1.1\r\nHost: {parts.netloc}\r\n"
        f"Authorization: Bearer {world.addresses.token}\r\nContent-Length: {announced}\r\n\r\n"
    )
    with (
        socket.create_connection(("127.0.0.1", parts.port or 0), timeout=10) as plain,
        trust.wrap_socket(plain, server_hostname="localhost") as connection,
    ):
        connection.sendall(head.encode() + b"x" * sent)


def until_listed(world: World, release: int) -> list[Any]:
    """The files of a release, once there are any: the server needs a moment to see a cut connection."""
    tick = threading.Event()
    for _ in range(200):
        assets: list[Any] = world.client.send("GET", f"/api/v3{world.path}/releases/{release}/assets").json
        if assets:
            return assets
        tick.wait(0.02)
    raise AssertionError("no file appeared")


def test_the_middle_of_an_upload_is_told(world: World, draft: Any) -> None:
    put(world, draft, "a.whl", os.urandom(2_000_000))
    points = world.points("upload-asset")
    key = f"{world.repository}/releases/v1/assets/a.whl"
    assert [point for point, _ in points] == ["received", "body-half", "accepted", "answered"]
    assert {told for _, told in points[1:]} == {key}


def test_a_truncated_download_ends_early(world: World, draft: Any) -> None:
    told = put(world, draft, "a.whl", b"0123456789").json
    assert world.sandbox.frame is not None
    world.sandbox.frame.faults.add("forge", "download-asset", "truncate")
    answer = world.client.send("GET", urlsplit(told["url"]).path, Accept="application/octet-stream")
    place = answer.headers["Location"].removeprefix(world.addresses.forge)
    connection = world.client.connect()
    try:
        connection.request("GET", place)
        body = connection.getresponse().read(10)
    finally:
        connection.close()
    assert body == b"01234"
