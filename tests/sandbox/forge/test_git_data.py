"""References, objects, commits, comparisons and contents over REST, derived from the real repository."""

from __future__ import annotations

import base64
import json

import pytest
from forge_world import World


def head(world: World) -> str:
    return world.git("rev-parse", "HEAD").stdout.strip()


def test_references_are_those_of_git(world: World) -> None:
    world.git("tag", "-a", "v1", "-m", "annotated")
    world.git("tag", "v1.1")
    world.push("v1", "v1.1")
    heavy = world.client.get(f"{world.path}/git/ref/tags/v1").json
    assert heavy["object"]["type"] == "tag"
    assert heavy["object"]["sha"] == world.git("rev-parse", "v1").stdout.strip()
    assert world.client.get(f"{world.path}/git/ref/tags/v1.1").json["object"]["type"] == "commit"
    assert world.client.get(f"{world.path}/git/ref/tags/v").status == 404
    names = [ref["ref"] for ref in world.client.get(f"{world.path}/git/matching-refs/tags/v1").json]
    assert names == ["refs/tags/v1", "refs/tags/v1.1"]
    tags = {tag["name"]: tag["commit"]["sha"] for tag in world.client.get(f"{world.path}/tags").json}
    assert tags == {"v1": head(world), "v1.1": head(world)}
    tag = world.client.get(f"{world.path}/git/tags/{heavy['object']['sha']}").json
    assert (tag["tag"], tag["message"], tag["object"]["sha"]) == ("v1", "annotated", head(world))
    assert tag["tagger"]["email"] == "ada@example.org"


def test_a_reference_can_be_made_moved_and_deleted(world: World) -> None:
    old = head(world)
    refs = f"{world.path}/git/refs"
    assert world.client.post(refs, {"ref": "refs/heads/topic", "sha": old}).status == 201
    taken = world.client.post(refs, {"ref": "refs/heads/topic", "sha": old})
    assert (taken.status, taken.json["message"]) == (422, "Reference already exists")
    new = world.commit("second")
    world.push()
    moved = world.client.patch(f"{refs}/heads/topic", {"sha": new}).json
    assert moved["object"]["sha"] == new
    back = world.client.patch(f"{refs}/heads/topic", {"sha": old})
    assert (back.status, back.json["message"]) == (422, "Update is not a fast forward")
    assert world.client.patch(f"{refs}/heads/topic", {"sha": old, "force": True}).status == 200
    assert world.client.delete(f"{refs}/heads/topic").status == 204
    assert world.client.delete(f"{refs}/heads/topic").status == 422
    told = [
        (entry.operation, entry.result) for entry in world.journal() if entry.key.endswith("refs/heads/topic")
    ]
    assert told == [
        ("create-ref", "created"),
        ("update-ref", "updated"),
        ("update-ref", "updated"),
        ("delete-ref", "updated"),
    ]


@pytest.mark.parametrize("name", ["heads/x", "refs/x", "refs/heads/a..b", "refs/heads/x.lock"])
def test_a_reference_with_a_bad_name_is_refused(world: World, name: str) -> None:
    assert world.client.post(f"{world.path}/git/refs", {"ref": name, "sha": head(world)}).status == 422


def test_a_reference_to_nothing_is_refused(world: World) -> None:
    missing = {"ref": "refs/heads/x", "sha": "1" * 40}
    assert world.client.post(f"{world.path}/git/refs", missing).json["message"] == "Object does not exist"


def test_a_commit_can_be_made_object_by_object_without_a_work_tree(world: World) -> None:
    git = f"{world.path}/git"
    parent = head(world)
    blob = world.client.post(f"{git}/blobs", {"content": "aGk=", "encoding": "base64"}).json["sha"]
    base = world.client.get(f"{git}/commits/{parent}").json["tree"]["sha"]
    lines = [
        {"path": "docs/a.txt", "mode": "100644", "type": "blob", "sha": blob},
        {"path": "b.txt", "mode": "100755", "type": "blob", "content": "inline"},
        {"path": "README.md", "mode": "100644", "type": "blob", "sha": None},
    ]
    tree = world.client.post(f"{git}/trees", {"base_tree": base, "tree": lines}).json
    assert [entry["path"] for entry in tree["tree"]] == ["b.txt", "docs", "src"]
    made = world.client.post(f"{git}/commits", {"message": "made", "tree": tree["sha"], "parents": [parent]})
    assert made.status == 201
    sha = made.json["sha"]
    assert world.client.patch(f"{git}/refs/heads/main", {"sha": sha}).status == 200
    world.git("pull", "--quiet", world.clone_url, "main")
    assert (world.work / "docs/a.txt").read_text() == "hi"
    assert not (world.work / "README.md").exists()
    deep = world.client.get(f"{git}/trees/main?recursive=1").json["tree"]
    assert {"docs/a.txt", "src/demo.py"} <= {entry["path"] for entry in deep}
    told = world.client.get(f"{git}/blobs/{blob}").json
    assert base64.b64decode(told["content"]) == b"hi"
    assert world.client.get(f"{git}/blobs/{blob}", Accept="application/vnd.github.raw").body == b"hi"


def test_an_annotated_tag_can_be_made_by_two_calls(world: World) -> None:
    asked = {"tag": "v1", "message": "first", "object": head(world), "type": "commit"}
    tag = world.client.post(f"{world.path}/git/tags", asked).json
    assert world.client.get(f"{world.path}/git/ref/tags/v1").status == 404
    made = {"ref": "refs/tags/v1", "sha": tag["sha"]}
    assert world.client.post(f"{world.path}/git/refs", made).json["object"]["type"] == "tag"
    world.git("fetch", "--quiet", world.clone_url, "refs/tags/v1:refs/tags/v1")
    assert world.git("tag", "-n", "v1").stdout.split() == ["v1", "first"]


def test_a_commit_is_found_by_branch_tag_and_sha(world: World) -> None:
    sha = world.commit("second")
    world.push()
    world.git("tag", "-a", "v1/x", "-m", "annotated")
    world.push("v1/x", "main:feature/y")
    for name in (
        "main",
        "heads/main",
        "v1/x",
        "tags/v1/x",
        "feature/y",
        sha,
        sha[:9],
        "HEAD",
        "refs/heads/main",
    ):
        assert world.client.get(f"{world.path}/commits/{name}").json["sha"] == sha, name
    for name in ("nowhere", "main~1", "main^", "1" * 40):
        lost = world.client.get(f"{world.path}/commits/{name.replace('^', '%5E')}")
        assert (lost.status, lost.json["message"]) == (422, f"No commit found for SHA: {name}")
    assert (
        world.client.get(f"{world.path}/commits/main", Accept="application/vnd.github.sha").body
        == sha.encode()
    )


def test_a_commit_tells_what_it_changed(world: World) -> None:
    world.git("mv", "README.md", "READ.md")
    sha = world.commit("renamed", {"src/demo.py": "x = 1\ny = 2\n"})
    world.push()
    told = world.client.get(f"{world.path}/commits/{sha}").json
    files = {each["filename"]: (each["status"], each["additions"]) for each in told["files"]}
    assert files == {"READ.md": ("renamed", 0), "src/demo.py": ("modified", 1)}
    assert told["commit"]["author"]["name"] == "Ada"
    root = told["parents"][0]["sha"]
    assert world.client.get(f"{world.path}/commits/{root}").json["stats"]["additions"] == 2


def test_history_is_listed_newest_first_in_pages_and_by_path(world: World) -> None:
    shas = [head(world), *(world.commit(f"more {number}") for number in range(3))]
    world.push()
    listed = [each["sha"] for each in world.client.get(f"{world.path}/commits?per_page=3").json]
    assert listed == shas[:0:-1]
    assert [each["sha"] for each in world.client.get(f"{world.path}/commits?per_page=3&page=2").json] == shas[
        :1
    ]
    by_path = world.client.get(f"{world.path}/commits?sha=main&path=README.md").json
    assert [each["sha"] for each in by_path] == shas[:1]
    assert world.client.get(f"{world.path}/commits?sha=nowhere").status == 404


def test_comparisons_know_the_four_states(world: World) -> None:
    first = head(world)
    second = world.commit("second")
    world.push()
    world.git("checkout", "--quiet", "-b", "side", first)
    world.commit("aside", {"side.txt": "x\n"})
    world.push("side")

    def compared(basehead: str) -> tuple[str, int, int]:
        told = world.client.get(f"{world.path}/compare/{basehead}").json
        return told["status"], told["ahead_by"], told["behind_by"]

    assert compared("main...main") == ("identical", 0, 0)
    assert compared(f"{first}...main") == ("ahead", 1, 0)
    assert compared(f"main...{first}") == ("behind", 0, 1)
    assert compared("main...side") == ("diverged", 1, 1)
    told = world.client.get(f"{world.path}/compare/{first}...main").json
    assert [each["sha"] for each in told["commits"]] == [second]
    assert told["merge_base_commit"]["sha"] == first
    assert [each["filename"] for each in told["files"]] == ["notes.txt"]
    assert world.client.get(f"{world.path}/compare/main...nowhere").status == 404
    assert world.client.get(f"{world.path}/compare/main").status == 404


def test_unrelated_histories_cannot_be_compared(world: World) -> None:
    world.git("checkout", "--quiet", "--orphan", "alone")
    world.commit("alone")
    world.push("alone")
    reply = world.client.get(f"{world.path}/compare/main...alone")
    assert reply.status == 404
    assert "No common ancestor" in reply.json["message"]


def test_branches_are_listed_and_told(world: World) -> None:
    world.push("main:release/1")
    assert [each["name"] for each in world.client.get(f"{world.path}/branches").json] == ["main", "release/1"]
    assert world.client.get(f"{world.path}/branches/release/1").json["commit"]["sha"] == head(world)
    lost = world.client.get(f"{world.path}/branches/none")
    assert (lost.status, lost.json["message"]) == (404, "Branch not found")


def test_contents_are_files_and_folders_at_a_reference(world: World) -> None:
    old = head(world)
    (world.work / "link").symlink_to("README.md")
    world.commit("changed", {"README.md": "new\n"})
    world.push()
    contents = f"{world.path}/contents"
    now = world.client.get(f"{contents}/README.md").json
    assert base64.b64decode(now["content"]) == b"new\n"
    assert now["sha"] == world.git("rev-parse", "HEAD:README.md").stdout.strip()
    then = world.client.get(f"{contents}/README.md?ref={old}", Accept="application/vnd.github.raw+json")
    assert then.body == b"# Demo\n"
    root = world.client.get(f"{contents}/").json
    assert {(each["name"], each["type"]) for each in root} == {
        ("README.md", "file"),
        ("link", "symlink"),
        ("src", "dir"),
    }
    assert world.client.get(contents).json == root
    assert [each["path"] for each in world.client.get(f"{contents}/src").json] == ["src/demo.py"]
    wrapped = world.client.get(f"{contents}/src", Accept="application/vnd.github.object+json").json
    assert [each["name"] for each in wrapped["entries"]] == ["demo.py"]
    page = now["download_url"].removeprefix(world.addresses.forge)
    assert world.client.anonymous().send("GET", page).body == b"new\n"
    assert world.client.get(f"{contents}/link").json["target"] == "README.md"
    assert world.client.get(f"{contents}/none").status == 404
    assert (
        world.client.get(f"{contents}/README.md?ref=none").json["message"]
        == "No commit found for the ref none"
    )


@pytest.mark.parametrize("path", ["%2e%2e/x", ":(glob)*", "*", "src/%2e%2e/README.md", "README.md%0A"])
def test_a_path_is_only_ever_a_path(world: World, path: str) -> None:
    assert world.client.send("GET", f"/api/v3{world.path}/contents/{path}").status == 404


def test_what_no_address_can_hold_is_refused(world: World) -> None:
    assert world.client.send("GET", f"/api/v3{world.path}/contents/a%00b").status == 400
    assert world.client.send("GET", f"/api/v3{world.path}/commits?path=a%00b").status == 400
    for path in ("../x", ".git/config", "a//b"):
        line = {"path": path, "mode": "100644", "type": "blob", "content": "x"}
        assert world.client.post(f"{world.path}/git/trees", {"tree": [line]}).status == 422
    bad = {"message": "x", "content": ""}
    assert (
        world.client.send("PUT", f"/api/v3{world.path}/contents/.git/config", json.dumps(bad).encode()).status
        == 422
    )


def test_a_file_is_changed_by_a_commit_if_its_sha_is_known(world: World) -> None:
    place = f"{world.path}/contents/new.txt"
    made = world.client.call("PUT", place, {"message": "add", "content": "YQ=="})
    assert made.status == 201
    assert world.client.call("PUT", place, {"message": "change", "content": "Yg=="}).status == 422
    wrong = {"message": "change", "content": "Yg==", "sha": "1" * 40}
    assert world.client.call("PUT", place, wrong).status == 409
    right = {**wrong, "sha": made.json["content"]["sha"]}
    changed = world.client.call("PUT", place, right)
    assert changed.status == 200
    gone = {"message": "drop", "sha": changed.json["content"]["sha"]}
    assert world.client.call("DELETE", place, gone).status == 200
    assert world.client.get(place).status == 404
    assert [entry.operation for entry in world.journal()[-3:]] == [
        "put-contents",
        "put-contents",
        "put-contents",
    ]


def test_a_lagging_read_shows_references_as_they_were(world: World) -> None:
    old = head(world)
    new = world.commit("second")
    world.git("tag", "-a", "v1", "-m", "annotated")
    world.push("main", "v1")
    assert world.sandbox.frame is not None
    faults = world.sandbox.frame.faults
    faults.add("forge", "get-ref", "stale", value=1)
    assert world.client.get(f"{world.path}/git/ref/tags/v1").status == 404
    faults.add("forge", "get-ref", "stale", value=2)
    assert world.client.get(f"{world.path}/git/ref/heads/main").json["object"]["sha"] == old
    faults.add("forge", "get-commit", "stale", value=2)
    assert world.client.get(f"{world.path}/commits/main").json["sha"] == old
    faults.add("forge", "list-tags", "stale", value=1)
    assert world.client.get(f"{world.path}/tags").json == []
    assert world.client.get(f"{world.path}/commits/main").json["sha"] == new


def test_an_empty_repository_says_so(bare: World) -> None:
    assert bare.client.get(f"{bare.path}/commits").status == 409
    assert bare.client.get(f"{bare.path}/commits/main").json["message"] == "Git Repository is empty."
    assert bare.client.get(f"{bare.path}/contents/x").status == 404
    assert bare.client.get(f"{bare.path}/branches").json == []
    assert bare.client.get(f"{bare.path}/git/matching-refs/tags").json == []


def test_a_signed_commit_is_told_with_its_signature(world: World) -> None:
    raw = world.git("cat-file", "commit", "HEAD").stdout
    head_lines, body = raw.split("\n\n", 1)
    signature = "-----BEGIN PGP SIGNATURE-----\n\nabc\n-----END PGP SIGNATURE-----"
    folded = signature.replace("\n", "\n ")
    (world.work.parent / "signed").write_text(f"{head_lines}\ngpgsig {folded}\n\n{body}")
    sha = world.git("hash-object", "-t", "commit", "-w", str(world.work.parent / "signed")).stdout.strip()
    world.push(f"{sha}:refs/heads/signed")
    told = world.client.get(f"{world.path}/git/commits/{sha}").json["verification"]
    assert (told["verified"], told["reason"], told["signature"]) == (False, "unknown_key", signature)
    assert told["payload"] == raw
