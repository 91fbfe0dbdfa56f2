"""The forge as an application: all of its interfaces on one port."""

from __future__ import annotations

from enum import Enum

from aiohttp import web

from tagboat.sandbox.actions.service import ACTIONS, Actions
from tagboat.sandbox.forge.calls import LINKS, Answer, Call, endpoint
from tagboat.sandbox.forge.forge import FORGE
from tagboat.sandbox.forge.refusals import not_found
from tagboat.sandbox.forge.routes import (
    API,
    actions,
    actions_control,
    artifacts,
    assets,
    checks,
    commits,
    contents,
    control,
    environments,
    executions,
    git_data,
    graphql,
    issues,
    releases,
    repositories,
    smart_http,
    uploads,
)
from tagboat.sandbox.forge.routes.graphql import PATH as GRAPHQL
from tagboat.sandbox.forge.shapes.links import Links
from tagboat.sandbox.frame import Frame, application

SUBJECTS = (
    repositories,
    releases,
    assets,
    uploads,
    git_data,
    checks,
    commits,
    contents,
    actions,
    issues,
    executions,
    artifacts,
    environments,
    graphql,
    control,
    actions_control,
    smart_http,
)


class Door(Enum):
    """Which of a forge's paths a host has: everything, as on a GitHub server, or one part at its root."""

    ALL = ""
    API = API
    UPLOADS = "/api/uploads"
    GIT = "git"

    def place(self, path: str) -> str | None:
        """A route's path at this door; None for a route that is not here."""
        if self is Door.ALL:
            return path
        if self is Door.GIT:
            return None if path.startswith("/api/") else path
        if self is Door.API and path == GRAPHQL:
            return "/graphql"
        return (path.removeprefix(self.value) or "/") if path.startswith(self.value) else None


def forge_application(
    frame: Frame, actions: Actions, *, door: Door = Door.ALL, links: Links | None = None
) -> web.Application:
    """GitHub's REST interface (``/api/v3``), uploads, git over HTTP, and the sandbox's own controls, or one part of them.

    ``actions`` is the forge with its CI; whoever made it starts and stops it. ``links`` are the addresses that answers
    name, when they are not below the host that was asked.
    """
    made = application(frame, "forge")
    made[FORGE] = actions.forge
    made[ACTIONS] = actions
    if links is not None:
        made[LINKS] = links
    placed = dict.fromkeys(
        (method, place, handler)
        for subject in SUBJECTS
        for method, path, handler in subject.ROUTES
        if (place := door.place(path)) is not None
    )
    for method, place, handler in placed:
        made.router.add_route(method, place, handler)
        if method == "GET":
            made.router.add_route("HEAD", place, handler)
    missing = door.place(f"{API}/{{rest:.*}}")
    if missing is not None:
        made.router.add_route("*", missing, _missing)
    return made


@endpoint("unknown")
def _missing(call: Call) -> Answer:
    call.about(call.request.path)
    raise not_found()
