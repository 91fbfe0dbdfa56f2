"""What is refused: each deed comes to the point where the index, the job's place or the client itself says no."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from refusing_index import Place

from tagboat.adapters.http import Credentials
from tagboat.adapters.identity import GitHubActions
from tagboat.sandbox.trust import end_identity, grant_identity, issue_token, remove_publisher

DAY = 24 * 3600
Deed = Callable[[Place], None]


def publisher(place: Place, *, index: str = "pypi", pending: bool = False, **changes: str) -> None:
    """Our job, and a publisher that differs."""
    place.register(index, pending=pending, **changes)
    place.mint(place.job())


def claims(place: Place, **changes: Any) -> None:
    """Our publisher, and a job that differs."""
    place.register()
    place.mint(place.job(**changes))


def signed(place: Place, **changes: Any) -> None:
    place.register()
    place.mint(place.signed(**changes))


def gitlab(place: Place, **changes: Any) -> None:
    place.register(issuer="gitlab", workflow=".gitlab-ci.yml")
    place.mint(place.gitlab(**changes))


def nobody(place: Place) -> None:
    place.mint(place.job())


def waited_too_long(place: Place) -> None:
    place.register(pending=True)
    place.clock.time += 30 * DAY
    place.mint(place.job())


def made_since(place: Place) -> None:
    place.register(pending=True)
    place.register(repository="somebody/else")
    place.mint(place.job())


def at(file: str, ref: str = "refs/heads/main", repository: str = "") -> Callable[[Place], None]:
    """A job whose steps come from a called workflow."""

    def deed(place: Place) -> None:
        claims(place, called=f"{repository or place.repository}/.github/workflows/{file}@{ref}")

    return deed


def renamed_file(place: Place) -> None:
    claims(place, called=f"{place.repository}/build@x")


# Identities that are over, or for somebody else


def taken_by_another_step(place: Place) -> None:
    place.register(issuer="gitlab", workflow=".gitlab-ci.yml")
    identity = place.gitlab()
    place.exchange(identity).credentials()
    place.mint(identity)


def used_to_the_end(place: Place) -> None:
    place.register(issuer="gitlab", workflow=".gitlab-ci.yml")
    exchange = place.exchange(place.gitlab())
    exchange.credentials()
    exchange.burn()
    exchange.credentials()


def for_the_other_index(place: Place) -> None:
    place.mint(place.gitlab_with(issue_token(place.sandbox.addresses, place.claims(), "testpypi")))


# No identity at all


def from_a_fork(place: Place) -> None:
    event = {"pull_request": {"head": {"repo": {"full_name": "mallory/skiff"}}}}
    path = place.folder / "event.json"
    path.write_text(json.dumps(event))
    variables = {
        "GITHUB_ACTIONS": "true",
        "GITHUB_EVENT_NAME": "pull_request",
        "GITHUB_EVENT_PATH": str(path),
        "GITHUB_REPOSITORY": place.repository,
    }
    place.mint(GitHubActions(place.http, variables))


def ended_grant(place: Place) -> None:
    identity = grant_identity(place.sandbox.addresses, place.claims())
    end_identity(place.sandbox.addresses, identity)
    place.mint(GitHubActions(place.http, identity.environment()))


def another_s_right_to_ask(place: Place) -> None:
    variables = place.variables() | {"ACTIONS_ID_TOKEN_REQUEST_TOKEN": "of-somebody-else"}
    place.mint(GitHubActions(place.http, variables))


def switched_off(place: Place, name: str = "trusted-publishing-github", identity: str = "job") -> None:
    place.control("settings", {name: "off"})
    try:
        place.mint(getattr(place, identity)())
    finally:
        place.control("settings", {name: "on"})


# Lent tokens


def burnt(place: Place) -> None:
    exchange = place.lent()
    lent = exchange.credentials()
    assert isinstance(lent, Credentials)
    exchange.burn()
    place.upload(lent)


def expired(place: Place) -> None:
    """It is renewed by itself, but for a job that has one identity only."""
    place.register(issuer="gitlab", workflow=".gitlab-ci.yml")
    exchange = place.exchange(place.gitlab())
    exchange.credentials()
    place.clock.time += 900
    place.upload(exchange)


def removed_meanwhile(place: Place) -> None:
    number = place.register()
    exchange = place.exchange(place.job())
    exchange.credentials()
    remove_publisher(place.sandbox.addresses, "pypi", number)
    place.upload(exchange)


def removed_and_renewed(place: Place) -> None:
    number = place.register()
    exchange = place.exchange(place.job())
    exchange.credentials()
    exchange.forget()
    remove_publisher(place.sandbox.addresses, "pypi", number)
    place.upload(exchange)


def another_project(place: Place) -> None:
    exchange = place.lent()
    place.register(project=f"{place.project}-other", workflow="other.yml")
    place.upload(exchange, f"{place.project}-other")


def new_project(place: Place) -> None:
    place.upload(place.lent(), f"{place.project}-new")


def misspelt_pending(place: Place) -> None:
    place.register(pending=True)
    place.upload(place.exchange(place.job()), f"{place.project}-misspelt")


def closed(status: str) -> Callable[[Place], None]:
    def deed(place: Place) -> None:
        exchange = place.lent()
        place.control("project-status", {"project": place.project, "status": status})
        place.upload(exchange)

    return deed


# Lasting tokens


def owned(place: Place) -> None:
    """The project, made by somebody."""
    place.upload(place.api_token(owner="ada"))


def of_another_project(place: Place) -> None:
    owned(place)
    token = place.api_token(owner="ada", projects=[f"{place.project}-other"])
    place.upload(token)


def of_somebody_else(place: Place) -> None:
    owned(place)
    place.upload(place.api_token(owner="mallory"))


def with_setting(name: str, value: str) -> Callable[[Place], None]:
    def deed(place: Place) -> None:
        place.control("settings", {name: value})
        try:
            place.upload(place.api_token(owner="ada"))
        finally:
            place.control("settings", {name: "open"})

    return deed
