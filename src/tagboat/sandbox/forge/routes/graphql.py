"""The three GraphQL questions that GitHub's own command line cannot do without; any other is refused by name.

Drafts are found by tag here and not over REST, which is how that command line finds them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from tagboat.sandbox.forge.calls import Answer, Call, endpoint
from tagboat.sandbox.forge.fields import Fields
from tagboat.sandbox.forge.model import Release, Repository
from tagboat.sandbox.forge.refusals import unauthenticated
from tagboat.sandbox.forge.routes import Route
from tagboat.sandbox.forge.shapes.links import Json

PATH: Final = "/api/graphql"

_OPERATION: Final = re.compile(r"\s*query\s+(\w+)")
_LINES: Final = re.compile(r"nodes\s*\{([^{}]*)\}")


class _Unanswerable(Exception):  # noqa: N818 - an answer on its way to a client, not an error of ours
    """A question with an answer in the ``errors`` of a 200."""

    def __init__(self, message: str, kind: str = "") -> None:
        super().__init__(message)
        self.answer: Json = {"message": message, **({"type": kind} if kind else {})}


@endpoint("graphql", read=True)
def graphql(call: Call) -> Answer:
    """One query, known by its operation's name."""
    if call.caller.account is None:
        raise unauthenticated()
    query = call.body.text("query")
    named = _OPERATION.match(query)
    question = _QUESTIONS.get(named.group(1)) if named else None
    try:
        if question is None:
            raise _Unanswerable("This server answers few queries, and not this one.")
        return Answer({"data": question(call, call.body.fields("variables"), query)})
    except _Unanswerable as no:
        return Answer({"data": None, "errors": [no.answer]})


def _viewer(call: Call, _: Fields, __: str) -> Json:
    return {"viewer": {"login": call.caller.login}}


def _release_by_tag(call: Call, variables: Fields, _: str) -> Json:
    releases = _releases(call, variables)[1]
    found = [release for release in releases if release.tag == variables.text("tagName")]
    found.sort(key=lambda release: release.draft)
    told = {"databaseId": found[0].id, "isDraft": found[0].draft} if found else None
    return {"repository": {"release": told}}


def _release_list(call: Call, variables: Fields, query: str) -> Json:
    repository, releases = _releases(call, variables)
    start = int(variables.maybe_text("endCursor") or 0)
    end = start + variables.number("perPage", 30)
    asked = _LINES.search(query)
    wanted = re.split(r"[\s,]+", asked.group(1).strip()) if asked else []
    latest = call.forge.catalogue.latest(repository)
    lines = [_line(release, latest) for release in releases[start:end]]
    if not all(name in line for line in lines for name in wanted):
        raise _Unanswerable("This server does not know one of these fields of a release.")
    told = [{name: line[name] for name in wanted} for line in lines]
    page = {"hasNextPage": end < len(releases), "endCursor": str(end)}
    return {"repository": {"releases": {"nodes": told, "pageInfo": page}}}


def _line(release: Release, latest: Release | None) -> Json:
    return {
        "name": release.name or "",
        "tagName": release.tag,
        "isDraft": release.draft,
        "isImmutable": release.immutable,
        "isLatest": latest is not None and release.id == latest.id,
        "isPrerelease": release.prerelease,
        "createdAt": release.created,
        "publishedAt": release.published,
    }


def _releases(call: Call, variables: Fields) -> tuple[Repository, list[Release]]:
    """A repository's releases that the caller may see."""
    owner, name = variables.text("owner"), variables.text("name")
    repository = call.forge.records.matching(Repository, owner=owner, name=name)
    if repository is None or not call.forge.access.sees(call.caller, repository):
        raise _Unanswerable(f"Could not resolve to a Repository with the name '{owner}/{name}'.", "NOT_FOUND")
    drafts = call.forge.access.allows(call.caller, repository, "contents", "write")
    releases = call.forge.catalogue.releases(repository, stale=call.stale)
    return repository, [release for release in releases if drafts or not release.draft]


_QUESTIONS: Final[dict[str, Callable[[Call, Fields, str], Json]]] = {
    "UserCurrent": _viewer,
    "RepositoryReleaseByTag": _release_by_tag,
    "RepositoryReleaseList": _release_list,
}

ROUTES: list[Route] = [("POST", PATH, graphql)]
