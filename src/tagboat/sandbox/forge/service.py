"""The forge as an application: all of its interfaces on one port."""

from __future__ import annotations

from aiohttp import web

from tagboat.sandbox.actions.machine import Machine
from tagboat.sandbox.actions.service import ACTIONS, Actions
from tagboat.sandbox.forge.calls import Answer, Call, endpoint
from tagboat.sandbox.forge.forge import FORGE, Forge
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


def forge_application(frame: Frame, forge: Forge, machine: Machine) -> web.Application:
    """GitHub's REST interface (``/api/v3``), uploads, git over HTTP, and the sandbox's own controls.

    References that moved while no sandbox was looking are journalled first. Workflows run on ``machine``, from the
    application's start-up to its shutdown.
    """
    made = application(frame, "forge")
    made[FORGE] = forge
    runner = made[ACTIONS] = Actions(forge, machine)

    async def start(_: web.Application) -> None:
        await runner.start()

    async def stop(_: web.Application) -> None:
        await runner.stop()

    made.on_startup.append(start)
    made.on_shutdown.append(stop)
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
