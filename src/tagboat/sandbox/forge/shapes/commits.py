"""Commits, tags, trees, references and comparisons."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from urllib.parse import quote

from tagboat.sandbox.forge.git.history import Distance, FileChange
from tagboat.sandbox.forge.git.objects import Commit, Person, Tag, TreeEntry
from tagboat.sandbox.forge.git.refs import Ref
from tagboat.sandbox.forge.shapes.links import Json, Links, node_id

_GIT_PLACES = {"commit": "git/commits", "tag": "git/tags", "tree": "git/trees", "blob": "git/blobs"}


def _person(person: Person) -> Json:
    return {"name": person.name, "email": person.email, "date": person.date}


def _verification(signature: str | None, payload: str) -> Json:
    """A sandbox knows no keys: what is signed is signed by somebody unknown."""
    return {
        "verified": False,
        "reason": "unknown_key" if signature else "unsigned",
        "signature": signature,
        "payload": payload if signature else None,
        "verified_at": None,
    }


def git_commit(links: Links, full_name: str, commit: Commit) -> Json:
    """The schema ``git-commit``: the object itself."""
    url, page = links.repository(full_name), links.page(full_name)
    return {
        "sha": commit.sha,
        "node_id": node_id("Commit", commit.sha),
        "url": f"{url}/git/commits/{commit.sha}",
        "html_url": f"{page}/commit/{commit.sha}",
        "author": _person(commit.author),
        "committer": _person(commit.committer),
        "message": commit.message,
        "tree": {"sha": commit.tree, "url": f"{url}/git/trees/{commit.tree}"},
        "parents": [
            {"sha": parent, "url": f"{url}/git/commits/{parent}", "html_url": f"{page}/commit/{parent}"}
            for parent in commit.parents
        ],
        "verification": _verification(commit.signature, commit.payload),
    }


def commit(links: Links, full_name: str, found: Commit) -> Json:
    """The schema ``commit``; nobody's address is known here, so author and committer have no account."""
    url, page = links.repository(full_name), links.page(full_name)
    return {
        "url": f"{url}/commits/{found.sha}",
        "sha": found.sha,
        "node_id": node_id("Commit", found.sha),
        "html_url": f"{page}/commit/{found.sha}",
        "comments_url": f"{url}/commits/{found.sha}/comments",
        "commit": {
            "url": f"{url}/git/commits/{found.sha}",
            "author": _person(found.author),
            "committer": _person(found.committer),
            "message": found.message,
            "tree": {"sha": found.tree, "url": f"{url}/git/trees/{found.tree}"},
            "comment_count": 0,
            "verification": _verification(found.signature, found.payload),
        },
        "author": None,
        "committer": None,
        "parents": [
            {"sha": parent, "url": f"{url}/commits/{parent}", "html_url": f"{page}/commit/{parent}"}
            for parent in found.parents
        ],
    }


def commit_with_files(links: Links, full_name: str, found: Commit, changed: Sequence[FileChange]) -> Json:
    """The schema ``commit`` with the files that it changed."""
    added = sum(change.additions for change in changed)
    deleted = sum(change.deletions for change in changed)
    return {
        **commit(links, full_name, found),
        "stats": {"additions": added, "deletions": deleted, "total": added + deleted},
        "files": [diff_entry(links, full_name, found.sha, change) for change in changed],
    }


def diff_entry(links: Links, full_name: str, sha: str, change: FileChange) -> Json:
    """The schema ``diff-entry``; patches are left out, as GitHub does for large ones."""
    path, page = quote(change.path), links.page(full_name)
    return {
        "sha": change.blob,
        "filename": change.path,
        "status": change.status,
        "additions": change.additions,
        "deletions": change.deletions,
        "changes": change.additions + change.deletions,
        "blob_url": f"{page}/blob/{sha}/{path}",
        "raw_url": f"{page}/raw/{sha}/{path}",
        "contents_url": f"{links.repository(full_name)}/contents/{path}?ref={sha}",
        **({"previous_filename": change.previous} if change.previous else {}),
    }


def comparison(
    links: Links,
    full_name: str,
    *,
    basehead: str,
    ends: tuple[Commit, Commit, Commit],
    apart: Distance,
    commits: Sequence[Commit],
    changed: Sequence[FileChange],
) -> Json:
    """The schema ``commit-comparison``; ``ends`` are base, head and merge base."""
    base, head, merge_base = ends
    url = f"{links.repository(full_name)}/compare/{quote(basehead)}"
    page = f"{links.page(full_name)}/compare/{quote(basehead)}"
    owner = full_name.partition("/")[0]
    return {
        "url": url,
        "html_url": page,
        "permalink_url": f"{links.page(full_name)}/compare/{owner}:{base.sha[:7]}...{owner}:{head.sha[:7]}",
        "diff_url": f"{page}.diff",
        "patch_url": f"{page}.patch",
        "base_commit": commit(links, full_name, base),
        "merge_base_commit": commit(links, full_name, merge_base),
        "status": apart.status,
        "ahead_by": apart.ahead,
        "behind_by": apart.behind,
        "total_commits": apart.ahead,
        "commits": [commit(links, full_name, each) for each in commits],
        "files": [diff_entry(links, full_name, head.sha, change) for change in changed],
    }


def simple_commit(found: Commit) -> Json:
    """The schema ``simple-commit``, as it stands in runs and suites."""
    return {
        "id": found.sha,
        "tree_id": found.tree,
        "message": found.message,
        "timestamp": found.committer.date,
        "author": {"name": found.author.name, "email": found.author.email},
        "committer": {"name": found.committer.name, "email": found.committer.email},
    }


def git_ref(links: Links, full_name: str, ref: Ref) -> Json:
    """The schema ``git-ref``."""
    url = links.repository(full_name)
    return {
        "ref": ref.name,
        "node_id": node_id("Ref", ref.name),
        "url": f"{url}/git/{quote(ref.name)}",
        "object": {"sha": ref.sha, "type": ref.kind, "url": f"{url}/{_GIT_PLACES[ref.kind]}/{ref.sha}"},
    }


def git_tag(links: Links, full_name: str, tag: Tag) -> Json:
    """The schema ``git-tag``: an annotated tag's object."""
    url = links.repository(full_name)
    target_url = f"{url}/{_GIT_PLACES[tag.target_kind]}/{tag.target}"
    return {
        "node_id": node_id("Tag", tag.sha),
        "sha": tag.sha,
        "url": f"{url}/git/tags/{tag.sha}",
        "tagger": _person(tag.tagger),
        "object": {"sha": tag.target, "type": tag.target_kind, "url": target_url},
        "tag": tag.name,
        "message": tag.message,
        "verification": _verification(tag.signature, tag.payload),
    }


def git_tree(links: Links, full_name: str, sha: str, entries: Sequence[TreeEntry]) -> Json:
    """The schema ``git-tree``."""
    url = links.repository(full_name)
    lines: list[Json] = []
    for entry in entries:
        line: Json = {"path": entry.path, "mode": entry.mode, "type": entry.kind, "sha": entry.sha}
        if entry.kind != "commit":
            line["url"] = f"{url}/{_GIT_PLACES[entry.kind]}/{entry.sha}"
        if entry.size is not None:
            line["size"] = entry.size
        lines.append(line)
    return {"sha": sha, "url": f"{url}/git/trees/{sha}", "tree": lines, "truncated": False}


def git_blob(links: Links, full_name: str, sha: str, content: bytes) -> Json:
    """The schema ``blob``, its bytes in base64."""
    return {
        "sha": sha,
        "node_id": node_id("Blob", sha),
        "size": len(content),
        "url": f"{links.repository(full_name)}/git/blobs/{sha}",
        "content": base64.encodebytes(content).decode(),
        "encoding": "base64",
    }


def tag_line(links: Links, full_name: str, ref: Ref) -> Json:
    """The schema ``tag``: one line of the list of tags."""
    url, name = links.repository(full_name), quote(ref.short)
    return {
        "name": ref.short,
        "zipball_url": f"{url}/zipball/refs/tags/{name}",
        "tarball_url": f"{url}/tarball/refs/tags/{name}",
        "commit": {"sha": ref.peeled, "url": f"{url}/commits/{ref.peeled}"},
        "node_id": node_id("Ref", ref.name),
    }


def branch_line(links: Links, full_name: str, ref: Ref) -> Json:
    """The schema ``short-branch``: one line of the list of branches."""
    url = links.repository(full_name)
    return {
        "name": ref.short,
        "commit": {"sha": ref.sha, "url": f"{url}/commits/{ref.sha}"},
        "protected": False,
    }


def branch(links: Links, full_name: str, ref: Ref, head: Commit) -> Json:
    """The schema ``branch-with-protection``; no branch here is protected."""
    url, name = links.repository(full_name), quote(ref.short)
    checks: Mapping[str, object] = {"enforcement_level": "off", "contexts": [], "checks": []}
    return {
        "name": ref.short,
        "commit": commit(links, full_name, head),
        "_links": {"self": f"{url}/branches/{name}", "html": f"{links.page(full_name)}/tree/{name}"},
        "protected": False,
        "protection": {"enabled": False, "required_status_checks": checks},
        "protection_url": f"{url}/branches/{name}/protection",
    }
