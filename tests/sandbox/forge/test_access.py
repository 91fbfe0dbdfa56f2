"""Who may do what, and how the forge says no."""

from __future__ import annotations

import base64

import pytest
from forge_world import Client, World

from tagboat.errors import InvalidError
from tagboat.sandbox import control


def with_permissions(world: World, kind: str = "fine-grained", **permissions: str) -> Client:
    return world.client.bearing(
        control.create_token(world.addresses, "tagboat" if kind == "fine-grained" else "ci[bot]", kind=kind,
                             permissions=permissions, repositories=[world.repository])
    )  # fmt: skip


@pytest.mark.parametrize(
    "form", ["token {}", "Bearer {}", "bearer {}", "Basic x:{}", "Basic {}:x-oauth-basic"]
)
def test_a_token_is_known_in_every_form(world: World, form: str) -> None:
    scheme, value = form.format(world.addresses.token).split(" ")
    value = base64.b64encode(value.encode()).decode() if scheme == "Basic" else value
    reply = world.client.anonymous().get("/user", Authorization=f"{scheme} {value}")
    assert reply.json["login"] == "tagboat"


def test_a_wrong_token_is_refused_everywhere(world: World) -> None:
    wrong = world.client.bearing("nonsense")
    for path in ("/user", world.path, f"{world.path}/releases"):
        reply = wrong.get(path)
        assert (reply.status, reply.json["message"]) == (401, "Bad credentials")
    assert wrong.send("GET", f"/api/v3{world.path}", Authorization="Basic !").status == 401


def test_anybody_reads_what_is_public_and_writes_nothing(world: World) -> None:
    anybody = world.client.anonymous()
    assert anybody.get(world.path).json["permissions"]["push"] is False
    assert anybody.get(f"{world.path}/commits/main").status == 200
    for path, data in (
        ("releases", {"tag_name": "v1"}),
        ("git/refs", {"ref": "refs/heads/x", "sha": "1" * 40}),
    ):
        reply = anybody.post(f"{world.path}/{path}", data)
        assert (reply.status, reply.json["message"]) == (401, "Requires authentication")
    assert anybody.get("/user").status == 401


def test_a_person_without_the_right_is_told_that_nothing_is_there(world: World) -> None:
    reader = world.client.bearing(control.create_token(world.addresses, "reader"))
    assert reader.get(world.path).json["permissions"] == {
        "admin": False,
        "maintain": False,
        "push": False,
        "triage": False,
        "pull": True,
    }
    assert reader.post(f"{world.path}/releases", {"tag_name": "v1"}).status == 404


def test_a_token_without_the_permission_is_told_which_one_it_needs(world: World) -> None:
    token = with_permissions(world, contents="read")
    assert token.get(f"{world.path}/commits/main").status == 200
    reply = token.post(f"{world.path}/releases", {"tag_name": "v1"})
    assert reply.status == 403
    assert reply.json["message"] == "Resource not accessible by personal access token"
    assert reply.headers["X-Accepted-GitHub-Permissions"] == "contents=write"
    job = with_permissions(world, "installation", contents="read")
    assert job.post(f"{world.path}/releases", {"tag_name": "v1"}).json["message"] == (
        "Resource not accessible by integration"
    )
    assert job.get("/user").status == 403
    assert (
        with_permissions(world, contents="write").post(f"{world.path}/releases", {"tag_name": "v1"}).status
        == 201
    )
    assert (
        with_permissions(world, "installation", contents="write").get(f"{world.path}/releases").status == 200
    )


def test_a_token_reaches_only_its_repositories(world: World) -> None:
    hidden = f"{world.repository}-hidden"
    control.create_repository(world.addresses, hidden, private=True)
    assert world.client.get(f"/repos/{hidden}").json["visibility"] == "private"
    assert with_permissions(world, contents="write").get(f"/repos/{hidden}").status == 404
    assert with_permissions(world, "installation", contents="write").get(f"/repos/{hidden}").status == 404
    assert world.client.anonymous().get(f"/repos/{hidden}").status == 404
    for kind, login in (("fine-grained", "tagboat"), ("installation", "ci[bot]")):
        rights = {"permissions": {"contents": "read"}, "repositories": [hidden]}
        inside = world.client.bearing(control.create_token(world.addresses, login, kind=kind, **rights))
        assert inside.get(f"/repos/{hidden}").status == 200
        assert inside.get(f"/repos/{hidden}/releases").json == []
        assert inside.get(f"/repos/{hidden}/actions/runs").status == 403
    writer = control.create_token(world.addresses, "guest", grants={hidden: "write"})
    assert world.client.bearing(writer).get(f"/repos/{hidden}").json["permissions"]["push"] is True


def test_names_are_the_same_in_upper_and_lower_case(world: World) -> None:
    owner, name = world.repository.split("/")
    assert world.client.get(f"/repos/{owner.upper()}/{name.title()}").json["full_name"] == world.repository


def test_repositories_are_made_by_people_for_themselves_and_for_organisations(world: World) -> None:
    name = world.repository.split("/")[1]
    own = world.client.post("/user/repos", {"name": f"own-{name}", "description": "D"})
    assert (own.status, own.json["full_name"], own.json["description"]) == (201, f"tagboat/own-{name}", "D")
    theirs = world.client.post("/orgs/guild/repos", {"name": f"our-{name}", "private": True}).json
    assert (theirs["owner"]["type"], theirs["private"]) == ("Organization", True)
    again = world.client.post("/user/repos", {"name": f"OWN-{name}"})
    assert again.json["errors"][0]["message"] == "name already exists on this account"
    assert world.client.post("/user/repos", {"name": "../x"}).status == 422
    assert world.client.anonymous().post("/user/repos", {"name": "x"}).status == 401
    assert (
        with_permissions(world, "installation", contents="write").post("/user/repos", {"name": "x"}).status
        == 403
    )
    changed = world.client.patch(
        f"/repos/{own.json['full_name']}", {"description": None, "default_branch": "dev"}
    )
    assert (changed.json["description"], changed.json["default_branch"]) == (None, "dev")
    assert world.client.get("/users/guild").json["type"] == "Organization"
    assert world.client.get("/users/nobody-of-that-name").status == 404


def test_an_unchanged_answer_is_not_sent_again(world: World) -> None:
    first = world.client.get(world.path)
    again = world.client.get(world.path, If_None_Match=first.headers["ETag"])
    assert (again.status, again.body) == (304, b"")
    assert again.headers["X-RateLimit-Used"] == str(int(first.headers["X-RateLimit-Used"]) + 1)
    assert world.client.get(world.path).headers["X-RateLimit-Used"] == again.headers["X-RateLimit-Used"]
    world.client.patch(world.path, {"description": "other"})
    assert world.client.get(world.path, If_None_Match=first.headers["ETag"]).status == 200


def test_a_limit_is_announced_and_refuses_only_when_it_was_set(world: World) -> None:
    token = control.create_token(world.addresses, "busy")
    busy = world.client.bearing(token)
    assert busy.get(world.path).headers["X-RateLimit-Limit"] == "5000"
    assert busy.get("/rate_limit").json["rate"]["limit"] == 5000
    assert world.client.anonymous().get(world.path).headers["X-RateLimit-Limit"] == "60"
    control.set_rate_limit(world.addresses, 4)
    try:
        last = busy.get(world.path)
        assert (last.status, last.headers["X-RateLimit-Remaining"]) == (200, "1")
        assert busy.get(world.path).status == 200
        refused = busy.get(world.path)
        assert (refused.status, refused.headers["X-RateLimit-Remaining"]) == (403, "0")
        assert "rate limit exceeded" in refused.json["message"]
    finally:
        control.set_rate_limit(world.addresses, None)


def test_the_server_tells_what_it_is(world: World) -> None:
    assert world.client.get("/meta").json["installed_version"].count(".") == 2
    assert world.client.send("GET", "/api/v3/").headers["X-OAuth-Scopes"]
    assert world.client.send("HEAD", f"/api/v3{world.path}").body == b""
    unknown = world.client.send("GET", "/api/v3/nothing/here")
    assert (unknown.status, unknown.json["message"]) == (404, "Not Found")


def test_only_the_sandbox_token_gives_orders(world: World) -> None:
    other = world.client.bearing(control.create_token(world.addresses, "guest"))
    assert other.send("POST", "/_sandbox/repositories", b'{"repository": "a/b"}').status == 401
    with pytest.raises(InvalidError):
        control.create_repository(world.addresses, "no-slash")
    with pytest.raises(InvalidError):
        control.create_token(world.addresses, "x", kind="golden")
    with pytest.raises(InvalidError):
        control.create_token(world.addresses, "x", kind="fine-grained", permissions={"contents": "maybe"})
    assert control.create_repository(world.addresses, world.repository) == world.clone_url


def test_every_route_is_one_of_githubs(world: World) -> None:
    from tagboat.sandbox.forge.routes import API  # noqa: PLC0415
    from tagboat.sandbox.forge.service import SUBJECTS  # noqa: PLC0415

    assert world.client.description is not None
    checked = 0
    for method, path, _ in (route for subject in SUBJECTS for route in subject.ROUTES):
        if path.startswith(f"{API}/") and path != f"{API}/":
            plain = path.removeprefix(API)
            for mark in (":\\d+", ":.+", ":.*", ":/?"):
                plain = plain.replace(mark, "")
            plain = plain.replace("contents{path}", "contents/{path}")
            world.client.description.operation(method, plain.replace("{", "").replace("}", ""))
            checked += 1
    assert checked > 60
