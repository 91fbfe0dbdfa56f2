"""Issues and reviews of deployments, as GitHub tells of them."""

from __future__ import annotations

import pytest
from forge_world import World

from tagboat.errors import InvalidError
from tagboat.sandbox import control


def test_an_issue_is_opened_changed_commented_and_closed(world: World) -> None:
    place = f"{world.path}/issues"
    made = world.client.post(place, {"title": "Broken", "body": "It is."})
    assert made.status == 201
    assert made.headers["Location"] == made.json["url"]
    where = f"{place}/{made.json['number']}"
    assert world.client.get(where).json == made.json
    changed = world.client.patch(where, {"body": None, "title": "Still broken"}).json
    assert (changed["title"], changed["body"], changed["state"]) == ("Still broken", None, "open")
    comment = world.client.post(f"{where}/comments", {"body": "Why?"})
    assert (comment.status, comment.json["issue_url"]) == (201, made.json["url"])
    assert world.client.get(f"{where}/comments").json == [comment.json]
    closed = world.client.patch(where, {"state": "closed"}).json
    assert (closed["state"], closed["comments"]) == ("closed", 1)
    assert closed["closed_at"]
    assert world.client.get(place).json == []
    assert [issue["number"] for issue in world.client.get(f"{place}?state=all").json] == [closed["number"]]
    again = world.client.patch(where, {"state": "open"}).json
    assert (again["state"], again["closed_at"]) == ("open", None)


def test_issues_are_narrowed_by_who_opened_them(world: World) -> None:
    place = f"{world.path}/issues"
    eve = world.client.bearing(control.create_token(world.addresses, "eve"))
    theirs = eve.post(place, {"title": "Mine"}).json
    world.client.post(place, {"title": "Ours"})
    assert [issue["title"] for issue in world.client.get(f"{place}?creator=eve").json] == ["Mine"]
    assert [issue["title"] for issue in world.client.get(place).json] == ["Ours", "Mine"]
    assert eve.patch(f"{place}/{theirs['number']}", {"title": "Yours"}).status == 200
    assert eve.patch(f"{place}/{theirs['number'] + 1}", {"title": "Yours"}).status == 404


def test_a_workflows_token_needs_the_permission(world: World) -> None:
    place = f"{world.path}/issues"

    def token(**permissions: str) -> str:
        return control.create_token(
            world.addresses,
            "github-actions[bot]",
            kind="installation",
            permissions=permissions,
            repositories=[world.repository],
        )

    refused = world.client.bearing(token(contents="write", issues="read")).post(place, {"title": "No"})
    assert refused.status == 403
    made = world.client.bearing(token(issues="write")).post(place, {"title": "Yes"})
    assert (made.status, made.json["user"]["login"]) == (201, "github-actions[bot]")
    assert world.client.anonymous().post(place, {"title": "No"}).status == 401


def test_what_makes_no_sense_is_refused(world: World) -> None:
    place = f"{world.path}/issues"
    number = world.client.post(place, {"title": "Broken"}).json["number"]
    assert world.client.post(place, {"title": ""}).status == 422
    assert world.client.patch(f"{place}/{number}", {"state": "gone"}).status == 422
    assert world.client.get(f"{place}?state=gone").status == 422
    assert world.client.get(f"{place}/99").status == 404
    assert world.client.post(f"{place}/99/comments", {"body": "x"}).status == 404


def test_a_runs_reviews_are_told(world: World) -> None:
    head = world.git("rev-parse", "HEAD").stdout.strip()
    run = control.play_workflow_run(world.addresses, world.repository, sha=head)
    place = f"{world.path}/actions/runs/{run.id}/approvals"
    assert world.client.get(place).json == []
    control.review_workflow_run(
        world.addresses, run.id, environments=["pypi", "docs"], user="grace", comment="Ship it"
    )
    control.review_workflow_run(world.addresses, run.id, environments=["pypi"], user="eve", state="rejected")
    told = [
        ([each["name"] for each in review["environments"]], review["state"], review["user"]["login"])
        for review in world.client.get(place).json
    ]
    assert told == [(["pypi", "docs"], "approved", "grace"), (["pypi"], "rejected", "eve")]
    with pytest.raises(InvalidError):
        control.review_workflow_run(world.addresses, run.id, environments=[], user="x", state="maybe")
    with pytest.raises(InvalidError):
        control.review_workflow_run(world.addresses, 10**9, environments=[], user="x")
