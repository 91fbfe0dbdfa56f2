"""Repositories, accounts, and what the server says about itself."""

from __future__ import annotations

import re

from tagboat.sandbox.forge.access import LEVELS
from tagboat.sandbox.forge.calls import Answer, Call, endpoint
from tagboat.sandbox.forge.model import Account, Grant, Repository
from tagboat.sandbox.forge.refusals import Refusal, invalid, not_found, unauthenticated
from tagboat.sandbox.forge.routes import API, REPOSITORY, Route
from tagboat.sandbox.forge.shapes.links import Json
from tagboat.sandbox.forge.shapes.people import full_user
from tagboat.sandbox.forge.shapes.repositories import full_repository

_NAME = re.compile(r"[A-Za-z0-9._-]{1,100}")
_ROOMS = {"pull": "read", "triage": "write", "push": "write", "maintain": "admin", "admin": "admin"}
SERVER_VERSION = "3.19.0"
"""The version of GitHub's server that this sandbox takes itself for; clients ask it what they may expect."""


@endpoint("get-meta")
def get_meta(call: Call) -> Answer:
    """About the server."""
    domains = {"website": [call.request.host]}
    return Answer(
        {"verifiable_password_authentication": False, "installed_version": SERVER_VERSION, "domains": domains}
    )


@endpoint("get-root")
def get_root(call: Call) -> Answer:
    """Where the interface begins; clients read the token's scopes from its headers."""
    api = call.links.api
    repository = f"{api}/repos/{{owner}}/{{repo}}"
    return Answer(
        {
            "current_user_url": f"{api}/user",
            "repository_url": repository,
            "rate_limit_url": f"{api}/rate_limit",
        }
    )


@endpoint("get-rate-limit")
def get_rate_limit(call: Call) -> Answer:
    """How much is left."""
    figures = call.forge.rates.figures(call.caller)
    return Answer({"resources": {"core": figures, "search": figures}, "rate": figures})


@endpoint("get-user")
def get_user(call: Call) -> Answer:
    """Whoever asks."""
    if call.caller.account is None:
        raise unauthenticated()
    if call.caller.kind == "installation":
        raise Refusal(403, "Resource not accessible by integration")
    return Answer(_user(call, call.caller.account))


@endpoint("get-account")
def get_account(call: Call) -> Answer:
    """Somebody by name."""
    found = call.forge.records.matching(Account, login=call.path("login"))
    if found is None:
        raise not_found()
    return Answer(_user(call, found))


@endpoint("get-repository")
def get_repository(call: Call) -> Answer:
    """One repository, with what the caller may do there."""
    return Answer(_shown(call, call.repository()))


@endpoint("create-repository")
def create_own(call: Call) -> Answer:
    """A repository of the caller."""
    return _create(call, call.caller.login)


@endpoint("create-repository")
def create_for_organization(call: Call) -> Answer:
    """A repository of an organisation, which exists as soon as it is named."""
    return _create(call, call.path("org"), kind="Organization")


@endpoint("update-repository")
def update_repository(call: Call) -> Answer:
    """A repository with other settings."""
    repository, body = call.repository("administration", "write"), call.body
    with call.forge.records.together():
        repository = call.forge.records.change(
            repository,
            private=body.flag("private", default=repository.private),
            description=body.maybe_text("description") if "description" in body else repository.description,
            default_branch=body.maybe_text("default_branch") or repository.default_branch,
        )
        call.git(repository).ask("symbolic-ref", "HEAD", f"refs/heads/{repository.default_branch}")
        call.forge.accept("update-repository", repository.full_name, result="updated")
    return Answer(_shown(call, repository))


def _create(call: Call, owner: str, *, kind: str = "User") -> Answer:
    if call.caller.account is None:
        raise unauthenticated()
    if call.caller.kind == "installation":
        raise Refusal(403, "Resource not accessible by integration")
    forge, name = call.forge, call.body.text("name")
    if not _NAME.fullmatch(name) or name in (".", "..") or name.endswith(".git"):
        raise invalid("Repository", "name", "custom", "name is not valid")
    if forge.records.matching(Repository, owner=owner, name=name):
        raise invalid("Repository", "name", "custom", "name already exists on this account")
    with forge.records.together():
        forge.account(owner, kind=kind)
        repository = forge.add_repository(
            owner, name, private=call.body.flag("private"), description=call.body.maybe_text("description")
        )
        if owner != call.caller.login:
            forge.records.add(Grant, repository_id=repository.id, login=call.caller.login, level="admin")
        forge.accept("create-repository", repository.full_name)
    data = _shown(call, repository)
    return Answer(data, 201, {"Location": str(data["url"])})


def _shown(call: Call, repository: Repository) -> Json:
    level = LEVELS.index(call.forge.access.level(call.caller, repository))
    permissions = {room: level >= LEVELS.index(needed) for room, needed in _ROOMS.items()}
    return full_repository(call.links, repository, call.forge.owner_of(repository), permissions=permissions)


def _user(call: Call, account: Account) -> Json:
    count = len(call.forge.records.all(Repository, owner=account.login, private=False))
    return full_user(call.links, account, public_repositories=count)


ROUTES: list[Route] = [
    ("GET", API, get_root),
    ("GET", f"{API}/", get_root),
    ("GET", f"{API}/meta", get_meta),
    ("GET", f"{API}/rate_limit", get_rate_limit),
    ("GET", f"{API}/user", get_user),
    ("GET", f"{API}/users/{{login}}", get_account),
    ("POST", f"{API}/user/repos", create_own),
    ("POST", f"{API}/orgs/{{org}}/repos", create_for_organization),
    ("GET", REPOSITORY, get_repository),
    ("PATCH", REPOSITORY, update_repository),
]
