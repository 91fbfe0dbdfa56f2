"""Git's own objects and references over REST."""

from __future__ import annotations

import base64
import binascii
import re

from tagboat.sandbox.forge.calls import Answer, Call, endpoint
from tagboat.sandbox.forge.fields import Fields
from tagboat.sandbox.forge.git.child import Git
from tagboat.sandbox.forge.git.history import is_ancestor
from tagboat.sandbox.forge.git.objects import (
    Person,
    RawObject,
    list_tree,
    parse_tag,
    read_commit,
    read_objects,
)
from tagboat.sandbox.forge.git.refs import NOTHING, is_empty, kind_of, well_formed, well_formed_path
from tagboat.sandbox.forge.git.write import NewEntry, write_blob, write_commit, write_tag, write_tree
from tagboat.sandbox.forge.model import Repository, now
from tagboat.sandbox.forge.refusals import Refusal, empty_repository, not_found
from tagboat.sandbox.forge.routes import REPOSITORY, Route
from tagboat.sandbox.forge.shapes import commits as shapes

_GIT = f"{REPOSITORY}/git"
_SHA = re.compile(r"[0-9a-f]{40}")


@endpoint("get-ref")
def get_ref(call: Call) -> Answer:
    """One reference by its exact name."""
    repository, git = _readable(call)
    ref = call.forge.references.find(repository, git, f"refs/{call.path('ref')}", stale=call.stale)
    if ref is None:
        raise not_found()
    return Answer(shapes.git_ref(call.links, repository.full_name, ref))


@endpoint("list-matching-refs")
def matching_refs(call: Call) -> Answer:
    """The references whose names begin with these letters."""
    repository, git = _readable(call)
    start = f"refs/{call.path('ref')}"
    refs = call.forge.references.list(repository, git, stale=call.stale)
    found = [ref for ref in refs if ref.name.startswith(start)]
    return Answer([shapes.git_ref(call.links, repository.full_name, ref) for ref in found])


@endpoint("create-ref")
def create_ref(call: Call) -> Answer:
    """A new branch or tag at an object that is there already."""
    repository = call.repository("contents", "write")
    git, name, sha = call.git(repository), call.body.text("ref"), call.body.text("sha")
    if is_empty(git):
        raise empty_repository()
    if not name.startswith("refs/") or name.count("/") < 2 or not well_formed(name):
        raise Refusal(422, "Reference name is not valid" if name.startswith("refs/") else "Reference name must start with 'refs/' and contain at least two slashes.")  # fmt: skip
    kind = _kind(git, sha)
    if name.startswith("refs/heads/") and kind != "commit":
        raise Refusal(422, "Reference cannot be updated")
    call.about(f"{repository.full_name} {name}")
    if not call.forge.references.move(repository, git, name, sha, old=NOTHING, operation="create-ref"):
        raise Refusal(422, "Reference already exists")
    return _answer_ref(call, repository, git, name, 201)


@endpoint("update-ref")
def update_ref(call: Call) -> Answer:
    """Move a reference forward; anywhere with ``force``."""
    repository = call.repository("contents", "write")
    git, name, sha = call.git(repository), f"refs/{call.path('ref')}", call.body.text("sha")
    ref = call.forge.references.find(repository, git, name)
    if ref is None:
        raise Refusal(422, "Reference does not exist")
    call.about(f"{repository.full_name} {name}")
    _kind(git, sha)
    if ref.sha != sha:
        if not call.body.flag("force") and not is_ancestor(git, ref.peeled, sha):
            raise Refusal(422, "Update is not a fast forward")
        if not call.forge.references.move(repository, git, name, sha, old=ref.sha, operation="update-ref"):
            raise Refusal(409, "Reference cannot be updated")
    return _answer_ref(call, repository, git, name, 200)


@endpoint("delete-ref")
def delete_ref(call: Call) -> Answer:
    """Delete a branch or tag; the default branch stays."""
    repository = call.repository("contents", "write")
    git, name = call.git(repository), f"refs/{call.path('ref')}"
    ref = call.forge.references.find(repository, git, name)
    if ref is None:
        raise Refusal(422, "Reference does not exist")
    if name == f"refs/heads/{repository.default_branch}":
        raise Refusal(422, "Cannot delete the default branch")
    call.about(f"{repository.full_name} {name}")
    if not call.forge.references.move(repository, git, name, NOTHING, old=ref.sha, operation="delete-ref"):
        raise Refusal(409, "Reference cannot be updated")
    return Answer(status=204)


@endpoint("get-tag")
def get_tag(call: Call) -> Answer:
    """An annotated tag's object."""
    repository, git = _readable(call)
    return Answer(
        shapes.git_tag(call.links, repository.full_name, parse_tag(_object(git, call.path("sha"), "tag")))
    )


@endpoint("create-tag")
def create_tag(call: Call) -> Answer:
    """An annotated tag's object; the reference is a call of its own."""
    repository = call.repository("contents", "write")
    git, body = call.git(repository), call.body
    target, kind = body.text("object"), body.text("type")
    if not well_formed(body.text("tag")) or _kind(git, target) != kind:
        raise Refusal(422, "Tag could not be created")
    tagger = _person(body.fields("tagger"), call)
    sha = write_tag(
        git, name=body.text("tag"), target=target, kind=kind, message=body.text("message"), tagger=tagger
    )
    data = shapes.git_tag(call.links, repository.full_name, parse_tag(_object(git, sha, "tag")))
    return Answer(data, 201, {"Location": str(data["url"])})


@endpoint("get-git-commit")
def get_commit(call: Call) -> Answer:
    """A commit's object."""
    repository, git = _readable(call)
    _object(git, call.path("sha"), "commit")
    found = read_commit(git, call.path("sha"))
    if found is None:
        raise not_found()
    return Answer(shapes.git_commit(call.links, repository.full_name, found))


@endpoint("create-git-commit")
def create_commit(call: Call) -> Answer:
    """A commit of an existing tree."""
    repository = call.repository("contents", "write")
    git, body = call.git(repository), call.body
    tree, parents = body.text("tree"), body.texts("parents")
    if _kind(git, tree) != "tree":
        raise Refusal(422, "Tree SHA does not exist")
    if any(_kind(git, parent) != "commit" for parent in parents):
        raise Refusal(422, "Parent SHA does not exist or is not a commit object")
    author = _person(body.fields("author"), call)
    committer = _person(body.fields("committer"), call) if "committer" in body else author
    sha = write_commit(
        git, tree=tree, parents=parents, message=body.text("message"), author=author, committer=committer
    )
    found = read_commit(git, sha)
    if found is None:
        raise not_found()
    data = shapes.git_commit(call.links, repository.full_name, found)
    return Answer(data, 201, {"Location": str(data["url"])})


@endpoint("get-tree")
def get_tree(call: Call) -> Answer:
    """A tree by its SHA or by a commit reference; all below it with ``recursive``."""
    repository, git = _readable(call)
    name = call.path("sha")
    if is_empty(git):
        raise empty_repository()
    if not well_formed(name):
        raise not_found()
    candidates = (f"{start}{name}^{{tree}}" for start in ("", "refs/heads/", "refs/tags/"))
    found = next((raw for raw in read_objects(git, list(candidates)) if raw), None)
    if found is None:
        raise not_found()
    entries = list_tree(git, found.sha, deep=bool(call.query("recursive")))
    return Answer(shapes.git_tree(call.links, repository.full_name, found.sha, entries))


@endpoint("create-tree")
def create_tree(call: Call) -> Answer:
    """A tree from entries, upon another one."""
    repository = call.repository("contents", "write")
    git, onto = call.git(repository), call.body.maybe_text("base_tree")
    entries: list[NewEntry] = []
    gone: list[str] = []
    for line in call.body.objects("tree"):
        path, content = line.text("path"), line.maybe_text("content")
        if not well_formed_path(path):
            raise Refusal(422, "tree.path contains a malformed path component")
        if content is None and "sha" in line and line.raw("sha") is None:
            gone.append(path)
            continue
        sha = write_blob(git, content.encode()) if content is not None else line.text("sha")
        entries.append(NewEntry(line.maybe_text("mode") or "100644", _kind(git, sha), sha, path))
    if onto and _kind(git, onto) not in ("tree", "commit"):
        raise Refusal(422, "base_tree is not a valid tree oid")
    if not entries and not gone:
        raise Refusal(422, "Invalid tree info")
    sha = write_tree(git, entries, onto=onto, gone=gone)
    data = shapes.git_tree(call.links, repository.full_name, sha, list_tree(git, sha))
    return Answer(data, 201, {"Location": str(data["url"])})


@endpoint("get-blob")
def get_blob(call: Call) -> Answer:
    """A file's bytes by their SHA."""
    repository, git = _readable(call)
    raw = _object(git, call.path("sha"), "blob")
    if "raw" in call.request.headers.get("Accept", ""):
        return Answer(raw.content, headers={"Content-Type": "application/vnd.github.raw"})
    return Answer(shapes.git_blob(call.links, repository.full_name, raw.sha, raw.content))


@endpoint("create-blob")
def create_blob(call: Call) -> Answer:
    """A file's bytes, as text or base64."""
    repository = call.repository("contents", "write")
    text = call.body.maybe_text("content") or ""
    try:
        content = base64.b64decode(text) if call.body.maybe_text("encoding") == "base64" else text.encode()
    except binascii.Error as problem:
        raise Refusal(422, "content is not valid Base64") from problem
    sha = write_blob(call.git(repository), content)
    url = f"{call.links.repository(repository.full_name)}/git/blobs/{sha}"
    return Answer({"sha": sha, "url": url}, 201, {"Location": url})


def _readable(call: Call) -> tuple[Repository, Git]:
    repository = call.repository("contents")
    return repository, call.git(repository)


def _answer_ref(call: Call, repository: Repository, git: Git, name: str, status: int) -> Answer:
    ref = call.forge.references.find(repository, git, name)
    if ref is None:
        raise not_found()
    data = shapes.git_ref(call.links, repository.full_name, ref)
    return Answer(data, status, {"Location": str(data["url"])} if status == 201 else {})


def _object(git: Git, sha: str, kind: str) -> RawObject:
    found = read_objects(git, [sha])[0] if _SHA.fullmatch(sha) else None
    if found is None or found.kind != kind:
        raise not_found()
    return found


def _kind(git: Git, sha: str) -> str:
    kind = kind_of(git, sha)
    if kind is None:
        raise Refusal(422, "Object does not exist")
    return kind


def _person(fields: Fields, call: Call) -> Person:
    login = call.caller.login
    return Person(
        fields.maybe_text("name") or login,
        fields.maybe_text("email") or f"{login}@users.noreply.localhost",
        fields.maybe_text("date") or now(),
    )


ROUTES: list[Route] = [
    ("GET", f"{_GIT}/ref/{{ref:.+}}", get_ref),
    ("GET", f"{_GIT}/matching-refs/{{ref:.*}}", matching_refs),
    ("POST", f"{_GIT}/refs", create_ref),
    ("PATCH", f"{_GIT}/refs/{{ref:.+}}", update_ref),
    ("DELETE", f"{_GIT}/refs/{{ref:.+}}", delete_ref),
    ("POST", f"{_GIT}/tags", create_tag),
    ("GET", f"{_GIT}/tags/{{sha}}", get_tag),
    ("POST", f"{_GIT}/commits", create_commit),
    ("GET", f"{_GIT}/commits/{{sha}}", get_commit),
    ("POST", f"{_GIT}/trees", create_tree),
    ("GET", f"{_GIT}/trees/{{sha:.+}}", get_tree),
    ("POST", f"{_GIT}/blobs", create_blob),
    ("GET", f"{_GIT}/blobs/{{sha}}", get_blob),
]
