"""Files and folders of a repository at some commit: about them, or their bytes; and a file changed by a commit."""

from __future__ import annotations

import base64
import binascii
from urllib.parse import quote

from tagboat.sandbox.forge.calls import Answer, Call, endpoint
from tagboat.sandbox.forge.git.child import Git
from tagboat.sandbox.forge.git.objects import Commit, Person, TreeEntry, list_tree, read_commit, read_objects
from tagboat.sandbox.forge.git.refs import NOTHING, resolve_commit, well_formed, well_formed_path
from tagboat.sandbox.forge.git.write import NewEntry, write_blob, write_commit, write_tree
from tagboat.sandbox.forge.model import Repository, now
from tagboat.sandbox.forge.refusals import Refusal, not_found
from tagboat.sandbox.forge.routes import REPOSITORY, Route
from tagboat.sandbox.forge.shapes.commits import git_commit
from tagboat.sandbox.forge.shapes.links import Json

_INLINE = 1024 * 1024
"""Bytes up to which a file stands in the JSON (larger ones have the encoding ``none``, as documented)."""


@endpoint("get-contents")
def get_contents(call: Call) -> Answer:
    """A file or a folder; ``raw`` gives a file's bytes, ``object`` a folder inside an object."""
    repository = call.repository("contents")
    git, ref = call.git(repository), call.query("ref") or repository.default_branch
    commit = resolve_commit(git, ref)
    if commit is None:
        raise Refusal(
            404, f"No commit found for the ref {ref}" if call.query("ref") else "This repository is empty."
        )
    path = call.path("path").strip("/")
    accept = call.request.headers.get("Accept", "")
    entry = _entry(git, commit, path)
    if entry.kind == "tree":
        return _folder(call, repository, git, entry, ref=ref, wrapped="object" in accept)
    if entry.kind == "blob" and "raw" in accept:
        return Answer(
            _bytes(git, entry), headers={"Content-Type": "application/vnd.github.raw; charset=utf-8"}
        )
    return Answer(_file(call, repository, git, entry, ref))


@endpoint("get-raw")
def get_raw(call: Call) -> Answer:
    """A file's bytes at the address that its ``download_url`` names."""
    repository = call.repository("contents")
    git = call.git(repository)
    commit = resolve_commit(git, call.path("ref"))
    entry = _entry(git, commit, call.path("path")) if commit else None
    if entry is None or entry.kind != "blob":
        raise not_found()
    return Answer(_bytes(git, entry), headers={"Content-Type": "application/octet-stream"})


@endpoint("put-contents")
def put_contents(call: Call) -> Answer:
    """A file created or changed by a commit on a branch."""
    repository = call.repository("contents", "write")
    git, body, path = call.git(repository), call.body, call.path("path").strip("/")
    try:
        content = base64.b64decode(body.maybe_text("content") or "")
    except binascii.Error as problem:
        raise Refusal(422, "content is not valid Base64") from problem
    head, before = _expected(call, repository, git, path)
    blob = write_blob(git, content)
    tree = write_tree(git, [NewEntry("100644", "blob", blob, path)], onto=head.tree if head else None)
    made = _commit(call, repository, git, head, tree)
    branch = body.maybe_text("branch") or repository.default_branch
    entry = TreeEntry("100644", "blob", blob, len(content), path)
    file = _file(call, repository, git, entry, branch)
    told = {name: value for name, value in file.items() if name not in ("content", "encoding")}
    data = {"content": told, "commit": git_commit(call.links, repository.full_name, made)}
    return Answer(data, 200 if before else 201)


@endpoint("delete-contents")
def delete_contents(call: Call) -> Answer:
    """A file deleted by a commit on a branch."""
    repository = call.repository("contents", "write")
    git, path = call.git(repository), call.path("path").strip("/")
    head, before = _expected(call, repository, git, path)
    if head is None or before is None:
        raise not_found()
    made = _commit(call, repository, git, head, write_tree(git, [], onto=head.tree, gone=[path]))
    return Answer({"content": None, "commit": git_commit(call.links, repository.full_name, made)})


def _expected(call: Call, repository: Repository, git: Git, path: str) -> tuple[Commit | None, str | None]:
    """The head of the branch and the file's present SHA, which the caller must know to change it."""
    branch = call.body.maybe_text("branch") or repository.default_branch
    if not well_formed_path(path):
        raise Refusal(422, "path contains a malformed path component")
    if not well_formed(branch):
        raise Refusal(404, f"Branch {branch} not found")
    head = read_commit(git, f"refs/heads/{branch}")
    found = list_tree(git, head.sha, path=path) if head else []
    before = found[0].sha if found else None
    given = call.body.maybe_text("sha")
    if before and not given:
        raise Refusal(422, 'Invalid request.\n\n"sha" wasn\'t supplied.')
    if given and given != before:
        raise Refusal(409, f"{path} does not match {given}")
    return head, before


def _commit(call: Call, repository: Repository, git: Git, head: Commit | None, tree: str) -> Commit:
    branch = call.body.maybe_text("branch") or repository.default_branch
    fields = call.body.fields("committer")
    login = call.caller.login
    person = Person(
        fields.maybe_text("name") or login,
        fields.maybe_text("email") or f"{login}@users.noreply.localhost",
        now(),
    )
    sha = write_commit(
        git,
        tree=tree,
        parents=[head.sha] if head else [],
        message=call.body.text("message"),
        author=person,
        committer=person,
    )
    old = head.sha if head else NOTHING
    moved = call.forge.references.move(
        repository, git, f"refs/heads/{branch}", sha, old=old, operation="put-contents"
    )
    made = read_commit(git, sha)
    if not moved or made is None:
        raise Refusal(409, f"Reference refs/heads/{branch} cannot be updated")
    return made


def _entry(git: Git, commit: Commit, path: str) -> TreeEntry:
    if not path:
        return TreeEntry("040000", "tree", commit.tree, None, "")
    found = list_tree(git, commit.sha, path=path) if well_formed_path(path) else []
    if not found:
        raise not_found()
    return found[0]


def _bytes(git: Git, entry: TreeEntry) -> bytes:
    found = read_objects(git, [entry.sha])[0]
    return found.content if found else b""


def _folder(
    call: Call, repository: Repository, git: Git, entry: TreeEntry, *, ref: str, wrapped: bool
) -> Answer:
    start = f"{entry.path}/" if entry.path else ""
    lines = [
        _about(call, repository, TreeEntry(line.mode, line.kind, line.sha, line.size, start + line.path), ref)
        for line in list_tree(git, entry.sha)
    ]
    if not wrapped:
        return Answer(lines)
    return Answer({**_about(call, repository, entry, ref), "entries": lines})


def _file(call: Call, repository: Repository, git: Git, entry: TreeEntry, ref: str) -> Json:
    about = _about(call, repository, entry, ref)
    if entry.kind == "commit":
        return {**about, "submodule_git_url": None}
    content = _bytes(git, entry)
    if entry.mode == "120000":
        return {**about, "target": content.decode(errors="replace")}
    if len(content) > _INLINE:
        return {**about, "content": "", "encoding": "none"}
    return {**about, "content": base64.encodebytes(content).decode(), "encoding": "base64"}


def _about(call: Call, repository: Repository, entry: TreeEntry, ref: str) -> Json:
    api, page = call.links.repository(repository.full_name), call.links.page(repository.full_name)
    path, place = quote(entry.path), quote(ref, safe="")
    kinds = {"tree": "dir", "commit": "submodule", "blob": "symlink" if entry.mode == "120000" else "file"}
    url = f"{api}/contents/{path}?ref={place}"
    git_url = None if entry.kind == "commit" else f"{api}/git/{entry.kind}s/{entry.sha}"
    html_url = f"{page}/{'tree' if entry.kind == 'tree' else 'blob'}/{place}/{path}"
    return {
        "name": entry.path.rsplit("/", 1)[-1],
        "path": entry.path,
        "sha": entry.sha,
        "size": entry.size or 0,
        "url": url,
        "html_url": html_url,
        "git_url": git_url,
        "download_url": f"{page}/raw/{place}/{path}" if entry.kind == "blob" else None,
        "type": kinds[entry.kind],
        "_links": {"self": url, "git": git_url, "html": html_url},
    }


ROUTES: list[Route] = [
    ("GET", f"{REPOSITORY}/contents{{path:/?}}", get_contents),
    ("GET", f"{REPOSITORY}/contents/{{path:.*}}", get_contents),
    ("PUT", f"{REPOSITORY}/contents/{{path:.+}}", put_contents),
    ("GET", "/{owner}/{repo}/raw/{ref}/{path:.+}", get_raw),
    ("DELETE", f"{REPOSITORY}/contents/{{path:.+}}", delete_contents),
]
