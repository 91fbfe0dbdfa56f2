"""Releases over REST, every answer held against GitHub's description."""

from __future__ import annotations

from typing import Any

import pytest
from forge_world import World

from tagboat.sandbox import control


def problem(reply: Any) -> dict[str, str]:
    assert reply.status == 422, reply.body
    return reply.json["errors"][0]


def test_a_draft_is_seen_by_those_who_may_write_and_by_nobody_else(world: World) -> None:
    draft = world.draft("v1", name="One", body="text")
    reader = world.client.bearing(control.create_token(world.addresses, "reader"))
    for stranger in (world.client.anonymous(), reader):
        assert stranger.get(f"{world.path}/releases").json == []
        assert stranger.get(f"{world.path}/releases/{draft['id']}").status == 404
    assert [each["id"] for each in world.client.get(f"{world.path}/releases").json] == [draft["id"]]
    assert world.client.get(f"{world.path}/releases/{draft['id']}").json == draft


def test_a_draft_is_not_found_by_its_tag_and_makes_no_tag(world: World) -> None:
    draft = world.draft("v1")
    assert world.client.get(f"{world.path}/releases/tags/v1").status == 404
    assert world.client.get(f"{world.path}/git/ref/tags/v1").status == 404
    assert "/releases/tag/untagged-" in draft["html_url"]
    assert draft["published_at"] is None


def test_publishing_a_draft_makes_its_tag_at_the_target(world: World) -> None:
    old = world.client.get(f"{world.path}/commits/main").json["sha"]
    world.commit("second")
    world.push()
    draft = world.draft("v1", target_commitish=old)
    published = world.client.patch(f"{world.path}/releases/{draft['id']}", {"draft": False}).json
    assert published["html_url"].endswith("/releases/tag/v1")
    assert published["published_at"] is not None
    assert world.client.get(f"{world.path}/git/ref/tags/v1").json["object"]["sha"] == old
    assert world.client.get(f"{world.path}/releases/tags/v1").json == published


def test_publishing_keeps_a_tag_that_is_there_already(world: World) -> None:
    world.git("tag", "-a", "v1", "-m", "annotated")
    world.push("v1")
    before = world.client.get(f"{world.path}/git/ref/tags/v1").json
    assert world.client.post(f"{world.path}/releases", {"tag_name": "v1"}).status == 201
    assert world.client.get(f"{world.path}/git/ref/tags/v1").json == before
    assert before["object"]["type"] == "tag"


def test_two_drafts_may_stand_for_one_tag_but_only_one_can_be_published(world: World) -> None:
    one, other = world.draft("v1"), world.draft("v1")
    assert one["id"] != other["id"]
    assert world.client.patch(f"{world.path}/releases/{one['id']}", {"draft": False}).status == 200
    refused = world.client.patch(f"{world.path}/releases/{other['id']}", {"draft": False})
    assert problem(refused) == {"resource": "Release", "code": "already_exists", "field": "tag_name"}
    again = world.client.post(f"{world.path}/releases", {"tag_name": "v1"})
    assert problem(again)["code"] == "already_exists"
    assert world.client.get(f"{world.path}/releases/{other['id']}").json["draft"] is True


def test_the_latest_release_is_the_one_marked_and_never_a_prerelease(world: World) -> None:
    assert world.client.get(f"{world.path}/releases/latest").status == 404
    post = f"{world.path}/releases"
    world.client.post(post, {"tag_name": "v1"})
    world.client.post(post, {"tag_name": "v2rc1", "prerelease": True})
    assert world.client.get(f"{post}/latest").json["tag_name"] == "v1"
    world.client.post(post, {"tag_name": "v2"})
    world.client.post(post, {"tag_name": "v1.1", "make_latest": "false"})
    world.client.post(post, {"tag_name": "v3rc1", "prerelease": True})
    assert world.client.get(f"{post}/latest").json["tag_name"] == "v2"
    assert (
        problem(world.client.post(post, {"tag_name": "v3", "make_latest": "maybe"}))["field"] == "make_latest"
    )


def test_a_release_can_be_renamed_and_deleted_and_its_tag_stays(world: World) -> None:
    made = world.client.post(f"{world.path}/releases", {"tag_name": "v1", "body": "old"}).json
    changed = world.client.patch(f"{world.path}/releases/{made['id']}", {"name": "New", "body": None}).json
    assert (changed["name"], changed["body"], changed["tag_name"]) == ("New", None, "v1")
    assert world.client.delete(f"{world.path}/releases/{made['id']}").status == 204
    assert world.client.get(f"{world.path}/releases/{made['id']}").status == 404
    assert world.client.get(f"{world.path}/git/ref/tags/v1").status == 200


@pytest.mark.parametrize("tag", ["v 1", "v..1", "-v1", "v1~2", "v1.lock"])
def test_a_tag_that_git_would_refuse_is_refused(world: World, tag: str) -> None:
    assert problem(world.client.post(f"{world.path}/releases", {"tag_name": tag}))["field"] == "tag_name"


def test_a_release_needs_something_to_tag(bare: World) -> None:
    assert bare.client.post(f"{bare.path}/releases", {"tag_name": "v1"}).status == 422
    bare.commit("first")
    bare.push()
    wrong = {"tag_name": "v1", "target_commitish": "nowhere"}
    assert problem(bare.client.post(f"{bare.path}/releases", wrong))["field"] == "target_commitish"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        (b"[]", 400),
        (b"{}", 422),
        (b'{"tag_name": 1}', 422),
        (b'{"tag_name": "v1", "draft": "no"}', 422),
    ],
)
def test_a_body_that_does_not_fit_is_refused_with_its_reason(world: World, body: bytes, status: int) -> None:
    reply = world.client.send("POST", f"/api/v3{world.path}/releases", body)
    assert reply.status == status
    assert reply.json["message"]
    assert reply.json["documentation_url"].startswith(world.addresses.forge)


def test_notes_link_to_the_release_before(world: World) -> None:
    world.client.post(f"{world.path}/releases", {"tag_name": "v1"})
    notes = world.client.post(f"{world.path}/releases/generate-notes", {"tag_name": "v2"}).json
    assert notes["name"] == "v2"
    assert f"/{world.repository}/compare/v1...v2" in notes["body"]
    made = world.client.post(
        f"{world.path}/releases", {"tag_name": "v2", "generate_release_notes": True}
    ).json
    assert made["body"] == notes["body"]


def test_an_immutable_release_keeps_its_files_and_burns_its_tag(world: World) -> None:
    setting = f"{world.path}/immutable-releases"
    assert world.client.get(setting).status == 404
    assert world.client.call("PUT", setting).status == 204
    assert world.client.get(setting).json["enabled"] is True
    draft = world.draft("v1")
    assert draft["immutable"] is False
    asset = world.client.upload(draft["id"], "a.whl", b"bytes", repository=world.repository).json
    release = f"{world.path}/releases/{draft['id']}"
    assert world.client.patch(release, {"draft": False}).json["immutable"] is True
    late = world.client.upload(draft["id"], "b.whl", b"bytes", repository=world.repository)
    assert (late.status, late.json["message"]) == (422, "Cannot upload assets to an immutable release.")
    assert world.client.delete(f"{world.path}/releases/assets/{asset['id']}").status == 422
    assert world.client.patch(f"{world.path}/releases/assets/{asset['id']}", {"name": "c.whl"}).status == 422
    assert world.client.patch(release, {"tag_name": "v2"}).status == 422
    assert world.client.patch(release, {"body": "better words"}).json["body"] == "better words"
    assert world.client.delete(release).status == 204
    again = problem(world.client.post(f"{world.path}/releases", {"tag_name": "v1"}))
    assert again["message"] == "tag_name was used by an immutable release"


def test_every_accepted_write_is_in_the_journal_and_no_refused_one(world: World) -> None:
    before = len(world.journal())
    draft = world.draft("v1")
    world.client.upload(draft["id"], "a.whl", b"bytes", repository=world.repository)
    world.client.post(f"{world.path}/releases", {"tag_name": "v 1"})
    world.client.patch(f"{world.path}/releases/{draft['id']}", {"draft": False})
    world.client.delete(f"{world.path}/releases/{draft['id']}")
    told = [(entry.operation, entry.key, entry.result) for entry in world.journal()[before:]]
    key = f"{world.repository}/releases/v1"
    assert told == [
        ("create-release", key, "created"),
        ("upload-asset", f"{key}/assets/a.whl", "created"),
        ("create-ref", f"{world.repository} refs/tags/v1", "created"),
        ("update-release", key, "updated"),
        ("delete-release", key, "updated"),
    ]


def test_releases_come_in_pages_that_link_to_each_other(world: World) -> None:
    for number in range(5):
        world.draft(f"v{number}")
    first = world.client.get(f"{world.path}/releases?per_page=2")
    assert [each["tag_name"] for each in first.json] == ["v4", "v3"]
    assert 'rel="next"' in first.headers["Link"]
    assert 'rel="last"' in first.headers["Link"]
    last = world.client.get(f"{world.path}/releases?per_page=2&page=3")
    assert [each["tag_name"] for each in last.json] == ["v0"]
    assert 'rel="prev"' in last.headers["Link"]
    assert 'rel="next"' not in last.headers["Link"]
    assert world.client.get(f"{world.path}/releases?per_page=500").headers["Link"] is None


def test_a_lagging_read_shows_the_world_before_the_last_writes(world: World) -> None:
    draft = world.draft("v1")
    world.client.upload(draft["id"], "a.whl", b"bytes", repository=world.repository)
    world.client.patch(f"{world.path}/releases/{draft['id']}", {"draft": False})
    faults = world.sandbox.frame.faults if world.sandbox.frame else None
    assert faults is not None
    faults.add("forge", "get-release", "stale", value=1)
    assert world.client.get(f"{world.path}/releases/{draft['id']}").json["draft"] is True
    assert world.client.get(f"{world.path}/releases/{draft['id']}").json["draft"] is False
    faults.add("forge", "get-release-by-tag", "stale", value=1)
    assert world.client.get(f"{world.path}/releases/tags/v1").status == 404
    faults.add("forge", "list-releases", "stale", value=10)
    assert world.client.get(f"{world.path}/releases").json == []


def test_a_lost_answer_leaves_the_release_made(world: World) -> None:
    faults = world.sandbox.frame.faults if world.sandbox.frame else None
    assert faults is not None
    faults.add("forge", "create-release", "drop-after")
    with pytest.raises(ConnectionError):
        world.client.post(f"{world.path}/releases", {"tag_name": "v1"})
    assert world.client.get(f"{world.path}/releases/tags/v1").status == 200
    assert [moment.point for moment in world.moments if moment.operation == "create-release"] == [
        "received",
        "accepted",
    ]
