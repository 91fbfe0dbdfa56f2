"""Users, organisations, bots and apps."""

from __future__ import annotations

from urllib.parse import quote

from tagboat.sandbox.forge.model import Account, now
from tagboat.sandbox.forge.shapes.links import Json, Links, node_id

ACTIONS = "github-actions"
"""The slug of the app that runs workflows."""

_USER_PAGES = ("followers", "subscriptions", "repos")
_USER_TEMPLATES = {
    "following": "following{/other_user}",
    "gists": "gists{/gist_id}",
    "starred": "starred{/owner}{/repo}",
    "events": "events{/privacy}",
}


def simple_user(links: Links, account: Account) -> Json:
    """The schema ``simple-user``."""
    name = quote(account.login)
    url = f"{links.api}/users/{name}"
    return {
        "login": account.login,
        "id": account.id,
        "node_id": node_id(account.kind, account.id),
        "avatar_url": f"{links.origin}/avatars/u/{account.id}",
        "gravatar_id": "",
        "url": url,
        "html_url": f"{links.origin}/{name}",
        **{f"{page}_url": f"{url}/{page}" for page in _USER_PAGES},
        **{f"{page}_url": f"{url}/{template}" for page, template in _USER_TEMPLATES.items()},
        "organizations_url": f"{url}/orgs",
        "received_events_url": f"{url}/received_events",
        "type": account.kind,
        "user_view_type": "public",
        "site_admin": account.all_rights,
    }


def full_user(links: Links, account: Account, *, public_repositories: int) -> Json:
    """The schema ``public-user``, which ``GET /user`` answers too."""
    return {
        **simple_user(links, account),
        "name": account.login,
        **dict.fromkeys(("company", "location", "email", "hireable", "bio", "twitter_username")),
        "blog": "",
        "public_repos": public_repositories,
        "public_gists": 0,
        "followers": 0,
        "following": 0,
        "created_at": account.created,
        "updated_at": account.created,
    }


def app(links: Links, slug: str, owner: Account) -> Json:
    """The schema ``integration``: the app that made a check run."""
    moment = owner.created or now()
    return {
        "id": sum(slug.encode()),
        "slug": slug,
        "node_id": node_id("App", slug),
        "owner": simple_user(links, owner),
        "name": "GitHub Actions" if slug == ACTIONS else slug,
        "description": None,
        "external_url": f"{links.origin}/apps/{slug}",
        "html_url": f"{links.origin}/apps/{slug}",
        "created_at": moment,
        "updated_at": moment,
        "permissions": {"checks": "write", "contents": "read", "metadata": "read"},
        "events": [],
    }
