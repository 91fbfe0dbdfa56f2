"""Commits, branches and tags as people see them, and comparisons."""

from __future__ import annotations

from tagboat.sandbox.forge.calls import Answer, Call, endpoint
from tagboat.sandbox.forge.git.child import Git
from tagboat.sandbox.forge.git.history import changes, distance, list_commits
from tagboat.sandbox.forge.git.objects import Commit, read_commits
from tagboat.sandbox.forge.git.refs import is_empty, resolve_commit
from tagboat.sandbox.forge.model import Repository
from tagboat.sandbox.forge.refusals import Refusal, empty_repository, no_commit, not_found
from tagboat.sandbox.forge.routes import REPOSITORY, Route
from tagboat.sandbox.forge.shapes import commits as shapes

_FIRST_PAGE = 250
"""How many commits a comparison without paging tells of."""


def commit_of(call: Call, repository: Repository) -> Commit:
    """The commit that the reference in the path means.

    Raises:
        Refusal: 409, the repository is empty; 422, there is no such commit.
    """
    git, revision = call.git(repository), call.path("ref")
    if call.stale:
        for start in ("refs/heads/", "refs/tags/"):
            ref = call.forge.references.find(repository, git, f"{start}{revision}", stale=call.stale)
            if ref:
                revision = ref.peeled
    found = resolve_commit(git, revision)
    if found is None:
        raise empty_repository() if is_empty(git) else no_commit(call.path("ref"))
    return found


@endpoint("list-commits")
def list_history(call: Call) -> Answer:
    """Commits from a branch, tag or SHA backwards, by path, author and date if wanted."""
    repository = call.repository("contents")
    git = call.git(repository)
    if is_empty(git):
        raise empty_repository()
    start = resolve_commit(git, call.query("sha") or "HEAD")
    if start is None:
        raise not_found()
    options = {"author": "--author", "committer": "--committer", "since": "--since", "until": "--until"}
    where = [f"{flag}={call.query(name)}" for name, flag in options.items() if call.query(name)]
    where += [call.query("path")] if call.query("path") else []
    shas = call.page(list_commits(git, start.sha, where=where))
    found = [commit for commit in read_commits(git, shas) if commit]
    return Answer([shapes.commit(call.links, repository.full_name, commit) for commit in found])


@endpoint("get-commit")
def get_commit(call: Call) -> Answer:
    """One commit with its files, or (asked for as ``sha``) its name alone."""
    repository = call.repository("contents")
    found = commit_of(call, repository)
    if "sha" in call.request.headers.get("Accept", ""):
        return Answer(found.sha.encode(), headers={"Content-Type": "application/vnd.github.sha"})
    changed = changes(call.git(repository), found.parents[0] if found.parents else None, found.sha)
    return Answer(shapes.commit_with_files(call.links, repository.full_name, found, changed))


@endpoint("compare")
def compare(call: Call) -> Answer:
    """How head stands to base: identical, ahead, behind or diverged, by how many commits, and which."""
    repository = call.repository("contents")
    git, basehead = call.git(repository), call.path("basehead")
    base_name, dots, head_name = basehead.partition("...")
    base, head = _end(git, base_name, repository), _end(git, head_name, repository)
    if not dots or base is None or head is None:
        raise not_found()
    apart = distance(git, base.sha, head.sha)
    if apart is None:
        raise Refusal(404, f"No common ancestor between {base_name} and {head_name}.")
    shas = list_commits(git, head.sha, without=base.sha)[::-1]
    shown = call.page(shas) if call.query("per_page") or call.query("page") else shas[:_FIRST_PAGE]
    merge_base, *commits = read_commits(git, [apart.merge_base, *shown])
    if merge_base is None:
        raise not_found()
    return Answer(
        shapes.comparison(
            call.links,
            repository.full_name,
            basehead=basehead,
            ends=(base, head, merge_base),
            apart=apart,
            commits=[commit for commit in commits if commit],
            changed=changes(git, apart.merge_base, head.sha),
        )
    )


@endpoint("list-branches")
def list_branches(call: Call) -> Answer:
    """All branches by name."""
    repository = call.repository("contents")
    refs = call.forge.references.list(repository, call.git(repository), "refs/heads/", stale=call.stale)
    return Answer([shapes.branch_line(call.links, repository.full_name, ref) for ref in call.page(refs)])


@endpoint("get-branch")
def get_branch(call: Call) -> Answer:
    """One branch with the commit at its end."""
    repository = call.repository("contents")
    git = call.git(repository)
    name = f"refs/heads/{call.path('branch')}"
    ref = call.forge.references.find(repository, git, name, stale=call.stale)
    head = resolve_commit(git, ref.sha) if ref else None
    if ref is None or head is None:
        raise Refusal(404, "Branch not found")
    return Answer(shapes.branch(call.links, repository.full_name, ref, head))


@endpoint("list-tags")
def list_tags(call: Call) -> Answer:
    """All tags, the last by name first, as GitHub lists them."""
    repository = call.repository("contents")
    refs = call.forge.references.list(repository, call.git(repository), "refs/tags/", stale=call.stale)
    return Answer([shapes.tag_line(call.links, repository.full_name, ref) for ref in call.page(refs[::-1])])


def _end(git: Git, name: str, repository: Repository) -> Commit | None:
    """One side of a comparison; ``OWNER:`` in front may only name the repository's own owner."""
    owner, colon, branch = name.rpartition(":")
    if colon and owner != repository.owner:
        return None
    return resolve_commit(git, branch)


ROUTES: list[Route] = [
    ("GET", f"{REPOSITORY}/commits", list_history),
    ("GET", f"{REPOSITORY}/compare/{{basehead:.+}}", compare),
    ("GET", f"{REPOSITORY}/branches", list_branches),
    ("GET", f"{REPOSITORY}/branches/{{branch:.+}}", get_branch),
    ("GET", f"{REPOSITORY}/tags", list_tags),
    ("GET", f"{REPOSITORY}/commits/{{ref:.+}}", get_commit),
]
