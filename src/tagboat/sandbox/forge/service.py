"""The forge as an application: all of its interfaces on one port."""

from __future__ import annotations

from aiohttp import web

from tagboat.sandbox.forge.calls import Answer, Call, endpoint
from tagboat.sandbox.forge.forge import FORGE, Forge
from tagboat.sandbox.forge.refusals import not_found
from tagboat.sandbox.forge.routes import (
    API,
    actions,
    assets,
    checks,
    commits,
    contents,
    control,
    git_data,
    graphql,
    releases,
    repositories,
    smart_http,
    uploads,
)
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
    graphql,
    control,
    smart_http,
)


def forge_application(frame: Frame, forge: Forge | None = None) -> web.Application:
    """GitHub's REST interface (``/api/v3``), uploads, git over HTTP, and the sandbox's own controls.

    References that moved while no sandbox was looking are journalled first.
    """
    made = application(frame, "forge")
    made[FORGE] = forge or Forge(frame)
    for subject in SUBJECTS:
        for method, path, handler in subject.ROUTES:
            made.router.add_route(method, path, handler)
            if method == "GET":
                made.router.add_route("HEAD", path, handler)
    made.router.add_route("*", f"{API}/{{rest:.*}}", _missing)
    return made


@endpoint("unknown")
def _missing(call: Call) -> Answer:
    call.about(call.request.path)
    raise not_found()
