"""Issues and their comments."""

from __future__ import annotations

from tagboat.sandbox.forge.model import Account, Comment, Issue, Repository
from tagboat.sandbox.forge.shapes.links import Json, Links, node_id
from tagboat.sandbox.forge.shapes.people import simple_user


def issue(links: Links, repository: Repository, found: Issue, author: Account, *, comments: int) -> Json:
    """The schema ``issue``."""
    place = links.repository(repository.full_name)
    url = f"{place}/issues/{found.number}"
    return {
        "id": found.id,
        "node_id": node_id("Issue", found.id),
        "url": url,
        "repository_url": place,
        "labels_url": f"{url}/labels{{/name}}",
        "comments_url": f"{url}/comments",
        "events_url": f"{url}/events",
        "html_url": f"{links.page(repository.full_name)}/issues/{found.number}",
        "number": found.number,
        "state": "closed" if found.closed else "open",
        "state_reason": "completed" if found.closed else None,
        "title": found.title,
        "body": found.body,
        "user": simple_user(links, author),
        "labels": [],
        "assignee": None,
        "assignees": [],
        "milestone": None,
        "locked": False,
        "active_lock_reason": None,
        "comments": comments,
        "closed_at": found.closed,
        "created_at": found.created,
        "updated_at": found.updated,
        "author_association": "OWNER" if author.login == repository.owner else "NONE",
    }


def comment(links: Links, repository: Repository, on: Issue, found: Comment, author: Account) -> Json:
    """The schema ``issue-comment``."""
    place = f"{links.repository(repository.full_name)}/issues"
    page = f"{links.page(repository.full_name)}/issues/{on.number}"
    return {
        "id": found.id,
        "node_id": node_id("IssueComment", found.id),
        "url": f"{place}/comments/{found.id}",
        "html_url": f"{page}#issuecomment-{found.id}",
        "issue_url": f"{place}/{on.number}",
        "body": found.body,
        "user": simple_user(links, author),
        "created_at": found.created,
        "updated_at": found.created,
        "author_association": "OWNER" if author.login == repository.owner else "NONE",
    }
