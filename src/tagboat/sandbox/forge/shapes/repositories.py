"""Repositories, short and full."""

from __future__ import annotations

from tagboat.sandbox.forge.model import Account, Repository
from tagboat.sandbox.forge.shapes.links import Json, Links, node_id
from tagboat.sandbox.forge.shapes.people import simple_user

_PAGES = (
    "contributors",
    "deployments",
    "downloads",
    "events",
    "forks",
    "languages",
    "merges",
    "stargazers",
    "subscribers",
    "subscription",
    "tags",
    "teams",
    "hooks",
)
_TEMPLATES = {
    "archive": "{archive_format}{/ref}",
    "assignees": "assignees{/user}",
    "blobs": "git/blobs{/sha}",
    "branches": "branches{/branch}",
    "collaborators": "collaborators{/collaborator}",
    "comments": "comments{/number}",
    "commits": "commits{/sha}",
    "compare": "compare/{base}...{head}",
    "contents": "contents/{+path}",
    "git_commits": "git/commits{/sha}",
    "git_refs": "git/refs{/sha}",
    "git_tags": "git/tags{/sha}",
    "issue_comment": "issues/comments{/number}",
    "issue_events": "issues/events{/number}",
    "issues": "issues{/number}",
    "keys": "keys{/key_id}",
    "labels": "labels{/name}",
    "milestones": "milestones{/number}",
    "notifications": "notifications{?since,all,participating}",
    "pulls": "pulls{/number}",
    "releases": "releases{/id}",
    "statuses": "statuses/{sha}",
    "trees": "git/trees{/sha}",
}
_COUNTS = (
    "forks",
    "open_issues",
    "watchers",
    "forks_count",
    "open_issues_count",
    "stargazers_count",
    "watchers_count",
)


def minimal_repository(links: Links, repository: Repository, owner: Account) -> Json:
    """The schema ``minimal-repository``, as it stands inside other answers."""
    url = links.repository(repository.full_name)
    return {
        "id": repository.id,
        "node_id": node_id("Repository", repository.id),
        "name": repository.name,
        "full_name": repository.full_name,
        "private": repository.private,
        "owner": simple_user(links, owner),
        "html_url": links.page(repository.full_name),
        "description": repository.description,
        "fork": False,
        "url": url,
        **{f"{page}_url": f"{url}/{page}" for page in _PAGES},
        **{f"{page}_url": f"{url}/{template}" for page, template in _TEMPLATES.items()},
    }


def full_repository(
    links: Links, repository: Repository, owner: Account, *, permissions: dict[str, bool]
) -> Json:
    """The schema ``full-repository``, with what the caller may do."""
    page = links.page(repository.full_name)
    return {
        **minimal_repository(links, repository, owner),
        "git_url": f"{page}.git",
        "ssh_url": f"{page}.git",
        "clone_url": f"{page}.git",
        "svn_url": page,
        **dict.fromkeys(("homepage", "mirror_url", "language", "license")),
        **dict.fromkeys(_COUNTS, 0),
        "size": 0,
        "default_branch": repository.default_branch,
        "visibility": "private" if repository.private else "public",
        "has_issues": True,
        "has_downloads": True,
        **dict.fromkeys(
            ("has_projects", "has_wiki", "has_pages", "has_discussions", "archived", "disabled"), False
        ),
        "is_template": False,
        "topics": [],
        "pushed_at": repository.pushed,
        "created_at": repository.created,
        "updated_at": repository.updated,
        "subscribers_count": 0,
        "network_count": 0,
        "allow_forking": True,
        "web_commit_signoff_required": False,
        "permissions": permissions,
        **({"organization": simple_user(links, owner)} if owner.kind == "Organization" else {}),
    }
